import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers'
import { fileURLToPath } from 'node:url'
import { format } from 'node:util'
import { createContext, Script } from 'node:vm'

import { ta } from '../../sdk/indicators/ta.ts'
import { resolveValues } from '../../sdk/parameters.ts'
import { describeParams, isScanner, type Scanner } from '../../sdk/scanner.ts'
import type { Config } from '../config/load.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { blockOf, columnsOf } from '../guest/market/bars.ts'
import { Driver, PENDING, type ScannerEntry } from '../guest/run/driver.ts'
import { codeFrame } from '../intake/code-frame.ts'
import { dayFromIso } from '../market/days.ts'
import { closingInstantMs } from '../market/session-close.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { SnapshotReader } from '../market/snapshot-reader.ts'
import { chosenPrefilter, configuredPrefilter } from '../prefilter/layers.ts'
import { resolvePrefilterSettings } from '../prefilter/settings.ts'
import { hostOutcome, readOutcome, type Outcome } from './outcome.ts'
import { rankedOutcome } from './rank-stage.ts'
import type { Row } from './row.ts'
import type { RunRequest } from './run.ts'
import { emptyRow } from './run-rows.ts'
import { resolveScope, type RunScope } from './scope.ts'
import { pastFirst, screenRun, type KeptRows } from './screening.ts'

export interface HereRun {
  rows: Row[]
  logs: { level: 'debug' | 'info' | 'warn' | 'error'; symbol: string | null; text: string }[]
  warnings: { code: string; message: string; count: number }[]
}

export interface HereOptions {
  /** What `defineScanner` returned, or a function `(symbol, bars, context)`. */
  scanner: unknown
  request: Omit<RunRequest, 'filename' | 'source'>
  config: Config
  snapshot: Snapshot
}

/**
 * Runs a scanner that is at hand in this process, for tests: over the same symbols, dates, prefilter and windows of bars as a
 * run, with the same checks of what it returns, but without an isolate. A step over its time is stopped, unless it is past
 * an `await`. @throws symbols_…, dates_…, param_invalid, no_entry_value
 */
export async function runHere(options: HereOptions): Promise<HereRun> {
  const reader = options.snapshot.openReader()
  try {
    return await new HereScan(options, reader).carryOut()
  } finally {
    reader.close()
  }
}

class HereScan {
  readonly #options: HereOptions
  readonly #reader: SnapshotReader
  readonly #scope: RunScope
  readonly #driver: Driver
  readonly #entry: ScannerEntry
  readonly #timeoutMs: number
  readonly #rows: Row[] = []
  readonly #run: HereRun
  readonly #box = createContext({ work: (): unknown => null })
  #symbol: string | null = null
  #day = 0

