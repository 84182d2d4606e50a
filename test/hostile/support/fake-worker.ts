import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'

import { encodeFrame, encodeJsonFrame, FrameSplitter } from '../../../runtime/worker/frames.ts'
import { REPLY, REQUEST, type ScanRequest } from '../../../runtime/worker/protocol.ts'
import { RowRecordWriter } from '../../../runtime/worker/row-records.ts'

export const HIT = '{"status":"hit","score":1,"direction":null,"data":null,"strategies":[],"reason":null}'
export const SCANNER = { name: 'fake', lookback: null, universe: null, params: [], hasHooks: false, ranks: false }

/** What a process that a script has taken over says in place of what an honest one would: bytes, as they go over the pipe. */
export interface Lie {
  /** The moment: at its start, or in answer to a request. */
  at: 'start' | 'load' | 'scan'
  says(honest: Buffer[], request: ScanRequest): Buffer[]
}

export function rowsFrame(unit: number, ...records: [item: number, text: string, scriptMs?: number][]): Buffer {
  const writer = new RowRecordWriter()
  for (const [item, text, scriptMs = 1] of records) writer.add(item, scriptMs, 0, text)
  const head = Buffer.alloc(4)
  head.writeUInt32LE(unit)
  return encodeFrame(REPLY.rows, Buffer.concat([head, writer.take()]))
}

export const doneFrame = (unit: number, done: number, more: object = {}): Buffer =>
  encodeJsonFrame(REPLY.unitDone, { unit, done, isFatal: false, error: null, strayHits: 0, straySamples: [], ...more })

/** A worker without a process: it answers as an honest one does, but for one lie. */
export class FakeWorker extends EventEmitter {
  readonly pid = undefined
  readonly stdin: Writable
  readonly stderr = new PassThrough()
  readonly replies = new PassThrough()
  readonly stdio: unknown[]
  readonly #lie: Lie | null
  readonly #requests = new FrameSplitter()
  isKilled = false

  constructor(lie: Lie | null) {
    super()
    this.#lie = lie
    this.stdin = new Writable({ write: (chunk: Buffer, _, done) => (this.#take(chunk), done()) })
    this.stdio = [this.stdin, null, this.stderr, this.replies]
    queueMicrotask(() => this.#say('start', [encodeJsonFrame(REPLY.ready, {})], { unit: 0, day: 0, symbolIndexes: [] }))
  }

  get asChild(): ChildProcess {
    return this as unknown as ChildProcess
  }

  kill(): boolean {
    if (this.isKilled) return false
    this.isKilled = true
    setImmediate(() => this.emit('close', null, 'SIGKILL'))
    return true
  }

  #take(chunk: Buffer): void {
    for (const { type, payload } of this.#requests.push(chunk)) {
      const request = JSON.parse(payload.toString()) as ScanRequest
      if (type === REQUEST.load) this.#say('load', [encodeJsonFrame(REPLY.loaded, { ok: true, scanner: SCANNER })], request)
      if (type === REQUEST.scan) this.#say('scan', honestScan(request), request)
    }
  }

  #say(at: Lie['at'], honest: Buffer[], request: ScanRequest): void {
    const said = this.#lie?.at === at ? this.#lie.says(honest, request) : honest
    for (const frame of said) if (!this.isKilled) this.replies.write(frame)
  }
}

function honestScan({ unit, symbolIndexes }: ScanRequest): Buffer[] {
  const records = symbolIndexes.map((_, item): [number, string] => [item, HIT])
  return [rowsFrame(unit, ...records), doneFrame(unit, records.length)]
}
