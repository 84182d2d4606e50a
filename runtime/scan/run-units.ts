import type { KeptRows } from './screening.ts'
import type { WholeUnit } from './units.ts'
import { divideSymbols } from './work-queue.ts'

export interface WholeUnitOptions {
  kept: KeptRows[]
  dateCount: number
  /** All dates in one unit. */
  datesTogether: boolean
  /** Symbols may be divided among units. */
  isDivisible: boolean
  /** Most symbols of one unit. */
  most: number
  workers: number
}

/** The units of a scanner that takes its symbols at once: as few as its meaning and the workers allow. */
export function wholeUnits(options: WholeUnitOptions): Omit<WholeUnit, 'id'>[] {
  const { kept, dateCount, datesTogether, isDivisible, most, workers } = options
  const groups = datesTogether
    ? [{ dateIndexes: kept.map(({ dateIndex }) => dateIndex), symbolIndexes: symbolsOf(kept.flatMap(({ positions }) => positions), dateCount) }]
    : kept.map(({ dateIndex, positions }) => ({ dateIndexes: [dateIndex], symbolIndexes: symbolsOf(positions, dateCount) }))
  return groups
    .filter(({ symbolIndexes }) => symbolIndexes.length > 0)
    .flatMap(({ dateIndexes, symbolIndexes }) => {
      // Dates are parts already: a context of its own costs milliseconds, and more of them than keep the workers busy
      // cost more than they give.
      const parts = isDivisible ? divideSymbols(symbolIndexes.length, workers / groups.length, most) : [{ from: 0, to: symbolIndexes.length }]
      return parts.map(({ from, to }) => ({ kind: 'whole' as const, symbolIndexes: symbolIndexes.slice(from, to), dateIndexes, isDivisible, divisions: 0 }))
    })
}

function symbolsOf(positions: number[], dateCount: number): number[] {
  return [...new Set(positions.map((position) => Math.floor(position / dateCount)))].sort((a, b) => a - b)
}
