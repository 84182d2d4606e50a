import type { OptionRight } from './chain.ts'

/** An option of a position, or the stock beside it. */
export interface PositionLeg {
  readonly side: 'long' | 'short'
  /** `stock`: shares, one for each share that a contract of the position stands for. */
  readonly right: OptionRight | 'stock'
  /** Dollars; of no account for stock. */
  readonly strike: number
  /** ISO date; of no account for stock. */
  readonly expiration: string
  /** Contracts per unit of the position, or shares per share of a contract; above 0. */
  readonly quantity: number
  /** Dollars per share paid or received, 0 or more. */
  readonly price: number
}

/** What a position can come to, in dollars per share of the underlying: times the contract size for a position's money. */
export interface PositionOutcome {
  /** Above 0 what opening it costs, below 0 what it brings; stock included. */
  readonly cost: number
  /**
   * Most that can be won at expiration: Infinity without a limit, null where it has no closed form. Below 0 for a
   * position that can only lose.
   */
  readonly maxProfit: number | null
  /**
   * Most that can be lost, as a number of dollars above 0: Infinity without a limit, null where it has no closed form.
   * 0 where nothing can be.
   */
  readonly maxLoss: number | null
  /** Prices of the underlying, ascending, at which loss turns into no loss or back; null where there is no closed form. */
  readonly breakevens: readonly number[] | null
}

/**
 * Maximum profit and loss and breakevens of a position at expiration, exactly: its payoff is a line with a kink at each strike.
 *
 * Legs on more than one expiration (calendars, diagonals) have no closed form: profit and breakevens are null. Their loss is
 * still bounded where every short option has expired before the long ones do, which can then be sold for their intrinsic
 * value at least; that bound is `maxLoss`, and it is the debit of a calendar. Otherwise it is null.
 * @throws RangeError where there is no leg, or a quantity, strike or price is none.
 */
export function positionOutcome(legs: readonly PositionLeg[]): PositionOutcome {
  checkLegs(legs)
  const cost = tidy(legs.reduce((sum, leg) => sum + signedQuantity(leg) * leg.price, 0))
  const options = legs.filter(({ right }) => right !== 'stock')
  const strikes = [...new Set([0, ...options.map(({ strike }) => strike)])].sort((one, other) => one - other)
  const profits = strikes.map((strike) => tidy(legs.reduce((sum, leg) => sum + signedQuantity(leg) * intrinsic(leg, strike), 0) - cost))
  const slope = tidy(legs.reduce((sum, leg) => sum + (leg.right === 'put' ? 0 : signedQuantity(leg)), 0))
  const maxLoss = slope < 0 ? Infinity : Math.max(0, ...profits.map((profit) => -profit))
  if (new Set(options.map(({ expiration }) => expiration)).size > 1) {
    return { cost, maxProfit: null, maxLoss: outlivesShorts(options) ? maxLoss : null, breakevens: null }
  }
  return { cost, maxProfit: slope > 0 ? Infinity : Math.max(...profits), maxLoss, breakevens: breakevensOf(strikes, profits, slope) }
}

function signedQuantity({ side, quantity }: { readonly side: 'long' | 'short'; readonly quantity: number }): number {
  return side === 'long' ? quantity : -quantity
}

function intrinsic({ right, strike }: PositionLeg, spot: number): number {
  if (right === 'stock') return spot
  return Math.max(0, right === 'call' ? spot - strike : strike - spot)
}

/** Whether every long option lives as long as the last short one. */
function outlivesShorts(options: readonly PositionLeg[]): boolean {
  const lastShort = options.reduce((last, { side, expiration }) => (side === 'short' && expiration > last ? expiration : last), '')
  return options.every(({ side, expiration }) => side === 'short' || expiration >= lastShort)
}

/** Ends of the stretches of loss, from the profits at the kinks (of which the first is at 0) and the slope above the last. */
function breakevensOf(strikes: readonly number[], profits: readonly number[], slope: number): number[] {
  const found = new Set<number>()
  for (let place = 0; place < strikes.length; place++) {
    const [from, profit] = [strikes[place]!, profits[place]!]
    const next = profits[place + 1]
    // Above the last strike the line goes on for ever.
    const rise = next === undefined ? slope : (next - profit) / (strikes[place + 1]! - from)
    if (profit < 0 !== (next ?? rise * Infinity) < 0 && rise !== 0) found.add(tidy(from - profit / rise))
  }
  return [...found].filter((price) => price > 0).sort((one, other) => one - other)
}

/** Without the dust that sums of decimals leave in binary. */
function tidy(value: number): number {
  return Math.round(value * 1e9) / 1e9 + 0
}

function checkLegs(legs: readonly PositionLeg[]): void {
  if (legs.length === 0) throw new RangeError('A position needs a leg.')
  legs.forEach(({ right, strike, quantity, price }, place) => {
    const at = `of leg ${place + 1}`
    if (!(quantity > 0 && quantity < Infinity)) throw new RangeError(`The quantity ${at} is ${quantity}, not a number above 0.`)
    if (right !== 'stock' && !(strike > 0 && strike < Infinity)) {
      throw new RangeError(`The strike ${at} is ${strike}, not a number above 0.`)
    }
    if (!(price >= 0 && price < Infinity)) throw new RangeError(`The price ${at} is ${price}, not a number of 0 or more.`)
  })
}
