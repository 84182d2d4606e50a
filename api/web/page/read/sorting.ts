/** How a table is sorted: by which column, and whether its largest come first. */
export interface Sorting {
  readonly by: string
  readonly isDown: boolean
}

export type SortValue = number | string | null | undefined

/** Sorted anew; what has no value comes last in either direction, and what is equal stays in order. */
export function sorted<T>(items: readonly T[], valueOf: (item: T) => SortValue, isDown: boolean): T[] {
  const sign = isDown ? -1 : 1
  return items
    .map((item) => ({ item, value: valueOf(item) }))
    .sort((one, other) => compare(one.value, other.value, sign))
    .map(({ item }) => item)
}

function compare(one: SortValue, other: SortValue, sign: number): number {
  const [isOne, isOther] = [isThere(one), isThere(other)]
  if (!isOne || !isOther) return Number(isOther) - Number(isOne)
  if (typeof one === 'number' && typeof other === 'number') return sign * (one - other)
  return sign * (String(one) < String(other) ? -1 : String(one) > String(other) ? 1 : 0)
}

const isThere = (value: SortValue): boolean => value !== null && value !== undefined && value !== '' && !Number.isNaN(value)

/** A click on a column's head: sorts by it, largest first for numbers, and turns round the second time. */
export function nextSorting(current: Sorting | null, by: string, isNumeric: boolean): Sorting {
  return current?.by === by ? { by, isDown: !current.isDown } : { by, isDown: isNumeric }
}
