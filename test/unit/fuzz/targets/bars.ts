import fc from 'fast-check'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect } from 'vitest'

import { dayFromIso, isoFromDay } from '../../../../runtime/market/days.ts'
import { BarCollector } from '../../../../runtime/market/import/bar-collector.ts'
import { CsvBars } from '../../../../runtime/market/import/csv.ts'
import { DateColumn } from '../../../../runtime/market/import/date-column.ts'
import { readJson } from '../../../../runtime/market/import/json.ts'
import { readBarFile, type ReadContext } from '../../../../runtime/market/import/read-files.ts'
import { RecordBars } from '../../../../runtime/market/import/record-bars.ts'
import { BarStore } from '../../../../runtime/market/store.ts'
import { tarOf, zipOf } from '../../market/bar-files.ts'
import { caseFile, outcomeOf, packing, PACKINGS, scratch } from '../support/files.ts'
import { cuts, hostile, pieces, TOKENS } from '../support/mutations.ts'
import { recordedHeads } from '../support/recorded.ts'
import { target, type Target } from '../support/run.ts'

const FIELDS = ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume'] as const
type Values = [symbol: string, date: string, open: number, high: number, low: number, close: number, volume: number]

const price = fc.oneof(fc.integer({ min: 1, max: 1_000_000 }).map((cents) => cents / 100), fc.double({ min: 1e-6, max: 1e9, noNaN: true }))
const volume = fc.oneof(fc.nat(2_000_000_000), fc.double({ min: 0, max: 1e15, noNaN: true }))
const symbol = fc.stringMatching(/^[A-Z]{1,5}(\.[A-Z])?$/)
const date = fc.integer({ min: dayFromIso('1990-01-01'), max: dayFromIso('2060-12-31') }).map(isoFromDay)
const bar: fc.Arbitrary<Values> = fc.tuple(symbol, date, price, price, price, price, volume)
const bars = fc.uniqueArray(bar, { minLength: 1, maxLength: 12, selector: ([name, day]) => `${name} ${day}` })

const lineOf = ([name, day, ...values]: Values): string => [name, dayFromIso(day), ...values].join(' ')
const objectOf = (values: Values) => Object.fromEntries(FIELDS.map((field, index) => [field, values[index]]))

/** How one CSV may differ from another that says the same. */
const style = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  quoting: fc.constantFrom('none', 'all', 'texts'),
  order: fc.shuffledSubarray([...FIELDS.keys()], { minLength: FIELDS.length }),
  extra: fc.boolean(),
  lastLineEnds: fc.boolean(),
  number: fc.constantFrom('shortest', 'exponent', 'blanks'),
  date: fc.constantFrom('iso', 'compact', 'instant'),
})
type Style = typeof style extends fc.Arbitrary<infer S> ? S : never

function csvOf(rows: readonly Values[], { delimiter, lineEnd, quoting, order, extra, lastLineEnds, number, date: dateStyle }: Style): string {
  const texts = rows.map(([name, day, ...values]) => {
    const shownDay = dateStyle === 'iso' ? day : dateStyle === 'compact' ? day.replaceAll('-', '') : `${day}T16:00:00Z`
    return [name, shownDay, ...values.map((value) => (number === 'shortest' ? String(value) : number === 'exponent' ? value.toExponential() : ` ${value} `))]
  })
  const quoted = (text: string, index: number) => (quoting === 'all' || (quoting === 'texts' && index < 2) ? `"${text}"` : text)
  const lines = [[...FIELDS], ...texts].map((cells) => {
    const shown = order.map((index) => quoted(cells[index]!, index))
    return (extra ? ['x', ...shown, quoting === 'none' ? 'é ' : `"a ""quoted""${delimiter} cell"`] : shown).join(delimiter)
  })
  return lines.join(lineEnd) + (lastLineEnds ? lineEnd : '')
}

function parquetOf(rows: readonly Values[]): Uint8Array {
  const columnData = FIELDS.map((name, index) => ({ name, data: rows.map((row) => row[index]), type: index < 2 ? ('STRING' as const) : ('DOUBLE' as const) }))
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 5 }))
}

