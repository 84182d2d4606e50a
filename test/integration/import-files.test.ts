import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, test } from 'vitest'
import { fileOf, HEADER, linesOf, newFolder, newStore, tarOf, zipOf } from '../unit/market/bar-files.ts'

const CSV = `${HEADER}\nB,2016-03-24,1,3,0.5,2,100\nA,2016-03-23,10,12,9,11,50\nA,2016-03-24,11,13,10,12,60\n`
const LINES = ['A 2016-03-23 10 12 9 11 50', 'A 2016-03-24 11 13 10 12 60', 'B 2016-03-24 1 3 0.5 2 100']
const RECORDS = CSV.trim().split('\n').slice(1).map((line) => {
  const [symbol, date, open, high, low, close, volume] = line.split(',')
  return { symbol: symbol!, date: date!, open: Number(open), high: Number(high), low: Number(low), close: Number(close), volume: Number(volume) }
})
const polygon = (record: (typeof RECORDS)[number]) => ({ T: record.symbol, t: Date.parse(`${record.date}T20:00:00Z`), o: record.open, h: record.high, l: record.low, c: record.close, v: record.volume, vw: 1.5, n: 3 })
const bySymbol = (map: (record: (typeof RECORDS)[number]) => unknown) => Object.fromEntries(['A', 'B'].map((symbol) => [symbol, RECORDS.filter((record) => record.symbol === symbol).map(map)]))

function parquetOf(dates: 'text' | 'timestamp', rowGroupSize = 2): Uint8Array {
  const column = (name: keyof (typeof RECORDS)[number]) => RECORDS.map((record) => record[name])
  const doubles = (['open', 'high', 'low', 'close'] as const).map((name) => ({ name, data: column(name) as number[], type: 'DOUBLE' as const }))
  const date = dates === 'text' ? { name: 'date', data: column('date') as string[], type: 'STRING' as const } : { name: 'Timestamp', data: RECORDS.map((record) => new Date(record.date)), type: 'TIMESTAMP' as const }
  return new Uint8Array(
    parquetWriteBuffer({ columnData: [{ name: 'Ticker', data: column('symbol') as string[], type: 'STRING' }, date, ...doubles, { name: 'volume', data: RECORDS.map((record) => BigInt(record.volume)), type: 'INT64' }], rowGroupSize }),
  )
}

