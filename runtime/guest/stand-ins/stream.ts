import { EventEmitter } from './events.ts'
import type { ModuleObject } from './types.ts'

type Done = (error?: unknown, value?: unknown) => void
type Target = EventEmitter & { write(chunk: unknown): unknown; end(): unknown }

const HAS = 'a scan has Readable, Writable, Transform and PassThrough, as far as they hand on chunks'

interface Options {
  read?: (this: Readable) => unknown
  write?: (chunk: unknown, encoding: unknown, done: Done) => unknown
  final?: (done: Done) => unknown
  transform?: (chunk: unknown, encoding: unknown, done: Done) => unknown
  flush?: (done: Done) => unknown
  encoding?: unknown
}

/** A stream that gives; all that was pushed waits until somebody listens, and nothing is ever too much. */
export class Readable extends EventEmitter {
  readonly #waiting: unknown[] = []
  #encoding: unknown = null
  #hasAll = false
  #isFlowing = false
  #isScheduled = false
  #isReading = false
  #error: unknown = null
  #wake: (() => void) | null = null
  destroyed = false

  constructor(options: Options = {}) {
    super()
    if (options.encoding !== undefined) this.#encoding = options.encoding
    if (options.read !== undefined) this._read = options.read
  }

  static from(source: Iterable<unknown> | AsyncIterable<unknown>): Readable {
    const steps = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : (typeof source === 'string' ? [source] : source)[Symbol.iterator]()
    return new Readable({
      read() {
        const step = new Promise<IteratorResult<unknown>>((resolve) => resolve(steps.next()))
        step.then(({ done, value }) => this.push(done === true ? null : value), (error: unknown) => void this.destroy(error))
      },
    })
  }

  _read(): unknown {
    return undefined
  }

