import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'

import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { BarCollector } from '../../../runtime/market/import/bar-collector.ts'
import { CsvBars } from '../../../runtime/market/import/csv.ts'
import { DateColumn } from '../../../runtime/market/import/date-column.ts'
import { readJson } from '../../../runtime/market/import/json.ts'
import { openParquet } from '../../../runtime/market/import/parquet-file.ts'
import { newStore as newChains } from '../runtime/market/chains/chain-files.ts'
import { fileOf, HEADER, linesOf, newFolder, newStore, tarOf } from './bar-files.ts'

const LINE = 'AAPL,2026-11-20,100,101,99,100.5,1000'

/** A Parquet file with one column, in one page per row group. */
const parquetOf = (name: string, data: readonly unknown[], more: object = {}): Buffer => Buffer.from(parquetWriteBuffer({ codec: 'UNCOMPRESSED', columnData: [{ name, data, type: 'STRING' }], ...more } as never))

async function valuesOf(content: Uint8Array): Promise<unknown[]> {
  const table = await openParquet(fileOf('x.parquet', content), () => {})
  try {
    const values: unknown[] = []
    for await (const { columns } of table.pieces(table.names)) values.push(...Array.from(columns.get(table.names[0]!)!))
    return values
  } finally {
    table.close()
  }
}

describe('Parquet files', () => {
  it('a decimal number is the one that was written, not its neighbour', async () => {
    const prices = [1.15, 2.3, 0.07, 123.45, 1_000_000.01, 9_999_999_999.99]
    const schema = [{ name: 'root', num_children: 1 }, { name: 'open', type: 'INT64', repetition_type: 'REQUIRED', converted_type: 'DECIMAL', scale: 2, precision: 12 }]
    expect(await valuesOf(Buffer.from(parquetWriteBuffer({ schema, columnData: [{ name: 'open', data: prices }] } as never)))).toEqual(prices)
  })

  it('a decimal number is also one where only the newer way of saying so is used', async () => {
    const schema = [{ name: 'root', num_children: 1 }, { name: 'open', type: 'INT64', repetition_type: 'REQUIRED', logical_type: { type: 'DECIMAL', scale: 2, precision: 12 } }]
    expect(await valuesOf(Buffer.from(parquetWriteBuffer({ schema, columnData: [{ name: 'open', data: [115n, 230n] }] } as never)))).toEqual([1.15, 2.3])
  })

  it('a text that begins with a byte-order mark keeps it', async () => {
    expect(await valuesOf(parquetOf('note', ['\ufeffa', 'b']))).toEqual(['\ufeffa', 'b'])
  })

  it('a run length that no page can have ends the reading, not the program', async () => {
    const rows = Array.from({ length: 64 }, (_, index) => `S${index % 2}`)
    const content = parquetOf('symbol', rows)
    // The last bytes before the footer's schema are the page's run of places in the dictionary: bit-packed, `groups << 1 | 1`.
    const at = content.indexOf(Buffer.from([0x01, 0x11]))
    expect(at).toBeGreaterThan(0)
    // 2^30 values in one run, in seven bits a byte.
    Buffer.from([0x01, 0xfe, 0xff, 0xff, 0xff, 0x07]).copy(content, at)
    await expect(valuesOf(content)).rejects.toMatchObject({ code: 'import_file_truncated' })
    // The thread that met it is gone; the next file is read by another.
    expect(await valuesOf(parquetOf('symbol', rows))).toEqual(rows)
  }, 30_000)

  it('a day that no date reaches refuses its row', async () => {
    const days = ['2026-11-19', '2026-11-20'].map((date) => new Date(date))
    const type = (name: string, more: object) => ({ name, repetition_type: 'REQUIRED', ...more })
    const fields = ['open', 'high', 'low', 'close', 'volume']
    const schema = [{ name: 'root', num_children: 7 }, type('symbol', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }), type('date', { type: 'INT32', converted_type: 'DATE' }), ...fields.map((name) => type(name, { type: 'DOUBLE' }))]
    const columnData = [{ name: 'symbol', data: ['AAPL', 'AAPL'] }, { name: 'date', data: days }, ...fields.map((name) => ({ name, data: [1, 2] }))]
    const content = Buffer.from(parquetWriteBuffer({ codec: 'UNCOMPRESSED', statistics: false, schema, columnData } as never))
    const day = Buffer.alloc(4)
    day.writeInt32LE(days[1]!.getTime() / 86_400_000)
    for (let at = content.indexOf(day); at >= 0; at = content.indexOf(day, at)) content.writeInt32LE(0x7fffffff, at)
    expect(await newStore().importBars([fileOf('bars.parquet', content)])).toMatchObject({ rowsRead: 2, rowsKept: 1, reasons: { unparsable_date: 1 } })
    await expect(newChains().importChains([fileOf('SPY.parquet', content)])).rejects.toBeInstanceOf(StrikescanError)
  })

  it('several columns that lie outside of the file are one error, and none that nobody listens to', async () => {
    const data = Array.from({ length: 200 }, (_, index) => `${index}`.repeat(20))
    const content = Buffer.from(parquetWriteBuffer({ codec: 'UNCOMPRESSED', columnData: ['a', 'b', 'c'].map((name) => ({ name, data, type: 'STRING' })) } as never))
    // Without its pages the footer's places lie behind the end.
    const footer = content.readUInt32LE(content.length - 8) + 8
    const cut = Buffer.concat([content.subarray(0, 4), content.subarray(content.length - footer)])
    await expect(valuesOf(cut)).rejects.toMatchObject({ code: 'import_file_truncated', message: expect.stringContaining('a place outside of itself') })
  })
})