describe('formats, told by content', () => {
  const forms: [string, string, string | Uint8Array][] = [
    ['CSV', 'x.csv', CSV],
    ['CSV under a wrong name', 'x.parquet', CSV],
    ['gzip', 'x.csv.gz', gzipSync(CSV)],
    ['gzip under a wrong name', 'x.csv', gzipSync(CSV)],
    ['gzip of two members', 'x.csv.gz', Buffer.concat([gzipSync(CSV.slice(0, 50)), gzipSync(CSV.slice(50))])],
    ['zstandard', 'x.csv.zst', zstdCompressSync(CSV)],
    ['zip', 'x.zip', zipOf({ 'bars/x.csv': CSV, '__MACOSX/._x.csv': 'junk' })],
    ['zip of one file per symbol', 'x.zip', zipOf({ 'A.csv': `Date,Open,High,Low,Close,Volume\n2016-03-23,10,12,9,11,50\n2016-03-24,11,13,10,12,60`, 'B.csv': 'Date,Open,High,Low,Close,Volume\n2016-03-24,1,3,0.5,2,100' })],
    ['tar.gz beside other tables', 'x.tar.gz', gzipSync(tarOf({ 'symbols.txt': 'A\tAgilent\nB\tBarnes\n', 'prices.csv': CSV, 'reports.csv': 'symbol,filed\nA,2016-01-01\n' }))],
    ['Parquet with texts as dates', 'x.parquet', parquetOf('text')],
    ['Parquet with timestamps', 'x.parquet', parquetOf('timestamp')],
    ['JSON array', 'x.json', JSON.stringify(RECORDS, null, 2)],
    ['JSON by symbol', 'x.json', JSON.stringify(bySymbol((record) => record))],
    ['NDJSON', 'x.ndjson', RECORDS.map((record) => JSON.stringify(record)).join('\n')],
    ['Polygon, grouped by day', 'x.json', JSON.stringify({ status: 'OK', resultsCount: 3, results: RECORDS.map(polygon) })],
    ['Polygon, one line per symbol', 'x.ndjson', Object.entries(bySymbol(polygon)).map(([ticker, results]) => JSON.stringify({ ticker, results: (results as Record<string, unknown>[]).map(({ T: _, ...rest }) => rest) })).join('\n')],
    ['Alpaca', 'x.json', JSON.stringify({ bars: bySymbol(({ date, open, high, low, close, volume }) => ({ t: `${date}T04:00:00Z`, o: open, h: high, l: low, c: close, v: volume })), next_page_token: null }, null, 1)],
  ]
  test.each(forms)('%s', async (_, name, content) => {
    const store = newStore()
    const report = await store.importBars([fileOf(name, content)])
    expect(linesOf(store.current())).toEqual(LINES)
    expect(report).toMatchObject({ rowsRead: 3, rowsKept: 3, rowsRejected: 0, symbols: 2, firstDate: '2016-03-23', lastDate: '2016-03-24', unchanged: false })
    expect(report.snapshot).toBe(store.current()!.id)
  })

  test('all forms make the same snapshot', async () => {
    const ids = new Set<string | null>()
    for (const [, name, content] of forms) ids.add((await newStore().importBars([fileOf(name, content)])).snapshot)
    expect(ids.size).toBe(1)
  })

  test('a file that changes while it is read is refused, and the store stays as it was', async () => {
    const store = newStore()
    const path = fileOf('x.csv', `${CSV}C,2016-03-24,1,3,0.5,2,10`)
    // As a download that goes on: the last number was not whole.
    let appended = false
    const onProgress = () => {
      if (!appended) appendFileSync(path, '0\n')
      appended = true
    }
    await expect(store.importBars([path], {}, onProgress)).rejects.toMatchObject({ code: 'import_file_changed' })
    expect(store.current()).toBeNull()
    expect(await store.importBars([path])).toMatchObject({ rowsKept: 4 })
    const gone = fileOf('gone.csv', CSV)
    await expect(store.importBars([gone], {}, () => rmSync(gone, { force: true }))).rejects.toMatchObject({ code: 'import_path_missing' })
  })

  test('an archive whose names lead elsewhere is said to be one', async () => {
    await expect(newStore().importBars([fileOf('x.zip', zipOf({ '../../x.csv': CSV }))])).rejects.toThrow(/leads elsewhere \(\.\.\/\.\.\/x\.csv\)/)
  })

  test('tables in an archive that hold no bars are named in the warnings', async () => {
    const report = await newStore().importBars([fileOf('x.zip', zipOf({ 'prices.csv': CSV, 'reports.csv': 'symbol,filed\nA,2016-01-01\n' }))])
    expect(report.warnings).toEqual([expect.stringMatching(/x\.zip\/reports\.csv was left out/)])
  })

  test('the store lists an archive as it was named, with what it held, and keeps one report however many files there are', async () => {
    const store = newStore()
    const [one, many] = [fileOf('one.zip', zipOf({ 'deep/x.csv': CSV })), fileOf('many.zip', zipOf({ 'a.csv': CSV, 'b.csv': CSV }))]
    const report = await store.importBars([one, many, fileOf('plain.csv', CSV)])
    expect(report.files.map(({ name, member }) => [basename(name), member])).toEqual([['x.csv', 'deep/x.csv'], ['a.csv', 'a.csv'], ['b.csv', 'b.csv'], ['plain.csv', null]])
    const imports = store.summary().imports.map(({ name, members, member, rowsRead }) => [basename(name), members, member, rowsRead])
    expect(imports).toEqual([['plain.csv', 0, null, 3], ['many.zip', 2, 'a.csv', 6], ['one.zip', 1, 'deep/x.csv', 3]])
    expect(store.lastImport()).toEqual(report)
    const database = new DatabaseSync(join(store.folder, 'catalog.db'), { readOnly: true })
    expect(database.prepare("SELECT count(*) AS reports FROM imports WHERE report <> 'null'").get()).toEqual({ reports: 1 })
    database.close()
  })

  test('a catalogue of the version before is brought to this one', async () => {
    const home = newFolder()
    mkdirSync(join(home, 'market'))
    const database = new DatabaseSync(join(home, 'market', 'catalog.db'))
    database.exec(`
      CREATE TABLE snapshots (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, provider TEXT NOT NULL, simulated INTEGER NOT NULL, fingerprint TEXT,
        created_at TEXT NOT NULL, symbols INTEGER NOT NULL, bars INTEGER NOT NULL, first_date TEXT NOT NULL, last_date TEXT NOT NULL, current INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE imports (
        sha256 TEXT NOT NULL, name TEXT NOT NULL, rows_read INTEGER NOT NULL, report TEXT NOT NULL, snapshot TEXT NOT NULL, imported_at TEXT NOT NULL
      ) STRICT;
      INSERT INTO imports VALUES ('ab', '/old/bars.csv', 3, '{"rowsRead":3}', 'cd', '2026-11-20T12:00:00.000Z');
      PRAGMA user_version = 1`)
    database.close()
    const store = newStore(home)
    expect(store.summary().imports).toMatchObject([{ name: '/old/bars.csv', members: 0, member: null, rowsRead: 3 }])
    expect(store.lastImport()).toBeNull()
    await store.importBars([fileOf('x.zip', zipOf({ 'x.csv': CSV }))])
    expect(newStore(home).summary().imports[0]).toMatchObject({ members: 1, member: 'x.csv' })
  })

  test('a folder stands for the files below it', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'deep'))
    writeFileSync(join(folder, 'deep', 'x.csv'), CSV)
    writeFileSync(join(folder, 'README.md'), 'read me')
    const report = await newStore().importBars([folder])
    expect(report.files.map((file) => file.name)).toEqual([join(folder, 'deep', 'x.csv')])
    expect(report.warnings).toEqual([expect.stringContaining('README.md was left out')])
  })

  test('what plainly is no data in a folder is left out and told; by itself it is refused', async () => {
    const folder = newFolder()
    const files = {
      'x.csv': CSV, 'readme.txt': 'These bars were fetched in 2026.\nSee below.\n', '.DS_Store': '\0\0', 'LICENSE.txt': CSV, 'login.csv': '<html><body>Sign in</body></html>',
      'package.json': '{"name":"bars","version":"1"}', 'void.csv': '', ...Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`s${at}.py`, 'pass'])),
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const report = await newStore().importBars([folder])
    expect(report.files.map((file) => file.name)).toEqual([join(folder, 'x.csv')])
    expect(report.warnings.map((warning) => warning.replace(`${folder}/`, ''))).toEqual([
      '.DS_Store was left out: it is hidden.',
      'LICENSE.txt was left out: its name is not that of a data file.',
      'readme.txt was left out: its name is not that of a data file.',
      ...[0, 1, 2].map((at) => `s${at}.py was left out: its name is not that of a data file.`),
      '4 more files were left out: its name is not that of a data file.',
      'login.csv was left out: it looks like a web page or XML.',
      'package.json was left out: it looks like a table with the columns name, version.',
      'void.csv was left out: it is empty.',
    ])
    for (const [name, code] of [['readme.txt', 'import_not_bars'], ['void.csv', 'import_file_empty'], ['login.csv', 'import_not_bars']] as const) {
      await expect(newStore().importBars([folder, join(folder, name)])).rejects.toMatchObject({ code })
    }
  })

  test('a folder without data, or with data that is damaged or lacks a column, is refused', async () => {
    for (const [text, code] of [['<html></html>', 'import_not_bars'], ['symbol,date,open,high,low\nX,2026-11-19,1,2,1\n', 'import_columns_missing'], ['X,2026-11-19,1,2,1,2,5\n', 'import_no_header'], ['[{"symbol":"A"', 'import_file_truncated']] as const) {
      const folder = newFolder()
      writeFileSync(join(folder, 'a.csv'), text)
      await expect(newStore().importBars([folder])).rejects.toMatchObject({ code })
      writeFileSync(join(folder, 'x.csv'), CSV)
      if (code !== 'import_not_bars') await expect(newStore().importBars([folder])).rejects.toMatchObject({ code })
    }
  })

  test('JSON records that are no bars are refused by number', async () => {
    const report = await newStore().importBars([fileOf('x.json', JSON.stringify([...RECORDS, 7, null, { a: 1 }, { ...RECORDS[0], close: null }, { ...RECORDS[0], date: 'soon' }]))])
    expect(report.reasons).toEqual({ not_a_bar: 3, unparsable_number: 1, unparsable_date: 1 })
    expect(report.samples.map((sample) => sample.line)).toEqual([4, 5, 6, 7, 8])
    const lines = await newStore().importBars([fileOf('x.ndjson', `${JSON.stringify(RECORDS[0])}\n{"symbol": "A", "da\n`)])
    expect(lines).toMatchObject({ rowsRead: 2, rowsKept: 1, reasons: { not_a_bar: 1 }, samples: [{ line: 2 }] })
  })
})

