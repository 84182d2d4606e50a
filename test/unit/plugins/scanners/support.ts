import { readdirSync } from 'node:fs'

import { resolveParams, ta, type BarColumns, type ScanHit, type Scanner } from '../../../../sdk/index.ts'

const FOLDER = new URL('../../../../plugins/scanners/', import.meta.url)

/** Names of the scanners that ship, by their files. */
export const NAMES = readdirSync(FOLDER).map((name) => name.replace(/\.ts$/, '')).sort()

export async function load(name: string): Promise<Scanner> {
  return ((await import(new URL(`${name}.ts`, FOLDER).href)) as { default: Scanner }).default
}

/** Bars as rows of a table: open, high, low, close, volume. */
export type Row = readonly [open: number, high: number, low: number, close: number, volume: number]

export function columns(rows: readonly Row[]): BarColumns {
  const column = (at: 0 | 1 | 2 | 3 | 4): Float64Array => Float64Array.from(rows, (row) => row[at])
  const day = (index: number): string => new Date(Date.UTC(2020, 0, 1) + index * 86_400_000).toISOString().slice(0, 10)
  return { length: rows.length, date: rows.map((_, index) => day(index)), open: column(0), high: column(1), low: column(2), close: column(3), volume: column(4) }
}

/** What a scanner says of the last of these bars: its hit, or null for a miss. */
export function scan(scanner: Scanner, bars: BarColumns, given: Record<string, unknown> = {}): (ScanHit & { score: number; data: Record<string, number> }) | null {
  const silent = Object.assign(() => {}, { debug() {}, info() {}, warn() {}, error() {} })
  const params = resolveParams(scanner, given)
  const context = { symbol: 'TEST', date: bars.date.at(-1) ?? '2020-01-01', bars, ta, params, log: silent, history: () => null, shared: undefined }
  return (scanner.scan(context as never) ?? null) as never
}

/** A row around a close: opens there, two dollars of range, a million shares, unless said otherwise. */
export const quiet = (close: number, { open = close, high = Math.max(open, close) + 1, low = Math.min(open, close) - 1, volume = 1_000_000 } = {}): Row => [open, high, low, close, volume]

/** The same row over and over. */
export const repeat = (row: Row, times: number): Row[] => Array.from({ length: times }, () => row)

/** A reproducible stock: drifting, gapping, with surges of volume. */
export function walk(seed: number, length: number): Row[] {
  let state = seed >>> 0
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  let close = 20 + 80 * random()
  return Array.from({ length }, () => {
    const open = close * (1 + (random() < 0.1 ? 0.12 : 0.01) * (random() - 0.48))
    const next = open * (1 + 0.05 * (random() - 0.49))
    const high = Math.max(open, next) * (1 + 0.015 * random())
    const low = Math.min(open, next) * (1 - 0.015 * random())
    close = next
    return [open, high, low, next, Math.round(5e6 * (random() < 0.08 ? 4 : 1) * (0.5 + random()))] as const
  })
}
