import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

/** Recorded reference values, beside the repository; tests that need them are skipped where they are absent. */
export const referenceFolder = join(fileURLToPath(new URL('../../../../../', import.meta.url)), 'shared', 'data', 'reference_values')
export const referencesPresent = existsSync(referenceFolder)

/** Columns of a CSV file by header, each cell as its text. */
export interface Sheet {
  readonly rows: number
  text(header: string): string[]
  numbers(header: string): Float64Array
}

export function readSheet(path: string): Sheet {
  const bytes = readFileSync(path)
  const lines = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split(/\r?\n/)
  const headers = lines[0]!.split(',').map((header) => header.trim())
  const cells = lines.slice(1).map((line) => line.split(','))
  const text = (header: string): string[] => {
    const position = headers.indexOf(header)
    if (position < 0) throw new Error(`${path} has no column ${header}: ${headers.join(' | ')}`)
    return cells.map((row) => (row[position] ?? '').trim())
  }
  return { rows: cells.length, text, numbers: (header) => Float64Array.from(text(header), numberOf) }
}

export function numberOf(text: string): number {
  return text === '' || text === 'NaN' ? Number.NaN : Number(text)
}

/** Half of the last printed digit of a number's text: how far the value behind it may be from it. */
export function printedPrecision(text: string): number {
  const [, digits = '', exponent = '0'] = /^[+-]?([\d.]+)(?:e([+-]?\d+))?$/i.exec(text) ?? []
  const decimals = digits.includes('.') ? digits.length - digits.indexOf('.') - 1 : 0
  return 0.5 * 10 ** (Number(exponent) - decimals)
}

/** Blocks of a Tulip test file: name, options, and the columns that follow (inputs, then expected outputs). */
export interface TulipBlock {
  readonly name: string
  readonly options: readonly number[]
  readonly columns: readonly (readonly string[])[]
}

export function readTulip(path: string): TulipBlock[] {
  const blocks: { name: string; options: number[]; columns: string[][] }[] = []
  for (const line of readFileSync(path, 'utf8').split(/\r?\n/)) {
    if (/^[a-z]/.test(line)) {
      const [name = '', ...options] = line.trim().split(/\s+/)
      blocks.push({ name, options: options.map(Number), columns: [] })
    } else if (line.startsWith('{')) {
      const inner = line.slice(1, line.lastIndexOf('}'))
      blocks.at(-1)!.columns.push(inner === '' ? [] : inner.split(',').map((cell) => cell.trim()))
    }
  }
  return blocks
}
