import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'

import type { Clock } from '../../../runtime/clock.ts'
import type { SpawnOptions } from '../../../runtime/pool/spawn.ts'
import { ProgressWriter } from '../../../runtime/worker/cell.ts'
import { encodeFrame, encodeJsonFrame, FrameSplitter, type Frame } from '../../../runtime/worker/frames.ts'
import { REPLY, REQUEST, type LoadRequest, type RankRequest, type ScanRequest, type UnitDone, type WholeRequest } from '../../../runtime/worker/protocol.ts'
import { RowRecordWriter } from '../../../runtime/worker/row-records.ts'
import { placeOf } from './fixtures.ts'
import type { Deed } from './schedule.ts'

/** The script of a simulated run, as text in the place of a real one's. */
export interface FakeScript {
  name: string
  deeds: Record<string, Deed>
  symbolMs: number
  probes: boolean
  rank: 'none' | 'keeps' | 'throws' | 'hangs'
}

export interface WorkerWorld {
  readonly clock: Clock
  readonly random: () => number
  /** Names of the snapshot's symbols by their place. */
  readonly symbols: readonly string[]
  readonly symbolTimeoutMs: number
  readonly memoryBytes: number
  /** Told which rows a worker was at that died by no fault of theirs. */
  touched(script: string, symbols: readonly string[]): void
  over(worker: FakeWorker): void
}

/** No system gives a process such a number. */
const FIRST_PID = 2_000_000_000
const FLUSH_MS = 20
const QUIET_RSS = 60 * 2 ** 20
let started = 0

/** Hits that the rank step of a simulated script keeps. */
export const isKept = (symbol: string): boolean => placeOf(symbol) % 2 === 0

/** What a hit of a symbol says, in whatever order and however often it is scanned. */
const hitOf = (symbol: string, day: number) => ({ status: 'hit', score: placeOf(symbol), direction: 'bullish', data: { symbol, day }, strategies: ['Long Call'], reason: null })

const FAULT = { code: 'script_threw', name: 'Error', message: 'it threw', stack: '' }

