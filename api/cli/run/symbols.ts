import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'

/** Symbols of `--symbols`, separated by commas or blanks, as typed. @throws flag_bad_value where there is none */
export function parseSymbols(text: string): string[] {
  const symbols = words(text)
  if (symbols.length > 0) return symbols
  throw new StrikescanError('flag_bad_value', {
    flag: '--symbols',
    value: JSON.stringify(text),
    allowed: 'symbols separated by commas',
    hint: 'As in --symbols AAPL,MSFT.',
  })
}

const HEADER = /^(symbols?|tickers?)$/i

/**
 * Symbols of a file: one a line or several separated by commas, semicolons or blanks, quoted or not; `#` begins a
 * comment; a first line that says `symbol` or `ticker` is a heading.
 * @throws input_file_empty
 */
export function parseSymbolsFile(path: string, bytes: Uint8Array): string[] {
  const text = new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes)
  const symbols = text.split(/\r\n|\r|\n/).flatMap((line) => words(line.replace(/#.*/, '')))
  if (symbols.length > 0 && HEADER.test(symbols[0]!)) symbols.shift()
  if (symbols.length > 0) return symbols
  throw new StrikescanError('input_file_empty', { what: 'The symbols file', path, hint: 'Put one symbol on each line; # begins a comment.' })
}

function words(text: string): string[] {
  return text.split(/[\s,;]+/).map((word) => word.replace(/^(["'])(.*)\1$/, '$2')).filter((word) => word !== '')
}
