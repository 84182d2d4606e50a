/** Middle value; the higher of the two in the middle of an even number. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

/** Median of those that are known, or null where none is. */
export function medianKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : median(known)
}

/** Sum of all but the highest hundredth: where others use the machine too, those tell of them. */
export function sumOfMost(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sum(sorted.slice(0, Math.ceil(sorted.length * 0.99)))
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
