import { performance } from 'node:perf_hooks'

import { IsolateOutOfMemory } from '../isolate/faults.ts'
import { PreparedIsolate, ScannerIsolate, type IsolateHost, type WholeHit } from '../isolate/scanner-isolate.ts'
import { closingInstantMs } from '../market/session-close.ts'
import { openDays, type SnapshotIndex } from '../market/snapshot-index.ts'
import type { SnapshotReader } from '../market/snapshot-reader.ts'
import { ProgressWriter } from './cell.ts'
import { MAX_WISH } from './news-ask.ts'
import { ASKS_PER_ROW, MAX_TICKER, type ChainAnswer } from './chain-answer.ts'
import { WORKER_FD } from './descriptors.ts'
import { encodeFrame, encodeJsonFrame, readFrameSync, writeFrameSync, type Frame } from './frames.ts'
import { KnownAnswers } from './known-answers.ts'
import { placeHits } from './place-hits.ts'
import {
  LOG_BATCH,
  largestRowText,
  MAX_NOTES,
  REPLY,
  REQUEST,
  type GuestCode,
  type GuestLimits,
  type LoadRequest,
  type LogEntry,
  type NoteEntry,
  type PrepareRequest,
  type RankRequest,
  type ScanRequest,
  type ScriptFault,
  type UnitDone,
  type WholeRequest,
  type WrittenFile,
} from './protocol.ts'
import { RowRecordWriter } from './row-records.ts'

const FLUSH_MS = 20
const FLUSH_BYTES = 256 * 1024
/** Asking costs a read; asked this often, the parent still gets an answer well within a tenth of a second. */
const YIELD_CHECK_MS = 20
const OUT_OF_MEMORY = '{"status":"out_of_memory"}'
const TOO_LARGE = JSON.stringify({
  status: 'failed',
  error: {
    code: 'result_too_large',
    name: '',
    message: 'the hits that the script reports for this symbol and date are together larger than a row may be',
    stack: '',
  },
})

const noAnswer = (message: string): string => JSON.stringify({ kind: 'none', reason: 'failed', message } satisfies ChainAnswer)

/** Reading a large text takes long, and may be made to: it happens here, not where everybody waits. */
function isJsonList(text: string): boolean {
  if (!text.trimStart().startsWith('[')) return false
  try {
    return Array.isArray(JSON.parse(text))
  } catch {
    return false
  }
}

/** What one worker does with the requests of its parent, and what it says meanwhile. */
export class ScanSession {
  readonly #reader: SnapshotReader
  readonly #index: SnapshotIndex
  readonly #openDays: readonly number[]
  readonly #positions: Map<string, number>
  readonly #progress = new ProgressWriter(WORKER_FD.cell)
  readonly #records = new RowRecordWriter()
  #isolate: ScannerIsolate | null = null
  #guest: GuestCode | null = null
  #prepared: PreparedIsolate | null = null
  #limits: GuestLimits = { rowBytes: 0, logLines: 0, logBytes: 0 }
  #logs: LogEntry[] = []
  #logBytes = 0
  /** Characters of log lines that are not sent yet. */
  #waitingLogs = 0
  #logLines = 0
  #notes = new Map<string, NoteEntry>()
  #unit = 0
  #item = -1
  #asOfDay = 0
  #wholeSymbols = new Map<string, number>()
  #wholeDates = 1
  #lastFlush = 0
  /** Questions that the script may still ask within the row, hook or unit at hand, and what it heard there. */
  #asksLeft = 0
  readonly #answers = new KnownAnswers()

  constructor(reader: SnapshotReader, index: SnapshotIndex) {
    this.#reader = reader
    this.#index = index
    this.#openDays = openDays(index)
    this.#positions = new Map(index.symbols.map((symbol, position) => [symbol, position]))
  }

  handle(frame: Frame): void {
    const request: unknown = frame.payload.byteLength === 0 ? null : JSON.parse(frame.payload.toString())
    switch (frame.type) {
      case REQUEST.prepare:
        return this.#prepare(request as PrepareRequest)
      case REQUEST.load:
        return this.#load(request as LoadRequest)
      case REQUEST.probe:
        return this.#probe()
      case REQUEST.scan:
        return this.#scan(request as ScanRequest)
      case REQUEST.rank:
        return this.#rank(request as RankRequest)
      case REQUEST.whole:
        return this.#whole(request as WholeRequest)
      default:
        throw new RangeError(`request of unknown type ${frame.type}`)
    }
  }

