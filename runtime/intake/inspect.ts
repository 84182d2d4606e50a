import { createHash } from 'node:crypto'

import type { Spare } from '../pool/spares.ts'
import { WorkerProcess, type WorkerEnd, type WorkerListener } from '../pool/worker-process.ts'
import { REPLY, REQUEST, type InspectReply, type InspectRequest } from '../worker/protocol.ts'
import type { Analysis } from './analyze.ts'
import { unpackFiles } from './archive.ts'
import type { CompanionSource } from './companions.ts'
import { decodeSource, namedLoader, recogniseOtherLanguage } from './decode.ts'
import { diagnostic } from './diagnostics.ts'
import type { ModuleTable } from './modules.ts'
import { transpile, type Transpiled, type TranspileResult } from './transpile.ts'

export interface InspectOptions {
  filename: string
  bytes: Uint8Array
  modules: ModuleTable
  maxBytes: number
  /** Milliseconds after which the process that parses is killed. */
  deadlineMs: number
  /** Gives a process that stands by, null where there is none. */
  takeSpare?: (() => Spare | null) | undefined
  /** Ends it at once; what it gives then is of no use. */
  signal?: AbortSignal | undefined
}

const MEMORY_MB = 1024

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
  for (const { path, bytes: content } of others) {
    const decoded = decodeSource(content, path, maxBytes)
    if (decoded.text === null) return refused(diagnostic('error', 'companion_refused', { place: path, problem: decoded.diagnostic.message }))
    const loader = namedLoader(path)
    const compiled = loader === null ? null : await transpile(decoded.text, { filename: path, loader, signal: options.signal })
    if (compiled?.transpiled === null) return refused(diagnostic('error', 'companion_refused', { place: path, problem: compiled.diagnostics[0]?.message ?? 'it does not compile' }))
    sources.push({ path, code: compiled?.transpiled.code ?? decoded.text, sourceMap: compiled?.transpiled.map ?? null })
  }
  const analysis = await inspectOne({ ...options, filename: nameOf(filename, entry!.path), bytes: entry!.bytes, companions: { entryPath: entry!.path, sources } })
  if (analysis.report !== null) Object.assign(analysis.report, { filename, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.byteLength })
  return analysis
}

/** The name of the file that runs: a tar's own name says nothing of its language. */
function nameOf(filename: string, entryPath: string): string {
  return filename.endsWith('.tar') ? entryPath.split('/').at(-1)! : filename
}

async function inspectOne(options: InspectOptions & { companions?: InspectRequest['companions'] }): Promise<Analysis> {
  const { filename, bytes, modules, maxBytes, deadlineMs } = options
  if (bytes.byteLength > maxBytes) return refused(diagnostic('error', 'file_too_large', { filename, bytes: bytes.byteLength, limit: maxBytes }))
  const inspector = new Inspector(deadlineMs, filename, options.takeSpare?.() ?? null)
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
    const compiled = ready ?? (await transpile(first.need.text, { filename, loader: first.need.loader, signal: options.signal }))
    // A file named as JavaScript that no compiler takes either is reported as the JavaScript it claims to be.
    if (compiled.transpiled === null && first.need.because === 'extension') return { plan: null, report: null, diagnostics: compiled.diagnostics }
    const transpiled: Transpiled | undefined = compiled.transpiled ?? undefined
    return await inspector.analysis({ ...request, mayTranspile: false, transpiled })
  } finally {
    options.signal?.removeEventListener('abort', stop)
    inspector.stop()
  }
}

/** Null where the file has no text to compile; the analysis then says why. */
function compileNamed({ filename, bytes, maxBytes, signal }: InspectOptions): Promise<TranspileResult> | null {
  const { text } = decodeSource(bytes, filename, maxBytes)
  return text === null || recogniseOtherLanguage(text) !== null ? null : transpile(text, { filename, loader: namedLoader(filename)!, signal })
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

  constructor(deadlineMs: number, filename: string, spare: Spare | null) {
    this.#filename = filename
    this.#deadlineMs = deadlineMs
    const listener: WorkerListener = {
      frame: (frame) => {
        if (frame.type !== REPLY.inspected) throw new RangeError('a frame of unknown type')
        this.#answer(JSON.parse(frame.payload.toString()) as InspectReply)
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
