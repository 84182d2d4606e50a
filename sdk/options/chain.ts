/** Option chains as every provider hands them over, whatever its own shapes were. Prices in dollars per share. */

export type OptionRight = 'call' | 'put'

/** Greeks as a vendor states them: theta per calendar day, vega and rho per one percentage point; null where it states none. */
export interface VendorGreeks {
  readonly delta: number | null
  readonly gamma: number | null
  readonly theta: number | null
  readonly vega: number | null
  readonly rho: number | null
  /** Epoch milliseconds at which the vendor made them, null where it does not say. */
  readonly updatedAt: number | null
}

/** One listed contract with its quote. What the vendor left out is null; what it stated is kept as stated, zeros included. */
export interface OptionContract {
  /** Padded OCC symbol, 21 characters, such as `AAPL  261218C00150000`. */
  readonly occ: string
  /** Letters of the OCC symbol: `AAPL`, `SPXW`, or an adjusted root such as `AAPL1`. */
  readonly root: string
  readonly right: OptionRight
  readonly strike: number
  /** ISO date of the last day on which it can be traded or exercised. */
  readonly expiration: string
  readonly style: 'american' | 'european'
  /** `am`: settled by the opening of the expiration day, as monthly index options are. */
  readonly settlement: 'am' | 'pm'
  /** Shares (or index units) per contract; 100 unless adjusted or mini. */
  readonly multiplier: number
  /** Its deliverable is not `multiplier` plain shares: a split, merger or special dividend came after listing. */
  readonly adjusted: boolean
  readonly bid: number | null
  readonly ask: number | null
  readonly bidSize: number | null
  readonly askSize: number | null
  readonly last: number | null
  /** Contracts traded in the session. */
  readonly volume: number | null
  /** Contracts open, as a rule at the end of the session before. */
  readonly openInterest: number | null
  /** Decimals per year, as the vendor states it. */
  readonly impliedVol: number | null
  readonly greeks: VendorGreeks | null
  /** Epoch milliseconds of the newer side of the quote, null where unknown. */
  readonly quotedAt: number | null
}

/** All contracts of one ticker and one expiration at one instant. */
export interface OptionChain {
  readonly ticker: string
  readonly expiration: string
  /** Null where the answer does not carry it: it is then inferred from put-call parity. */
  readonly underlyingPrice: number | null
  /** Where it is null: dollars per share by a request of its own, made about when the chain was, where there was one. */
  readonly underlyingQuote?: number
  /** Epoch milliseconds that the quotes stand for. */
  readonly asOf: number
  /** How far the vendor's quotes lag behind the market by its own word; 0 for live ones. */
  readonly delayMinutes: number
  /** Ascending by strike, calls before puts; each `occ` once. */
  readonly contracts: readonly OptionContract[]
  /** Entries of the answer that are no contract of this chain, counted by reason: another ticker, expired, a price that is no number. */
  readonly refused: readonly { readonly reason: string; readonly count: number }[]
}

/** The expirations that are listed for a ticker. */
export interface OptionExpirations {
  readonly ticker: string
  /** ISO dates, ascending, each once; none before the day of `asOf`. */
  readonly dates: readonly string[]
  /** Epoch milliseconds that the answer stands for: days to expiration count from its day in New York. */
  readonly asOf: number
  /** Entries of the answer that are no date to come, counted by reason; none where it is left out. */
  readonly refused?: OptionChain['refused']
}
