import { NumberIsNaN } from '../../language/intrinsics.ts'
import { aggregate, barRange, type Unit } from '../bars.ts'
import { dayFromIso, isoOf } from '../days.ts'
import { pathIs } from '../request.ts'
import { findBars, withoutSuffix } from '../symbols.ts'
import { textAnswer, type ApiHandler } from '../types.ts'

/** Stooq's CSV download, `https://stooq.com/q/d/l/?s=aapl.us&i=d`; no data is the text `No data` with status 200. */
export const stooq: ApiHandler = (request, market) => {
  const interval = request.query('i') ?? 'd'
  const unit: Unit | null = interval === 'd' ? 'day' : interval === 'w' ? 'week' : interval === 'm' ? 'month' : interval === 'q' ? 'quarter' : interval === 'y' ? 'year' : null
  if (!pathIs(request, ['q', 'd', 'l']) || unit === null) {
    market.note('api_path_refused', `Stooq: ${request.path}`)
    return textAnswer(404, `Strikescan does not answer ${request.path} with i=${interval}: it has /q/d/l/ with i=d, w, m, q or y`)
  }
  const bars = findBars(market, withoutSuffix(request.query('s') ?? '', '.US'))
  const first = request.query('d1')
  const last = request.query('d2')
  const from = first === null ? -Infinity : dayFromIso(first)
  const to = last === null ? Infinity : dayFromIso(last)
  if (bars === null || NumberIsNaN(from) || NumberIsNaN(to)) return textAnswer(200, 'No data')
  const list = aggregate(bars, barRange(bars, from, to), unit, 1, 1)
  if (list.length === 0) return textAnswer(200, 'No data')
  let text = 'Date,Open,High,Low,Close,Volume\r\n'
  for (let i = 0; i < list.length; i++) {
    const bar = list[i] as (typeof list)[number]
    // Stooq dates longer bars by their last session.
    text += `${isoOf(bar.last)},${bar.open},${bar.high},${bar.low},${bar.close},${bar.volume}\r\n`
  }
  return textAnswer(200, text, 'text/csv')
}
