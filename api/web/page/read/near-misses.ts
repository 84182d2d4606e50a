import type { Row } from '../server/types.ts'

const NUMBERS = /\d[\d,]*(?:\.\d+)?/g

/**
 * Rejected rows, those in front that missed what was asked of them by the smallest factor. A reason says first what a
 * symbol had and last what it was held against; rows whose reason names no two numbers are left out.
 */
export function nearestRejected(rows: readonly Row[]): Row[] {
  const known = rows.flatMap((row) => {
    const away = factorOf(row.reason)
    return away === null ? [] : [{ row, away }]
  })
  return known.toSorted((one, other) => one.away - other.away).map(({ row }) => row)
}

function factorOf(reason: string): number | null {
  const numbers = (reason.match(NUMBERS) ?? []).map((text) => Number(text.replaceAll(',', '')))
  if (numbers.length < 2) return null
  const away = Math.abs(Math.log(numbers[0]! / numbers.at(-1)!))
  return Number.isFinite(away) ? away : null
}