  #load(request: LoadRequest): void {
    this.#isolate?.dispose()
    this.#limits = request.limits
    this.#unit = 0
    this.#item = -1
    this.#asOfDay = request.asOfDay
    this.#allowAsks(1)
    this.#progress.at(0, -1)
    try {
      this.#isolate = new ScannerIsolate(request, this.#host(), this.#takePrepared(request))
      this.#reply(REPLY.loaded, this.#isolate.load())
    } catch (error) {
      if (!(error instanceof IsolateOutOfMemory)) throw error
      const fault: ScriptFault = {
        code: 'script_out_of_memory',
        name: '',
        message: 'the top level of the script used more memory than allowed',
        stack: '',
      }
      this.#reply(REPLY.loaded, { ok: false, error: fault })
    }
    this.#flushLogs()
  }

  #probe(): void {
    const reply = this.#isolate!.probe()
    this.#flushLogs()
    this.#progress.sent()
    this.#progress.unfinished('')
    this.#reply(REPLY.probed, reply)
  }

  #prepare(request: PrepareRequest): void {
    this.#guest = request.guest
    this.#prepared = new PreparedIsolate(request).openAhead()
    this.#reply(REPLY.ready, {})
  }

  /** An isolate for one scanner alone: what was prepared where it is of use, else a new one. */
  #takePrepared({ guest, needsWeb, isolateMb }: LoadRequest): PreparedIsolate {
    const prepared = this.#prepared
    this.#prepared = null
    if (guest === null && prepared?.isolateMb === isolateMb) return prepared
    prepared?.isolate.dispose()
    this.#guest = guest ?? this.#guest!
    return new PreparedIsolate({ guest: needsWeb ? this.#guest : { ...this.#guest, web: null }, isolateMb })
  }

  #scan(request: ScanRequest): void {
    const { unit, day, symbolIndexes } = request
    const isolate = this.#isolate!
    const instant = closingInstantMs(day)
    const started = performance.now()
    this.#begin(unit, day, 1)
    this.#progress.at(unit, -1)
    const batch = symbolIndexes.map((index) => this.#index.symbols[index]!)
    const fault = this.#runHook('before', day, batch)
    if (fault === null) {
      for (let item = 0; item < batch.length; item++) this.#records.add(item, 0, 0, OUT_OF_MEMORY)
      return this.#finish({ unit, done: batch.length, isFatal: true })
    }
    let checked = started
    let done = 0
    for (; done < symbolIndexes.length; done++) {
      const symbolIndex = symbolIndexes[done]!
      const symbol = batch[done]!
      this.#item = done
      // A row that asks without end leaves the others theirs.
      this.#allowAsks(1)
      // Lines of rows that are not sent yet wait with them: who does those rows again says them again.
      this.#progress.sent()
      this.#progress.at(unit, done)
      const reading = performance.now()
      const block = this.#reader.readWindow(symbolIndex, day, isolate.lookback ?? undefined)
      const scanning = performance.now()
      const dataMs = scanning - reading
      let text: string
      try {
        text = fault !== '' ? fault : isolate.scan(symbol, day, instant, block.day.buffer, block.day.length)
      } catch (error) {
        if (!(error instanceof IsolateOutOfMemory)) throw error
        this.#records.add(done, performance.now() - scanning, dataMs, OUT_OF_MEMORY)
        return this.#finish({ unit, done: done + 1, isFatal: true })
      }
      const finished = performance.now()
      this.#records.add(done, finished - scanning, dataMs, text)
      if (finished - this.#lastFlush > FLUSH_MS || this.#records.bytes > FLUSH_BYTES) this.#flushRows(unit, finished)
      if (finished - checked > YIELD_CHECK_MS) {
        checked = finished
        if (this.#progress.yieldAsked(unit)) {
          done++
          break
        }
      }
    }
    const isWell = fault !== '' || !isolate.hasHooks || this.#endBatch(unit, day, batch.slice(0, done))
    this.#finish({ unit, done, isFatal: !isWell })
  }

  /** Runs the hook after a batch, whose rows are out by then; false where its isolate is lost. */
  #endBatch(unit: number, day: number, batch: string[]): boolean {
    this.#flushRows(unit, performance.now())
    this.#item = -1
    this.#progress.at(unit, -1)
    const fault = this.#runHook('after', day, batch)
    if (fault === '') return true
    const said = fault === null ? 'it used more memory than allowed' : (JSON.parse(fault) as { error: ScriptFault }).error.message
    this.#note('after_hook_failed', `the hook after a batch failed: ${said}`, 1)
    return fault !== null
  }

  /** Text of the fault that a hook came to, empty for none; null where its isolate is lost. */
  #runHook(which: 'before' | 'after', day: number, batch: string[]): string | null {
    this.#allowAsks(1)
    try {
      return this.#isolate!.hook(which, day, closingInstantMs(day), batch)
    } catch (error) {
      if (!(error instanceof IsolateOutOfMemory)) throw error
      return null
    }
  }

  #rank({ unit, day, candidates }: RankRequest): void {
    this.#begin(unit, day, candidates.length)
    this.#progress.at(unit, -1)
    const started = performance.now()
    try {
      const outcome = this.#isolate!.rank(day, closingInstantMs(day), candidates)
      if (!outcome.ok) return this.#finish({ unit, done: 0, isFatal: false, error: outcome.error })
      const scriptMs = (performance.now() - started) / candidates.length
      for (let item = 0; item < candidates.length; item++) {
        this.#records.add(item, scriptMs, 0, outcome.texts[item]!)
        if (this.#records.bytes > FLUSH_BYTES) this.#flushRows(unit, performance.now())
      }
      this.#finish({ unit, done: candidates.length, isFatal: false })
    } catch (error) {
      if (!(error instanceof IsolateOutOfMemory)) throw error
      const fault: ScriptFault = {
        code: 'script_out_of_memory',
        name: '',
        message: 'the rank step used more memory than allowed',
        stack: '',
      }
      this.#finish({ unit, done: 0, isFatal: true, error: fault })
    }
  }

  #whole(request: WholeRequest): void {
    const { unit, symbols, dates, asOfDay } = request
    this.#begin(unit, asOfDay, symbols.length * dates.length)
    this.#wholeSymbols = new Map(symbols.map((symbol, position) => [symbol, position]))
    this.#wholeDates = dates.length
    this.#progress.at(unit, -1)
    const started = performance.now()
    try {
      const outcome = this.#isolate!.runWhole({ symbols, dates }, closingInstantMs(asOfDay))
      if (!outcome.ok) return this.#finish({ unit, done: 0, isFatal: false, error: outcome.error })
      const scriptMs = (performance.now() - started) / Math.max(1, symbols.length * dates.length)
      const strays = this.#placeHits(outcome.hits, symbols, dates, scriptMs)
      if (outcome.dropped > 0) this.#note('hits_dropped', 'hits beyond the most that a script may report', outcome.dropped)
      this.#finish({ unit, done: symbols.length * dates.length, isFatal: false, strays })
    } catch (error) {
      if (!(error instanceof IsolateOutOfMemory)) throw error
      const fault: ScriptFault = { code: 'script_out_of_memory', name: '', message: 'the script used more memory than allowed', stack: '' }
      this.#finish({ unit, done: 0, isFatal: true, error: fault })
    }
  }

  /** Turns a whole run's hits into one record per symbol and date; gives those for symbols not asked for. */
  #placeHits(hits: WholeHit[], symbols: string[], dates: string[], scriptMs: number): string[] {
    const { placed, strays } = placeHits(hits, symbols, dates, (name) => this.#positions.has(name))
    for (let item = 0; item < symbols.length * dates.length; item++) {
      const found = placed.get(item)
      for (let i = 1; i < (found?.length ?? 0); i++) {
        this.#note(
          'hits_repeated',
          'further hits of a symbol on a date that has one: the row shows the score of the first, and the data of all',
          1,
        )
      }
      this.#records.add(item, scriptMs, 0, found === undefined ? '' : this.#textOf(found))
      if (this.#records.bytes > FLUSH_BYTES) this.#flushRows(this.#unit, performance.now())
    }
    return strays
  }

  #textOf(outcomes: unknown[]): string {
    const text = JSON.stringify(outcomes.length === 1 ? outcomes[0] : { status: 'many', outcomes })
    return text.length > largestRowText(this.#limits) ? TOO_LARGE : text
  }

  #begin(unit: number, asOfDay: number, rows: number): void {
    this.#unit = unit
    this.#allowAsks(rows)
    this.#item = -1
    this.#asOfDay = asOfDay
    this.#wholeSymbols = new Map()
    this.#logLines = 0
    this.#logBytes = 0
    this.#lastFlush = performance.now()
  }

  #finish(end: { unit: number; done: number; isFatal: boolean; error?: ScriptFault; strays?: string[] }): void {
    this.#flushRows(end.unit, performance.now())
    if (!end.isFatal) this.#isolate?.keepFiles()
    if (this.#notes.size > 0) {
      this.#reply(REPLY.notes, [...this.#notes.values()])
      this.#notes.clear()
    }
    const strays = end.strays ?? []
    const done: UnitDone = {
      unit: end.unit,
      done: end.done,
      isFatal: end.isFatal,
      error: end.error ?? null,
      strayHits: strays.length,
      straySamples: strays.slice(0, 5),
    }
    this.#progress.at(0, -1)
    this.#reply(REPLY.unitDone, done)
  }

  #flushRows(unit: number, now: number): void {
    this.#flushLogs()
    this.#lastFlush = now
    if (this.#records.isEmpty) return
    const records = this.#records.take()
    const payload = Buffer.allocUnsafe(4 + records.byteLength)
    payload.writeUInt32LE(unit, 0)
    payload.set(records, 4)
    writeFrameSync(WORKER_FD.replies, encodeFrame(REPLY.rows, payload))
  }

  #flushLogs(): void {
    if (this.#logs.length === 0) return
    this.#reply(REPLY.logs, this.#logs)
    this.#logs = []
    this.#waitingLogs = 0
    this.#progress.sent()
  }

  #reply(type: number, value: unknown): void {
    writeFrameSync(WORKER_FD.replies, encodeJsonFrame(type, value))
  }

  #host(): IsolateHost {
    return {
      readBars: (symbol, fromDay) => this.#readBars(symbol, fromDay),
      readNewer: (symbols, afterDay) =>
        this.#reader.readNewer(
          symbols.map((symbol) => this.#positions.get(symbol)!),
          afterDay,
          this.#asOfDay,
        ),
      reading: (symbol) => this.#reading(symbol),
      symbols: () => this.#index.symbols,
      sessions: () => this.#openDays,
      askChain: (ticker, expiration) => this.#askChain(ticker, expiration),
      askNews: (wish) => this.#askNews(wish),
      log: (level, text) => this.#log(level as LogEntry['level'], text),
      holds: (level, text) => this.#progress.waits({ level: level as LogEntry['level'], text }),
      unfinished: (text) => this.#progress.unfinished(text),
      note: (code, text) => this.#note(code, text, 1),
      files: (json) =>
        this.#reply(
          REPLY.files,
          (JSON.parse(json) as Omit<WrittenFile, 'isList'>[]).map((file) => ({ ...file, isList: !file.base64 && isJsonList(file.text) })),
        ),
    }
  }

  /** A script that takes its symbols at once is followed by what it reads: the last symbol read is the first suspect. */
  #reading(symbol: string): void {
    const item = this.#wholeSymbols.get(symbol)
    if (item !== undefined) this.#progress.at(this.#unit, item * this.#wholeDates)
  }

  #readBars(symbol: string, fromDay: number): { buffer: ArrayBuffer; length: number } | undefined {
    const position = this.#positions.get(symbol)
    this.#reading(symbol)
    if (position === undefined) return undefined
    const block = this.#reader.readBetween(position, fromDay, this.#asOfDay)
    return { buffer: block.day.buffer, length: block.day.length }
  }

  #allowAsks(rows: number): void {
    this.#asksLeft = ASKS_PER_ROW * Math.max(1, rows)
    this.#answers.forget()
  }

  /** The parent knows of options, and its answer is the next thing it says. What it said to the same row before stands. */
  #askChain(ticker: string, expiration: string): string {
    if (ticker.length > MAX_TICKER) return noAnswer('There is no ticker of that length')
    return this.#ask(`chain ${expiration} ${ticker}`, { ticker, expiration: expiration === '' ? null : expiration })
  }

  #askNews(wish: string): string {
    if (wish.length > MAX_WISH) return noAnswer('The question about news is too long')
    return this.#ask(`news ${wish}`, { news: wish })
  }

  #ask(question: string, frameOf: object): string {
    const known = this.#answers.of(question)
    if (known !== null) return known
    if (this.#asksLeft-- <= 0) return noAnswer(`More than ${ASKS_PER_ROW} different questions about options and news for each row`)
    this.#reply(REPLY.ask, frameOf)
    const frame = readFrameSync(WORKER_FD.requests)
    if (frame?.type !== REQUEST.answer) process.exit(0)
    const answer = frame.payload.toString()
    this.#answers.keep(question, answer)
    return answer
  }

  #log(level: LogEntry['level'], text: string): void {
    if (this.#logLines >= this.#limits.logLines || this.#logBytes + text.length > this.#limits.logBytes) {
      this.#progress.dropped()
      return
    }
    this.#logLines++
    this.#logBytes += text.length
    this.#logs.push({ level, item: this.#item, text })
    this.#waitingLogs += text.length
    const now = performance.now()
    // With the rows before them, so that whoever does again what is not sent yet says no line twice.
    if (now - this.#lastFlush > FLUSH_MS) return this.#flushRows(this.#unit, now)
    if (this.#logs.length >= LOG_BATCH.lines || this.#waitingLogs >= LOG_BATCH.characters) return this.#flushLogs()
    this.#progress.waits({ level, text })
  }

  #note(code: string, text: string, count: number): void {
    const known = this.#notes.get(code)
    if (known !== undefined) known.count += count
    else if (this.#notes.size < MAX_NOTES) this.#notes.set(code, { code, text: text.slice(0, 500), count })
  }
}
