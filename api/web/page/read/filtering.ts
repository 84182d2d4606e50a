/** Whether a value satisfies every word of a filter: `aapl`, `-crm`, `score>5`, `rsi<30 status:failed`. */
export type Matcher<T> = (item: T) => boolean

const COMPARED = /^([\w.]+)(>=|<=|>|<|=)(-?[\d.]+)$/

/**
 * The matcher of a filter as people type it: words that the text must hold (`-word`: must not), and comparisons of numbers.
 * @param textOf in lower case
 * @param numberOf the number of a name, undefined where there is none: the comparison is then false
 */
export function matcher<T>(
  filter: string,
  textOf: (item: T) => string,
  numberOf: (item: T, name: string) => number | undefined,
): Matcher<T> {
  const tests = filter
    .trim()
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-')
    .map((word): Matcher<T> => {
      const [, name, sign, limit] = COMPARED.exec(word) ?? []
      if (name !== undefined) return (item) => isSo(numberOf(item, name), sign!, Number(limit))
      return word.startsWith('-') ? (item) => !textOf(item).includes(word.slice(1)) : (item) => textOf(item).includes(word)
    })
  return (item) => tests.every((test) => test(item))
}

function isSo(value: number | undefined, sign: string, limit: number): boolean {
  if (value === undefined) return false
  return sign === '>'
    ? value > limit
    : sign === '<'
      ? value < limit
      : sign === '>='
        ? value >= limit
        : sign === '<='
          ? value <= limit
          : value === limit
}
