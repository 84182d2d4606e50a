import { toColumn, type NumericColumn, type Stream } from './input.ts'

/**
 * 1 where `first` crosses above `second` at that bar (above now, at or below on the bar before), else 0;
 * NaN at index 0 and where any of the four values is missing.
 * @param first, second series of one length, oldest first, or a number for a fixed level
 */
export function crossOver(first: NumericColumn | number, second: NumericColumn | number): Float64Array {
  return crossings('crossOver', first, second)
}

/** 1 where `first` crosses below `second` at that bar (below now, at or above on the bar before); otherwise as `crossOver`. */
export function crossUnder(first: NumericColumn | number, second: NumericColumn | number): Float64Array {
  return crossings('crossUnder', second, first)
}

/** `crossOver` one pair of values at a time. */
export function crossOverStream(): Stream<{ readonly first: number; readonly second: number }> {
  let previous = Number.NaN
  return {
    next({ first, second }) {
      const side = sideOf(first, second)
      const output = crossed(previous, side)
      previous = side
      return output
    },
  }
}

/** `crossUnder` one pair of values at a time. */
export function crossUnderStream(): Stream<{ readonly first: number; readonly second: number }> {
  const crossing = crossOverStream()
  return { next: ({ first, second }) => crossing.next({ first: second, second: first }) }
}

function crossings(owner: string, rising: NumericColumn | number, other: NumericColumn | number): Float64Array {
  if (typeof rising === 'number' && typeof other === 'number') {
    throw new TypeError(`${owner}: at least one of the two must be a series, got two numbers`)
  }
  const upper = typeof rising === 'number' ? null : toColumn(rising, owner, 'the series')
  const lower = typeof other === 'number' ? null : toColumn(other, owner, 'the series')
  const length = (upper ?? lower!).length
  if (upper !== null && lower !== null && upper.length !== lower.length) {
    throw new RangeError(`${owner}: the two series have ${upper.length} and ${lower.length} values; they must be of one length`)
  }
  const output = new Float64Array(length)
  let previous = Number.NaN
  for (let index = 0; index < length; index++) {
    const side = sideOf(upper === null ? (rising as number) : upper[index]!, lower === null ? (other as number) : lower[index]!)
    output[index] = crossed(previous, side)
    previous = side
  }
  return output
}

/** 1 above, 0 at or below, NaN where either is missing. */
function sideOf(value: number, level: number): number {
  return value > level ? 1 : value <= level ? 0 : Number.NaN
}

function crossed(before: number, now: number): number {
  if (before !== before || now !== now) return Number.NaN
  return now > before ? 1 : 0
}
