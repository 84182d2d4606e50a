import { closureReason } from '../../sdk/calendar.ts'
import { dayFromIso, isoFromDay } from '../market/days.ts'
import type { Snapshot } from '../market/snapshot.ts'
import type { SnapshotReader } from '../market/snapshot-reader.ts'
import type { PrefilterCandidate } from '../prefilter/candidate.ts'
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
  const { firstDays, lastDays } = snapshot.index
  const candidates = symbols.map((symbol, position): PrefilterCandidate => {
    const index = snapshotIndexes[position]!
    if (index < 0) return { symbol, barOnDate: false, bars: 0, ...UNREAD, firstBar: null, lastBar: null }
    // Without a prefilter only the bar on the date counts, and the index tells of the last one without a read.
    if (settings === null && lastDays[index] === day) return { symbol, barOnDate: true, bars: 1, ...UNREAD, firstBar: null, lastBar: date }
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
      lastBar: recent.bars === 0 ? null : recent.barOnDay ? date : lastBarBefore(reader, index, day, lastDays[index]!),
    }
  })
  return prefilter(candidates, settings, { date, closure: isSession(snapshot, day) ? null : (closureReason(day) ?? 'no session in the data') })
}

function lastBarBefore(reader: SnapshotReader, index: number, day: number, lastDay: number): string | null {
  if (lastDay <= day) return isoFromDay(lastDay)
  const found = reader.readWindow(index, day, 1).day[0]
  return found === undefined ? null : isoFromDay(found)
}

function isSession(snapshot: Snapshot, day: number): boolean {
  return snapshot.sessions.includes(day)
}
