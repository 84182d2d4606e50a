import { ScannerDefinitionError } from './errors.ts'
import { MAX_PERIOD } from './indicators/input.ts'
import type { TechnicalAnalysis } from './indicators/ta.ts'
import type { BarColumns } from './market.ts'
import { checkRank, type RankRequest, type RankStep } from './ranking.ts'
import {
  checkKeys,
  describe,
  describeDefinitions,
  isPlainObject,
  resolveValues,
  type OnlyKnownKeys,
  type ParamDefinitions,
  type ParamDescription,
  type ParamsOf,
} from './parameters.ts'

/** Writes to the run's log; called by itself it is `info`. */
export interface ScanLog {
  (...values: unknown[]): void
  debug(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}

type AnyParams = Readonly<Record<string, number | boolean | string>>

/** What every step of a scanner sees of the date that it works on. */
export interface DateContext<Params = AnyParams> {
  /** ISO; nothing that a scanner is given is of a later date. */
  readonly date: string
  readonly ta: TechnicalAnalysis
  readonly params: Params
  readonly log: ScanLog
  /** All bars of any symbol of the market up to the date, such as an index to compare with; null for an unknown symbol. */
  history(symbol: string): BarColumns | null
}

/** What a scan sees of one symbol on one date. */
export interface ScanContext<Params = AnyParams, Shared = unknown> extends DateContext<Params> {
  readonly symbol: string
  /** Columns, oldest first: the last bar is the bar of the date. */
  readonly bars: BarColumns
  /** What `before` returned for the batch. */
  readonly shared: Shared
}

/** What the hooks around a batch see: a slice of a run's symbols on one date, as one worker takes it. */
export interface BatchContext<Params = AnyParams> extends DateContext<Params> {
  readonly symbols: readonly string[]
}

/** A hit: why it is one and what to do with it. */
export interface ScanHit<Data = unknown> {
  /** Rank among the hits, any finite number. */
  readonly score?: number | null | undefined
  readonly direction?: 'bullish' | 'bearish' | 'neutral' | null | undefined
  /** Anything that JSON can hold. */
  readonly data?: Data
  /** Names of option strategies to look for, such as `Long Call`. */
  readonly strategies?: readonly string[] | undefined
  readonly reason?: string | null | undefined
}

/** A miss (null, undefined, false, 0) or a hit: `true`, a number (its score), or an object. */
export type ScanResult<Data = unknown> = ScanHit<Data> | number | boolean | null | undefined | void

/** The data of a scan's hits: of several shapes, all of them. */
export type DataOf<Result> = [Extract<Result, object>] extends [never]
  ? unknown
  : Extract<Result, object> extends infer Hit
    ? Hit extends { readonly data: infer Data }
      ? Data
      : undefined
    : never

/** What the prefilter should keep; what is left out comes from the run's settings. */
export interface UniverseRequest {
  /** Mean shares a day above which a symbol is kept. */
  readonly minVolume?: number
  /** Dollars, both inclusive. */
  readonly minPrice?: number
  readonly maxPrice?: number
  /** Symbols to keep at most, by mean dollar volume. */
  readonly limit?: number
  /** Symbols up to which the prefilter is left out. */
  readonly activateAbove?: number
  /** Sessions that the means run over. */
  readonly window?: number
}

/** What `defineScanner` takes. */
export interface ScannerDefinition<Definitions extends ParamDefinitions = ParamDefinitions, Data = unknown, Shared = unknown> {
  readonly name?: string
  readonly description?: string
  /** Parameters by name: `{ default, min, max, integer, help }`, `{ default, options, help }`, or just the default. */
  readonly params?: Definitions
  readonly universe?: UniverseRequest
  /** Sessions of history that the scan needs, up to and including its date; without it, all there are. */
  readonly lookback?: number
  /**
   * Called before the first symbol of every batch; what it gives is the scan's `shared`. How a run is cut into batches
   * differs from run to run, so let it depend on the date and the parameters alone. What it throws fails the batch's rows.
   */
  before?(context: BatchContext<ParamsOf<Definitions>>): Shared | Promise<Shared>
  /** Called for every symbol and date. */
  scan(context: ScanContext<ParamsOf<Definitions>, Shared>): ScanResult<Data> | Promise<ScanResult<Data>>
  /** Called after the last symbol of every batch that comes to its end. What it throws is a warning of the run: the rows are there. */
  after?(context: BatchContext<ParamsOf<Definitions>> & { readonly shared: Shared }): void | Promise<void>
  /**
   * The step over a whole date: once every symbol of it is scanned, says which of the hits stay hits. Either which of the
   * scores to keep, such as `{ fraction: 0.1 }`, or a function that gives the hits to keep, best first, each of the
   * `candidates` it got or an object with its `symbol` and what is to be changed. Candidates it leaves out are misses.
   */
  readonly rank?: RankRequest | RankStep<ParamsOf<Definitions>, Data>
}

/** A checked, frozen definition: what `defineScanner` returns. */
export interface Scanner<Definitions extends ParamDefinitions = ParamDefinitions, Data = unknown, Shared = unknown> {
  readonly name: string | null
  readonly description: string | null
  readonly params: Definitions
  readonly universe: UniverseRequest | null
  readonly lookback: number | null
  readonly before: ScannerDefinition<Definitions, Data, Shared>['before'] | null
  readonly scan: ScannerDefinition<Definitions, Data, Shared>['scan']
  readonly after: ScannerDefinition<Definitions, Data, Shared>['after'] | null
  readonly rank: RankRequest | RankStep<ParamsOf<Definitions>, Data> | null
}

// Registered, so that a scanner is recognised across copies of the SDK, such as one bundled with a script.
const BRAND = Symbol.for('strikescan.scanner')

const KEYS = ['name', 'description', 'params', 'universe', 'lookback', 'before', 'scan', 'after', 'rank']

const UNIVERSE_LIMITS = {
  minVolume: { least: 0, whole: false },
  minPrice: { least: 0, whole: false },
  maxPrice: { least: 0, whole: false },
  limit: { least: 1, whole: true },
  activateAbove: { least: 0, whole: true },
  window: { least: 1, whole: true },
} as const satisfies Record<keyof UniverseRequest, { least: number; whole: boolean }>

/**
 * A scanner from its definition, checked at once and frozen; the types of `params` in `scan` follow from the definition.
 * Throws ScannerDefinitionError where something in it cannot stand; the message says what to change.
 */
export function defineScanner<const Definitions extends ParamDefinitions = {}, Result extends ScanResult = ScanResult, Shared = undefined>(
  definition: Omit<ScannerDefinition<Definitions, DataOf<Result>, Shared>, 'params' | 'scan'> & {
    readonly params?: Definitions & OnlyKnownKeys<Definitions>
    // Inferred from all that is returned together, so that hits may carry data of several shapes.
    scan(context: ScanContext<ParamsOf<Definitions>, Shared>): Result | Promise<Result>
  },
): Scanner<Definitions, DataOf<Result>, Shared> {
  if (!isPlainObject(definition)) {
    throw new ScannerDefinitionError(
      '',
      `defineScanner takes an object with a scan function, not ${describe(definition)}: write defineScanner({ scan({ bars }) { … } }).`,
    )
  }
  checkKeys('', definition, KEYS)
  const { scan, name, description, params, universe, lookback, rank } = definition
  if (typeof scan !== 'function') {
    throw new ScannerDefinitionError(
      'scan',
      `scan must be a function, not ${describe(scan)}: write scan({ symbol, bars, ta, params }) { … }.`,
    )
  }
  describeDefinitions(params)
  const scanner: Scanner<Definitions, DataOf<Result>, Shared> = {
    name: checkText('name', name),
    description: checkText('description', description),
    params: frozenCopy(params ?? ({} as Definitions)),
    universe: universe === undefined ? null : checkUniverse(universe),
    lookback: lookback === undefined ? null : checkLookback(lookback),
    before: checkHook('before', definition.before),
    // What it returns is what its data was inferred from.
    scan: scan as Scanner<Definitions, DataOf<Result>, Shared>['scan'],
    after: checkHook('after', definition.after),
    rank: rank === undefined ? null : checkRank(rank),
  }
  Object.defineProperty(scanner, BRAND, { value: true })
  return Object.freeze(scanner)
}

/** Whether a value is what `defineScanner` of this or another copy of the SDK returned. */
export function isScanner(value: unknown): value is Scanner {
  return typeof value === 'object' && value !== null && (value as { readonly [BRAND]?: unknown })[BRAND] === true
}

/**
 * The parameters as reports and forms show them, in the order of their definition.
 * Takes a scanner or anything with `params`; throws ScannerDefinitionError where those cannot stand.
 */
export function describeParams(definition: { readonly params?: ParamDefinitions | undefined }): readonly ParamDescription[] {
  return describeDefinitions(definition.params)
}

/**
 * The values that `scan` gets: those given, the defaults for the rest. Text is read as the number or boolean that the
 * parameter is (`'0.05'`, `'true'`). Throws ScannerParameterError for an unknown name, a wrong type or a value out of range,
 * naming the parameter, what it takes and, for a misspelling, the closest name.
 */
export function resolveParams<const Definitions extends ParamDefinitions = {}>(
  definition: { readonly params?: Definitions | undefined },
  given: Readonly<Record<string, unknown>> = {},
): ParamsOf<Definitions> {
  return resolveValues(describeDefinitions(definition.params), given) as ParamsOf<Definitions>
}

function checkHook<Hook>(key: 'before' | 'after', hook: Hook | undefined): Hook | null {
  if (hook === undefined) return null
  if (typeof hook === 'function') return hook
  throw new ScannerDefinitionError(
    key,
    `${key} must be a function, not ${describe(hook)}: write ${key}({ date, symbols }) { … } or leave it out.`,
  )
}

function checkText(key: 'name' | 'description', text: unknown): string | null {
  if (text === undefined) return null
  if (typeof text === 'string' && text.trim() !== '') return text
  throw new ScannerDefinitionError(key, `${key} must be text that is not empty, not ${describe(text)}: write it or leave it out.`)
}

function checkLookback(lookback: unknown): number {
  if (Number.isInteger(lookback) && (lookback as number) >= 1 && (lookback as number) <= MAX_PERIOD) return lookback as number
  throw new ScannerDefinitionError(
    'lookback',
    `lookback must be a whole number of sessions from 1 to ${MAX_PERIOD}, not ${describe(lookback)}.`,
  )
}

function checkUniverse(universe: unknown): UniverseRequest {
  if (!isPlainObject(universe)) {
    throw new ScannerDefinitionError(
      'universe',
      `universe must be an object such as { minVolume: 1000000, minPrice: 1, maxPrice: 500, limit: 300 }, not ${describe(universe)}.`,
    )
  }
  checkKeys('universe', universe, Object.keys(UNIVERSE_LIMITS))
  for (const [key, { least, whole }] of Object.entries(UNIVERSE_LIMITS)) {
    const value = universe[key]
    if (value === undefined) continue
    if (!Number.isFinite(value) || (value as number) < least || (whole && !Number.isInteger(value))) {
      throw new ScannerDefinitionError(
        `universe.${key}`,
        `universe.${key} must be a ${whole ? 'whole ' : ''}number of ${least} or more, not ${describe(value)}.`,
      )
    }
  }
  const copy: UniverseRequest = Object.freeze({ ...universe })
  if (copy.minPrice !== undefined && copy.maxPrice !== undefined && copy.minPrice > copy.maxPrice) {
    throw new ScannerDefinitionError(
      'universe.minPrice',
      `universe.minPrice (${copy.minPrice}) is above universe.maxPrice (${copy.maxPrice}): swap them or widen the range.`,
    )
  }
  return copy
}

/** The plain data of parameter definitions, copied and frozen at every level. */
function frozenCopy<Value>(value: Value): Value {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, member]) => [key, frozenCopy(member)]))) as Value
}
