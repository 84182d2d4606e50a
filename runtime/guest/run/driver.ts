import { HitCollector, type Shown } from '../hits/hits.ts'
import type { Named } from '../hits/shown-part.ts'
import type { RankRequest } from '../../../sdk/ranking.ts'
import { callScript, ObjectFreeze, ObjectGetPrototypeOf, PromisePrototype } from '../language/intrinsics.ts'
import { barObjectsOf, blockOf, columnsOf, isoOfDay, type BarBlock } from '../market/bars.ts'
import { faultText } from '../outcome/fault.ts'
import { isAsyncGenerator, isGenerator, valuesOf, valuesOfAsync } from '../outcome/generators.ts'
import { UnacceptableValue, type Changes } from '../outcome/plain-json.ts'
import { outcomeText } from '../outcome/result.ts'
import { RankStepRun } from './rank-step.ts'
import type { Clock } from '../environment/clock.ts'
import type { Random } from '../environment/random.ts'
import type { Timers } from '../environment/timers.ts'

/** Answer of a step that still waits for a promise: the host lets microtasks run and asks again. */
export const PENDING = '\u0001'

/** How a scanner is called, once its top level has run. */
export interface ScannerEntry {
  kind: 'defineScanner' | 'plain' | 'main' | 'script'
  call: (...args: unknown[]) => unknown
  self: unknown
  /** Bars of history wanted, null for all. */
  lookback: number | null
  /** The steps of a `defineScanner` scanner around its scan. */
  before?: Step | null | undefined
  after?: Step | null | undefined
  rank?: Step | RankRequest | null | undefined
}

/** Takes what a step came to; `isYielded` where it is the list of what an async generator yielded. */
type Finish = (result: unknown, isYielded: boolean) => string

type Step = (...args: unknown[]) => unknown

export interface DriverDeps {
  clock: Clock
  timers: Timers
  random: Random
  seed: string
  /** Largest JSON of one row's data. */
  rowBytes: number
  ta: unknown
  params: Record<string, unknown>
  log: unknown
  /** Bars of any symbol up to the date, null for an unknown one. */
  history(symbol: string): unknown
  /** Symbols that the script lists as its own. */
  ownSymbols?: Set<string>
  note(code: string, text: string): void
}

const NO_HITS_FOUND = 'no hits were found where scripts leave them: return them from main, as in [{ symbol, score }], also behind a .then, gather them in a list at the top level, or print them as a list, by console.table, or as JSON'

const MAX_TIMER_STEPS = 10_000_000
const MAX_IDLE_STEPS = 1_000

/**
 * Calls the scanner, symbol by symbol or whole, and turns whatever comes back, or is thrown, into text. No exception
 * leaves these functions, so the host never converts an object of the script.
 */
export class Driver {
  readonly #deps: DriverDeps
  readonly #changes: Changes
  #entry: ScannerEntry | null = null
  #settled: string | null = null
  /** Rises with every symbol and step: a promise of an earlier one that is settled late says nothing about this. */
  #turn = 0
  #steps = 0
  #idleSteps = 0
  #collector: HitCollector | null = null
  #returnedHits = false
  #exitCode: number | null = null
  #shared: unknown = undefined
  #universe: string[] | null = null
  /** What the function that starts the script came to. */
  #started: unknown = undefined
  #rank: RankStepRun | null = null

  constructor(deps: DriverDeps) {
    this.#deps = deps
    this.#changes = { asNull: 0, symbol: null, date: null, ...(deps.ownSymbols && { ownSymbols: deps.ownSymbols }), note: (code, text) => deps.note(code, text) }
  }

  use(entry: ScannerEntry): void {
    this.#entry = entry
  }

  /** Runs the scan for one symbol: its outcome's text, or PENDING. `buffer` holds the bars up to the date, and only them. */
  scan(symbol: string, day: number, instantMs: number, buffer: ArrayBuffer, length: number): string {
    try {
      const date = isoOfDay(day)
      this.#restart(instantMs, symbol, date)
      this.#changes.symbol = symbol
      this.#changes.date = date
      return this.#accept(this.#callScan(symbol, date, blockOf(buffer, length)))
    } catch (thrown) {
      return faultText(thrown)
    }
  }

