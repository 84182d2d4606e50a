import { exponential } from './arithmetic.ts'
import { clamp, nextVariance, OVERNIGHT_SHARE, SECTOR_DEVIATION, type Factors } from './factors.ts'
import type { Profile } from './profile.ts'
import { streamOf, type RandomStream } from './random.ts'

/** A symbol's sessions before prices get their level: a continuous path that starts near 1, without splits, halts or rounding. */
export interface RelativePath {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Volume over the symbol's usual volume. */
  readonly activity: Float64Array
  /** A uniform draw a session, against which a thinly traded symbol's chance to trade at all is held. */
  readonly idleness: Float64Array
}

export function emptyPath(length: number): RelativePath {
  const column = () => new Float64Array(length)
  return { open: column(), high: column(), low: column(), close: column(), activity: column(), idleness: column() }
}

const NEWS_CHANCE = 0.005
/** Mean range of a session without drift, in deviations: 2 sqrt(2 / pi) (W. Feller, 1951). */
const MEAN_RANGE = 1.5957691216057308
/** Share of its own past gain that a symbol loses again each session: keeps price levels believable over decades. */
const REVERSION = 0.0009
const FAILING_SESSIONS = 200
const DEAL_SESSIONS = 45

/** Fills `path` from the first to the last session of the listing, and returns the sessions that follow an earnings report. */
export function fillPath(path: RelativePath, seed: number, profile: Profile, factors: Factors): number[] {
  const random = streamOf(seed, `/path/${profile.symbol}`)
  const { first, last, beta, sectorLoading } = profile
  const sectorGap = factors.sectorGap[profile.sectorIndex] ?? null
  const sectorMove = factors.sectorMove[profile.sectorIndex] ?? null
  const sectorVariance = sectorLoading * sectorLoading * SECTOR_DEVIATION * SECTOR_DEVIATION
  const volumeNoise = profile.volumeDeviation * 0.6
  const volumeCentre = -0.5 * profile.volumeDeviation * profile.volumeDeviation
  const dealAt = profile.ending === 'acquired' ? last - DEAL_SESSIONS : last + 1
  const failingFrom = profile.ending === 'failed' ? last - FAILING_SESSIONS : last + 1
  const reports: number[] = []
  let deviation = profile.deviation
  let ownShare = 1
  let drift = 0.55 * deviation * deviation
  let variance = 1
  let volumeMood = 0
  let attention = 0
  let ownGain = 0
  let close = 1
  for (let index = first; index <= last; index++) {
    if (index === failingFrom) drift -= 0.012
    if (index === dealAt) {
      deviation *= 0.1
      ownShare = 0.05
    }
    const inForce = deviation * Math.sqrt(variance)
    const ownGap = inForce * Math.sqrt(OVERNIGHT_SHARE) * random.shock()
    const ownMove = inForce * Math.sqrt(1 - OVERNIGHT_SHARE) * random.shock()
    const news = eventGap(random, profile, factors, index, reports, deviation) * (index > dealAt ? 0 : 1)
    const common = beta * factors.marketGap[index]! + (sectorGap ? sectorLoading * sectorGap[index]! : 0)
    const commonMove = beta * factors.marketMove[index]! + (sectorMove ? sectorLoading * sectorMove[index]! : 0)
    const premium = index === dealAt ? 0.15 + 0.35 * random.uniform() : 0
    const trend = drift - REVERSION * ownGain
    const gap = clamp(ownShare * common + ownGap + news + premium + trend * OVERNIGHT_SHARE, -0.75, 1.5)
    const move = clamp(ownShare * commonMove + ownMove + trend * (1 - OVERNIGHT_SHARE), -0.6, 1.2)
    const own = ownGap + ownMove + news + trend
    ownGain += own - 0.5 * own * own

    const marketPart = beta * factors.marketDeviation[index]!
    const total = Math.sqrt(ownShare * (marketPart * marketPart + sectorVariance) + inForce * inForce)
    const eventful = 1 + 3 * Math.min(Math.abs(news + premium), 0.3)
    const within = total * Math.sqrt(1 - OVERNIGHT_SHARE) * eventful
    const open = close * (1 + gap)
    close = open * (1 + move)
    // Highest and lowest point of a Brownian bridge from open to close, drawn from their exact distribution (Karatzas and Shreve, 4.3.40).
    const rise = 0.5 * (move + Math.sqrt(move * move + 2 * within * within * random.exponential()))
    const fall = 0.5 * (move - Math.sqrt(move * move + 2 * within * within * random.exponential()))
    path.open[index] = open
    path.close[index] = close
    path.high[index] = Math.max(open * (1 + rise), open, close)
    path.low[index] = Math.min(open * (1 + clamp(fall, -0.85, 0)), open, close)

    volumeMood = 0.8 * volumeMood + volumeNoise * random.normal()
    const surprise = Math.abs(news + premium) / (profile.deviation * 3)
    attention = 0.45 * attention + Math.min(surprise, 3)
    const excitement = Math.min((rise - fall) / (MEAN_RANGE * Math.sqrt(1 - OVERNIGHT_SHARE) * (profile.deviation + 0.008)), 5)
    path.activity[index] = exponential(volumeMood + volumeCentre) * (0.5 + 0.5 * excitement) * (1 + attention) * factors.activity[index]!
    path.idleness[index] = random.uniform()
    const shock = (ownGap * ownGap + ownMove * ownMove + 0.3 * news * news) / (deviation * deviation)
    variance = nextVariance(variance, shock)
  }
  return reports
}

/** The gap by which the session opens on news of the symbol's own: after an earnings report, else now and then. */
function eventGap(random: RandomStream, profile: Profile, factors: Factors, index: number, reports: number[], deviation: number): number {
  const rare = random.uniform()
  const size = random.shock()
  if (profile.kind === 'fund') return 0
  if (isReportSession(profile, factors, index)) {
    reports.push(index)
    return profile.reportDeviation * size
  }
  return rare < NEWS_CHANCE ? deviation * (size < 0 ? size - 1.8 : size + 1.8) : 0
}

/** The first session of the quarter on or after the symbol's report date. */
function isReportSession(profile: Profile, factors: Factors, index: number): boolean {
  if (index === 0) return false
  const today = factors.dayOfQuarter[index]!
  const before = factors.dayOfQuarter[index - 1]!
  return today >= profile.reportOffset && (before < profile.reportOffset || before > today)
}
