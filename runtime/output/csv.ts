import type { Cell, Column } from './columns.ts'
import type { Paced } from './paced.ts'

/**
 * Lines of a CSV file (RFC 4180 quoting, UTF-8, `\n` line ends), header first. Nothing is an empty field, empty text `""`.
 * Values are exact: a text that begins with `=`, `+`, `-` or `@` is not altered, so that programs read what the script
 * wrote. A spreadsheet may take such a cell of an untrusted script for a formula: import the columns as text there.
 */
export function* csvLines<T>(rows: Iterable<Paced<T>>, columns: Column<T>[]): Generator<Paced<string>> {
  yield `${columns.map((column) => csvField(column.name)).join(',')}\n`
  // Most columns say the same row after row: what a text became is kept until another one comes.
  const texts = columns.map(() => '')
  const fields = columns.map(() => csvField(''))
  for (const row of rows) {
    if (row === undefined) {
      yield undefined
      continue
    }
    let line = ''
    for (let place = 0; place < columns.length; place++) {
      const value = columns[place]!.value(row)
      if (typeof value === 'string' && value !== texts[place]) {
        texts[place] = value
        fields[place] = csvField(value)
      }
      line += (place === 0 ? '' : ',') + (typeof value === 'string' ? fields[place]! : csvField(value))
    }
    yield `${line}\n`
  }
}

function csvField(value: Cell): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  // Blanks at the ends are quoted as well: some readers trim them otherwise.
  if (value === '' || /[",\r\n]|^\s|\s$/.test(value)) return `"${value.replaceAll('"', '""')}"`
  return value
}
