import { exponential, powerOfTen } from './arithmetic.ts'
import { clamp } from './factors.ts'
import { streamOf, type RandomStream } from './random.ts'
import { drawName } from './tickers.ts'
import { SECTORS, WELL_KNOWN_FUNDS, WELL_KNOWN_STOCKS, type Sector } from './well-known.ts'

/** What a symbol is like, before any of its bars is drawn. Deviations are per session, as fractions. */
export interface Profile {
  readonly symbol: string
  readonly name: string
  readonly kind: 'stock' | 'fund'
  readonly sector: Sector
  /** Index into SECTORS of the sector whose factor it follows, or -1. */
  readonly sectorIndex: number
  readonly sectorLoading: number
  readonly beta: number
  /** Deviation of the movement that is the symbol's own. */
  readonly deviation: number
  /** Price in dollars at its last bar. */
  readonly lastPrice: number
  /** Usual volume a day in shares, in the share count of the last bar. */
  readonly volume: number
  /** How much the volume wavers from day to day by itself. */
  readonly volumeDeviation: number
  /** Days from the start of a quarter to the earnings report; 0 where it reports none. */
  readonly reportOffset: number
  /** Deviation of the gap after an earnings report. */
  readonly reportDeviation: number
  /** Index of the first and the last session on which it is listed. */
  readonly first: number
  readonly last: number
  readonly ending: 'acquired' | 'failed' | null
  /** Sessions without a bar, as first and last index. */
  readonly halts: readonly (readonly [number, number])[]
}

const stocks = new Map(WELL_KNOWN_STOCKS.map((entry) => [entry[0], entry]))
const funds = new Map(WELL_KNOWN_FUNDS.map((entry) => [entry[0], entry]))

/** Sectors by their share of listings. */
const SECTOR_SHARES = [0.15, 0.05, 0.11, 0.05, 0.18, 0.2, 0.12, 0.05, 0.04, 0.03, 0.02] as const
const SHORTEST_LISTING = 60
/** Geared funds start late in a long market: an inverse one of 25 years would have begun at billions of dollars. */
const GEARED_FUND_SESSIONS = 1260

/** Draws the profile of one symbol from a stream of its own. `sessionCount` is the length of the market. */
export function makeProfile(seed: number, symbol: string, sessionCount: number): Profile {
  const random = streamOf(seed, `/profile/${symbol}`)
  const fund = funds.get(symbol)
  if (fund) return fundProfile(fund, sessionCount)
  const stock = stocks.get(symbol)
  return stock ? wellKnownProfile(stock, random, sessionCount) : inventedProfile(symbol, random, sessionCount)
}

function fundProfile([symbol, name, price, volume, beta, sector, sectorLoading, deviation]: (typeof WELL_KNOWN_FUNDS)[number], sessionCount: number): Profile {
  return {
    symbol,
    name,
    kind: 'fund',
    sector: 'Fund',
    sectorIndex: sector === null ? -1 : SECTORS.indexOf(sector),
    sectorLoading,
    beta,
    deviation: deviation / 100,
    lastPrice: price,
    volume: volume * 1e6,
    volumeDeviation: 0.22,
    reportOffset: 0,
    reportDeviation: 0,
    first: Math.abs(beta) > 2 ? Math.max(0, sessionCount - GEARED_FUND_SESSIONS) : 0,
    last: sessionCount - 1,
    ending: null,
    halts: [],
  }
}

function wellKnownProfile([symbol, name, sector, price, volume, deviation]: (typeof WELL_KNOWN_STOCKS)[number], random: RandomStream, sessionCount: number): Profile {
  return {
    symbol,
    name,
    kind: 'stock',
    sector,
    sectorIndex: SECTORS.indexOf(sector),
    sectorLoading: random.between(0.6, 1.2),
    beta: clamp(0.6 + deviation * 0.3 + 0.12 * random.normal(), 0.3, 2.1),
    deviation: deviation / 100,
    lastPrice: price,
    volume: volume * 1e6,
    volumeDeviation: 0.25,
    reportOffset: 12 + random.below(30),
    reportDeviation: 0.022 + (deviation / 100) * 1.9,
    first: 0,
    last: sessionCount - 1,
    ending: null,
    halts: [],
  }
}

