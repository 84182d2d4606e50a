import { europeanPrice } from '../../../../sdk/options/european.ts'
import { yearsToExpiration, expirationInstant } from '../../../../sdk/options/time.ts'
import type { Explored, Leg } from '../server/types.ts'

const POINTS = 161
/** Of the price of the underlying, how far the plot reaches at least to either side. */
const REACH = 0.2

export interface Payoff {
  /** Prices of the underlying, ascending, in dollars. */
  readonly prices: readonly number[]
  /** Dollars for one unit of the position at its first expiration. */
  readonly profits: readonly number[]
  /** ISO date that the profits are for. */
  readonly at: string
  /** Whether a later leg was valued by a model, at the position's implied volatility and no interest. */
  readonly isModelled: boolean
}

/** A column that came with a strategy row, by its name in either style. */
export function columnOf(row: Explored, name: string): string {
  const wanted = name.toLowerCase()
  const key = Object.keys(row).find((each) => each.replaceAll('_', '').toLowerCase() === wanted)
  const value = key === undefined ? null : row[key]
  return value === null || value === undefined ? '' : String(value)
}

/**
 * Profit and loss of a strategy row over prices of the underlying; null where it has no legs or no quote, and where it does
 * not tell its shares: rows of earlier versions do not.
 */
export function payoffOf(row: Explored): Payoff | null {
  const { legs, mid, positionShares } = row
  // Legs of one position stand for as many shares a contract, or it has no value.
  const shares = legs?.[0]?.multiplier
  if (legs === null || shares === undefined || mid === null || typeof positionShares !== 'number') return null
  const at = legs.map(({ expiration }) => expiration).toSorted()[0]!
  const worth = (price: number): number =>
    legs.reduce((sum, leg) => sum + signed(leg) * valueAt(leg, price, at, row.impliedVol), (price * positionShares) / shares)
  const cost = costOf(row, worth, shares)
  const prices = pricesAround(row, legs)
  return {
    prices,
    profits: prices.map((price) => (worth(price) - cost) * shares),
    at,
    isModelled: legs.some(({ expiration }) => expiration !== at),
  }
}

const signed = ({ side, quantity }: Leg): number => (side === 'long' ? quantity : -quantity)

function valueAt({ right, strike, expiration }: Leg, spot: number, at: string, vol: number | null): number {
  if (expiration === at || vol === null) return Math.max(0, right === 'call' ? spot - strike : strike - spot)
  return europeanPrice(right, { spot, strike, years: yearsToExpiration(expirationInstant(at), expiration), vol, rate: 0 })
}

/**
 * What opening the position costs per share, below 0 for a credit. A row states its premium without a sign: of the two it
 * is the one that fits its breakevens, or, where it has none, its loss.
 */
function costOf({ mid, breakevens, maxLoss, positionShares }: Explored, worth: (price: number) => number, shares: number): number {
  const premium = mid!
  const even = breakevens?.[0]
  if (even !== undefined) {
    if (positionShares !== 0) return worth(even)
    return Math.abs(worth(even) - premium) <= Math.abs(worth(even) + premium) ? premium : -premium
  }
  return typeof maxLoss === 'number' && Math.abs(maxLoss / shares - premium) > 0.005 * premium ? -premium : premium
}

function pricesAround(row: Explored, legs: readonly Leg[]): number[] {
  const marks = [...legs.map(({ strike }) => strike), ...(row.breakevens ?? []), Number(columnOf(row, 'close')) || legs[0]!.strike]
  const middle = (Math.min(...marks) + Math.max(...marks)) / 2
  const reach = Math.max((Math.max(...marks) - Math.min(...marks)) * 0.9, middle * REACH)
  const from = Math.max(0.01, middle - reach)
  const step = (middle + reach - from) / (POINTS - 1)
  const even = Array.from({ length: POINTS }, (_, place) => from + place * step)
  // The kinks themselves, so that no corner is cut.
  return [...new Set([...even, ...marks])].toSorted((one, other) => one - other)
}
