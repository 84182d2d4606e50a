import { createHash } from 'node:crypto'

import type { Spare } from '../pool/spares.ts'
import { WorkerProcess, type WorkerEnd, type WorkerListener } from '../pool/worker-process.ts'
import type { Frame } from '../worker/frames.ts'
import { REQUEST, type InspectReply, type InspectRequest } from '../worker/protocol.ts'
import type { Analysis } from './analyze.ts'
import { unpackFiles } from './archive.ts'
import type { CompanionSource } from './companions.ts'
import { isData } from './data-files.ts'
import { decodeSource, namedLoader, tooLarge } from './decode.ts'
import { diagnostic } from './diagnostics.ts'
import { recogniseOtherLanguage, recogniseRefused } from './lookalike.ts'
import type { ModuleTable } from './modules.ts'
import { transpile, type Transpiled, type TranspileOptions, type TranspileResult } from './transpile.ts'

export interface InspectOptions {
  filename: string
  bytes: Uint8Array
  modules: ModuleTable
  maxBytes: number
  /** Milliseconds after which the process that parses is killed. */
  deadlineMs: number
  /** Gives a process that stands by, null where there is none. */
  takeSpare?: (() => Spare | null) | undefined
  /** The same for compilers of TypeScript. */
  takeCompiler?: TranspileOptions['takeCompiler']
  /** Ends it at once; what it gives then is of no use. */
  signal?: AbortSignal | undefined
}

const MEMORY_MB = 1024

/** A script of the usual forms, for processes that stand by: reading it has the code of the parser compiled. */
const WARM_UP_SCRIPT = `
const SYMBOLS = ['AAPL', 'MSFT']
const settings = { least: 0.03, ...{ dates: ['2026-01-02'] } }
export const lookback = 60
export default async function scan(symbol, bars, { params = {}, ta, log }) {
  for (const { close, volume } of bars) if (volume > 1e6 && close >= settings.least) log(\`\${symbol}: \${close.toFixed(2)}\`)
  const [last] = bars.slice(-1).map((bar) => bar.close / bars.at(-2)?.close - 1)
  try {
    const answer = await fetch('https://query1.finance.yahoo.com/v8/finance/chart/' + symbol)
    if (!answer.ok || !(await answer.json())) return null
  } catch (error) {
    console.error(error)
  }
  class Signal { #score = last; get score() { return this.#score } }
  return last >= (params.least ?? 0.03) ? { score: new Signal().score, direction: 'bullish', data: { rsi: ta.rsi(bars, 14) } } : false
}
`

/** Has a process that stands by read a script of ours; it answers as to any. */
export function warmUpInspector(process: WorkerProcess): void {
  const request: InspectRequest = { filename: 'warm-up.mjs', bytesBase64: Buffer.from(WARM_UP_SCRIPT).toString('base64'), modules: {}, limits: { maxBytes: WARM_UP_SCRIPT.length }, mayTranspile: true }
  process.send(REQUEST.inspect, request)
}

/** Starts a process that reads one script. */
export function startInspector(listener: WorkerListener): WorkerProcess {
  return new WorkerProcess(0, 'intake', MEMORY_MB, [], listener)
}

/**
 * Takes a script apart in a process of its own that is killed at the deadline, TypeScript compiled by another such.
 * The author's mistakes come back as diagnostics, also where the file breaks the parser.
 */
export async function inspectScript(options: InspectOptions): Promise<Analysis> {
  const { filename, bytes, maxBytes } = options
  const files = bytes.byteLength > maxBytes ? null : unpackFiles(bytes)
  if (files === null) return inspectOne(options)
  const [entry, ...others] = files
  const sources: CompanionSource[] = []
  // All files together have the time of one: each may be made to take as long as a compiler is given.
  const deadline = AbortSignal.timeout(options.deadlineMs)
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline])
  for (const { path, bytes: content } of others) {
    const decoded = decodeSource(content, path, maxBytes)
    if (decoded.text === null && isData(path)) {
      // A picture or a table of another program is no matter as long as nobody reads it.
      if (content.byteLength === 0) sources.push({ path, code: '', sourceMap: null })
      continue
    }
    if (decoded.text === null) return refused(diagnostic('error', 'companion_refused', { place: path, problem: decoded.diagnostic.message }))
    const loader = namedLoader(path)
    const compiled = loader === null ? null : await transpile(decoded.text, { filename: path, loader, signal })
    if (deadline.aborted) return refused(diagnostic('error', 'intake_timeout', { filename, seconds: options.deadlineMs / 1000 }))
    if (compiled?.transpiled === null) return refused(diagnostic('error', 'companion_refused', { place: path, problem: compiled.diagnostics[0]?.message ?? 'it does not compile' }))
    sources.push({ path, code: compiled?.transpiled.code ?? decoded.text, sourceMap: compiled?.transpiled.map ?? null })
  }
  const analysis = await inspectOne({ ...options, filename: nameOf(filename, entry!.path), bytes: entry!.bytes, companions: { entryPath: entry!.path, sources } })
  if (analysis.report !== null) {
    const each = files.map((file) => ({ path: file.path, bytes: file.bytes.byteLength, sha256: hashOf(file.bytes) }))
    Object.assign(analysis.report, { filename, sha256: hashOf(bytes), bytes: bytes.byteLength, files: each })
  }
  return analysis
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The name of the file that runs: a tar's own name says nothing of its language. */
function nameOf(filename: string, entryPath: string): string {
  return filename.endsWith('.tar') ? entryPath.split('/').at(-1)! : filename
}

