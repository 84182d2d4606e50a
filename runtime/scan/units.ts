/** A slice of symbols on one date for a per-symbol scanner. `positions` are places of rows in the run. */
export interface ScanUnit {
  kind: 'scan'
  id: number
  dateIndex: number
  positions: number[]
}

/** Symbols and dates that a `main` or `script` scanner gets at once. */
export interface WholeUnit {
  kind: 'whole'
  id: number
  symbolIndexes: number[]
  dateIndexes: number[]
  /** Whether it may be divided to find the symbol at fault. */
  isDivisible: boolean
  divisions: number
}

/** The hits of one date, whose rank step is due. */
export interface RankUnit {
  kind: 'rank'
  id: number
  dateIndex: number
  positions: number[]
}

export type Unit = ScanUnit | RankUnit | WholeUnit

/** Place of a row in its run: symbols in the order asked for, dates within a symbol. */
export function positionOf(symbolIndex: number, dateIndex: number, dateCount: number): number {
  return symbolIndex * dateCount + dateIndex
}

/** Places of the rows of a unit, by item. */
export function unitPositions(unit: Unit, dateCount: number): number[] {
  if (unit.kind !== 'whole') return unit.positions
  return unit.symbolIndexes.flatMap((symbolIndex) => unit.dateIndexes.map((dateIndex) => positionOf(symbolIndex, dateIndex, dateCount)))
}

/** Rows of a unit. */
export const rowsOf = (unit: Unit): number => (unit.kind === 'whole' ? unit.symbolIndexes.length * unit.dateIndexes.length : unit.positions.length)

/** Rows of a per-symbol scanner that wait for a worker, date by date. */
export class ScanBacklog {
  readonly #groups: { dateIndex: number; positions: number[] }[]
  #size: number

  /** @param groups positions in the order in which they are to be handed out */
  constructor(groups: { dateIndex: number; positions: number[] }[]) {
    // Reversed, so that taking from the end takes in order.
    this.#groups = groups.filter(({ positions }) => positions.length > 0).map((group) => ({ ...group, positions: group.positions.toReversed() })).reverse()
    this.#size = groups.reduce((sum, { positions }) => sum + positions.length, 0)
  }

  get size(): number {
    return this.#size
  }

  take(id: number, most: number): ScanUnit | null {
    const group = this.#groups.at(-1)
    if (group === undefined) return null
    const positions = group.positions.splice(-most).reverse()
    if (group.positions.length === 0) this.#groups.pop()
    this.#size -= positions.length
    return { kind: 'scan', id, dateIndex: group.dateIndex, positions }
  }

  /** Hands rows back, to be taken next. */
  putBack(dateIndex: number, positions: number[]): void {
    if (positions.length === 0) return
    this.#groups.push({ dateIndex, positions: positions.toReversed() })
    this.#size += positions.length
  }

  /** Every position that was never taken, in order. */
  *drain(): Generator<number> {
    for (let unit = this.take(0, Number.MAX_SAFE_INTEGER); unit !== null; unit = this.take(0, Number.MAX_SAFE_INTEGER)) yield* unit.positions
  }
}

const SUSPECT_ROUNDS = 3
/**
 * Parts of a unit that failed. One symbol at fault is found in about as many runs as by halves, and where all are at fault there are less
 * than half more runs than symbols, instead of twice as many.
 */
const PARTS = 4

/**
 * Divides a failed unit so that the symbol at fault ends alone: by the suspect where there is one and the guess has not
 * failed too often, else into a few parts of like size. Null where it cannot be divided.
 */
export function divideUnit(unit: WholeUnit, suspectSymbolIndex: number | null, nextId: () => number): WholeUnit[] | null {
  if (!unit.isDivisible || unit.symbolIndexes.length < 2) return null
  const part = (symbolIndexes: number[]): WholeUnit => ({ ...unit, id: nextId(), symbolIndexes, divisions: unit.divisions + 1 })
  if (suspectSymbolIndex !== null && unit.divisions < SUSPECT_ROUNDS) {
    return [part([suspectSymbolIndex]), part(unit.symbolIndexes.filter((index) => index !== suspectSymbolIndex))]
  }
  const count = Math.min(PARTS, unit.symbolIndexes.length)
  const ends = Array.from({ length: count }, (_, at) => Math.round((unit.symbolIndexes.length * (at + 1)) / count))
  return ends.map((end, at) => part(unit.symbolIndexes.slice(ends[at - 1] ?? 0, end)))
}
