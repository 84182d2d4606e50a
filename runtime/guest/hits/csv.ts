import { listPush, makeObjects, newList, stringIndexOf, stringSlice, stringTrim } from '../language/intrinsics.ts'
import { symbolOf } from './identity.ts'

const MAX_ROWS = 100_000
const MAX_COLUMNS = 256

/** The rows of a CSV text (RFC 4180) as objects by its header, where that names a column of symbols; undefined for any other text. */
export function rowsOfCsv(text: string): object[] | undefined {
  const lines = readLines(text)
  const header = lines[0]
  if (header === undefined || header.length > MAX_COLUMNS) return undefined
  // A header alone says that there are no hits, where one of its columns is of symbols.
  if (lines.length < 2) return header.length > 1 && symbolOf(rowOf(header, header)) !== null ? newList<object>() : undefined
  const rows = makeObjects(lines.length - 1, (place) => rowOf(header, lines[place + 1]!))
  return symbolOf(rows[0]!) === null ? undefined : rows
}

function rowOf(header: readonly string[], fields: readonly string[]): object {
  const row: Record<string, string> = { __proto__: null } as never
  for (let i = 0; i < header.length && i < fields.length; i++) if (header[i] !== '__proto__') row[header[i]!] = fields[i]!
  return row
}

function readLines(text: string): string[][] {
  const lines = newList<string[]>()
  let at = text[0] === '\ufeff' ? 1 : 0
  while (at < text.length && lines.length <= MAX_ROWS) {
    const fields = newList<string>()
    let isOpen = true
    while (isOpen) {
      const { value, end } = text[at] === '"' ? quoted(text, at + 1) : plain(text, at)
      listPush(fields, value)
      isOpen = text[end] === ','
      at = end + 1
    }
    if (text[at - 1] === '\r' && text[at] === '\n') at++
    if (fields.length > 1 || fields[0] !== '') listPush(lines, fields)
  }
  return lines
}

function plain(text: string, start: number): { value: string; end: number } {
  let end = start
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end++
  return { value: stringTrim(stringSlice(text, start, end)), end }
}

function quoted(text: string, start: number): { value: string; end: number } {
  let value = ''
  let at = start
  for (;;) {
    const close = stringIndexOf(text, '"', at)
    if (close === -1) return { value: value + stringSlice(text, at), end: text.length }
    value += stringSlice(text, at, close)
    if (text[close + 1] !== '"') return { value, end: plain(text, close + 1).end }
    value += '"'
    at = close + 2
  }
}
