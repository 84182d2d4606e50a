import { mergeFunnels } from '../prefilter/funnel.ts'
import type { PrefilterVerdict } from '../prefilter/prefilter.ts'
import type { Funnel, PrefilterSettings } from './run.ts'
import type { RunScope } from './scope.ts'
import { screenDates, type ScreenedMarket } from './screen.ts'
import { positionOf } from './units.ts'

export interface ScreeningOptions extends Omit<ScreenedMarket, 'symbols' | 'window'> {
  readonly scope: RunScope
  /** Null where the prefilter is off. */
  settings: PrefilterSettings | null
  /** All dates are scanned at once: the earliest decides who is kept, for all of them. */
  datesTogether: boolean
  /** A row that will not be scanned. */
  settleOut(position: number, status: 'rejected' | 'no_data', reason: string): void
  /** Between two dates: lets others have a turn, and may throw to give up. */
  pause(datesDone: number): Promise<void>
}

/** Dates for which a symbol's bars are read once: what is known of all symbols as of each is held meanwhile, some 2 MB a date. */
const DATES_AT_ONCE = 16

/** Places of the rows to scan on one date. */
export interface KeptRows {
  dateIndex: number
  positions: number[]
}

/** Applies the prefilter on every date, settles who is out, and gives who stays, with the funnel summed over the dates. */
export async function screenRun(options: ScreeningOptions): Promise<{ kept: KeptRows[]; funnel: Funnel | null }> {
  const { scope, datesTogether, settings } = options
  // Without a prefilter it only counts whether there is a bar.
  const market: ScreenedMarket = { ...options, symbols: scope.symbols, window: settings?.window ?? 1 }
  const earliest = scope.dates.toSorted()[0]!
  const together = datesTogether ? (await screenDates(market, [earliest], settings))[0]! : null
  const funnels: (Funnel | null)[] = together === null ? [] : [together.funnel]
  const kept: KeptRows[] = []
  for (let first = 0; first < scope.dates.length; first += DATES_AT_ONCE) {
    const dates = scope.dates.slice(first, first + DATES_AT_ONCE)
    const screened = await screenDates(market, dates, together === null ? settings : null)
    for (const [at, { funnel, verdicts }] of screened.entries()) {
      if (together === null) funnels.push(funnel)
      kept.push({ dateIndex: first + at, positions: keptOn(options, first + at, verdicts, together?.verdicts ?? null, earliest) })
      await options.pause(first + at + 1)
    }
  }
  return { kept, funnel: mergeFunnels(funnels.filter((funnel) => funnel !== null)) }
}

/** The past first, whatever order was asked for: what a script keeps of one date it finds again on the next. */
export function pastFirst(kept: readonly KeptRows[], dates: readonly string[]): KeptRows[] {
  return kept.toSorted((a, b) => (dates[a.dateIndex]! < dates[b.dateIndex]! ? -1 : 1))
}

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