async function inspectOne(options: InspectOptions & { companions?: InspectRequest['companions'] }): Promise<Analysis> {
  const { filename, bytes, modules, maxBytes, deadlineMs } = options
  if (bytes.byteLength > maxBytes) return refused(tooLarge(bytes, filename, maxBytes))
  // Loaded here, since most runs are of a script that was read before.
  const { parseInspectReply } = await import('./inspect-reply.ts')
  const inspector = new Inspector(deadlineMs, filename, (frame) => parseInspectReply(frame, modules), options.takeSpare?.() ?? null)
  const stop = (): void => inspector.stop()
  options.signal?.addEventListener('abort', stop)
  if (options.signal?.aborted) stop()
  try {
    // A file named as TypeScript is compiled while the process that parses starts.
    const early = namedLoader(filename) === null ? null : compileNamed(options)
    const request = { filename, bytesBase64: Buffer.from(bytes).toString('base64'), modules, limits: { maxBytes }, ...(options.companions && { companions: options.companions }) }
    const ready = await early
    if (ready?.transpiled != null) return await inspector.analysis({ ...request, mayTranspile: false, transpiled: ready.transpiled })
    const first = await inspector.ask({ ...request, mayTranspile: true })
    if ('analysis' in first) return first.analysis
    const compiled = ready ?? (await transpile(first.need.text, { filename, loader: first.need.loader, takeCompiler: options.takeCompiler, signal: options.signal }))
    // A file named as JavaScript that no compiler takes either is reported as the JavaScript it claims to be.
    if (compiled.transpiled === null && first.need.because === 'extension') {
      const other = recogniseRefused(first.need.text, filename)
      return { plan: null, report: null, diagnostics: other === null ? compiled.diagnostics : [diagnostic('error', 'file_not_script', { filename, ...other })] }
    }
    const transpiled: Transpiled | undefined = compiled.transpiled ?? undefined
    return await inspector.analysis({ ...request, mayTranspile: false, transpiled })
  } finally {
    options.signal?.removeEventListener('abort', stop)
    inspector.stop()
  }
}

/** Null where the file has no text to compile; the analysis then says why. */
function compileNamed({ filename, bytes, maxBytes, takeCompiler, signal }: InspectOptions): Promise<TranspileResult> | null {
  const { text } = decodeSource(bytes, filename, maxBytes)
  return text === null || recogniseOtherLanguage(text) !== null ? null : transpile(text, { filename, loader: namedLoader(filename)!, takeCompiler, signal })
}

function refused(problem: Analysis['diagnostics'][number]): Analysis {
  return { plan: null, report: null, diagnostics: [problem] }
}

/** The process that parses, from the asking side. */
class Inspector {
  readonly #process: WorkerProcess
  readonly #timer: NodeJS.Timeout
  readonly #filename: string
  readonly #deadlineMs: number
  #waiting: ((reply: InspectReply) => void) | null = null
  #end: WorkerEnd | null = null

  constructor(deadlineMs: number, filename: string, parse: (frame: Frame) => InspectReply, spare: Spare | null) {
    this.#filename = filename
    this.#deadlineMs = deadlineMs
    const listener: WorkerListener = {
      frame: (frame) => {
        // One answer for each question: what comes besides is no honest process's.
        if (this.#waiting === null) throw new RangeError('an analysis that nobody asked for')
        this.#answer(parse(frame))
      },
      ended: (end) => {
        this.#end = end
        this.#answer({ analysis: this.#failure(end) })
      },
    }
    spare?.process.adopt(0, listener)
    this.#process = spare?.process ?? startInspector(listener)
    this.#timer = setTimeout(() => this.#process.kill({ kind: 'killed', cause: 'timeout' }), deadlineMs)
  }

  ask(request: InspectRequest): Promise<InspectReply> {
    if (this.#end !== null) return Promise.resolve({ analysis: this.#failure(this.#end) })
    return new Promise((resolve) => {
      this.#waiting = resolve
      this.#process.send(REQUEST.inspect, request)
    })
  }

  /** The analysis of a request that needs no compiler. */
  async analysis(request: InspectRequest): Promise<Analysis> {
    const reply = await this.ask({ ...request, mayTranspile: false })
    return 'analysis' in reply ? reply.analysis : refused(diagnostic('error', 'compiler_failed', { reason: 'no analysis' }))
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#process.kill({ kind: 'killed', cause: 'stopped' })
  }

  #answer(reply: InspectReply): void {
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.(reply)
  }

  #failure(end: WorkerEnd): Analysis {
    const filename = this.#filename
    if (end.kind === 'killed') return refused(diagnostic('error', 'intake_timeout', { filename, seconds: this.#deadlineMs / 1000 }))
    return refused(diagnostic('error', 'intake_crashed', { filename, detail: end.kind === 'exited' ? end.detail : end.kind }))
  }
}