/** A worker process that is none: it speaks the protocol of a real one on a virtual clock, and does what its script says. */
export class FakeWorker extends EventEmitter {
  readonly pid: number | undefined
  readonly stdin = Object.assign(new EventEmitter(), { write: (bytes: Buffer) => this.#receive(bytes) })
  readonly stderr = new EventEmitter()
  readonly replies = new EventEmitter()
  /** One that could not be started for want of descriptors has none. */
  readonly stdio: unknown[] | undefined
  rssBytes = QUIET_RSS
  readonly #world: WorkerWorld
  readonly #splitter = new FrameSplitter()
  readonly #progress: ProgressWriter
  readonly #records = new RowRecordWriter()
  readonly #requests: Frame[] = []
  #script: FakeScript = { name: '', deeds: {}, symbolMs: 1, probes: false, rank: 'none' }
  #step: { at: number; cancel: () => void; next: () => void } | null = null
  /** Symbols of the unit that is out, and the one that is at work. */
  #unit: { id: number; symbols: readonly string[]; isWhole: boolean } | null = null
  #item = 0
  #isBusy = true
  #isDead = false
  #lastFlush = 0

  constructor(world: WorkerWorld, { descriptors }: SpawnOptions, start: 'dies' | 'slow' | 'hangs' | 'refused' | null) {
    super()
    this.pid = start === 'refused' ? undefined : FIRST_PID + started++
    this.stdio = start === 'refused' ? undefined : [this.stdin, null, this.stderr, this.replies]
    this.#world = world
    this.#progress = new ProgressWriter(descriptors[0]!)
    if (start === 'refused') {
      this.#later(0, () => {
        this.#end(-12, null)
        this.emit('error', new Error('spawn ENOMEM'))
      })
      return
    }
    if (start === 'hangs') return
    this.#later(start === 'slow' ? 3_000 : 5 + 30 * world.random(), () => {
      if (start === 'dies') return this.die(1, 'no good')
      this.#send(encodeJsonFrame(REPLY.ready, {}))
      this.#idle()
    })
  }

  get isAlive(): boolean {
    return !this.#isDead
  }

  asChild(): ChildProcess {
    return this as unknown as ChildProcess
  }

  /** What the parent does with a worker it wants no more. */
  kill(): boolean {
    this.#end(null, 'SIGKILL')
    return true
  }

  /** Goes with its parent, who is told nothing any more. */
  vanish(): void {
    this.#isDead = true
  }

  /** Killed from outside, by no fault of the symbol it is at. */
  struck(): void {
    if (this.#isDead) return
    if (this.#unit !== null) this.#world.touched(this.#script.name, this.#unit.isWhole ? this.#unit.symbols : this.#unit.symbols.slice(this.#item, this.#item + 1))
    this.#end(null, 'SIGKILL')
  }

  /** Dies in the middle of saying something. */
  struckHalfWay(): void {
    const frame = encodeJsonFrame(REPLY.logs, [{ level: 'info', item: -1, text: 'never to be read to its end' }])
    if (!this.#isDead) this.#send(frame.subarray(0, 1 + Math.floor(this.#world.random() * (frame.byteLength - 1))))
    this.struck()
  }

  /** Gets no processor for a while. */
  stall(ms: number): void {
    const step = this.#step
    if (step === null) return
    step.cancel()
    this.#later(step.at - this.#world.clock.monotonic() + ms, step.next)
  }

  die(code: number, said: string): void {
    this.stderr.emit('data', Buffer.from(`${said}\n`))
    this.#end(code, null)
  }

  #end(code: number | null, signal: string | null): void {
    if (this.#isDead) return
    this.#isDead = true
    this.#step?.cancel()
    // The system tells the parent a little later.
    this.#world.clock.after(1 + 4 * this.#world.random(), () => {
      this.#world.over(this)
      this.emit('close', code, signal)
    })
  }

  #receive(bytes: Buffer): boolean {
    if (this.#isDead) return false
    this.#requests.push(...this.#splitter.push(Buffer.from(bytes)))
    if (!this.#isBusy) this.#idle()
    return true
  }

  #idle(): void {
    const frame = this.#requests.shift()
    this.#isBusy = frame !== undefined
    if (frame === undefined) return
    const request = JSON.parse(frame.payload.toString()) as unknown
    if (frame.type === REQUEST.load) this.#load(request as LoadRequest)
    else if (frame.type === REQUEST.scan) this.#scan(request as ScanRequest)
    else if (frame.type === REQUEST.whole) this.#whole(request as WholeRequest)
    else if (frame.type === REQUEST.probe) this.#probe()
    else if (frame.type === REQUEST.rank) this.#rank(request as RankRequest)
    else throw new RangeError(`a request of type ${frame.type}`)
  }

  #load({ plan }: LoadRequest): void {
    this.rssBytes = QUIET_RSS
    this.#script = JSON.parse(plan.code) as FakeScript
    this.#progress.at(0, -1)
    this.#later(3 + 5 * this.#world.random(), () => {
      const scanner = { name: null, lookback: null, universe: null, params: [], hasHooks: false, ranks: this.#script.rank !== 'none' }
      this.#send(encodeJsonFrame(REPLY.loaded, { ok: true, scanner }))
      this.#idle()
    })
  }

  #probe(): void {
    this.#later(3, () => {
      this.#send(encodeJsonFrame(REPLY.probed, { symbols: { form: 'array', field: null, values: Object.keys(this.#script.deeds) }, dates: null, error: null }))
      this.#idle()
    })
  }

  #scan({ unit, day, symbolIndexes }: ScanRequest): void {
    const symbols = symbolIndexes.map((index) => this.#world.symbols[index]!)
    this.#begin(unit, symbols, false)
    const scanNext = (item: number): void => {
      this.#item = item
      if (item === symbols.length) return this.#finish({ done: item })
      this.#progress.at(unit, item)
      this.#work(symbols[item]!, (deed) => {
        if (deed === 'isolate_oom') {
          this.#records.add(item, 1, 0, '{"status":"out_of_memory"}')
          return this.#finish({ done: item + 1, isFatal: true })
        }
        this.#records.add(item, 1, 0, textOf(deed, symbols[item]!, day))
        const now = this.#world.clock.monotonic()
        if (now - this.#lastFlush > FLUSH_MS) this.#flush()
        if (this.#progress.yieldAsked(unit)) return this.#finish({ done: item + 1 })
        scanNext(item + 1)
      })
    }
    this.#later(0, () => scanNext(0))
  }

  /** A script that takes its symbols at once: the rows are there at the end, or none is. */
  #whole({ unit, symbols, dates, asOfDay }: WholeRequest): void {
    this.#begin(unit, symbols, true)
    const readNext = (place: number): void => {
      this.#item = place
      if (place === symbols.length) return this.#placeHits(symbols, dates, asOfDay)
      this.#progress.at(unit, place * dates.length)
      this.#work(symbols[place]!, (deed) => {
        if (deed === 'throws') return this.#finish({ done: 0, error: FAULT })
        if (deed === 'isolate_oom') return this.#finish({ done: 0, isFatal: true, error: { ...FAULT, code: 'script_out_of_memory' } })
        readNext(place + 1)
      })
    }
    this.#later(0, () => readNext(0))
  }

  #placeHits(symbols: readonly string[], dates: readonly string[], asOfDay: number): void {
    for (const [place, symbol] of symbols.entries()) {
      for (const [dateIndex, date] of dates.entries()) {
        const text = textOf(this.#deed(symbol), symbol, dates.length === 1 ? asOfDay : Date.parse(`${date}T00:00:00Z`) / 86_400_000)
        this.#records.add(place * dates.length + dateIndex, 1, 0, text)
      }
    }
    this.#finish({ done: symbols.length * dates.length })
  }

  #rank({ unit, candidates }: RankRequest): void {
    this.#begin(unit, candidates.map(([symbol]) => symbol), true)
    if (this.#script.rank === 'hangs') return
    this.#later(5, () => {
      if (this.#script.rank === 'throws') return this.#finish({ done: 0, error: FAULT })
      candidates.forEach(([symbol, text], item) => this.#records.add(item, 1, 0, isKept(symbol) ? text : ''))
      this.#finish({ done: candidates.length })
    })
  }

  #begin(id: number, symbols: readonly string[], isWhole: boolean): void {
    this.#unit = { id, symbols, isWhole }
    this.#item = 0
    this.#lastFlush = this.#world.clock.monotonic()
    this.#progress.at(id, -1)
  }

  /** Does what the script does to a symbol, and goes on where that leaves something to go on with. */
  #work(symbol: string, done: (deed: Deed) => void): void {
    const deed = this.#deed(symbol)
    const { random, symbolTimeoutMs, memoryBytes } = this.#world
    const ms = deed === 'slow' ? 0.5 * symbolTimeoutMs : this.#script.symbolMs * (0.5 + random())
    this.#later(ms, () => {
      if (deed === 'hangs') return
      if (deed === 'eats') return void (this.rssBytes = 3 * memoryBytes)
      if (deed === 'exits') return this.die(7, 'gone')
      if (deed === 'native_oom') return this.die(134, 'FATAL ERROR: Allocation failed')
      if (deed === 'garbage') return this.#send(this.#garbage())
      done(deed)
    })
  }

  #deed(symbol: string): Deed {
    return this.#script.deeds[symbol] ?? 'miss'
  }

  /** What no honest worker sends: each kind must cost it its life, and the symbol it is at its row. */
  #garbage(): Buffer {
    const unit = this.#unit!
    const kinds = [
      () => encodeFrame(77, Buffer.from('{}')),
      () => encodeFrame(REPLY.logs, Buffer.from('{"no": json')),
      () => Buffer.from([0xff, 0xff, 0xff, 0x7f, REPLY.rows]),
      () => this.#rowFrame(unit.id, unit.symbols.length * 3 + 5, ''),
      () => this.#rowFrame(unit.id + 1_000, 0, ''),
      () => this.#rowFrame(unit.id, 0, '{"status":"rich"}'),
      () => encodeJsonFrame(REPLY.unitDone, this.#doneOf({ done: unit.symbols.length + 1 })),
      () => encodeJsonFrame(REPLY.loaded, { ok: false, error: FAULT }),
    ]
    // One that repeats a row of another symbol would be found at that row.
    return kinds[Math.floor(this.#world.random() * kinds.length)]!()
  }

  #rowFrame(unit: number, item: number, text: string): Buffer {
    const records = new RowRecordWriter()
    records.add(item, 1, 0, text)
    return this.#framed(unit, records.take())
  }

  #framed(unit: number, records: Buffer): Buffer {
    const payload = Buffer.alloc(4 + records.byteLength)
    payload.writeUInt32LE(unit, 0)
    payload.set(records, 4)
    return encodeFrame(REPLY.rows, payload)
  }

  #flush(): void {
    this.#lastFlush = this.#world.clock.monotonic()
    if (!this.#records.isEmpty) this.#send(this.#framed(this.#unit!.id, this.#records.take()))
  }

  #finish(end: Partial<UnitDone>): void {
    this.#flush()
    const done = this.#doneOf(end)
    this.#progress.at(0, -1)
    this.#unit = null
    this.#send(encodeJsonFrame(REPLY.unitDone, done))
    this.#idle()
  }

  #doneOf(end: Partial<UnitDone>): UnitDone {
    return { unit: this.#unit!.id, done: 0, isFatal: false, error: null, strayHits: 0, straySamples: [], ...end }
  }

  /** As a pipe hands it over: in pieces of any length. */
  #send(frame: Buffer): void {
    const cut = this.#world.random() < 0.2 ? Math.floor(this.#world.random() * frame.byteLength) : 0
    for (const piece of [frame.subarray(0, cut), frame.subarray(cut)]) if (piece.byteLength > 0) this.replies.emit('data', Buffer.from(piece))
  }

  #later(ms: number, next: () => void): void {
    const { clock } = this.#world
    const step = {
      at: clock.monotonic() + ms,
      next,
      cancel: clock.after(ms, () => {
        this.#step = null
        if (!this.#isDead) next()
      }),
    }
    this.#step = step
  }
}

function textOf(deed: Deed, symbol: string, day: number): string {
  if (deed === 'hit' || deed === 'slow') return JSON.stringify(hitOf(symbol, day))
  return deed === 'throws' ? JSON.stringify({ status: 'failed', error: FAULT }) : ''
}
