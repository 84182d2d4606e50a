const SYMBOL = /^[A-Z0-9][A-Z0-9.^/-]{0,39}$/

/** Symbols of a text as people paste it: separated by white space, commas or semicolons, in quotes or not, each once. */
export function symbolsIn(text: string): string[] {
  const words = wordsIn(text)
    .map((word) => word.toUpperCase())
    .filter((word) => SYMBOL.test(word))
  // The head of a column of a file.
  return [...new Set(words)].filter((word, place) => !(place === 0 && /^(SYMBOLS?|TICKERS?)$/.test(word)))
}

/** What stands between the symbols and can be none. */
export const strayIn = (text: string): string[] => wordsIn(text).filter((word) => !SYMBOL.test(word.toUpperCase()))

const wordsIn = (text: string): string[] =>
  text
    .split(/[\s,;|]+/)
    .map((word) => word.replaceAll(/^["'$]+|["']+$/g, ''))
    .filter((word) => word !== '')
