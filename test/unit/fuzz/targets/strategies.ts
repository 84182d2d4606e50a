import fc from 'fast-check'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect } from 'vitest'

import { CsvStrategies } from '../../../../runtime/explore/read-strategies/csv.ts'
import { readJsonStrategies } from '../../../../runtime/explore/read-strategies/json.ts'
import { LineText } from '../../../../runtime/explore/read-strategies/line-text.ts'
import { readStrategies } from '../../../../runtime/explore/read-strategies/read-strategies.ts'
import { StrategyRows } from '../../../../runtime/explore/read-strategies/strategy-rows.ts'
import type { StrategyRow } from '../../../../runtime/explore/row.ts'
import { caseFile, filePacking, outcomeOf, PACKINGS } from '../support/files.ts'
import { cuts, hostile, pieces, TOKENS } from '../support/mutations.ts'
import { target, type Target } from '../support/run.ts'

const NAMES = ['Ticker', 'Recommended_Strategy', 'Close', 'DTE_Min', 'DTE_Max', 'Note'] as const
type Record6 = readonly string[]
const SAMPLE: Record6[] = [['AAPL', 'Long Call', '150.5', '30', '45', 'a "note"'], ['SPY', 'Iron Condor', '', '', '', ''], ['BRK.B', 'Covered Call', '480', '7', '60', 'x, y']]

const csvOf = (rows: readonly Record6[], delimiter = ',', lineEnd = '\n'): string => [NAMES, ...rows].map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)).join(lineEnd)
const objectsOf = (rows: readonly Record6[]) => rows.map((cells) => Object.fromEntries(NAMES.map((name, index) => [name, cells[index]])))
const TEXTS = [csvOf(SAMPLE), csvOf(SAMPLE, ';', '\r\n'), `sep=|\n${NAMES.join('|')}\nAAPL|Long Put|1|2|3|\n`, 'ticker,strategy\rAAPL,Long Call\rMSFT,Long Put\r', JSON.stringify(objectsOf(SAMPLE)), objectsOf(SAMPLE).map((row) => JSON.stringify(row)).join('\n'), JSON.stringify({ strategies: objectsOf(SAMPLE) }, null, 2)]
const parquetOf = (rows: readonly Record6[]): Uint8Array => new Uint8Array(parquetWriteBuffer({ columnData: NAMES.map((name, index) => ({ name, data: rows.map((cells) => cells[index]), type: 'STRING' as const })) }))
const DOCUMENTS = [...TEXTS, ...TEXTS].map((text): Uint8Array => Buffer.from(text)).concat(PACKINGS.gzip('', Buffer.from(TEXTS[0]!)), PACKINGS.utf16le('', Buffer.from(TEXTS[0]!)), parquetOf(SAMPLE))

async function read(path: string): Promise<StrategyRow[]> {
  const reading = readStrategies(path)
  const rows: StrategyRow[] = []
  for await (const chunk of reading) rows.push(...chunk)
  const report = reading.report()
  expect(report.rows).toBe(rows.length)
  expect(report.rowsWithProblems).toBe(rows.filter(({ problems }) => problems.length > 0).length)
  for (const { ticker, close, dteMin, dteMax, problems } of rows) {
    expect(ticker).toBe(ticker.trim().toUpperCase())
    for (const number of [close, dteMin, dteMax]) expect(number === null || Number.isFinite(number)).toBe(true)
    for (const problem of problems) expect(problem).toMatch(/^[^\0-\x08\x0b-\x1f]{4,}$/)
  }
  return rows
}

/** What a reader makes of a document in pieces. */
async function inPieces(kind: 'csv' | 'json', chunks: readonly Uint8Array[]) {
  const rows = new StrategyRows('x.csv')
  const { error } = await outcomeOf(async () => {
    if (kind === 'json') {
      for await (const form of readJsonStrategies('x.csv', (async function* () { yield* chunks })(), rows)) void form
      return
    }
    const text = new LineText('x.csv')
    const csv = new CsvStrategies('x.csv', rows)
    for (const chunk of chunks) csv.push(text.push(chunk), false)
    csv.push(text.end(), true)
  })
  return error === null ? { rows: rows.take(), columns: rows.columns, notes: rows.notes } : { error: error.code }
}

// What a cell can hold in each form: JSON and Parquet keep no lone halves of a character.
const cell = fc.oneof(fc.constantFrom(...TOKENS.map((token) => token.toWellFormed()).filter((token) => !/[\r\n\0]/.test(token))), fc.string({ unit: 'grapheme', maxLength: 20 })).filter((text) => !/[\r\n]/.test(text))
const record = fc.tuple(fc.constantFrom('AAPL', 'spy ', ''), fc.constantFrom('Long Call', 'No Such'), cell, cell, cell, cell)

export const strategyTargets: readonly Target[] = [
  target('strategies: whatever a file holds, every record is one row', { quick: 100 }, [hostile(DOCUMENTS)], async (content) => {
    await outcomeOf(() => read(caseFile('strategies.csv', content)))
  }),

  target('strategies: every form in every packing gives the same rows', { quick: 60 }, [fc.array(record, { minLength: 1, maxLength: 8 }), fc.constantFrom('csv', 'csv;', 'json', 'ndjson', 'parquet'), filePacking], async (rows, form, packed) => {
    const text = form === 'csv' ? csvOf(rows) : form === 'csv;' ? csvOf(rows, ';') : form === 'json' ? JSON.stringify(objectsOf(rows)) : objectsOf(rows).map((row) => JSON.stringify(row)).join('\n')
    const found = await read(caseFile('strategies.data', form === 'parquet' ? parquetOf(rows) : PACKINGS[packed]('', Buffer.from(text))))
    expect(found.map(({ columns }) => NAMES.map((name) => columns[name]))).toEqual(rows.map((cells) => [...cells]))
  }),

  target('strategies: a CSV means the same in whatever pieces it comes', { quick: 100, long: 10_000 }, [hostile(TEXTS.slice(0, 4).map((text) => Buffer.from(text))), cuts], async (content, at) => {
    expect(await inPieces('csv', pieces(content, at))).toEqual(await inPieces('csv', [content]))
  }),

  target('strategies: JSON means the same in whatever pieces it comes', { quick: 100, long: 10_000 }, [hostile(TEXTS.slice(4).map((text) => Buffer.from(text))), cuts], async (content, at) => {
    expect(await inPieces('json', pieces(content, at))).toEqual(await inPieces('json', [content]))
  }),
]
