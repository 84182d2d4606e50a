import { isBuiltin } from 'node:module'

import type { AnyNode, CallExpression } from 'acorn'
import type { Diagnostic } from '../scan/run.ts'
import { isRelative } from './archive.ts'
import { diagnostic, type Place } from './diagnostics.ts'
import type { LineIndex } from './lines.ts'
import type { DynamicImport, ImportRecord, ModuleReference, ModuleResolution } from './plan.ts'
import type { ScopedProgram } from './scope.ts'
import { isIdentifier, literalText, propertyName, walk } from './tree.ts'

/** Characters of the list of allowed packages in a message. */
const ALLOWED_LENGTH = 270

/** The modules that a script may ask for, by specifier without `node:`: the SDK, packages bundled for the isolate, and stand-ins; `absent` are packages that are allowed, and not installed. */
export type ModuleTable = Readonly<Record<string, ModuleResolution | 'absent'>>

export interface ResolvedModules {
  imports: ImportRecord[]
  requires: ModuleReference[]
  dynamicImports: DynamicImport[]
  importMetas: [start: number, end: number][]
  /** Files that relative specifiers mean. */
  targets: Record<string, string>
  /** Each module once, in order of appearance, for the report. */
  summary: { specifier: string; resolution: string }[]
  diagnostics: Diagnostic[]
}

interface Request extends Omit<ModuleReference, 'resolution'> {
  resolution: ModuleResolution | null
  /** The script goes on where the module is not there. */
  isOptional?: boolean
}

/** Holds every module that a file asks for against the table; each refusal is one diagnostic at its place. */
export function resolveModules(
  scoped: ScopedProgram,
  imports: readonly Omit<ImportRecord, 'resolution'>[],
  options: { modules: ModuleTable; filename: string; lines: LineIndex; place: (offset: number) => Place; files?: { has(specifier: string): string | null } | undefined },
): ResolvedModules {
  const { modules, filename, lines, place } = options
  const resolved: ResolvedModules = { imports: [], requires: [], dynamicImports: [], importMetas: [], targets: {}, summary: [], diagnostics: [] }
  const requests: (Request & { offset: number })[] = []
  const lookUp = (specifier: string): ModuleResolution | null => {
    const target = isRelative(specifier) ? (options.files?.has(specifier) ?? null) : null
    if (target === null) return resolve(specifier, modules)
    resolved.targets[specifier] = target
    return 'file'
  }

  for (const record of imports) {
    const resolution = lookUp(record.specifier)
    requests.push({ ...record, resolution, offset: offsetOf(scoped, record, lines) })
    if (resolution) resolved.imports.push({ ...record, resolution })
  }
  const unknown: { expression: string; offset: number }[] = []
  walk(scoped.program, (node) => {
    if (node.type === 'CallExpression' && isRequire(scoped, node)) {
      const specifier = literalText(node.arguments[0])
      if (specifier === null) unknown.push({ expression: 'require(…)', offset: node.start })
      else {
        const position = lines.positionAt(node.start)
        const resolution = lookUp(specifier)
        requests.push({ specifier, ...position, resolution, offset: node.start, isOptional: isCaught(scoped, node) })
        if (resolution) resolved.requires.push({ specifier, resolution, ...position })
      }
    } else if (node.type === 'MetaProperty' && node.meta.name === 'import') {
      resolved.importMetas.push([node.start, node.end])
    } else if (node.type === 'ImportExpression') {
      const specifier = literalText(node.source)
      const resolution = specifier === null ? null : lookUp(specifier)
      resolved.dynamicImports.push({ start: node.start, specifier, resolution })
      if (specifier === null) unknown.push({ expression: 'import(…)', offset: node.start })
      else requests.push({ specifier, ...lines.positionAt(node.start), resolution, offset: node.start, isOptional: isCaught(scoped, node) })
    }
  })

  const bundling = bundlingOf(scoped, filename, requests)
  for (const { specifier, resolution, offset, isOptional } of requests) {
    if (!resolved.summary.some((known) => known.specifier === specifier)) resolved.summary.push({ specifier, resolution: resolution ?? 'refused' })
    if (resolution) continue
    const problem = refusal(specifier, modules, filename, bundling, place(offset))
    resolved.diagnostics.push(isOptional ? diagnostic('warning', 'import_optional', { specifier, problem: problem.message }, place(offset)) : problem)
  }
  for (const { expression, offset } of unknown) resolved.diagnostics.push(diagnostic('warning', 'import_dynamic', { expression }, place(offset)))
  return resolved
}

