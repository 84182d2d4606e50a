import { admitsSpot, inferForward, type InferredForward, type QuotedPair } from '../../sdk/options/parity.ts'
import type { ExpirationSlice } from '../../sdk/strategy.ts'
import type { QualityFlag } from './quality.ts'

/** Continuous rates per year, as decimals. */
export interface Carry {
  readonly rate: number
  readonly dividendYield: number
}

/** Who tells the price of the underlying. */
export type SpotSource = 'chain' | 'quote' | 'parity' | 'row'

/** The price of the underlying, dollars per share, and the yield that goes with it. */
export interface Spot {
  readonly spot: number
  readonly source: SpotSource
  readonly carry: Carry
  readonly flags: readonly QualityFlag[]
  /** The expiration whose chain told it, where that is another one. */
  readonly inferredFrom?: string
}

/** The price that one expiration's chain has, or put-call parity makes of it, for all chains of the ticker to stand around. */
export interface SharedSpot {
  readonly spot: number
  readonly source: SpotSource
  readonly expiration: string
  readonly years: number
}

/** What a chain tells of the price of its underlying, whatever rows bring. */
export interface ChainPrice {
  readonly slice: ExpirationSlice
  /** With the yield that lies between `stated` and the forward, where there are both. */
  readonly carry: Carry
  /** The price by the chain itself, or by a quote that put-call parity bears out; null where there is none. */
  readonly stated: { readonly price: number; readonly source: 'chain' | 'quote' } | null
  /** A quote of the underlying that parity contradicts. */
  readonly doubted: number | null
  /** What put-call parity makes of the chain's quotes; not before it is asked for, since of LEAPs it takes long. */
  inferred(): InferredForward
}

/** Years from which on the value of early exercise shows in put-call parity: below, it is a tenth of a percent of the price. */
const EARLY_EXERCISE_YEARS = 0.25
/** Years below which a cent of the quotes makes any yield. */
const LEAST_YEARS_FOR_YIELD = 2 / 365
/** Differences between sources of a price that are no longer noise. */
const SPOT_TOLERANCE = 0.05
const CLOSE_TOLERANCE = 0.1
/** Most that shares pay out a year; a close that makes more of it is of another day. */
const MAX_YIELD = 0.12
/** What one payment may be of the price: it may lie before the nearest of expirations. */
const ONE_PAYMENT = 0.01
/** How far the true rate may be from the one of the settings. */
const RATE_ERROR = 0.02

/** `stated`: the price that the chain states; `quoted`: that of a request of its own. */
export function priceOfChain(slice: ExpirationSlice, carry: Carry, { stated, quoted }: { stated: number | null; quoted: number | null }): ChainPrice {
  const pairs = quotedPairs(slice)
  const price = stated ?? quoted
  if (price === null) return { slice, carry, stated: null, doubted: null, inferred: once(() => infer(pairs, slice, carry)) }
  const isSound = isBorneOut(price, pairs, slice, carry)
  if (stated === null && !isSound) return { slice, carry, stated: null, doubted: price, inferred: once(() => infer(pairs, slice, carry)) }
  // Only to compare with, for which the quick way will do.
  const quick = inferForward(pairs, { years: slice.years, ...carry })
  const dividendYield = isSound ? yieldTo(price, pairs, slice, carry, quick) : carry.dividendYield
  return { slice, carry: { ...carry, dividendYield }, stated: { price, source: stated === null ? 'quote' : 'chain' }, doubted: null, inferred: () => quick }
}

function once<Value extends object>(make: () => Value): () => Value {
  let made: Value | null = null
  return () => (made ??= make())
}

/**
 * The price for a row: the chain's own or that of a quote, else `shared` where put-call parity lets this chain have that
 * price, else that which parity infers from its own quotes, else `close` of the row. Months ahead the close comes before parity where the two agree:
 * see `closeWithDividends`. Null where there is none.
 */
export function spotFor(price: ChainPrice, close: number | null, shared: SharedSpot | null = null): Spot | null {
  const { carry, stated, doubted } = price
  const flags: QualityFlag[] = doubted === null ? [] : ['quote_disagrees']
  const found = (spot: number, source: SpotSource, dividendYield: number): Spot => {
    if (source !== 'chain') flags.push(FLAG_OF[source])
    if (close !== null && differ(close, spot, CLOSE_TOLERANCE)) flags.push('close_disagrees')
    return { spot, source, carry: { ...carry, dividendYield }, flags }
  }
  if (stated !== null) {
    const { spot } = price.inferred()
    if (stated.source === 'chain' && spot !== null && differ(stated.price, spot, SPOT_TOLERANCE)) flags.push('spot_disagrees')
    return found(stated.price, stated.source, carry.dividendYield)
  }
  const sharedYield = shared === null || shared.expiration === price.slice.expiration ? null : yieldAround(shared.spot, price)
  const withShared = (): Spot => ({ ...found(shared!.spot, shared!.source, sharedYield!), inferredFrom: shared!.expiration })
  // Weeks ahead parity, and whoever states a price, tell it better than a close of another hour.
  if (sharedYield !== null && (shared!.source !== 'parity' || shared!.years < EARLY_EXERCISE_YEARS)) return withShared()
  const dividends = closeWithDividends(price, close)
  if (dividends !== null) return found(close!, 'row', dividends)
  if (sharedYield !== null) return withShared()
  const inferred = price.inferred()
  if (inferred.spot !== null && inferred.dividendYield !== null) return found(inferred.spot, 'parity', inferred.dividendYield)
  if (close !== null && close > 0) return found(close, 'row', carry.dividendYield)
  return doubted === null ? null : found(doubted, 'quote', carry.dividendYield)
}