function inventedProfile(symbol: string, random: RandomStream, sessionCount: number): Profile {
  const sectorIndex = drawSector(random)
  const sector = SECTORS[sectorIndex]!
  const { first, last, ending } = drawListing(random, sessionCount)
  const lastPrice = drawPrice(random, ending)
  const volume = drawVolume(random, lastPrice)
  const quietness = clamp(lastPrice, 0.2, 60) / 20
  const deviation = clamp(0.0178 * exponential(0.32 * random.normal()) / Math.sqrt(Math.sqrt(quietness)), 0.007, 0.055)
  return {
    symbol,
    name: drawName(random, sector),
    kind: 'stock',
    sector,
    sectorIndex,
    sectorLoading: clamp(0.8 + 0.3 * random.normal(), 0, 1.6),
    beta: clamp(0.95 + 0.35 * random.normal(), 0.05, 2.2),
    deviation,
    lastPrice,
    volume,
    volumeDeviation: volume > 1e6 ? 0.3 : volume > 1e5 ? 0.42 : 0.65,
    reportOffset: 14 + random.below(40),
    reportDeviation: 0.025 + deviation * random.between(1, 2.2),
    first,
    last,
    ending,
    halts: drawHalts(random, first, last, volume),
  }
}

function drawSector(random: RandomStream): number {
  let left = random.uniform()
  for (let index = 0; index < SECTOR_SHARES.length; index++) {
    left -= SECTOR_SHARES[index]!
    if (left < 0) return index
  }
  return SECTOR_SHARES.length - 1
}

/** One symbol in seven comes to market within the span, one in sixteen leaves it; either only where it then trades for a while. */
function drawListing(random: RandomStream, sessionCount: number): { first: number; last: number; ending: Profile['ending'] } {
  const isNew = random.chance(0.14)
  const firstDrawn = random.below(sessionCount)
  const leaves = random.chance(0.075)
  const lastDrawn = random.below(sessionCount)
  const ending = random.chance(0.6) ? 'acquired' : 'failed'
  const first = isNew && sessionCount - firstDrawn >= SHORTEST_LISTING ? firstDrawn : 0
  const hasLeft = leaves && lastDrawn - first >= SHORTEST_LISTING && lastDrawn < sessionCount - 1
  return { first, last: hasLeft ? lastDrawn : sessionCount - 1, ending: hasLeft ? ending : null }
}

/** Log-normal about $19.50, with groups of penny stocks and of high-priced ones beside it. */
function drawPrice(random: RandomStream, ending: Profile['ending']): number {
  const body = powerOfTen(1.29 + 0.54 * random.normal())
  const penny = powerOfTen(random.between(-1, 0.6))
  if (ending === 'failed') return Math.min(penny, 1.2)
  const high = powerOfTen(random.between(2.5, 3.4))
  const group = random.uniform()
  if (ending === null && group < 0.1) return penny
  return clamp(group > 0.99 ? high : body, 0.12, 2500)
}

/** Log-normal over some six orders of magnitude; cheap stocks trade more shares. At most $4 billion a day. */
function drawVolume(random: RandomStream, price: number): number {
  const cheapness = price < 5 ? 0.35 : price > 200 ? -0.35 : 0
  const shares = powerOfTen(clamp(5.5 + cheapness + 1.03 * random.normal(), 2.2, 8))
  return Math.min(shares, 4e9 / price)
}

/** Trading halts of one to twelve sessions, more often where trading is thin; never near the ends of the listing. */
function drawHalts(random: RandomStream, first: number, last: number, volume: number): [number, number][] {
  const halts: [number, number][] = []
  const chance = volume < 1e5 ? 0.07 : 0.03
  for (let attempt = 0; attempt < 2; attempt++) {
    const isHalted = random.chance(chance)
    const start = first + 10 + random.below(Math.max(last - first - 30, 1))
    const end = start + random.below(12)
    if (isHalted && end < last - 5 && !halts.some(([from, to]) => start <= to + 1 && end >= from - 1)) halts.push([start, end])
  }
  return halts.sort((one, other) => one[0] - other[0])
}
