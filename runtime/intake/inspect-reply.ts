import * as z from 'zod'

import type { Frame } from '../worker/frames.ts'
import { isShallow } from '../worker/depth.ts'
import { REPLY, type InspectReply } from '../worker/protocol.ts'
import type { ModuleTable } from './modules.ts'

const MAX_DEPTH = 64
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const lines = z.array(count)
const name = z.string().max(10_000)

const diagnostic = z.strictObject({ severity: z.enum(['error', 'warning', 'info']), code: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), message: z.string(), hint: z.string(), line: count.nullable(), column: count.nullable() })

const report = z.looseObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  filename: name,
  bytes: count,
  language: z.enum(['javascript', 'typescript']),
  moduleKind: z.enum(['module', 'commonjs', 'script']),
  pattern: z.enum(['defineScanner', 'default', 'scan', 'main', 'script']),
  name: z.string().nullable(),
  symbols: z.looseObject({ count, sample: z.array(z.string()), declaredAs: z.string().nullable() }),
  dates: z.looseObject({ values: z.array(z.string()), declaredAs: z.string().nullable() }),
  params: z.array(z.looseObject({ name: z.string() })),
  imports: z.array(z.looseObject({ specifier: z.string(), resolution: z.string() })),
  split: z.looseObject({ mode: z.enum(['batch', 'whole']), reason: z.string() }),
  uses: z.looseObject({ hosts: z.array(z.looseObject({ host: z.string(), lines })), filesRead: lines, filesWritten: lines }),
  diagnostics: z.array(diagnostic),
})

const reference = z.looseObject({ specifier: z.string().nullable(), resolution: z.enum(['sdk', 'bundled', 'standin', 'file']).nullable() })
const plan = z.looseObject({
  filename: name,
  pattern: report.shape.pattern,
  moduleKind: report.shape.moduleKind,
  mode: z.enum(['statements', 'whole']),
  code: z.string(),
  sourceMap: z.string().nullable(),
  pieces: z.array(z.looseObject({ start: count, end: count, line: count, column: count })),
  imports: z.array(reference),
  requires: z.array(reference),
  dynamicImports: z.array(reference),
  companions: z.array(z.looseObject({ path: name, code: z.string() })).optional(),
  targets: z.record(z.string(), name).optional(),
  asksSymbols: z.boolean().optional(),
  printsHits: z.literal(true).optional(),
  taken: z.strictObject({ order: z.array(z.enum(['symbols', 'dates']).nullable()).max(2), replaced: z.array(z.enum(['symbols', 'dates'])).max(2) }).optional(),
  dataFiles: z.array(z.strictObject({ path: name, text: z.string() })).max(500).optional(),
  further: z.array(z.looseObject({ name, staticValue: z.array(z.string()) })).max(1_000).optional(),
  unread: z.array(z.strictObject({ role: z.enum(['symbols', 'dates']), name, why: z.string().max(1_000), line: count })).max(2).optional(),
})

const reply = z.union([
  z.strictObject({ analysis: z.strictObject({ plan: plan.nullable(), report: report.nullable(), diagnostics: z.array(diagnostic) }) }),
  z.strictObject({ need: z.strictObject({ loader: z.enum(['ts', 'tsx']), because: z.enum(['extension', 'syntax']), text: z.string() }) }),
])

/**
 * What the process that parses said, held to what the rest of the host relies on: the shape of the report, which is kept and
 * shown, and of the plan as far as it is used outside of workers. A package is bundled from the disk of this machine, so what is said
 * to be one must be one that scripts may import. Throws a RangeError; the caller then kills the process.
 */
export function parseInspectReply({ type, payload }: Frame, modules: ModuleTable): InspectReply {
  if (type !== REPLY.inspected) throw new RangeError('a frame of unknown type')
  const value: unknown = JSON.parse(payload.toString())
  if (!isShallow(value, MAX_DEPTH)) throw new RangeError('an analysis that is nested too deeply')
  const { success, error } = reply.safeParse(value)
  if (!success) throw new RangeError(`an analysis that is none: ${error.issues[0]?.path.join('.') ?? ''}`)
  const found = value as InspectReply
  const asked = 'analysis' in found && found.analysis.plan !== null ? [found.analysis.plan.imports, found.analysis.plan.requires, found.analysis.plan.dynamicImports].flat() : []
  for (const { specifier, resolution } of asked) {
    if (resolution === 'bundled' && (specifier === null || !Object.hasOwn(modules, specifier) || modules[specifier] !== 'bundled')) throw new RangeError('a package that scripts may not import')
  }
  return found
}
