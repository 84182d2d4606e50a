import * as z from 'zod'

import { diagnostic } from './errors.ts'
import { anyJson, cursor, filename, id, instant, pageSize } from './fields.ts'

const SOURCE = 'the text of the script'

export const uploadBody = z.strictObject({
  filename: filename(),
  source: z.string({ error: SOURCE }).refine((text) => text.isWellFormed(), { error: 'text without halves of surrogate pairs, which UTF-8 can not hold' }),
}, { error: 'an object with filename and source' }).meta({ id: 'ScannerUpload' })

export const scanner = z.object({
  id: z.string(),
  version: z.int().meta({ description: 'counts from 1 among the scanners of one filename' }),
  createdAt: instant(),
  deleted: z.boolean().meta({ description: 'deleted scanners are listed no more, and no further run of them is started' }),
  sha256: z.string(),
  filename: z.string(),
  bytes: z.int(),
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })).optional().meta({ description: 'where files came along with the script, and `sha256` and `bytes` are those of all: each by itself, the script first' }),
  language: z.enum(['javascript', 'typescript']),
  moduleKind: z.enum(['module', 'commonjs', 'script']),
  pattern: z.enum(['defineScanner', 'default', 'scan', 'main', 'script']),
  name: z.string().nullable(),
  symbols: z.object({ count: z.int(), sample: z.array(z.string()), declaredAs: z.string().nullable() }),
  dates: z.object({ values: z.array(z.string()), declaredAs: z.string().nullable() }),
  params: z.array(z.object({ name: z.string(), default: anyJson(), min: z.number().optional(), max: z.number().optional(), options: z.array(z.string()).optional(), help: z.string().optional() })),
  universe: z.partialRecord(z.enum(['minVolume', 'minPrice', 'maxPrice', 'limit', 'activateAbove', 'window']), z.number()).optional().meta({ description: 'the scanner\'s own screen; left out where it names none' }),
  imports: z.array(z.object({ specifier: z.string(), resolution: z.string() })),
  split: z.object({ mode: z.enum(['batch', 'whole']), reason: z.string() }),
  uses: z.object({
    hosts: z.array(z.object({ host: z.string(), served: z.boolean(), lines: z.array(z.int()) })),
    environment: z.array(z.object({ name: z.string(), lines: z.array(z.int()) })),
    filesRead: z.array(z.int()),
    filesWritten: z.array(z.int()),
    random: z.array(z.int()),
    clock: z.array(z.int()),
    sleeps: z.array(z.object({ line: z.int(), ms: z.number().nullable() })),
  }).meta({ description: 'what the script takes from the world around it, by line' }),
  diagnostics: z.array(diagnostic),
}).meta({ id: 'Scanner' })

export const scannerParams = z.strictObject({ id: id() })
export const scannerListQuery = z.strictObject({ cursor: cursor(), limit: pageSize(100, 1_000) })
export const scannerPage = z.object({ scanners: z.array(scanner), nextCursor: z.string().nullable() })
