import { isEarlyClose } from '../../../sdk/calendar.ts'
import { exponential } from './arithmetic.ts'
import { streamOf, type RandomStream } from './random.ts'
import { SECTORS } from './well-known.ts'

/** Part of a session's variance that falls between the close and the next open. */
export const OVERNIGHT_SHARE = 0.25
/** Deviation a day of a sector's own movement. */
export const SECTOR_DEVIATION = 0.006

/** What moves all symbols together; every column has one entry a session. Returns are simple, as fractions. */
export interface Factors {
  readonly sessions: Int32Array
  /** Days since the start of the calendar quarter, for the reporting season. */
  readonly dayOfQuarter: Int32Array
  readonly marketGap: Float64Array
  readonly marketMove: Float64Array
  /** Deviation a day of the market in force. */
  readonly marketDeviation: Float64Array
  /** Trading volume of the whole market over its usual level. */
  readonly activity: Float64Array
  /** By sector, in the order of SECTORS. */
  readonly sectorGap: readonly Float64Array[]
  readonly sectorMove: readonly Float64Array[]
}

/** Phases of the market: deviation and drift a day, and the chance a day to pass to the calmer or the rougher neighbour. */
const PHASES = [
  { deviation: 0.0058, drift: 0.0009, calmer: 0, rougher: 0.014 },
  { deviation: 0.0095, drift: 0.0007, calmer: 0.011, rougher: 0.007 },
  { deviation: 0.0205, drift: -0.0007, calmer: 0.03, rougher: 0 },
] as const

/** The common factors of a market: a market factor with phases of volatility and volatility clustering within them, and one factor a sector. */
export function makeFactors(seed: number, sessions: Int32Array): Factors {
  const market = makeMarket(streamOf(seed, '/market'), sessions)
  const sectors = SECTORS.map((sector) => makeSector(streamOf(seed, `/sector/${sector}`), sessions.length))
  return {
    sessions,
    dayOfQuarter: sessions.map(dayOfQuarter),
    ...market,
    sectorGap: sectors.map((sector) => sector.gap),
    sectorMove: sectors.map((sector) => sector.move),
  }
}

function makeMarket(random: RandomStream, sessions: Int32Array) {
  const count = sessions.length
  const marketGap = new Float64Array(count)
  const marketMove = new Float64Array(count)
  const marketDeviation = new Float64Array(count)
  const activity = new Float64Array(count)
  let phase = 1
  let variance = 1
  let mood = 0
  for (let index = 0; index < count; index++) {
    const { deviation, drift, calmer, rougher } = PHASES[phase]!
    const inForce = deviation * Math.sqrt(variance)
    const gap = inForce * Math.sqrt(OVERNIGHT_SHARE) * random.shock()
    const move = inForce * Math.sqrt(1 - OVERNIGHT_SHARE) * random.shock()
    marketGap[index] = clamp(gap + drift * OVERNIGHT_SHARE, -0.08, 0.08)
    marketMove[index] = clamp(move + drift * (1 - OVERNIGHT_SHARE), -0.1, 0.1)
    marketDeviation[index] = inForce
    mood = 0.8 * mood + 0.06 * random.normal()
    const surprise = Math.min(Math.abs(gap + move) / deviation, 4)
    activity[index] = exponential(mood) * (0.86 + 0.14 * surprise) * (0.9 + 0.1 * (inForce / 0.0095)) * (isEarlyClose(sessions[index]!) ? 0.45 : 1)
    variance = nextVariance(variance, (gap * gap + move * move) / (deviation * deviation))
    const turn = random.uniform()
    if (turn < calmer) phase--
    else if (turn > 1 - rougher) phase++
  }
  return { marketGap, marketMove, marketDeviation, activity }
}

function makeSector(random: RandomStream, count: number): { gap: Float64Array; move: Float64Array } {
  const gap = new Float64Array(count)
  const move = new Float64Array(count)
  let variance = 1
  for (let index = 0; index < count; index++) {
    const inForce = SECTOR_DEVIATION * Math.sqrt(variance)
    gap[index] = inForce * Math.sqrt(OVERNIGHT_SHARE) * random.shock()
    move[index] = inForce * Math.sqrt(1 - OVERNIGHT_SHARE) * random.shock()
    variance = nextVariance(variance, (gap[index]! * gap[index]! + move[index]! * move[index]!) / (SECTOR_DEVIATION * SECTOR_DEVIATION))
  }
  return { gap, move }
}

/** GARCH(1,1) around a long-run variance of 1 (T. Bollerslev, 1986), bounded so that no shock can run away. */
export function nextVariance(variance: number, squaredShock: number): number {
  const next = 0.04 + 0.09 * Math.min(squaredShock, 14) + 0.87 * variance
  return next > 9 ? 9 : next
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value
}

function dayOfQuarter(day: number): number {
  const date = new Date(day * 86_400_000)
  const quarterStart = Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3, 1) / 86_400_000
  return day - quarterStart
}
