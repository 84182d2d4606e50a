import { closureReason } from '../../sdk/calendar.ts'
import { dayFromIso, isoFromDay } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { SnapshotReader } from '../market/snapshot-reader.ts'
import type { PrefilterCandidate, PrefilterDate } from '../prefilter/candidate.ts'
import { prefilter, type PrefilterResult } from '../prefilter/prefilter.ts'
import type { PrefilterSettings } from './run.ts'

const UNREAD = { meanVolume: Number.NaN, meanDollarVolume: Number.NaN, lastClose: Number.NaN }

/** The prefilter's verdicts on all symbols as of one date, from the snapshot's bars up to that date. */
export function screenDate(
  snapshot: Snapshot,
  reader: SnapshotReader,
  symbols: readonly string[],
  snapshotIndexes: readonly number[],
  date: string,
  settings: PrefilterSettings | null,
  window: number,
): PrefilterResult {
  const day = dayFromIso(date)
  const { counts, firstDays, lastDays } = snapshot.index
  const candidates = symbols.map((symbol, position): PrefilterCandidate => {
    const index = snapshotIndexes[position]!
    // Without a prefilter only the bar on the date counts, and the index tells of the last one without a read.
    if (settings === null && index >= 0 && lastDays[index] === day) return { symbol, barOnDate: true, bars: 1, ...UNREAD, firstBar: null, lastBar: date }
    // Nor is one read that ended before the date.
    if (index >= 0 && lastDays[index]! < day) return { symbol, barOnDate: false, bars: counts[index]!, ...UNREAD, firstBar: isoFromDay(firstDays[index]!), lastBar: isoFromDay(lastDays[index]!) }
    return candidateOf(snapshot, reader, symbol, index, day, window)
  })
  return prefilter(candidates, settings, dateOf(snapshot, day))
}

/** A date as the prefilter's reasons tell of it. */
export function dateOf(snapshot: Snapshot, day: number): PrefilterDate {
  return { date: isoFromDay(day), closure: isSession(snapshot, day) ? null : (closureReason(day) ?? 'no session in the data') }
}

/** What the prefilter sees of a symbol as of a day. @param index place in the snapshot, -1 for one that it does not have; @param window bars that means are taken over */
export function candidateOf(snapshot: Snapshot, reader: SnapshotReader, symbol: string, index: number, day: number, window: number): PrefilterCandidate {
  if (index < 0) return { symbol, barOnDate: false, bars: 0, ...UNREAD, firstBar: null, lastBar: null }
  const { firstDays, lastDays } = snapshot.index
  const recent = reader.recent(index, day, window)
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
  return snapshot.sessions.includes(day)
}
