import { parse, type Options, type Program } from 'acorn'
import type { Diagnostic } from '../scan/run.ts'
import { diagnostic } from './diagnostics.ts'
import { createLineIndex } from './lines.ts'
import { recogniseRefused } from './lookalike.ts'
import { findDeepNesting, MAX_NESTING } from './nesting.ts'

/** `asModule`: by the rules of modules; else by those of CommonJS, which scripts share. */
export type ParseResult = { program: Program; asModule: boolean; diagnostic: null } | { program: null; asModule: boolean; diagnostic: Diagnostic }

interface Failure {
  offset: number
  reason: string
}

const SHARED: Options = { ecmaVersion: 'latest', allowHashBang: true }

/**
 * Parses a script as Node decides: `.mjs` and `.mts` as a module, `.cjs` and `.cts` as CommonJS, anything else as CommonJS and, where
 * that fails, as a module. Where both fail the error that stands further on is reported, since its rules understood more of the text.
 */
export function parseScript(text: string, filename: string): ParseResult {
  const deep = findDeepNesting(text)
  if (deep !== null) return tooDeep(text, filename, deep)
  try {
    return parseWithin(text, filename)
  } catch (error) {
    // Parsers recurse: what is deep without brackets (`!!!!…`, `a => b => …`) overflows the stack.
    if (error instanceof RangeError) return tooDeep(text, filename, null)
    throw error
  }
}

function parseWithin(text: string, filename: string): ParseResult {
  const forced = /\.([mc])[jt]s$/i.exec(filename)?.[1]?.toLowerCase()
  const asCommonjs = forced === 'm' ? null : attempt(text, { ...SHARED, sourceType: 'commonjs' })
  if (asCommonjs && 'body' in asCommonjs) return { program: asCommonjs, asModule: false, diagnostic: null }
  const asModule = forced === 'c' ? null : attempt(text, { ...SHARED, sourceType: 'module' })
  if (asModule && 'body' in asModule) return { program: asModule, asModule: true, diagnostic: null }
  const failures = [asCommonjs, asModule].filter((failure): failure is Failure => failure !== null && 'reason' in failure)
  const failure = failures.reduce((best, next) => (next.offset > best.offset ? next : best))
  return { program: null, asModule: failure === asModule, diagnostic: explain(text, filename, failure) }
}

function attempt(text: string, options: Options): Program | Failure {
  try {
    return parse(text, options)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    if (/stack space/i.test(error.message)) throw new RangeError(error.message, { cause: error })
    const { pos } = error as SyntaxError & { pos?: number }
    return { offset: pos ?? 0, reason: error.message.replace(/ \(\d+:\d+\)$/, '') }
  }
}

function tooDeep(text: string, filename: string, offset: number | null): ParseResult {
  const place = offset === null ? null : placeOf(text, offset)
  return { program: null, asModule: false, diagnostic: diagnostic('error', 'nested_too_deeply', { filename, limit: MAX_NESTING }, place) }
}

function explain(text: string, filename: string, failure: Failure): Diagnostic {
  const other = recogniseRefused(text, filename)
  if (other) return diagnostic('error', 'file_not_script', { filename, ...other })
  return diagnostic('error', 'syntax_error', { reason: plainReason(failure.reason), advice: adviceFor(text, failure) }, placeOf(text, failure.offset))
}

function plainReason(reason: string): string {
  return reason.charAt(0).toLowerCase() + reason.slice(1)
}

function adviceFor(text: string, failure: Failure): string {
  const near = text.slice(failure.offset, failure.offset + 1)
  if (/[\u2018\u2019\u201c\u201d]/.test(near)) return 'Replace the typographic quotes by plain \' or ": word processors put them there.'
  if (/^(<{7}|={7}|>{7})/m.test(text)) return 'The file holds merge conflict markers; resolve them first.'
  if (failure.offset >= text.trimEnd().length) return 'The file ends too early: a bracket or a quote is left open, or the upload was cut off.'
  return 'Mend the line shown.'
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const { line, column } = createLineIndex(text).positionAt(offset)
  return { line, column: column + 1 }
}
