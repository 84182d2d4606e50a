/** One session of one symbol. Prices in dollars as traded, volume in shares, `date` ISO (`2026-11-20`). */
export interface Bar {
  date: string
  open: number
  high: number
  low: number
  close: number
  volume: number
}

/** Bars of one symbol as columns, oldest first; every column has `length` entries. */
export interface BarColumns {
  readonly length: number
  /** ISO dates. */
  readonly date: readonly string[]
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** Bars of one symbol as a data provider hands them over; `day` is days since 1970-01-01, strictly rising. */
export interface SymbolBars {
  readonly symbol: string
  readonly day: Int32Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** A source of daily bars that can fill the bar store by itself, such as the simulated market. */
export interface MarketProvider {
  readonly name: string
  /** True where no bar was ever traded: everything made from it is labelled simulated. */
  readonly simulated: boolean
  /** Text that changes whenever the bars would: the cache key of the stored snapshot. */
  readonly fingerprint: string
  /** Symbols in ascending order of their UTF-16 code units, each once. */
  bars(): Iterable<SymbolBars>
}

/** A plugin that makes market providers; its default export is found by `kind` and `name`. */
export interface ProviderPlugin<Options extends object = Record<string, unknown>, Provider extends MarketProvider = MarketProvider> {
  readonly kind: 'provider'
  readonly name: string
  /** @throws ProviderOptionError where an option is unknown or outside its range. */
  create(options: Options): Provider
}

/** An option that a provider cannot work with: the user's to mend. `hint` says how. */
export class ProviderOptionError extends Error {
  readonly provider: string
  readonly option: string
  /** What is wrong with it: the rest of a sentence that names it, such as `is 0`. */
  readonly what: string
  readonly hint: string

  /** `what` completes the sentence "Option `symbols` of the provider …", such as `is 0`. */
  constructor(provider: string, option: string, what: string, hint: string) {
    super(`Option ${option} of the ${provider} market ${what}.`)
    this.name = 'ProviderOptionError'
    this.provider = provider
    this.option = option
    this.what = what
    this.hint = hint
  }
}
