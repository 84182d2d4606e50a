import { clamp } from '../factors.ts'
import type { RandomStream } from '../random.ts'

/** What a symbol's trading so far says of it. */
export interface Trading {
  /** Median dollars traded a session, over up to a year. */
  readonly dollarVolume: number
  /** Price at the close in force. */
  readonly price: number
  /** Volume of the session in force over its usual level. */
  readonly activity: number
  /** Sessions since it was listed, where that lies within the market; else infinite. */
  readonly sessionsListed: number
}

/** How the options of a symbol trade. */
export interface OptionTrading {
  /** Contracts that change hands in a usual session, all strikes and expirations. */
  readonly usualVolume: number
  /** The same in the session in force. */
  readonly volume: number
  /** Half the width of a quote at the money, in volatility. */
  readonly volWidth: number
  /** Width of the underlying's own quote in dollars. */
  readonly underlyingSpread: number
  /** Ticks that no quote is narrower than. */
  readonly leastTicks: number
  /** Smallest price step below and from $3 on: pennies throughout for the largest funds, then the penny programme, then the rest. */
  readonly tickBelow3: number
  readonly tickFrom3: number
}

/** Which series of a symbol are listed. */
export interface ListingProgramme {
  /** Every session of the next two weeks. */
  readonly isDaily: boolean
  /** How many Fridays ahead have weekly series; 0 where there are none. */
  readonly weeklies: number
  /** How many consecutive months have a standard series. */
  readonly serialMonths: number
  /** How many months of the quarterly cycle follow these. */
  readonly cycleMonths: number
  /** 0 for January, April, July and October; 1 for the months after these; 2 for the rest. */
  readonly cycle: number
  /** How many ends of a quarter have a series; 0 where there are none. */
  readonly quarterlies: number
  /** January series of the next two or three years. */
  readonly hasLeaps: boolean
  /** June and December series of these years too. */
  readonly hasMidYearLeaps: boolean
}

const NEW_LISTING_SESSIONS = 60
const PENNY_PRICE = 1
const LOW_PRICE = 3
const DAILY_DOLLARS = 4e9
const WEEKLY_DOLLARS = 120e6
const QUARTERLY_DOLLARS = 500e6
const LEAP_DOLLARS = 40e6
const MOST_CONTRACTS = 12_000_000
/** Option volume a day from which a name is in the penny programme. */
const PENNY_PROGRAMME_CONTRACTS = 4000

/**
 * Whether options are listed at all: none on penny stocks, on new listings and where hardly anything trades; on a rising
 * share of small caps; on nearly all names beyond. `luck` is the symbol's own uniform draw.
 */
export function isOptionable({ dollarVolume, price, sessionsListed }: Trading, luck: number): boolean {
  if (price < PENNY_PRICE || sessionsListed < NEW_LISTING_SESSIONS) return false
  if (price < LOW_PRICE) return dollarVolume > 4e6 && luck < 0.8
  const decades = Math.log10(dollarVolume / 2e5)
  return luck < clamp(decades * 0.42, 0, 1)
}

/** How options trade where they do, from the trading of the underlying. */
export function optionTrading(random: RandomStream, { dollarVolume, price, activity }: Trading, isFund: boolean): OptionTrading {
  const isDaily = isFund && dollarVolume >= DAILY_DOLLARS
  const interest = 0.7 + 1.35 * Math.log10(dollarVolume / 1e6) + 0.4 * Math.log10(50 / price) + 0.25 * random.normal() + (isDaily ? 0.35 : isFund ? -0.5 : 0)
  const usualVolume = clamp(Math.pow(10, interest), 0.2, MOST_CONTRACTS)
  const decades = Math.log10(usualVolume)
  const isPenny = usualVolume >= PENNY_PROGRAMME_CONTRACTS
  return {
    usualVolume,
    volume: usualVolume * clamp(activity, 0.05, 8),
    volWidth: clamp((isDaily ? 0.1 : 0.2) * Math.pow(10, -0.4 * decades) * Math.exp(0.25 * random.normal()), 0.0001, 0.2),
    underlyingSpread: Math.max(price < 1 ? 0.001 : 0.01, price * Math.min(0.0001 * Math.pow(1e10 / dollarVolume, 0.45), 0.03)),
    leastTicks: isDaily || decades > 5 ? 1 : decades > 3.6 ? 1 + random.below(2) : decades > 2.3 ? 1 + random.below(3) : 2 + random.below(6),
    tickBelow3: isPenny || isDaily ? 0.01 : 0.05,
    tickFrom3: isDaily ? 0.01 : isPenny ? 0.05 : 0.1,
  }
}

/** The series that the exchanges list for a symbol that trades so; `cycle` as in the programme. */
export function listingProgramme(cycle: number, { dollarVolume, price }: Trading, isFund: boolean): ListingProgramme {
  const isDaily = isFund && dollarVolume >= DAILY_DOLLARS
  const hasWeeklies = dollarVolume >= WEEKLY_DOLLARS && price >= LOW_PRICE
  return {
    isDaily,
    weeklies: !hasWeeklies ? 0 : dollarVolume >= 1e9 ? 8 : dollarVolume >= 3e8 ? 6 : 5,
    serialMonths: isDaily ? 7 : hasWeeklies ? 4 : 2,
    cycleMonths: hasWeeklies ? 3 : 2,
    cycle,
    quarterlies: isFund && dollarVolume >= QUARTERLY_DOLLARS ? 4 : 0,
    hasLeaps: dollarVolume >= LEAP_DOLLARS,
    hasMidYearLeaps: isDaily || dollarVolume >= 3e9,
  }
}
