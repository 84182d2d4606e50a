import { setImmediate as nextTurn } from 'node:timers/promises'

import { closureReason } from '../../sdk/calendar.ts'
import { dayFromIso, isoFromDay } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { RecentBars, SnapshotReader } from '../market/snapshot-reader.ts'
import type { PrefilterCandidate, PrefilterDate } from '../prefilter/candidate.ts'
import { prefilter, type PrefilterResult } from '../prefilter/prefilter.ts'
import type { PrefilterSettings } from './run.ts'

/**
 * Symbols between two turns of others, by number and not by the clock: a run goes the same way whenever it is played.
 * Sixteen dates of them take some 2 ms.
 */
const SYMBOLS_A_TURN = 64
const UNREAD = { meanVolume: Number.NaN, meanDollarVolume: Number.NaN, lastClose: Number.NaN }

export interface ScreenedMarket {
  readonly snapshot: Snapshot
  readonly reader: SnapshotReader
  readonly symbols: readonly string[]
  /** Place of each symbol in the snapshot, -1 for one that it does not have. */
  readonly snapshotIndexes: readonly number[]
  /** Bars that means are taken over. */
  readonly window: number
}

/**
 * The prefilter's verdicts on all symbols as of each date, from the snapshot's bars up to that date. Each symbol's bars are
 * read once for all dates. Others get their turns meanwhile.
 */
export async function screenDates(market: ScreenedMarket, dates: readonly string[], settings: PrefilterSettings | null): Promise<PrefilterResult[]> {
  const days = dates.map(dayFromIso)
  const candidates = days.map((): PrefilterCandidate[] => [])
  for (const [position, symbol] of market.symbols.entries()) {
    const seen = candidatesOf(market, symbol, market.snapshotIndexes[position]!, days, settings === null)
    for (let at = 0; at < days.length; at++) candidates[at]!.push(seen[at]!)
    if (position % SYMBOLS_A_TURN === SYMBOLS_A_TURN - 1) await nextTurn()
  }
  const results: PrefilterResult[] = []
  for (const [at, day] of days.entries()) {
    results.push(prefilter(candidates[at]!, settings, dateOf(market.snapshot, day)))
    await nextTurn()
  }
  return results
}

/** A symbol as of each day. */
function candidatesOf({ snapshot, reader, window }: ScreenedMarket, symbol: string, index: number, days: readonly number[], isOff: boolean): PrefilterCandidate[] {
  const { counts, firstDays, lastDays } = snapshot.index
  let recents: RecentBars[] | null = null
  return days.map((day, at) => {
    // Without a prefilter only the bar on the date counts, and the index tells of the last one without a read.
    if (isOff && index >= 0 && lastDays[index] === day) {
      return { symbol, barOnDate: true, bars: 1, ...UNREAD, firstBar: null, lastBar: isoFromDay(day) }
    }
    // Nor is one read that ended before the date.
    if (index >= 0 && lastDays[index]! < day) {
      const [firstBar, lastBar] = [isoFromDay(firstDays[index]!), isoFromDay(lastDays[index]!)]
      return { symbol, barOnDate: false, bars: counts[index]!, ...UNREAD, firstBar, lastBar }
    }
    recents ??= index < 0 ? [] : reader.recents(index, days, window)
    return candidateFrom(snapshot, reader, symbol, index, day, recents[at] ?? null)
  })
}

/** A date as the prefilter's reasons tell of it. */
export function dateOf(snapshot: Snapshot, day: number): PrefilterDate {
  return { date: isoFromDay(day), closure: isSession(snapshot, day) ? null : (closureReason(day) ?? 'no session in the data') }
}

/**
 * What the prefilter sees of a symbol as of a day.
 * @param index place in the snapshot, -1 for one that it does not have;
 * @param window bars that means are taken over
 */
export function candidateOf(snapshot: Snapshot, reader: SnapshotReader, symbol: string, index: number, day: number, window: number): PrefilterCandidate {
  return candidateFrom(snapshot, reader, symbol, index, day, index < 0 ? null : reader.recent(index, day, window))
}

/** @param recent null for a symbol that the snapshot does not have */
function candidateFrom(snapshot: Snapshot, reader: SnapshotReader, symbol: string, index: number, day: number, recent: RecentBars | null): PrefilterCandidate {
  if (recent === null) return { symbol, barOnDate: false, bars: 0, ...UNREAD, firstBar: null, lastBar: null }
  const { firstDays, lastDays } = snapshot.index
  return {
    symbol,
    barOnDate: recent.barOnDay,
    bars: recent.bars,
    meanVolume: recent.meanVolume,
    meanDollarVolume: recent.meanDollarVolume,
    lastClose: recent.lastClose,
    firstBar: isoFromDay(firstDays[index]!),
    // Only a symbol without a bar on the date is told about its last one.
    lastBar: recent.bars === 0 ? null : recent.barOnDay ? isoFromDay(day) : lastBarBefore(reader, index, day, lastDays[index]!),
  }
}

function lastBarBefore(reader: SnapshotReader, index: number, day: number, lastDay: number): string | null {
  if (lastDay <= day) return isoFromDay(lastDay)
  const found = reader.readWindow(index, day, 1).day[0]
  return found === undefined ? null : isoFromDay(found)
}

function isSession(snapshot: Snapshot, day: number): boolean {
  return snapshot.sessions.includes(day) || snapshot.thinSessions.includes(day)
}