/**
 * What esbuild is told so that a package stands in the file, and what is answered here stays an import. As CommonJS, where the `require` of Node's
 * modules in a package goes on working, but for files that only a module can be.
 */
function bundlingOf(scoped: ScopedProgram, filename: string, requests: readonly Request[]): string {
  const kept = new Set(requests.filter(({ specifier, resolution }) => resolution !== null && resolution !== 'file' && !isBuiltin(specifier)).map(({ specifier }) => specifier))
  const isModule = mustBeModule(scoped)
  const options = ['--bundle', '--platform=node', `--format=${isModule ? 'esm' : 'cjs'}`, ...[...kept].map((specifier) => `--external:${specifier}`), `--outfile=bundled.${isModule ? 'mjs' : 'cjs'}`]
  return `npx esbuild ${filename} ${options.join(' ')}`
}

/** Whether a file awaits at its top level or asks where it stands. */
function mustBeModule(scoped: ScopedProgram): boolean {
  let must = false
  walk(scoped.program, (node) => {
    if (node.type === 'MetaProperty' && node.meta.name === 'import') must = true
    if ((node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await)) && scoped.functionAround(node) === null) must = true
    return !must
  })
  return must
}

/** The table's answer for a specifier with or without `node:`, or null. */
export function resolve(specifier: string, modules: ModuleTable): ModuleResolution | null {
  const name = specifier.replace(/^node:/, '')
  const found = Object.hasOwn(modules, name) ? (modules[name] ?? null) : null
  return found === 'absent' ? null : found
}

function isRequire(scoped: ScopedProgram, call: CallExpression): boolean {
  // A `require` made by createRequire is the runner's too: its binding comes from the module stand-in.
  return isIdentifier(call.callee, 'require') && (scoped.bindingOf(call.callee)?.scope ?? scoped.top) === scoped.top
}

/** True inside `try { … } catch`, and for `import('x').catch(…)`: the script says itself what it does without the module. */
function isCaught(scoped: ScopedProgram, node: AnyNode): boolean {
  for (let current = node, parent = scoped.parentOf(node); parent; current = parent, parent = scoped.parentOf(parent)) {
    if (parent.type === 'TryStatement' && parent.block === current && parent.handler) return true
    if (parent.type === 'MemberExpression' && parent.object === current && propertyName(parent) === 'catch') return true
  }
  return false
}

function offsetOf(scoped: ScopedProgram, record: { line: number; column: number }, lines: LineIndex): number {
  const statement = scoped.program.body.find((node) => {
    const position = lines.positionAt(node.start)
    return position.line === record.line && position.column === record.column
  })
  return statement?.start ?? 0
}

const NO_PROCESS = 'a scan runs in an isolate without processes or threads'
const NO_NETWORK = 'a scan runs in an isolate without a network'
const USE_FETCH = 'Use fetch: requests to the usual market-data APIs are answered from the stored market.'
const USE_RESULTS = 'Return the hits or log them; rows and exports come from Strikescan.'
const NO_NATIVE = 'a scan runs in an isolate without native code'

