import type { Snapshot } from '../market/snapshot.ts'
import type { SnapshotReader } from '../market/snapshot-reader.ts'
import { mergeFunnels } from '../prefilter/funnel.ts'
import type { PrefilterVerdict } from '../prefilter/prefilter.ts'
import type { Funnel, PrefilterSettings } from './run.ts'
import type { RunScope } from './scope.ts'
import { screenDate } from './screen.ts'
import { positionOf } from './units.ts'

export interface ScreeningOptions {
  snapshot: Snapshot
  reader: SnapshotReader
  scope: RunScope
  snapshotIndexes: readonly number[]
  /** Null where the prefilter is off. */
  settings: PrefilterSettings | null
  /** Bars that means are taken over, also where the prefilter is off. */
  window: number
  /** All dates are scanned at once: the earliest decides who is kept, for all of them. */
  datesTogether: boolean
  /** A row that will not be scanned. */
  settleOut(position: number, status: 'rejected' | 'no_data', reason: string): void
  /** Between two dates: lets others have a turn, and may throw to give up. */
  pause(datesDone: number): Promise<void>
}

/** Places of the rows to scan on one date. */
export interface KeptRows {
  dateIndex: number
  positions: number[]
}

/** Applies the prefilter on every date, settles who is out, and gives who stays, with the funnel summed over the dates. */
export async function screenRun(options: ScreeningOptions): Promise<{ kept: KeptRows[]; funnel: Funnel | null }> {
  const { scope, datesTogether, settings } = options
  const earliest = scope.dates.toSorted()[0]!
  const together = datesTogether ? screen(options, earliest, settings) : null
  const funnels: (Funnel | null)[] = together === null ? [] : [together.funnel]
  const kept: KeptRows[] = []
  for (const [dateIndex, date] of scope.dates.entries()) {
    const own = together === null || date !== earliest ? screen(options, date, together === null ? settings : null) : together
    if (together === null) funnels.push(own.funnel)
    kept.push({ dateIndex, positions: keptOn(options, dateIndex, own.verdicts, together?.verdicts ?? null, earliest) })
    await options.pause(dateIndex + 1)
  }
  return { kept, funnel: mergeFunnels(funnels.filter((funnel) => funnel !== null)) }
}

function screen({ snapshot, reader, scope, snapshotIndexes, window }: ScreeningOptions, date: string, settings: PrefilterSettings | null) {
  return screenDate(snapshot, reader, scope.symbols, snapshotIndexes, date, settings, window)
}

/** `own` says who has a bar on the date; where dates go together, `shared` is the earliest date's verdict for all. */
function keptOn(options: ScreeningOptions, dateIndex: number, own: readonly PrefilterVerdict[], shared: readonly PrefilterVerdict[] | null, earliest: string): number[] {
  const positions: number[] = []
  own.forEach((verdict, symbolIndex) => {
    const position = positionOf(symbolIndex, dateIndex, options.scope.dates.length)
    const decided = shared?.[symbolIndex] ?? verdict
    const asOf = shared === null ? '' : ` (all dates are scanned together, screened as of ${earliest})`
    if (verdict.outcome === 'no_data') options.settleOut(position, 'no_data', verdict.reason)
    else if (decided.outcome === 'kept') positions.push(position)
    else options.settleOut(position, decided.outcome, `${decided.reason}${asOf}`)
  })
  return positions
}