const FLAG_OF = { quote: 'spot_quoted', parity: 'spot_inferred', row: 'spot_from_row' } as const

/** Why there is no price for a row without a close. */
export function whyNoSpot({ inferred }: ChainPrice): string {
  const { reason } = inferred()
  if (reason === 'inconsistent') return 'its quotes contradict put-call parity'
  return reason === 'invalid' ? 'no time is left for put-call parity' : 'no strike quotes both types on both sides'
}

/** Whether parity lets the underlying have a price; where it has nothing to go by it says nothing against it. */
function isBorneOut(price: number, pairs: readonly QuotedPair[], slice: ExpirationSlice, { rate }: Carry): boolean {
  const { years } = slice
  if (!(years > 0)) return true
  return admitsSpot(pairs, price, { years, rate, style: styleOf(slice), mostDividends: mostDividends(years), rateError: RATE_ERROR }) ?? true
}

/** The yield that goes with a price inferred elsewhere, null where this chain's quotes contradict that price. */
function yieldAround(spot: number, { slice, carry }: ChainPrice): number | null {
  const pairs = quotedPairs(slice)
  if (!isBorneOut(spot, pairs, slice, carry)) return null
  return yieldTo(spot, pairs, slice, carry, inferForward(pairs, { years: slice.years, ...carry }))
}

const mostDividends = (years: number): number => ONE_PAYMENT + MAX_YIELD * years

/** The yield between a price and the forward by parity, which is kept by it as it is; that of `carry` where there is no forward. */
function yieldTo(price: number, pairs: readonly QuotedPair[], slice: ExpirationSlice, { rate, dividendYield }: Carry, quick: InferredForward): number {
  const { years } = slice
  if (years < LEAST_YEARS_FOR_YIELD) return dividendYield
  const isLong = years >= EARLY_EXERCISE_YEARS && styleOf(slice) === 'american'
  const { forward } = isLong ? inferForward(pairs, { years, rate, spot: price, style: 'american' }) : quick
  if (forward === null) return dividendYield
  return Math.min(Math.max(rate - Math.log(forward / price) / years, -RATE_ERROR), mostDividends(years) / years)
}

/**
 * Parity tells what the shares are worth less all dividends until the expiration. Over months that is a good deal less, and
 * puts priced as if there were none seem worth exercising at once. Where a close lies above it by no more than dividends
 * can explain, the close is the price, and the difference the dividend yield, which is given; null where it is not so.
 */
function closeWithDividends({ slice, carry: { rate } }: ChainPrice, close: number | null): number | null {
  const { years } = slice
  if (close === null || years < EARLY_EXERCISE_YEARS) return null
  const { forward, dividendYield } = inferForward(quotedPairs(slice), { years, rate, spot: close, style: styleOf(slice) })
  if (forward === null || dividendYield === null || differ(close, forward * Math.exp(-rate * years), CLOSE_TOLERANCE)) return null
  return dividendYield >= 0 && dividendYield <= MAX_YIELD ? dividendYield : null
}

const differ = (one: number, other: number, tolerance: number) => Math.abs(one - other) > tolerance * other

function infer(pairs: readonly QuotedPair[], slice: ExpirationSlice, carry: Carry): InferredForward {
  const { years } = slice
  const inputs = { years, rate: carry.rate, dividendYield: carry.dividendYield }
  const quick = inferForward(pairs, inputs)
  const serves = quick.spot === null ? quick.reason !== 'inconsistent' : years < EARLY_EXERCISE_YEARS
  return styleOf(slice) === 'european' || serves ? quick : inferForward(pairs, { ...inputs, style: 'american' })
}

const styleOf = ({ calls }: ExpirationSlice): 'american' | 'european' => calls[0]?.contract.style ?? 'european'

function quotedPairs({ calls, puts }: ExpirationSlice): QuotedPair[] {
  const putAt = new Map(puts.map((put) => [put.contract.strike, put]))
  return calls.flatMap((call) => {
    const put = putAt.get(call.contract.strike)
    if (!call.tradable || !put?.tradable) return []
    const { strike, bid, ask } = call.contract
    return [{ strike, callBid: bid!, callAsk: ask!, putBid: put.contract.bid!, putAsk: put.contract.ask! }]
  })
}