  constructor(options: HereOptions, reader: SnapshotReader) {
    const { scanner, request, config, snapshot } = options
    this.#options = options
    this.#reader = reader
    this.#scope = resolveScope(request, { symbols: null, dates: null }, snapshot)
    this.#timeoutMs = request.limits?.symbolTimeoutMs ?? config.values['limits.symbolTimeoutMs']
    this.#run = { rows: this.#rows, logs: [], warnings: [] }
    this.#driver = new Driver({
      ...NO_FURNITURE,
      seed: '',
      rowBytes: config.values['row.maxBytes'],
      ta,
      params: paramsOf(scanner, request.params ?? {}),
      log: this.#makeLog(),
      history: (symbol) => this.#history(symbol),
      note: (code, message) => this.#warn(code, message),
    })
    this.#entry = entryOf(scanner)
    this.#driver.use(this.#entry)
  }

  async carryOut(): Promise<HereRun> {
    for (const { dateIndex, positions } of pastFirst(await this.#screen(), this.#scope.dates)) await this.#scanDate(dateIndex, positions)
    return this.#run
  }

  async #screen(): Promise<KeptRows[]> {
    const { request, config, snapshot, scanner } = this.#options
    const universe = (isScanner(scanner) ? scanner.universe : null) ?? undefined
    const settings = request.prefilter === false ? null : resolvePrefilterSettings(configuredPrefilter(config.values), universe, chosenPrefilter(config), request.prefilter)
    const { kept } = await screenRun({
      snapshot,
      reader: this.#reader,
      scope: this.#scope,
      snapshotIndexes: this.#scope.symbols.map((symbol) => snapshot.indexOf(symbol)),
      settings,
      datesTogether: false,
      settleOut: (position, status, reason) => void (this.#rows[position] = { ...emptyRow(this.#scope, position), status, reason }),
      pause: async () => {},
    })
    return kept
  }

  async #scanDate(dateIndex: number, positions: readonly number[]): Promise<void> {
    if (positions.length === 0) return
    this.#day = dayFromIso(this.#scope.dates[dateIndex]!)
    const instant = closingInstantMs(this.#day)
    const symbols = positions.map((position) => this.#symbolAt(position))
    const failed = await this.#step(() => this.#driver.hook('before', this.#day, instant, [...symbols]))
    const hits: { position: number; text: string }[] = []
    for (const [at, position] of positions.entries()) {
      this.#symbol = symbols[at]!
      const told = failed === '' ? await this.#step(() => this.#scanOne(symbols[at]!, instant)) : failed
      const outcome = this.#read(told)
      if (typeof told === 'string' && outcome.status === 'hit' && this.#ranks) hits.push({ position, text: told })
      else this.#settle(position, outcome)
    }
    this.#symbol = null
    if (failed === '') await this.#after(symbols, instant)
    if (hits.length > 0) await this.#rank(hits, instant)
  }

  get #ranks(): boolean {
    return this.#entry.rank !== null && this.#entry.rank !== undefined
  }

  #scanOne(symbol: string, instant: number): string {
    const block = this.#reader.readWindow(this.#options.snapshot.indexOf(symbol), this.#day, this.#entry.lookback ?? undefined)
    return this.#driver.scan(symbol, this.#day, instant, block.day.buffer, block.day.length)
  }

  async #after(symbols: readonly string[], instant: number): Promise<void> {
    const told = await this.#step(() => this.#driver.hook('after', this.#day, instant, [...symbols]))
    if (told === '') return
    const said = typeof told === 'string' ? (JSON.parse(told) as { error: { message: string } }).error.message : told.reason
    this.#warn('after_hook_failed', `the hook after a batch failed: ${said}`)
  }

  async #rank(hits: readonly { position: number; text: string }[], instant: number): Promise<void> {
    for (const { position, text } of hits) this.#driver.addCandidate(this.#symbolAt(position), text)
    const failed = await this.#step(() => this.#driver.rank(this.#day, instant))
    for (const [place, { position }] of hits.entries()) {
      this.#settle(position, failed === '' ? rankedOutcome(this.#driver.ranked(place), (text) => this.#read(text)) : this.#read(failed))
    }
    this.#driver.endRank()
  }

  /** A step's text once its promises have settled, or the outcome of one that took too long. */
  async #step(work: () => string): Promise<string | Outcome> {
    const started = performance.now()
    try {
      ;(this.#box as { work: () => unknown }).work = work
      let text = CALL.runInContext(this.#box, { timeout: this.#timeoutMs }) as string
      while (text === PENDING) {
        await new Promise((resolve) => void setImmediate(resolve))
        text = this.#driver.settle()
        if (text === PENDING && performance.now() - started > this.#timeoutMs) return this.#timeout()
      }
      return text
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return this.#timeout()
      throw error
    }
  }

  #timeout(): Outcome {
    return hostOutcome('timed_out', 'symbol_timeout', { seconds: this.#timeoutMs / 1000 })
  }

  #read(told: string | Outcome): Outcome {
    return typeof told === 'string' ? readOutcome(told, locateHere) : told
  }

  #settle(position: number, outcome: Outcome): void {
    this.#rows[position] = { ...emptyRow(this.#scope, position), ...outcome }
  }

  #symbolAt(position: number): string {
    return this.#scope.symbols[Math.floor(position / this.#scope.dates.length)]!
  }

  #history(symbol: string): unknown {
    const index = this.#options.snapshot.indexOf(String(symbol).trim().toUpperCase())
    if (index < 0) return null
    const block = this.#reader.readWindow(index, this.#day)
    return columnsOf(blockOf(block.day.buffer, block.day.length))
  }

  #warn(code: string, message: string): void {
    const known = this.#run.warnings.find((warning) => warning.code === code)
    if (known === undefined) this.#run.warnings.push({ code, message, count: 1 })
    else known.count++
  }

  #makeLog(): unknown {
    const at = (level: HereRun['logs'][number]['level']) => (...values: unknown[]) => void this.#run.logs.push({ level, symbol: this.#symbol, text: format(...values) })
    return Object.assign(at('info'), { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') })
  }
}

const CALL = new Script('work()')
/** Time, timers and randomness are the process's own. */
const NO_FURNITURE = {
  clock: { restart: () => {} },
  // What it waits for may always still come: the time limit ends the wait.
  timers: { clear: () => {}, runNext: () => true, onlyRepeating: () => false },
  random: { seed: () => {} },
} as unknown as Pick<ConstructorParameters<typeof Driver>[0], 'clock' | 'timers' | 'random'>

function paramsOf(scanner: unknown, given: Record<string, unknown>): Record<string, unknown> {
  if (!isScanner(scanner)) return given
  try {
    return resolveValues(describeParams(scanner), given)
  } catch (error) {
    throw new StrikescanError('param_invalid', { message: (error as Error).message }, { cause: error })
  }
}

function entryOf(scanner: unknown): ScannerEntry {
  if (isScanner(scanner)) {
    const { scan, lookback, before, after, rank } = scanner as Scanner & ScannerEntry
    return { kind: 'defineScanner', call: scan as ScannerEntry['call'], self: scanner, lookback, before, after, rank }
  }
  if (typeof scanner === 'function') return { kind: 'plain', call: scanner as ScannerEntry['call'], self: undefined, lookback: null }
  throw new StrikescanError('no_entry_value', { message: 'what is to be run is neither a function nor what defineScanner returned' })
}

const FRAME = /^\s*at (?:.*\()?((?:file:\/\/)?[^()\s][^()]*?):(\d+):(\d+)\)?$/gm
/** Files of ours, built or not: what they say of an error's place is of no use to an author. */
const OURS = ['sdk', 'runtime', 'api', 'node_modules'].map((name) => fileURLToPath(new URL(`../../${name}/`, import.meta.url)))

/** The author's place in a stack of this process: the first frame that is neither Node's nor ours. */
function locateHere(stack: string): { line: number; column: number; frame: string } | null {
  for (const [, place, line, column] of stack.matchAll(FRAME)) {
    if (/^(node:|evalmachine)/.test(place!)) continue
    const path = place!.startsWith('file:') ? fileURLToPath(place!) : place!
    if (OURS.some((folder) => path.startsWith(folder))) continue
    try {
      const frame = codeFrame(readFileSync(path, 'utf8'), Number(line), Number(column))
      return frame === null ? null : { line: Number(line), column: Number(column), frame }
    } catch {
      return null
    }
  }
  return null
}
