import type { OptionRight } from '../../../../sdk/options/chain.ts'
import { exponential } from '../arithmetic.ts'
import type { RandomStream } from '../random.ts'
import type { SeriesKind } from './expirations.ts'
import type { Series, TickerState } from './ticker.ts'

/** Contracts expected to trade in the session, and to be open, in one whole series. */
export interface SeriesInterest {
  readonly volume: number
  readonly openInterest: number
}

/** What a kind of series draws of the day's trading, and of what is held open. */
const TRADING_WEIGHT: Readonly<Record<SeriesKind, number>> = { monthly: 1.6, weekly: 1, daily: 1.3, quarterly: 0.4, leap: 0.9 }
const HOLDING_WEIGHT: Readonly<Record<SeriesKind, number>> = { monthly: 2.4, weekly: 0.35, daily: 0.08, quarterly: 0.5, leap: 2 }
const YEAR_DAYS = 365
const ROUND_CENTS = [
  [10_000, 1.5],
  [1000, 1.5],
  [500, 1.3],
] as const
const MOST = 5_000_000

/** Shares of each series in the ticker's option trading, by ISO date: front series trade most, standard ones are held most. */
export function interestBySeries({ series, options, session }: TickerState): Map<string, SeriesInterest> {
  const weights = [...series].map(([date, { day, kind }]) => ({ date, ...weightsOf(day - session, kind) }))
  const trading = weights.reduce((sum, weight) => sum + weight.trading, 0)
  const holding = weights.reduce((sum, weight) => sum + weight.holding, 0)
  const volume = options?.volume ?? 0
  const open = openContracts(options?.usualVolume ?? 0)
  return new Map(weights.map((weight) => [weight.date, { volume: (volume * weight.trading) / trading, openInterest: (open * weight.holding) / holding }]))
}

/** Contracts held open in a name that trades so many a session: three sessions' worth in index funds, thirty in quiet names. */
function openContracts(usualVolume: number): number {
  return usualVolume * Math.min(17 * Math.pow(1e4 / Math.max(usualVolume, 1), 0.25), 30)
}

function weightsOf(days: number, kind: Series['kind']): { trading: number; holding: number } {
  const years = Math.max(days, 0) / YEAR_DAYS
  return { trading: TRADING_WEIGHT[kind] * Math.pow(0.015 + years, -0.95), holding: HOLDING_WEIGHT[kind] * Math.pow(0.06 + years, -0.5) }
}

/** How much of its series a contract draws, not yet over the sum of all: near the money, out of it rather than in it, at round strikes. */
export function strikeWeight(right: OptionRight, cents: number, logMoneyness: number, deviation: number, isFund: boolean): number {
  const scale = Math.max(deviation, 0.02)
  const distance = logMoneyness / scale
  const near = Math.exp(-0.5 * (distance / 1.1) ** 2) + 0.03 * Math.exp(-Math.abs(distance) / 2)
  const isIn = right === 'call' ? logMoneyness < 0 : logMoneyness > 0
  const side = isIn ? Math.max(0.55 - 0.35 * Math.abs(distance), 0.06) : 1
  const mix = (right === 'put') === isFund ? 1.25 : 1
  const roundness = ROUND_CENTS.find(([step]) => cents % step === 0)?.[1] ?? 1
  return near * side * mix * roundness
}

/** A count around `mean`: Poisson where that is small, else log-normal. Whole, from 0. */
export function drawCount(random: RandomStream, mean: number, spread: number): number {
  const wavering = mean * exponential(spread * random.normal() - 0.5 * spread * spread)
  if (!(wavering < 12)) return Math.min(Math.round(wavering), MOST)
  const floor = exponential(-wavering)
  let product = random.uniform()
  let count = 0
  while (product > floor) {
    product *= random.uniform()
    count++
  }
  return count
}