const UNAVAILABLE: [pattern: RegExp, why: string, advice: string][] = [
  [/^(child_process|cluster|worker_threads|piscina|workerpool|execa|shelljs|zx|puppeteer|playwright|pm2)(\/|$)/, NO_PROCESS, 'Leave it out: Strikescan runs batches of symbols in parallel by itself.'],
  [/^(net|tls|dgram|dns|http2|ws|socket\.io(-client)?|websocket|mqtt|ssh2)(\/|$)/, NO_NETWORK, USE_FETCH],
  [/^(https?|got|superagent|request(-promise)?|undici|needle|cross-fetch|ky|isomorphic-fetch)(\/|$)/, NO_NETWORK, USE_FETCH],
  [/^(@polygon\.io|@alpacahq|yahoo-finance2?|finnhub|alphavantage|tradier|iexcloud|@stoqey|ib|@quantlib|ccxt)(\/|$|-)/, NO_NETWORK, USE_FETCH],
  [/^(pg|mysql2?|mongodb|mongoose|redis|ioredis|sqlite3?|better-sqlite3|knex|prisma|@prisma|typeorm|sequelize|duckdb|@duckdb|@supabase|firebase)(\/|$)/, 'databases cannot be reached from the isolate', `${USE_RESULTS} Bars come from the scan's own \`bars\` or from fetch.`],
  [/^(nodemailer|twilio|telegraf|node-telegram-bot-api|discord\.js|@slack|@sendgrid|aws-sdk|@aws-sdk|googleapis)(\/|$)/, NO_NETWORK, USE_RESULTS],
  [/^(node-cron|cron|node-schedule|agenda|bull|bullmq)(\/|$)/, 'a scan runs once for each run and keeps no schedule', 'Leave it out and start runs from a scheduler through the API or the command line.'],
  [/^(talib|tulind|talib-binding|ffi-napi|sharp|canvas|isolated-vm|vm2)(\/|$)/, NO_NATIVE, 'Use `ta` of the scan context, or technicalindicators.'],
  [/^strikescan\/testing$/, 'it runs scanners, from a test, and is not there inside of one', "Import what a scan needs from 'strikescan' or 'strikescan/options', and keep the test in a file of its own."],
  [/^(vm|inspector|repl|readline|v8|async_hooks|process|module|diagnostics_channel|trace_events|wasi|test|sea|sqlite|sys|tty|domain|http)(\/|$)/, 'the isolate has no such part of Node', 'Leave it out.'],
  [/^(express|fastify|koa|hapi|@nestjs|next|react|react-dom|vue)(\/|$)/, 'a scan serves no pages', USE_RESULTS],
]

function refusal(specifier: string, modules: ModuleTable, filename: string, bundling: string, place: Place): Diagnostic {
  const name = specifier.replace(/^node:/, '')
  if (/^(\.{1,2}(\/|$)|\/|file:|[A-Za-z]:\\|#)/.test(name)) return diagnostic('error', 'import_relative', { specifier, filename }, place)
  if (/^(https?|data|blob|npm|jsr):/i.test(name)) return diagnostic('error', 'import_url', { specifier }, place)
  const known = UNAVAILABLE.find(([pattern]) => pattern.test(name))
  if (known) return diagnostic('error', 'import_unavailable', { specifier, why: known[1], advice: known[2] }, place)
  if (specifier.startsWith('node:') || (isBuiltin(name) && !Object.hasOwn(modules, name))) return diagnostic('error', 'import_unavailable', { specifier, why: 'the isolate has no such part of Node', advice: 'Leave it out.' }, place)
  if (Object.hasOwn(modules, name)) return diagnostic('error', 'import_absent', { specifier, bundling }, place)
  const names = Object.keys(modules).filter((known) => modules[known] !== 'absent').sort()
  // Node's own modules are the less news, where there is no room for all.
  const allowed = namesWithin([...names.filter((name) => !isBuiltin(name)), ...names.filter(isBuiltin)], ALLOWED_LENGTH)
  return diagnostic('error', 'import_unknown', { specifier, bundling, allowed }, place)
}

/** Whole names as far as there is room for them, and how many more there are. */
function namesWithin(names: readonly string[], length: number): string {
  let shown = 0
  for (let used = 0; shown < names.length && used + names[shown]!.length <= length; shown++) used += names[shown]!.length + 2
  const left = names.length - shown
  return names.length === 0 ? 'none' : `${names.slice(0, shown).join(', ')}${left > 0 ? ` and ${left} more` : ''}`
}