const PLAIN: Style = { delimiter: ',', lineEnd: '\n', quoting: 'none', order: [0, 1, 2, 3, 4, 5, 6], extra: false, lastLineEnds: true, number: 'shortest', date: 'iso' }
const SAMPLE: Values[] = [['AAPL', '2026-11-19', 100.5, 101, 99.25, 100, 1_000_000], ['AAPL', '2026-11-20', 100, 102.5, 99, 102, 2_000_000], ['BRK.B', '2026-11-20', 480, 481, 479.5, 480.25, 3_000]]
const TEXTS = [
  csvOf(SAMPLE, PLAIN),
  csvOf(SAMPLE, { ...PLAIN, delimiter: ';', lineEnd: '\r\n', quoting: 'all', extra: true }),
  csvOf(SAMPLE, { ...PLAIN, lineEnd: '\r', date: 'instant' }),
  JSON.stringify(SAMPLE.map(objectOf)),
  SAMPLE.map((row) => JSON.stringify(objectOf(row))).join('\n'),
  JSON.stringify({ ticker: 'AAPL', resultsCount: 1, results: [{ t: 1_763_596_800_000, o: 1, h: 2, l: 1, c: 2, v: 5 }] }),
  JSON.stringify({ bars: { AAPL: [{ t: '2026-11-20T05:00:00Z', o: 1, h: 2, l: 1, c: 2, v: 5 }] }, next_page_token: null }),
  JSON.stringify({ history: { day: [{ date: '2026-11-20', open: 1, high: 2, low: 1, close: 2, volume: 5 }] } }),
]
const DOCUMENTS = [...TEXTS.map((text) => Buffer.from(text)), ...TEXTS.slice(0, 4).map((text) => Buffer.from(text)), tarOf({ 'a.csv': TEXTS[0]!, 'b.json': TEXTS[3]! }), zipOf({ 'a.csv': TEXTS[0]!, 'b.json': TEXTS[3]! }), PACKINGS.gzip('', Buffer.from(TEXTS[0]!)), PACKINGS.zstd('', Buffer.from(TEXTS[0]!)), PACKINGS.utf16le('', Buffer.from(TEXTS[0]!)), parquetOf(SAMPLE), ...recordedHeads('daily_bars/pystock')]

