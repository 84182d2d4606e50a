/** Nothing as null, one as itself, several as a list: as Tradier sends whatever may be a list. */
export function oneOrMany<T>(items: readonly T[]): T | readonly T[] | null {
  return items.length === 0 ? null : items.length === 1 ? items[0]! : items
}
