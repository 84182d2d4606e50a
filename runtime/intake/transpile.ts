import type { ChildProcess } from 'node:child_process'
import type { Diagnostic } from '../scan/run.ts'
import { endCompiler, findCompiler, startCompiler, type CompilerProcess, type Loader } from './compiler-process.ts'
import { diagnostic } from './diagnostics.ts'
import { findDeepNesting, MAX_NESTING } from './nesting.ts'

export interface Transpiled {
  code: string
  /** Source map, version 3, as JSON. */
  map: string
}

export type TranspileResult = { transpiled: Transpiled; diagnostics: [] } | { transpiled: null; diagnostics: Diagnostic[] }

export interface TranspileOptions {
  filename: string
  loader: Loader
  /** 5000 by default; the compiler is killed then. */
  deadlineMs?: number
  /** Path of the compiler's program; esbuild's own for this platform by default. */
  binary?: string
  /** Gives a compiler that stands by, null where there is none. */
  takeCompiler?: ((loader: Loader) => CompilerProcess | null) | undefined
  /** Ends the compiler at once. */
  signal?: AbortSignal | undefined
}

const MAP_MARK = '//# sourceMappingURL=data:application/json;base64,'
const DEFAULT_DEADLINE_MS = 5000
/** Compiled text and its map in base64: far more than any accepted source gives. */
const MAX_OUTPUT_BYTES = 32 * 1024 * 1024
const MAX_ERROR_BYTES = 256 * 1024

/**
 * Compiles TypeScript to JavaScript with a source map, in a process of its own that sees no environment and no files but its program.
 * The author's mistakes come back as diagnostics; it rejects only where the machine itself fails (no temporary folder).
 */
export async function transpile(source: string, options: TranspileOptions): Promise<TranspileResult> {
  const { filename, loader, deadlineMs = DEFAULT_DEADLINE_MS } = options
  if (findDeepNesting(source) !== null) return failure(diagnostic('error', 'nested_too_deeply', { filename, limit: MAX_NESTING }))
  const binary = options.binary ?? findCompiler()
  if (binary === null) return failure(diagnostic('error', 'compiler_failed', { reason: `no esbuild for ${process.platform}-${process.arch} is installed` }))
  const compiler = options.takeCompiler?.(loader) ?? (await startCompiler(binary, loader))
  try {
    const outcome = await runCompiler(compiler.child, source, deadlineMs, options.signal)
    if (outcome.kind === 'timeout') return failure(diagnostic('error', 'compile_timeout', { filename, timeoutMs: deadlineMs }))
    if (outcome.kind === 'broken') return failure(diagnostic('error', 'compiler_failed', { reason: outcome.reason }))
    if (outcome.exitCode !== 0) return { transpiled: null, diagnostics: parseErrors(outcome.errors, source) }
    return split(outcome.output)
  } finally {
    await endCompiler(compiler)
  }
}

function failure(entry: Diagnostic): TranspileResult {
  return { transpiled: null, diagnostics: [entry] }
}

type CompilerOutcome = { kind: 'done'; exitCode: number | null; output: string; errors: string } | { kind: 'timeout' } | { kind: 'broken'; reason: string }

function runCompiler(child: ChildProcess, source: string, deadlineMs: number, signal?: AbortSignal): Promise<CompilerOutcome> {
  return new Promise((resolve) => {
    let outcome: CompilerOutcome | null = null
    const stop = (reason: CompilerOutcome) => {
      outcome ??= reason
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => stop({ kind: 'timeout' }), deadlineMs)
    const abort = (): void => stop({ kind: 'timeout' })
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
    const output = collect(child.stdout!, MAX_OUTPUT_BYTES, () => stop({ kind: 'broken', reason: 'its output is too large' }))
    // Diagnostics past the cap are of no use to anyone; the compiler may go on.
    const errors = collect(child.stderr!, MAX_ERROR_BYTES, () => {})
    child.once('error', (error) => {
      clearTimeout(timer)
      resolve(outcome ?? { kind: 'broken', reason: error.message })
    })
    child.once('close', (exitCode, killedBy) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      if (killedBy !== null) outcome ??= { kind: 'broken', reason: `it was ended by ${killedBy}` }
      resolve(outcome ?? { kind: 'done', exitCode, output: output(), errors: errors() })
    })
    // The compiler may end before it has read everything: its exit says why.
    child.stdin!.on('error', () => {})
    child.stdin!.end(source)
  })
}

function collect(stream: NodeJS.ReadableStream, limit: number, onOverflow: () => void): () => string {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
    else onOverflow()
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

function split(output: string): TranspileResult {
  const mark = output.lastIndexOf(MAP_MARK)
  if (mark === -1) return failure(diagnostic('error', 'compiler_failed', { reason: 'it gave no source map' }))
  const map = Buffer.from(output.slice(mark + MAP_MARK.length).trim(), 'base64').toString('utf8')
  return { transpiled: { code: output.slice(0, mark), map }, diagnostics: [] }
}

/** esbuild's own format: `✘ [ERROR] text`, a blank line, `    <stdin>:line:column:` with the column from 0 in bytes of the line. */
function parseErrors(text: string, source: string): Diagnostic[] {
  const lines = source.split(/\r\n|[\n\r\u2028\u2029]/)
  const diagnostics = [...text.matchAll(/\[ERROR\] (.+)(?:\n\n? {4}<stdin>:(\d+):(\d+):)?/g)].map(([, reason = '', line, bytes]) => {
    if (line === undefined || bytes === undefined) return diagnostic('error', 'typescript_error', { reason: reason.trim() })
    const before = Buffer.from(lines[Number(line) - 1] ?? '').subarray(0, Number(bytes))
    return diagnostic('error', 'typescript_error', { reason: reason.trim() }, { line: Number(line), column: before.toString('utf8').length + 1 })
  })
  return diagnostics.length > 0 ? diagnostics : [diagnostic('error', 'compiler_failed', { reason: text.trim().split('\n')[0] || 'it gave no reason' })]
}