  #callScan(symbol: string, date: string, block: BarBlock): unknown {
    const { ta, params, log, history } = this.#deps
    const entry = this.#entry!
    if (entry.kind === 'defineScanner') {
      return callScript(entry.call, entry.self, [{ symbol, date, bars: columnsOf(block), ta, params, log, history, shared: this.#shared }])
    }
    return callScript(entry.call, entry.self, [symbol, barObjectsOf(block), { date, ta, params, log }])
  }

  #accept(value: unknown): string {
    return this.#follow(value, (result, isYielded) => this.#outcome(result, isYielded))
  }

  #follow(value: unknown, finish: Finish): string {
    if (!isLater(value)) return finish(value, false)
    this.#settled = null
    this.#steps = 0
    void this.#watch(value, finish)
    return PENDING
  }

  /** Runs the hook before or after a batch: PENDING, the text of a fault, or empty when done. */
  hook(which: 'before' | 'after', day: number, instantMs: number, symbols: string[]): string {
    try {
      const hook = this.#entry![which]
      if (which === 'before') this.#shared = undefined
      if (typeof hook !== 'function') return ''
      const date = isoOfDay(day)
      this.#restart(instantMs, which, date)
      const context = { ...this.#dateContext(date), symbols: ObjectFreeze(symbols), ...(which === 'after' && { shared: this.#shared }) }
      return this.#follow(callScript(hook, this.#entry!.self, [context]), (result) => {
        if (which === 'before') this.#shared = result
        return ''
      })
    } catch (thrown) {
      return faultText(thrown)
    }
  }

  /** Takes one hit of the date to be ranked next, as its outcome's text; the first begins a new date. */
  addCandidate(symbol: string, json: string): void {
    this.#rank ??= new RankStepRun()
    this.#rank.add(symbol, json)
  }

  /** Runs the rank step over the hits that were added: PENDING, the text of a fault, or empty when done. */
  rank(day: number, instantMs: number): string {
    try {
      const step = this.#entry!.rank!
      const run = this.#rank!
      const date = isoOfDay(day)
      this.#restart(instantMs, 'rank', date)
      if (typeof step !== 'function') return this.#takeRanked(run.keepBest(step))
      return this.#follow(callScript(step, this.#entry!.self, [{ ...this.#dateContext(date), candidates: run.candidates }]), (result) => this.#takeRanked(result))
    } catch (thrown) {
      return faultText(thrown)
    }
  }

  #takeRanked(result: unknown): string {
    const before = this.#changes.asNull
    this.#rank!.take(result, this.#deps.rowBytes, this.#changes)
    this.#noteAsNull(before)
    return ''
  }

  /** What the rank step came to for the n-th of its candidates. */
  ranked(place: number): string {
    return this.#rank!.text(place)
  }

  /** Forgets the candidates. */
  endRank(): void {
    this.#rank = null
  }

  #dateContext(date: string): object {
    const { ta, params, log, history } = this.#deps
    return { date, ta, params, log, history }
  }

  /** One value that was yielded counts as if it were returned; of several, the row holds them all. */
  #outcome(value: unknown, isYielded: boolean): string {
    const before = this.#changes.asNull
    const list = isYielded ? (value as unknown[]) : isGenerator(value) ? valuesOf(value) : null
    const text = outcomeText(list === null ? value : list.length === 1 ? list[0] : list, this.#entry?.kind === 'defineScanner', this.#deps.rowBytes, this.#changes)
    this.#noteAsNull(before)
    return text
  }

  #noteAsNull(before: number): void {
    if (this.#changes.asNull > before) this.#deps.note('non_finite_data', 'NaN, infinite numbers, invalid dates and what is undefined in a list are shown as null in the data')
  }

  /** Waits for what a promise comes to; of an async generator, for all that it yields. */
  async #watch(value: unknown, finish: Finish): Promise<void> {
    const turn = this.#turn
    try {
      const settled = await value
      const isYielded = turn === this.#turn && isAsyncGenerator(settled)
      const result = isYielded ? await valuesOfAsync(settled, () => turn === this.#turn) : settled
      if (turn !== this.#turn) return
      const text = finish(result, isYielded)
      if (text !== PENDING) this.#settled = text
    } catch (thrown) {
      if (turn !== this.#turn) return
      try {
        this.#settled = this.#endOf(thrown)
      } catch (failure) {
        this.#settled = faultText(failure)
      }
    }
  }

  /** What a pending step has come to: its text, PENDING after one more timer, or a fault where nothing is left that could settle it. */
  settle(): string {
    if (this.#settled !== null) return this.#settled
    try {
      if (++this.#steps <= MAX_TIMER_STEPS && this.#deps.timers.runNext()) return PENDING
      return faultText(new UnacceptableValue('never_settles', 'the script waits for a promise that nothing can settle'))
    } catch (thrown) {
      return faultText(thrown)
    }
  }

  /** The symbols of the run, in order, where a script is told of no other; null for those of the market. */
  get universe(): string[] | null {
    return this.#universe
  }

  /** Prepares a run over many symbols at once: clock at the instant, randomness from the seed, no hits yet. */
  beginWhole(instantMs: number, seedText: string, universe: string[] | null): void {
    this.#universe = universe
    this.#restart(instantMs, seedText, '')
    this.#changes.symbol = null
    this.#collector = new HitCollector(this.#deps.rowBytes, this.#changes)
    this.#settled = null
    this.#started = undefined
    this.#steps = 0
    this.#idleSteps = 0
  }

  /** Calls an exported `main(symbols, dates)`; what is null it is not given. PENDING, or the text of a fault, or empty when done. */
  callMain(given: (string[] | null)[]): string {
    try {
      const entry = this.#entry!
      for (let i = 0; i < given.length; i++) if (given[i] === null) (given as unknown[])[i] = undefined
      return this.watchWhole(callScript(entry.call, entry.self, given))
    } catch (thrown) {
      return this.#endOf(thrown)
    }
  }

  /** Follows a value that a self-running script's statement came to, as its result. */
  watchWhole(value: unknown): string {
    try {
      if (!isLater(value)) return this.#takeReturned(value)
      this.#settled = null
      void this.#watch(value, (result) => this.#takeReturned(result))
      return PENDING
    } catch (thrown) {
      return this.#endOf(thrown)
    }
  }

  /** Notes that the script ended itself. Its own handlers still see an error, but the first end is the one that counts. */
  exited(code: number): void {
    this.#exitCode ??= code
    this.#deps.timers.clear()
  }

  /** True once the script has ended itself: what it says from then on, plain Node would not have said. */
  get hasExited(): boolean {
    return this.#exitCode !== null
  }

  /** True where the script ended itself as done. */
  hasExitedWell(): boolean {
    return this.#exitCode === 0
  }

  /** Runs what a script left to be done at its end: PENDING where that may go on, or the text of a fault, or empty when done. */
  atEnd(run: () => boolean | void): string {
    try {
      return run() === true ? PENDING : ''
    } catch (thrown) {
      return this.#endOf(thrown)
    }
  }

  /** What a turn comes to that threw: nothing where a whole run ended itself as done, else the text of the fault. */
  #endOf(thrown: unknown): string {
    return this.#collector !== null && this.#exitCode === 0 ? '' : faultText(thrown)
  }

  /** Runs the whole of a self-running script as one call; gives what following its result comes to. */
  runRepeatable(run: () => unknown): string {
    try {
      return this.watchWhole(run())
    } catch (thrown) {
      return this.#endOf(thrown)
    }
  }

  /** Runs a file that stands as one function; `finish` gets what it came to, and gives what its start returned. */
  watchUnit(run: () => unknown, finish: (result: unknown) => unknown): string {
    try {
      const value = run()
      if (!isLater(value)) {
        finish(value)
        return ''
      }
      this.#settled = null
      void this.#watch(value, (result) => this.watchUnitResult(finish(result)))
      return PENDING
    } catch (thrown) {
      return this.#endOf(thrown)
    }
  }

  /** A start that was not awaited is followed in its turn. */
  watchUnitResult(returned: unknown): string {
    if (this.#collector === null) return ''
    if (!isLater(returned)) return this.#takeReturned(returned)
    void this.#watch(returned, (result) => this.#takeReturned(result))
    return PENDING
  }

  /** A function that calls the one that `find` gives, as whoever calls it would, and keeps what that comes to. */
  keeping(find: (self: unknown) => unknown): (...args: unknown[]) => unknown {
    const keep = (value: unknown): unknown => {
      if (isPromise(value)) void this.#keepSettled(value)
      else this.#started = value
      return value
    }
    return function (this: unknown, ...args) {
      return keep(callScript(find(this), this, args))
    }
  }

  async #keepSettled(value: unknown): Promise<void> {
    const turn = this.#turn
    try {
      const settled = await value
      if (turn === this.#turn) this.#started = settled
    } catch {
      // Whoever else waits for it has the error.
    }
  }

  /** Takes what the script's start came to as returned, unless what the script made of it is a list of hits already. */
  takeStarted(): void {
    try {
      if (!this.#returnedHits) this.#takeReturned(this.#started)
    } catch {
      // A value that throws while it is looked at is not a list of hits.
    }
  }

  #takeReturned(value: unknown): string {
    this.#returnedHits = this.#collector?.take(value, true) === true || this.#returnedHits
    return ''
  }

  /**
   * Lets timers go on after the script's last statement; true where one more ran. Intervals that nothing clears would
   * keep plain Node alive for ever: after a while without any other timer they are given up.
   */
  runTimer(): boolean {
    const { timers, note } = this.#deps
    this.#idleSteps = timers.onlyRepeating() ? this.#idleSteps + 1 : 0
    if (this.#idleSteps > MAX_IDLE_STEPS) {
      note('interval_stopped', `the script was done but for intervals that it never clears: they were stopped after ${MAX_IDLE_STEPS} rounds`)
      timers.clear()
    }
    return ++this.#steps <= MAX_TIMER_STEPS && timers.runNext()
  }

  /** Offers a value found elsewhere (an export, a top-level list, a printed table); taken only while nothing better gave hits. */
  offer(value: unknown, textsAreHits: boolean): void {
    if (this.#returnedHits || this.#collector === null) return
    try {
      const before = this.#collector.count
      this.#collector.take(value, textsAreHits)
      if (this.#collector.count > before) this.#returnedHits = true
    } catch {
      // A value that throws while it is looked at is not a list of hits.
    }
  }

  /** Offers what a script showed one after the other: all of it is one answer. */
  offerTogether(shown: readonly Shown[]): void {
    if (this.#returnedHits || this.#collector === null) return
    const before = this.#collector.count
    this.#collector.takeTogether(shown)
    if (this.#collector.count > before) this.#returnedHits = true
  }

  /** The hits that values shown one after the other would come to; null where none of them is a list of hits, if an empty one. */
  wouldTake(shown: readonly Shown[]): Named[] | null {
    const collector = new HitCollector(this.#deps.rowBytes, { ...this.#changes, note: undefined } as unknown as Changes)
    collector.takeTogether(shown)
    return collector.hasList ? collector.named : null
  }

  /** True once something gave hits: nothing more is taken. */
  get hasHits(): boolean {
    return this.#returnedHits
  }

  /** What was found so far is all: nothing more is taken. */
  settleHits(): void {
    this.#returnedHits = true
  }

  /** JSON of all hits found, see HitCollector. */
  collectHits(): string {
    const json = this.#collector?.json ?? '{"hits":[],"dropped":0}'
    if (this.#collector?.hasList === false) this.#deps.note('hits_not_found', NO_HITS_FOUND)
    this.#noteAsNull(0)
    this.#changes.asNull = 0
    this.#collector = null
    this.#returnedHits = false
    return json
  }

  #restart(instantMs: number, first: string, second: string): void {
    this.#turn++
    this.#exitCode = null
    this.#deps.timers.clear()
    this.#deps.clock.restart(instantMs)
    this.#deps.random.seed(this.#deps.seed, first, second)
  }
}

/** A promise as an async function gives it: waiting for it calls nothing of the script's. */
const isPromise = (value: unknown): boolean => typeof value === 'object' && value !== null && ObjectGetPrototypeOf(value) === PromisePrototype

/** Whether what a script gave is there only after some turns. */
const isLater = (value: unknown): boolean => isThenable(value) || isAsyncGenerator(value)

function isThenable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
