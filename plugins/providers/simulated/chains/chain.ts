import type { OptionChain, OptionContract, OptionRight } from '../../../../sdk/options/chain.ts'
import { DELTA, GREEKS_LENGTH, PRICE, VEGA, formatOccSymbol, expirationInstant, yearsToExpiration } from '../../../../sdk/options/index.ts'
import { exponential } from '../arithmetic.ts'
import { clamp } from '../factors.ts'
import { streamOf, type RandomStream } from '../random.ts'
import { isoOf, sessionAtOrBefore } from './calendar-days.ts'
import { ratesOf, strikeBlocks, type StrikeBlock } from './contracts.ts'
import { drawFault, type DataFault } from './faults.ts'
import { drawCount, interestBySeries, strikeWeight, type SeriesInterest } from './interest.ts'
import type { OptionTrading } from './liquidity.ts'
import type { CheckedOptionOptions } from './options.ts'
import { drawQuote, type Quote } from './quotes.ts'
import { reportsBetween } from './reports.ts'
import { varianceAtForward } from './surface.ts'
import type { TickerState } from './ticker.ts'
import { valueSeries, type SeriesInputs, type SeriesValues } from './valuation.ts'
import { vendorRun, vendorView, type VendorRun } from './vendor.ts'

/** What all contracts of a series share. */
interface SeriesContext {
  readonly state: TickerState
  readonly trading: OptionTrading
  readonly expiration: string
  readonly years: number
  readonly interest: SeriesInterest
  /** 0 for the most traded names to 1 for the least. */
  readonly thinness: number
  readonly quotedAt: number
  readonly run: VendorRun
  readonly seed: number
  readonly random: RandomStream
  /** Deviation of the underlying in one session, as a fraction. */
  readonly sessionDeviation: number
}

/** One contract before it is quoted; `values` at `index` are its own. */
interface Listed {
  readonly block: StrikeBlock
  readonly right: OptionRight
  readonly cents: number
  readonly values: SeriesValues
  readonly index: number
  /** Its share of the series' trading, and of what is held open. */
  readonly traded: number
  readonly held: number
}

const YEAR_SESSIONS = 252
/** Sessions over whose prices open contracts have come together. */
const HOLDING_SESSIONS = 30
/** What an adjusted contract keeps of the interest that a standard one would have, and how much wider it is quoted. */
const ADJUSTED_SHARE = 0.12
const ADJUSTED_WIDENESS = 2.5

/** The chain of one listed series; without contracts where the ticker has no such series. */
export function makeChain(options: CheckedOptionOptions, state: TickerState, expiration: string): OptionChain {
  const series = state.series.get(expiration)
  const chain = { ticker: state.symbol, expiration, underlyingPrice: state.spot, asOf: options.asOf, delayMinutes: 0, refused: [] }
  if (!series || !state.options) return { ...chain, contracts: [] }
  const inputs = seriesInputs(options, state, expiration, series.day)
  const blocks = strikeBlocks(state, series, inputs.years, inputs.atForward)
  const context = makeContext(options, state, state.options, expiration, inputs)
  const listed = blocks.flatMap((block) => listBlock(context, block, inputs))
  listed.sort((one, other) => one.cents - other.cents || rank(one) - rank(other))
  return { ...chain, contracts: listed.map((contract) => makeContract(context, contract)) }
}

/** Everything that values the options of a series. */
export function seriesInputs(options: CheckedOptionOptions, state: TickerState, expiration: string, day: number): SeriesInputs {
  const years = yearsToExpiration(options.asOf, expiration)
  const reports = reportsBetween(state.profile, options.priceDay, day).length
  return { shape: state.shape, spot: state.spot, years, atForward: varianceAtForward(state.shape, years, reports), ...ratesOf(state) }
}

function makeContext(options: CheckedOptionOptions, state: TickerState, trading: OptionTrading, expiration: string, inputs: SeriesInputs): SeriesContext {
  const { seed, asOf } = options
  const { symbol, session, spot, shape } = state
  const sessionDeviation = shape.nearVol / Math.sqrt(YEAR_SESSIONS)
  // Prices are those of the market's last session, but its quotes go on after it; those of a halted stock do not.
  const quoteSession = state.isHalted ? session : sessionAtOrBefore(options.priceDay)
  // Of the ticker and the session, not of the series: the vendor's run saw one price of the underlying.
  const run = vendorRun(streamOf(seed, `/vendor/${symbol}/${session}`), asOf, quoteSession, spot, sessionDeviation)
  return {
    state,
    trading,
    expiration,
    years: inputs.years,
    interest: interestBySeries(state).get(expiration)!,
    thinness: clamp(1 - Math.log10(trading.usualVolume) / 5, 0, 1),
    quotedAt: Math.min(asOf, expirationInstant(isoOf(quoteSession))),
    run,
    seed,
    random: streamOf(seed, `/chain/${symbol}/${session}/${expiration}`),
    sessionDeviation,
  }
}