describe('a file that fails stops the whole import', () => {
  const long = `${CSV}${'C,2016-03-24,1,3,0.5,2,100\n'.repeat(500)}`
  const badCrc = () => {
    const bytes = zipOf({ 'x.csv': long })
    bytes[14]! ^= 0xff
    bytes[bytes.indexOf('PK\x01\x02') + 16]! ^= 0xff
    return bytes
  }
  const flipped = () => {
    const bytes = gzipSync(long)
    bytes[bytes.length - 8]! ^= 0xff
    return bytes
  }
  test.each<[string, string, string | Uint8Array, string]>([
    ['empty', 'x.csv', '', 'import_file_empty'],
    ['only blank lines', 'x.csv', '\n \n', 'import_file_empty'],
    ['empty inside of gzip', 'x.csv.gz', gzipSync(''), 'import_file_empty'],
    ['a tar.gz of empty files', 'x.tar.gz', gzipSync(tarOf({ 'symbols.txt': '', 'prices.csv': '' })), 'import_file_empty'],
    ['an empty zip', 'x.zip', zipOf({}), 'import_file_empty'],
    ['no header', 'x.csv', CSV.split('\n').slice(1).join('\n'), 'import_no_header'],
    ['a table of something else', 'x.csv', 'symbol,filed,amount\nA,2016-01-01,5\n', 'import_not_bars'],
    ['a missing column', 'x.csv', 'symbol,date,open,high,low,close\nA,2016-01-01,1,1,1,1\n', 'import_columns_missing'],
    ['two columns of a name', 'x.csv', `${HEADER},close\nA,2016-03-24,1,3,0.5,2,100,9`, 'import_column_ambiguous'],
    ['only a header', 'x.csv', `${HEADER}\n`, 'import_no_rows'],
    ['a web page', 'x.csv', '<!DOCTYPE html><html><body>Please log in</body></html>', 'import_not_bars'],
    ['a binary file', 'x.csv', new Uint8Array(5000).map((_, index) => index * 31), 'import_not_bars'],
    ['a PDF', 'x.csv', '%PDF-1.7 …', 'import_not_bars'],
    ['an Excel workbook', 'x.zip', zipOf({ '[Content_Types].xml': '<x/>', 'xl/workbook.xml': '<x/>' }), 'import_not_bars'],
    ['a truncated gzip', 'x.csv.gz', gzipSync(long).subarray(0, 120), 'import_file_truncated'],
    ['a gzip with a wrong checksum', 'x.csv.gz', flipped(), 'import_file_truncated'],
    ['a truncated zip', 'x.zip', zipOf({ 'x.csv': long }).subarray(0, 150), 'import_file_truncated'],
    ['a zip with a wrong checksum', 'x.zip', badCrc(), 'import_file_truncated'],
    ['a truncated zstandard', 'x.csv.zst', zstdCompressSync(long).subarray(0, 90), 'import_file_truncated'],
    ['a truncated tar', 'x.tar', tarOf({ 'x.csv': long }).subarray(0, 4000), 'import_file_truncated'],
    ['half a Parquet file', 'x.parquet', parquetOf('text').subarray(0, 200), 'import_file_truncated'],
    ['a Parquet file without its middle', 'x.parquet', Buffer.concat([parquetOf('text').subarray(0, 60), parquetOf('text').subarray(200)]), 'import_file_truncated'],
    ['half a JSON array', 'x.json', JSON.stringify(RECORDS).slice(0, 150), 'import_file_truncated'],
    ['half a JSON object', 'x.json', JSON.stringify(bySymbol((record) => record)).slice(0, 150), 'import_json_invalid'],
    ['JSON of something else', 'x.json', '[{"name": "x"}]', 'import_not_bars'],
    ['an answer without bars', 'x.json', '{"status": "OK", "resultsCount": 0, "queryCount": 0}', 'import_json_shape'],
    ['month.day.year dates', 'x.csv', `${HEADER}\nA,05.04.2026,1,3,0.5,2,100\nA,05.13.2026,1,3,0.5,2,100`, 'import_day_month_order'],
    ['day/month/year dates', 'x.csv', `${HEADER}\nA,03/04/2016,1,3,0.5,2,100\nA,24/03/2016,1,3,0.5,2,100`, 'import_day_month_order'],
    ['intraday bars', 'x.csv', `${HEADER}\nA,2016-03-24T09:30:00,1,3,0.5,2,100\nB,2016-03-24T09:30:00,1,3,0.5,2,100\nA,2016-03-24T10:30:00,1,3,0.5,2,100`, 'import_intraday'],
    ['several bars a day', 'x.csv', `${HEADER}\n${[1, 2, 3, 4].map((volume) => `A,2016-03-24,1,3,0.5,2,${volume}`).join('\n')}`, 'import_conflicting'],
  ])('%s', async (_, name, content, code) => {
    const store = newStore()
    await store.importBars([fileOf('before.csv', CSV)])
    const before = store.current()!.id
    const path = fileOf(name, content)
    const good = fileOf('good.csv', `${HEADER}\nZ,2016-03-24,1,3,0.5,2,100`)
    const error = await store.importBars(name === 'x.csv' && code === 'import_no_rows' ? [path] : [good, path]).then(() => null, (thrown: unknown) => thrown)
    expect(error).toMatchObject({ code })
    if (code !== 'import_conflicting') expect((error as Error).message).toContain(path)
    expect(store.current()!.id).toBe(before)
    expect(linesOf(store.current())).toEqual(LINES)
    expect(store.summary().imports).toHaveLength(1)
  })

  test('a missing file, an empty folder, nothing at all, a wrong map, a wrong format', async () => {
    const store = newStore()
    const path = fileOf('x.csv', CSV)
    await expect(store.importBars([join(newFolder(), 'none.csv')])).rejects.toMatchObject({ code: 'import_path_missing' })
    await expect(store.importBars([newFolder()])).rejects.toMatchObject({ code: 'import_folder_empty' })
    await expect(store.importBars(['/dev/null'])).rejects.toMatchObject({ code: process.platform === 'win32' ? 'import_path_missing' : 'import_file_unreadable' })
    await expect(store.importBars([])).rejects.toMatchObject({ code: 'import_nothing_named' })
    await expect(store.importBars([path], { map: { price: 'close' } })).rejects.toMatchObject({ code: 'import_map_field' })
    await expect(store.importBars([path], { map: { close: 'adjusted' } })).rejects.toMatchObject({ code: 'import_map_column' })
    await expect(store.importBars([path], { format: 'parquet' })).rejects.toMatchObject({ code: 'import_format' })
    await expect(store.importBars([path], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'import_cancelled' })
    expect(store.current()).toBeNull()
  })

  test.skipIf(process.getuid?.() === 0)('what may not be read or written is said', async () => {
    const path = fileOf('x.csv', CSV)
    chmodSync(path, 0)
    await expect(newStore().importBars([path])).rejects.toMatchObject({ code: 'import_file_unreadable' })
    const home = newFolder()
    chmodSync(home, 0o500)
    expect(() => newStore(home)).toThrow(expect.objectContaining({ code: 'store_unwritable' }))
  })

  test('a home that is a file is said', () => {
    expect(() => newStore(fileOf('home', 'text'))).toThrow(expect.objectContaining({ code: 'store_unwritable' }))
  })

  test('a catalogue that is no database is said', () => {
    const home = newFolder()
    mkdirSync(join(home, 'market'))
    writeFileSync(join(home, 'market', 'catalog.db'), 'this is no database, but long enough to be looked at'.repeat(50))
    expect(() => newStore(home)).toThrow(expect.objectContaining({ code: 'store_catalogue_damaged' }))
    expect(readFileSync(join(home, 'market', 'catalog.db'), 'utf8')).toMatch(/^this is no database/)
  })
})
