import { readFileSync } from 'node:fs'

/** Ends of a row that a run without a fault comes to. */
const SOUND = new Set(['hit', 'miss', 'no_data'])

/** Throws where the rows of a row file are not as many as `expected`, or where one ended in a fault: what such a run took is no measure. */
export function checkRows(file: string, expected: number): void {
  const counts = new Map<string, number>()
  const rows = readStatuses(file)
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1)
  const faults = [...counts].filter(([status]) => !SOUND.has(status))
  if (faults.length > 0) throw new Error(`${faults.map(([status, count]) => `${count} rows are ${status}`).join(', ')}: such a run is no measure`)
  if (rows.length !== expected) throw new Error(`${rows.length} rows came of ${expected}`)
}

/** The rows that a script decided, and the hits among them, in all and by symbol. */
export function countHits(file: string): { scanned: number; hits: number; bySymbol: ReadonlyMap<string, number> } {
  const bySymbol = new Map<string, number>()
  let [scanned, hits] = [0, 0]
  for (const { symbol, status } of readStatuses(file)) {
    if (status === 'hit' || status === 'miss') scanned++
    if (status !== 'hit') continue
    hits++
    bySymbol.set(symbol, (bySymbol.get(symbol) ?? 0) + 1)
  }
  return { scanned, hits, bySymbol }
}

/** A line is `Symbol,Date,Status,…`, and neither of the first two holds a comma. */
function readStatuses(file: string): { symbol: string; status: string }[] {
  const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  return lines.map((line) => {
    const [symbol = '', , status = ''] = line.split(',', 3)
    return { symbol, status }
  })
}

/** The values of one of the last columns, such as those that `--timings` adds, without those that are empty. Counted from the end: a row's data, further in front, may hold commas. */
export function columnOf(file: string, name: string): string[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
  const names = header.split(',')
  const fromEnd = names.length - names.indexOf(name)
  return lines.map((line) => line.split(',').at(-fromEnd)!).filter((text) => text !== '')
}
