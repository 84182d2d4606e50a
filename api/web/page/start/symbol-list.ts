/** Symbols of a text as people paste it: separated by white space, commas or semicolons, in quotes or not, each once. */
export function symbolsIn(text: string): string[] {
  const words = text.split(/[\s,;|]+/).map((word) => word.replaceAll(/^["'$]+|["']+$/g, '').toUpperCase()).filter((word) => /^[A-Z0-9][A-Z0-9.^/-]{0,39}$/.test(word))
  // The head of a column of a file.
  return [...new Set(words)].filter((word, place) => !(place === 0 && /^(SYMBOLS?|TICKERS?)$/.test(word)))
}