function listBlock({ state }: SeriesContext, block: StrikeBlock, inputs: SeriesInputs): Listed[] {
  const own = { ...inputs, spot: inputs.spot * block.sharesPer }
  const strikes = block.strikes.map((cents) => cents / 100)
  const deviation = Math.sqrt(inputs.atForward)
  const isFund = state.profile.kind === 'fund'
  const recent = state.closes.subarray(-HOLDING_SESSIONS)
  const usualPrice = (block.sharesPer * recent.reduce((sum, close) => sum + close, 0)) / recent.length
  const listed = (['call', 'put'] as const).flatMap((right) => {
    const values = valueSeries(right, own, strikes)
    const weightAround = (price: number, index: number) => strikeWeight(right, block.strikes[index]!, Math.log(strikes[index]! / price), deviation, isFund)
    return block.strikes.map((cents, index) => ({ block, right, cents, values, index, traded: weightAround(own.spot, index), held: weightAround(usualPrice, index) }))
  })
  const kept = block.adjusted ? ADJUSTED_SHARE : 1
  const traded = kept / listed.reduce((sum, contract) => sum + contract.traded, 0)
  const held = kept / listed.reduce((sum, contract) => sum + contract.held, 0)
  return listed.map((contract) => ({ ...contract, traded: contract.traded * traded, held: contract.held * held }))
}

function makeContract(context: SeriesContext, listed: Listed): OptionContract {
  const { trading, years, random, thinness, expiration, seed } = context
  const { block, right, cents, values, index } = listed
  const at = index * GREEKS_LENGTH
  const strike = cents / 100
  const occ = formatOccSymbol({ root: block.root, expiration, right, strike })
  const [value, delta, vega] = [values.american[at + PRICE]!, values.american[at + DELTA]!, values.american[at + VEGA]!]
  const fault = drawFault(random, thinness)
  const age = quoteAge(random, thinness, fault)
  // A stale quote was right for the price that the underlying had then.
  const drift = fault === 'stale' ? delta * context.state.spot * block.sharesPer * context.sessionDeviation * clamp(random.normal(), -2, 2) : 0
  const wideness = block.adjusted ? ADJUSTED_WIDENESS : 1
  const quote = withFault(drawQuote(random, trading, { value: Math.max(value + drift, 0), delta, vega, years, wideness }), fault)
  // Without a bid the vendor goes by the ask.
  const quoted = quote.bid > 0 ? (quote.bid + quote.ask) / 2 : quote.ask
  const counts = tradedCounts(context, listed, occ, seed)
  return {
    occ,
    root: block.root,
    right,
    strike,
    expiration,
    style: 'american',
    settlement: 'pm',
    multiplier: block.multiplier,
    adjusted: block.adjusted,
    ...quote,
    last: fault === 'empty' ? null : lastTrade(context, value, delta, quote, counts),
    ...counts,
    ...vendorView(random, context.run, values.american, at, values.vol[index]!, quoted, thinness),
    quotedAt: context.quotedAt - age,
  }
}

/** Open interest wavers from contract to contract by a draw of its own, which later sessions share; volume from session to session. */
function tradedCounts({ interest, random, state }: SeriesContext, { traded, held }: Listed, occ: string, seed: number): { volume: number; openInterest: number } {
  const own = streamOf(seed, `/contract/${occ}`)
  const openInterest = drawCount(own, interest.openInterest * held, 0.8)
  const volume = state.isHalted ? 0 : drawCount(random, interest.volume * traded, 1)
  return { volume, openInterest }
}

/** Price of the last trade: within the quote where it traded today, an old one where it did not, null where it never did. */
function lastTrade({ random, trading, state, sessionDeviation }: SeriesContext, value: number, delta: number, { bid, ask }: Quote, counts: { volume: number; openInterest: number }): number | null {
  const side = random.uniform()
  const wander = clamp(random.normal(), -2, 2)
  const wasEver = random.chance(0.85)
  const tick = value < 3 ? trading.tickBelow3 : trading.tickFrom3
  if (counts.volume === 0) {
    if (counts.openInterest === 0 || !wasEver) return null
    const moved = delta * state.spot * sessionDeviation * 2 * wander
    return toTick(moved > 0 ? value + moved : value * exponential(Math.max(moved / Math.max(value, 0.01), -2)), tick)
  }
  // The fewer trades, the longer ago the last one is, and the further the underlying has moved since.
  const since = delta * state.spot * sessionDeviation * wander * Math.min(0.6 / Math.sqrt(counts.volume), 0.6)
  return toTick(bid + (ask - bid) * side + since, tick)
}

function toTick(price: number, tick: number): number {
  const cents = Math.round(tick * 100)
  return (Math.max(Math.round((price * 100) / cents), 1) * cents) / 100
}

/** Milliseconds since the quote last changed: moments in active names, minutes in thin ones, hours to days where it is stale. */
function quoteAge(random: RandomStream, thinness: number, fault: DataFault): number {
  const draw = random.exponential()
  if (fault === 'stale') return Math.round(3_600_000 * (2 + 12 * draw))
  return Math.round(300 * exponential(7 * thinness) * draw)
}

function withFault(quote: Quote, fault: DataFault): Quote {
  if (fault === 'empty') return { bid: 0, ask: 0, bidSize: 0, askSize: 0 }
  if (fault !== 'crossed' || quote.bid === 0) return quote
  return { bid: quote.ask, ask: quote.bid, bidSize: quote.askSize, askSize: quote.bidSize }
}

/** Calls before puts, the standard root before an adjusted one. */
function rank({ right, block }: Listed): number {
  return (right === 'call' ? 0 : 2) + (block.adjusted ? 1 : 0)
}
