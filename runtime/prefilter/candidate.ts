/** What the prefilter sees of one symbol: nothing after the date, except that `firstBar` may be later. */
export interface PrefilterCandidate {
  readonly symbol: string
  readonly barOnDate: boolean
  /** Bars up to the date, the date included. */
  readonly bars: number
  /** Shares a session, mean of the last `window` bars up to the date, or of all where there are fewer. NaN where there is none. */
  readonly meanVolume: number
  /** Dollars a session, close times volume, over the same bars. */
  readonly meanDollarVolume: number
  /** Dollars, of the last bar up to the date. */
  readonly lastClose: number
  /** ISO date of the first bar in the market data; null where the market does not know the symbol. */
  readonly firstBar: string | null
  /** ISO date of the last bar up to the date; null where there is none. */
  readonly lastBar: string | null
}

export interface PrefilterDate {
  /** ISO date. */
  readonly date: string
  /** Why the exchange is closed on the date (`Saturday`, `Good Friday`), null on a session. */
  readonly closure: string | null
}