/** A member of an archive with a field of its header replaced, its checksum right. */
const tarHeader = fc
  .tuple(fc.constantFrom([0, 100], [124, 12], [124, 12], [156, 1], [257, 8], [345, 155]), fc.oneof(fc.constantFrom(...TOKENS, 'L', 'x', '5', '77777777777', '00000000000', '00000001000', '\x80\0\0\0\0\0\0\0\0\0\0\x01', '-1', '../../x', 'a/b.csv'), fc.string({ maxLength: 12 })), fc.constantFrom(...TEXTS))
  .map(([[start, length], put, text]) => {
    const member = tarOf({ 'a.csv': text }).subarray(0, -1_024)
    member.fill(0, start!, start! + length!)
    member.write(put.slice(0, length), start!, length!, 'latin1')
    member.write('        ', 148)
    member.write(`${member.subarray(0, 512).reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
    return member
  })

/** What a collector holds: the kept rows in order, and what was said of the others. */
function told(collector: BarCollector) {
  collector.finish()
  const rows = collector.table.names.flatMap((name, id) => {
    const { day, open, high, low, close, volume: shares } = collector.rowsOf(id)
    return [...day].map((value, at) => [name, value, open[at], high[at], low[at], close[at], shares[at]].join(' '))
  })
  const { rowsRead, rowsRejected, reasons, samples } = collector
  collector.close()
  return { rows, rowsRead, rowsRejected, reasons, samples }
}

async function read(path: string) {
  const collector = new BarCollector(scratch(), 4_096)
  const context: ReadContext = { collector, map: {}, format: undefined, signal: undefined, files: [], warnings: [], openEnded: [], onBytes: () => {} }
  await readBarFile(path, context)
  return { ...told(collector), files: context.files }
}

/** What must hold of anything that was read. */
function checkAccount({ rows, rowsRead, rowsRejected, reasons }: ReturnType<typeof told>): void {
  expect(rowsRead).toBe(rows.length + rowsRejected)
  expect(Object.values(reasons).reduce((sum, count) => sum + count, 0)).toBe(rowsRejected)
  for (const row of rows) {
    const [name, day, ...values] = row.split(' ')
    expect(name).toMatch(/^\S{1,32}$/)
    expect(Number.isInteger(Number(day))).toBe(true)
    expect(values.every((value, index) => Number.isFinite(Number(value)) && (index === 4 ? Number(value) >= 0 && !value.startsWith('-') : Number(value) > 0))).toBe(true)
  }
}

async function inPieces(kind: 'csv' | 'json', chunks: readonly Uint8Array[]) {
  const collector = new BarCollector(scratch(), 4_096)
  const tally = collector.beginFile('A.csv')
  const dates = new DateColumn('A.csv', (id) => collector.table.names[id] ?? '')
  const { value, error } = await outcomeOf(async () => {
    if (kind === 'json') return readJson('A.csv', (async function* () { yield* chunks })(), new RecordBars('A.csv', collector, {}, dates))
    const csv = new CsvBars('A.csv', collector, {}, dates)
    for (const chunk of chunks) csv.push(chunk)
    csv.end()
    return 'csv'
  })
  return error === null ? { ...told(collector), form: value, tally } : { error: error.message }
}

export const barTargets: readonly Target[] = [
  target('bars: whatever a file holds, its rows are kept or refused, each once', { quick: 100 }, [hostile(DOCUMENTS)], async (content) => {
    const { value } = await outcomeOf(() => read(caseFile('AAPL.csv', content)))
    if (value !== null) checkAccount(value)
  }),

  target('bars: an archive whose headers say anything is read or refused', { quick: 40 }, [fc.array(tarHeader, { minLength: 1, maxLength: 3 }), fc.boolean()], async (headers, isPacked) => {
    const tar = Buffer.concat([...headers, Buffer.alloc(1_024)])
    const { value } = await outcomeOf(() => read(caseFile('bars.tar', isPacked ? PACKINGS.gzip('', tar) : tar)))
    if (value !== null) checkAccount(value)
  }),

  target('bars: cells of any text are kept as they mean, or refused', { quick: 40 }, [fc.array(fc.array(fc.oneof(fc.constantFrom(...TOKENS, 'AAPL', '2026-11-20', '100'), fc.string()), { minLength: 7, maxLength: 7 }), { maxLength: 5 })], async (rows) => {
    // Quoted, every text is a cell whatever it holds.
    const text = [FIELDS.join(','), ...rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))].join('\n')
    const { value } = await outcomeOf(() => read(caseFile('AAPL.csv', text)))
    if (value === null) return
    checkAccount(value)
    expect(value.rowsRead).toBe(rows.length)
    expect(value.reasons).not.toHaveProperty('wrong_field_count')
  }),

  target('bars: every way of writing a CSV, in every packing, gives the same values', { quick: 50 }, [bars, style, packing], async (rows, how, packed) => {
    const { rows: found, rowsRejected } = await read(caseFile(`bars-${packed}.csv`, PACKINGS[packed]('bars.csv', Buffer.from(csvOf(rows, how)))))
    expect([...found].sort()).toEqual(rows.map(lineOf).sort())
    expect(rowsRejected).toBe(0)
  }),

  target('bars: JSON, NDJSON and Parquet give the same values', { quick: 30 }, [bars, fc.constantFrom('json', 'ndjson', 'by symbol', 'parquet'), packing], async (rows, form, packed) => {
    const bySymbol = Object.fromEntries([...Map.groupBy(rows, ([name]) => name)].map(([name, own]) => [name, own.map(objectOf)]))
    const text = form === 'json' ? JSON.stringify(rows.map(objectOf)) : form === 'ndjson' ? rows.map((row) => JSON.stringify(objectOf(row))).join('\n') : JSON.stringify(bySymbol, null, 1)
    const content = form === 'parquet' ? parquetOf(rows) : PACKINGS[packed]('bars.json', Buffer.from(text))
    const { rows: found } = await read(caseFile('bars.data', content))
    expect([...found].sort()).toEqual(rows.map(lineOf).sort())
  }),

  target('bars: a CSV means the same in whatever pieces it comes', { quick: 100, long: 10_000 }, [hostile(TEXTS.slice(0, 3).map((text) => Buffer.from(text))), cuts], async (content, at) => {
    expect(await inPieces('csv', pieces(content, at))).toEqual(await inPieces('csv', [content]))
  }),

  target('bars: JSON means the same in whatever pieces it comes', { quick: 100, long: 10_000 }, [hostile(TEXTS.slice(3).map((text) => Buffer.from(text))), cuts], async (content, at) => {
    expect(await inPieces('json', pieces(content, at))).toEqual(await inPieces('json', [content]))
  }),

  target('bars: the order of files and of imports makes no difference', { quick: 2, long: 30 }, [bars, fc.array(bar, { maxLength: 6 }), fc.boolean()], async (rows, more, swapped) => {
    const both = [rows, [...more, rows[0]!]].map((part, index) => caseFile(`part-${index}.csv`, csvOf(part, PLAIN)))
    const snapshots: (string | null)[] = []
    for (const imports of [[both], [[...both].reverse()], swapped ? [[both[1]!], [both[0]!]] : [[both[0]!], [both[1]!]]]) {
      const home = join(scratch(), 'store')
      mkdirSync(home, { recursive: true })
      const store = BarStore.open(home)
      try {
        for (const paths of imports) await store.importBars(paths)
        snapshots.push(store.summary().current?.id ?? null)
      } finally {
        store.close()
        rmSync(home, { recursive: true })
      }
    }
    expect(new Set(snapshots).size).toBe(1)
  }),
]
