import type { Row } from '../scan/row.ts'
import type { Column } from './columns.ts'

/**
 * Lines of a CSV file (RFC 4180 quoting, UTF-8, `\n` line ends), header first. Nothing is an empty field, empty text `""`.
 * Values are exact: a text that begins with `=`, `+`, `-` or `@` is not altered, so that programs read what the script
 * wrote. A spreadsheet may take such a cell of an untrusted script for a formula: import the columns as text there.
 */
export function* csvLines(rows: Iterable<Row>, columns: Column[]): Generator<string> {
  yield `${columns.map((column) => column.name).join(',')}\n`
  for (const row of rows) {
    yield `${columns.map((column) => csvField(column.value(row))).join(',')}\n`
  }
}

function csvField(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  // Blanks at the ends are quoted as well: some readers trim them otherwise.
  if (value === '' || /[",\r\n]|^\s|\s$/.test(value)) return `"${value.replaceAll('"', '""')}"`
  return value
}