  push(chunk: unknown): boolean {
    this.#isReading = false
    if (chunk === null) this.#hasAll = true
    else this.#waiting.push(chunk)
    this.#wake?.()
    this.#schedule()
    return true
  }
  read(): unknown {
    return this.#waiting.length === 0 ? null : this.#take()
  }
  setEncoding(encoding: unknown = 'utf8'): this {
    this.#encoding = encoding
    return this
  }
  override on(event: unknown, listener: (...args: unknown[]) => void): this {
    if (event === 'readable') throw new Error(`stream: nothing tells of "readable", listen to "data" or go through the stream by \`for await\`: ${HAS}`)
    super.on(event, listener)
    return event === 'data' ? this.resume() : this
  }
  resume(): this {
    this.#isFlowing = true
    this.#schedule()
    return this
  }
  pause(): this {
    this.#isFlowing = false
    return this
  }
  isPaused(): boolean {
    return !this.#isFlowing
  }
  pipe<T extends Target>(target: T): T {
    this.on('data', (chunk) => void target.write(chunk)).on('end', () => void target.end())
    return target
  }
  destroy(error?: unknown): this {
    if (this.destroyed) return this
    this.destroyed = true
    this.#error = error ?? null
    this.#wake?.()
    queueMicrotask(() => {
      if (this.#error !== null && (this.#wake === null || this.listenerCount('error') > 0)) this.emit('error', this.#error)
      this.emit('close')
    })
    return this
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    this.#wake = () => {}
    for (;;) {
      if (this.#error !== null) throw this.#error
      if (this.#waiting.length > 0) yield this.#take()
      else if (this.#hasAll || this.destroyed) return
      else {
        const more = new Promise<void>((resolve) => (this.#wake = resolve))
        this.#askForMore()
        if (this.#waiting.length === 0 && !this.#hasAll && !this.destroyed) await more
      }
    }
  }

  #take(): unknown {
    const chunk = this.#waiting.shift()
    return this.#encoding !== null && chunk instanceof Uint8Array ? (chunk as unknown as { toString(encoding: unknown): string }).toString(this.#encoding) : chunk
  }
  #askForMore(): void {
    if (this.#isReading) return
    this.#isReading = true
    try {
      this._read()
    } catch (error) {
      this.destroy(error)
    }
  }
  #schedule(): void {
    if (this.#isFlowing && !this.#isScheduled) queueMicrotask(() => this.#flow())
    this.#isScheduled ||= this.#isFlowing
  }
  #flow(): void {
    this.#isScheduled = false
    while (this.#isFlowing && !this.destroyed) {
      if (this.#waiting.length > 0) this.emit('data', this.#take())
      else if (this.#hasAll) return this.#end()
      else if (this.#isReading) return
      else this.#askForMore()
    }
  }
  #end(): void {
    this.destroyed = true
    this.emit('end')
    this.emit('close')
  }
}

/** A stream that takes, one chunk after the other. */
class Writable extends EventEmitter {
  readonly #waiting: { chunk: unknown; encoding: unknown; done: Done | undefined }[] = []
  #isBusy = false
  #isEnding = false
  writableEnded = false
  destroyed = false

  constructor(options: Options = {}) {
    super()
    if (options.write !== undefined) this._write = options.write
    if (options.final !== undefined) this._final = options.final
  }

  _write(_chunk: unknown, _encoding: unknown, done: Done): unknown {
    return done()
  }
  _final(done: Done): unknown {
    return done()
  }
  write(chunk: unknown, ...given: unknown[]): boolean {
    if (this.writableEnded) throw Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' })
    this.#waiting.push({ chunk, encoding: typeof given[0] === 'string' ? given[0] : 'utf8', done: given.find((value) => typeof value === 'function') as Done | undefined })
    this.#next()
    return true
  }
  end(...given: unknown[]): this {
    const done = given.find((value) => typeof value === 'function') as (() => void) | undefined
    if (given.length > 0 && typeof given[0] !== 'function' && given[0] !== undefined && given[0] !== null) this.write(given[0])
    if (done !== undefined) this.once('finish', done)
    this.writableEnded = true
    this.#next()
    return this
  }
  destroy(error?: unknown): this {
    if (this.destroyed) return this
    this.destroyed = true
    queueMicrotask(() => {
      if (error !== undefined && error !== null) this.emit('error', error)
      this.emit('close')
    })
    return this
  }

  #next(): void {
    if (this.#isBusy || this.destroyed) return
    const next = this.#waiting.shift()
    if (next !== undefined) {
      this.#isBusy = true
      this._write(next.chunk, next.encoding, (error) => {
        this.#isBusy = false
        if (error !== undefined && error !== null) return void this.destroy(error)
        next.done?.()
        queueMicrotask(() => this.#next())
      })
    } else if (this.writableEnded && !this.#isEnding) {
      this.#isEnding = true
      queueMicrotask(() => this._final((error) => (error !== undefined && error !== null ? void this.destroy(error) : (this.emit('finish'), void this.destroy()))))
    }
  }
}

/** A stream that gives what it makes of what it takes. */
class Transform extends Readable {
  readonly #input: Writable

  constructor(options: Options = {}) {
    super(options)
    if (options.transform !== undefined) this._transform = options.transform
    if (options.flush !== undefined) this._flush = options.flush
    const passOn = (done: Done): Done => (error, value) => {
      if (value !== undefined && value !== null) this.push(value)
      done(error)
    }
    this.#input = new Writable({
      write: (chunk, encoding, done) => this._transform(chunk, encoding, passOn(done)),
      final: (done) => this._flush(passOn((error) => (error === undefined || error === null ? this.push(null) : undefined, done(error)))),
    })
    this.#input.on('finish', () => this.emit('finish')).on('error', (error) => void this.destroy(error))
  }

  _transform(chunk: unknown, _encoding: unknown, done: Done): unknown {
    return done(null, chunk)
  }
  _flush(done: Done): unknown {
    return done()
  }
  write(chunk: unknown, ...given: unknown[]): boolean {
    return this.#input.write(chunk, ...given)
  }
  end(...given: unknown[]): this {
    this.#input.end(...given)
    return this
  }
}

class PassThrough extends Transform {}

class Duplex {
  constructor() {
    throw new Error(`stream.Duplex: ${HAS}`)
  }
}

/** A promise of a stream's end. */
function finished(stream: EventEmitter): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('write' in stream ? 'finish' : 'end', () => resolve())
    stream.once('error', reject)
  })
}

async function pipeline(...given: unknown[]): Promise<void> {
  const [source, ...rest] = given as [unknown, ...Target[]]
  if (rest.some((stage) => typeof stage === 'function')) throw new Error('stream.pipeline: a function as a stage is not among what a scan has; use a Transform, or go through the stream by `for await`')
  const first = source instanceof EventEmitter ? (source as Readable) : Readable.from(source as Iterable<unknown>)
  const ended = Promise.all([first, ...rest].map(finished))
  let from = first
  for (const stage of rest) from = from.pipe(stage) as unknown as Readable
  await ended
}

/** A function of a promise as one of a callback at its end. */
const called = (work: (...args: unknown[]) => Promise<void>) => (...args: unknown[]): unknown => {
  const callback = args.pop() as Done
  work(...args).then(() => callback(), callback)
  return args.at(-1)
}

/** Node's `stream` in the form in which scripts read files and make text of rows. */
export function createStreams(): Record<'stream' | 'stream/promises', ModuleObject> {
  const promises = { pipeline, finished: async (stream: EventEmitter) => finished(stream) }
  const stream = { Readable, Writable, Transform, PassThrough, Stream: Readable, Duplex, pipeline: called(pipeline), finished: called(finished as never), promises }
  return { stream: { ...stream, default: stream }, 'stream/promises': promises }
}
