/** Values up to which a column is kept: 25 years of days take a tenth. */
const MOST_KEPT = 65_536
const kept: Float64Array<ArrayBuffer>[] = []

/**
 * A column for values in between, so that an indicator allocates its result and nothing else. It is zero throughout, and
 * good until the same place is asked for again: by nobody, while an indicator has read its input and makes its result.
 * @param place 0 for the first that an indicator needs at once, 1 for the second, …
 */
export function scratchColumn(place: number, length: number): Float64Array<ArrayBuffer> {
  if (length > MOST_KEPT) return new Float64Array(length)
  const found = kept[place]
  const column = found !== undefined && found.length >= length ? found : (kept[place] = new Float64Array(Math.min(MOST_KEPT, 2 * length)))
  return column.subarray(0, length).fill(0)
}