describe('files in layers', () => {
  it('one that unpacks to itself, or as good as, is refused', async () => {
    const deep = Array.from({ length: 6 }).reduce<Buffer>((inner) => gzipSync(inner), Buffer.from(`${HEADER}\n${LINE}\n`))
    await expect(newStore().importBars([fileOf('a.csv.gz', deep)])).rejects.toMatchObject({ code: 'import_not_bars', message: expect.stringContaining('packed in itself') })
    const nested = Array.from({ length: 6 }).reduce<Buffer>((inner) => tarOf({ 'a.tar': inner.toString('latin1') }), Buffer.from(`${HEADER}\n${LINE}\n`))
    await expect(newStore().importBars([fileOf('a.tar', nested)])).rejects.toMatchObject({ code: 'import_not_bars', message: expect.stringContaining('packed in itself') })
  })

  it.each([['no number', 'abcdefghijk'], ['base 256', '\x80\0\0\0\0\0\0\0\0\0\x01'], ['nothing', '']])('an archive whose member has %s for its size is damaged', async (_, size) => {
    const tar = tarOf({ 'a.csv': `${HEADER}\n${LINE}\n` })
    tar.fill(0, 124, 136)
    tar.write(size, 124, 'latin1')
    tar.write('        ', 148)
    tar.write(`${tar.subarray(0, 512).reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148)
    await expect(newStore().importBars([fileOf('a.tar', tar)])).rejects.toMatchObject({ code: 'import_file_truncated' })
  })
})

describe('CSV files in pieces', () => {
  const read = (pieces: readonly string[]) => {
    const collector = new BarCollector(newFolder(), 64)
    collector.beginFile('A.csv')
    const csv = new CsvBars('A.csv', collector, {}, new DateColumn('A.csv', () => ''))
    for (const piece of pieces) csv.push(Buffer.from(piece))
    csv.end()
    collector.finish()
    return { symbols: collector.table.names, rowsRead: collector.rowsRead, rowsRejected: collector.rowsRejected }
  }
  const WHOLE = { symbols: ['AAPL'], rowsRead: 1, rowsRejected: 0 }

  it('the line end is that of the file, whatever its first piece shows', () => {
    expect(read([`${HEADER}\r`, `\n${LINE}\r\n`])).toEqual(WHOLE)
    expect(read([`${HEADER}\r${LINE}`, '\r'])).toEqual(WHOLE)
    expect(() => read([`\r\n${HEADER}\r${LINE}\r`])).toThrow(StrikescanError)
    expect(() => read(['\r', `\n${HEADER}\r${LINE}\r`])).toThrow(StrikescanError)
  })

  it('a header with a line end in quotes is one header, wherever it is cut', () => {
    const header = HEADER.replace('symbol', 'symbol,"note\nof two lines"')
    const line = LINE.replace('AAPL', 'AAPL,x')
    expect(read([`${header}\n${line}\n`])).toEqual(WHOLE)
    expect(read([header.slice(0, 20), `${header.slice(20)}\n${line}\n`])).toEqual(WHOLE)
  })
})

describe('JSON objects', () => {
  it('one a line are that too where the first line comes alone', async () => {
    const line = JSON.stringify({ symbol: 'AAPL', date: '2026-11-20', open: 1, high: 2, low: 1, close: 2, volume: 3 })
    const pieces = [`${line}\n`, `${line.replace('AAPL', 'MSFT')}\n`]
    const taken: unknown[] = []
    const form = await readJson('bars.json', (async function* () { for (const piece of pieces) yield Buffer.from(piece) })(), { takeObject: (value) => void taken.push(value), rejectLine: () => {} })
    expect([form, taken.length]).toEqual(['ndjson', 2])
  })

  it('two layouts are two, whatever their names hold', async () => {
    const [open, high, low, close, volume] = [1, 2, 1, 2, 3]
    const bars = [{ symbol: 'AAPL', date: '2026-11-20', open, high, low, close, volume, 'x\ny': 0, z: 0 }, { 'symbol\ndate': 'MSFT', open: 20_261_119, high: 1, low: 2, close: 1, volume: 2, x: 3, y: 0, z: 0 }]
    expect(await newStore().importBars([fileOf('bars.json', JSON.stringify(bars))])).toMatchObject({ rowsKept: 1, rowsRejected: 1, reasons: { not_a_bar: 1 } })
  })
})

describe('what files hold, in messages', () => {
  it('codes that a terminal obeys are shown, not sent', async () => {
    const path = fileOf('bars.json', '{"symbol":"AAPL" \x1b]0;evil\x07}')
    const error: Error = await newStore().importBars([path]).then(() => new Error('it was read'), (reason: Error) => reason)
    expect(error).toBeInstanceOf(StrikescanError)
    expect(error.message).not.toMatch(/[\0-\x1f\x7f-\x9f]/)
  })

  it('values are kept as they are', async () => {
    const store = newStore()
    await store.importBars([fileOf('bars.csv', `${HEADER}\n${LINE}\n`)])
    expect(linesOf(store.current())).toEqual(['AAPL 2026-11-20 100 101 99 100.5 1000'])
  })
})
