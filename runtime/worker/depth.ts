/** True where a value of JSON is nested at most `most` levels deep: writing it again, or comparing it, then overflows no stack. */
export function isShallow(value: unknown, most: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return most > 0 && Object.values(value).every((entry) => isShallow(entry, most - 1))
}
