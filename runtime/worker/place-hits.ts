import { plainSymbol } from '../guest/hits/identity.ts'
import type { WholeHit } from '../isolate/scanner-isolate.ts'

export interface PlacedHits {
  /** Outcomes by the row that they are of: the symbol's position times the number of dates, plus the date's. */
  placed: Map<number, unknown[]>
  /** Those of symbols or dates that were not asked for, as shown to people. */
  strays: string[]
}

/**
 * The row of each hit that a script reports over a list of symbols and dates: of the symbol as it was given, else of the only one that
 * is spelled otherwise (`BRK-B` for `BRK.B`); without a date, of the last. A printed table, list or file that names
 * none of the symbols is no list of hits.
 * @param isSymbol whether a name is one of the market's, which stands for that symbol alone, also where only others were asked for
 */
export function placeHits(
  hits: readonly WholeHit[],
  symbols: readonly string[],
  dates: readonly string[],
  isSymbol: (name: string) => boolean = () => false,
): PlacedHits {
  const positions = new Map(symbols.map((symbol, position) => [symbol, position]))
  const datePositions = new Map(dates.map((date, position) => [date, position]))
  let spelled: Map<string, number | null> | null = null
  const positionOf = (name: string): number | undefined =>
    positions.get(name) ?? (isSymbol(name) ? undefined : ((spelled ??= spellings(symbols)).get(plainSymbol(name)) ?? undefined))
  const placed = new Map<number, unknown[]>()
  const strays: { shown: string; table: number | undefined }[] = []
  const tables = new Set<number | undefined>()
  for (const { symbol, date, table, outcome } of hits) {
    const name = symbol.trim().toUpperCase()
    const position = positionOf(name)
    const datePosition = date === null ? dates.length - 1 : datePositions.get(date)
    if (position !== undefined) tables.add(table)
    if (position === undefined || datePosition === undefined) {
      strays.push({ shown: date === null ? name : `${name} ${date}`, table })
      continue
    }
    const item = position * dates.length + datePosition
    const found = placed.get(item)
    if (found === undefined) placed.set(item, [outcome])
    else found.push(outcome)
  }
  const isStray = ({ table }: { table: number | undefined }): boolean => table === undefined || placed.size === 0 || tables.has(table)
  return { placed, strays: strays.filter(isStray).map(({ shown }) => shown) }
}

/** Position of each symbol by its plain spelling; null where two are spelled alike. */
function spellings(symbols: readonly string[]): Map<string, number | null> {
  const found = new Map<string, number | null>()
  for (const [position, symbol] of symbols.entries()) {
    const plain = plainSymbol(symbol)
    found.set(plain, found.has(plain) ? null : position)
  }
  return found
}
