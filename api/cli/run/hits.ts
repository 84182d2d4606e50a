import type { Row } from '../host-types.ts'
import { table } from '../table.ts'
import { counted, dataSummary, oneLine, short } from '../text.ts'

/** Rows of the table of hits at most. */
const SHOWN = 25

/** The best hits by score, best first, those of equal or no score in the run's order; and how many there are in all. */
function bestHits(rows: Iterable<Row>, most = SHOWN): { best: Row[]; total: number } {
  const best: Row[] = []
  let total = 0
  for (const row of rows) {
    total++
    const at = best.findIndex((other) => scoreOf(row) > scoreOf(other))
    if (at >= 0) best.splice(at, 0, row)
    else if (best.length < most) best.push(row)
    if (best.length > most) best.pop()
  }
  return { best, total }
}

const scoreOf = (row: Row): number => row.score ?? -Infinity

/** Lines of the table of hits, with a count of what is not shown. */
export function hitLines(rows: Iterable<Row>, width: number, rest: string): string[] {
  const { best, total } = bestHits(rows)
  if (total === 0) return ['No hits.']
  const cells = best.map((row) => [
    oneLine(row.symbol),
    row.date,
    row.score === null ? '' : short(row.score),
    row.direction ?? '',
    dataSummary(row.data),
    row.strategies.map(oneLine).join(', '),
  ])
  const lines = table(
    [{ title: 'Symbol' }, { title: 'Date', yields: true }, { title: 'Score', align: 'right' }, { title: 'Direction', yields: true }, { title: 'Data', shrinks: true, yields: true }, { title: 'Strategies', shrinks: true, yields: true }],
    cells,
    width,
  )
  const hidden = total - best.length
  return [`${counted(total, 'hit')}${hidden > 0 ? (best.some(({ score }) => score !== null) ? `, the ${best.length} with the highest scores` : `, the first ${best.length}`) : ''}:`, ...lines, ...(hidden > 0 ? [`… ${counted(hidden, 'more hit')}; ${rest}`] : [])]
}
