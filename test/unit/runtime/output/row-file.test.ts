import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync, lstatSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { afterAll, describe, expect, it } from 'vitest'
import { newDraft } from '../../../../runtime/output/drafts.ts'
import { formatOfPath } from '../../../../runtime/output/formats.ts'
import { checkRowFile, writeRowFile } from '../../../../runtime/output/row-file.ts'
import type { Row } from '../../../../runtime/scan/row.ts'

const folder = mkdtempSync(join(tmpdir(), 'strikescan-output-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const simulated = { source: 'simulated', simulated: true, snapshot: 'ab12' }
const plain = { market: simulated, timings: false }

const row = (values: Partial<Row> = {}): Row => ({
  symbol: 'AAPL', date: '2026-11-20', status: 'miss', reason: 'no match', score: null, direction: null, data: null, strategies: [],
  batchId: 1, workerId: 2, attempt: 1, queueMs: 3.5, dataMs: 1, scriptMs: 0.25, error: null, ...values,
})

const HIT = row({ status: 'hit', reason: 'matched', score: 0.1 + 0.2, direction: 'bullish', data: { gap: 0.05, note: 'a "b", c\nd', list: [1, null] }, strategies: ['Long Call', 'LEAP Call'] })
const FAILED = row({
  symbol: 'BRK.B', status: 'failed', reason: '=HYPERLINK("x")',
  error: { code: 'script_threw', message: 'TypeError: x\r\nis not', hint: ' mend it', line: 3, column: 7, frame: '3 | x()\n    ^' },
})

/** A reader of its own, straight from the grammar of RFC 4180. */
function readCsv(text: string): string[][] {
  const records: string[][] = [[]]
  let at = 0
  while (at < text.length) {
    const record = records.at(-1)!
    let field = ''
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++
        field += text[at]
      }
      at++
    } else {
      while (at < text.length && !',\n'.includes(text[at]!)) field += text[at++]
    }
    record.push(field)
    if (text[at++] === '\n' && at < text.length) records.push([])
  }
  return records
}

describe('writeRowFile', () => {
  it('writes CSV that reads back exactly', async () => {
    const path = join(folder, 'rows.csv')
    const report = await writeRowFile(path, [HIT, FAILED, row({ symbol: 'Ünï,😀', reason: '' })], plain)
    const text = readFileSync(path, 'utf8')
    expect(report).toEqual({ path, format: 'csv', rows: 3, bytes: Buffer.byteLength(text) })
    const [header, hit, failed, odd] = readCsv(text)
    expect(header).toEqual(['Symbol', 'Date', 'Status', 'Reason', 'Score', 'Direction', 'Data', 'Strategies', 'Error_Code', 'Error_Message', 'Error_Hint', 'Error_Line', 'Error_Column', 'Error_Frame', 'Market_Source'])
    expect(hit).toEqual(['AAPL', '2026-11-20', 'hit', 'matched', '0.30000000000000004', 'bullish', JSON.stringify(HIT.data), '["Long Call","LEAP Call"]', '', '', '', '', '', '', 'simulated:ab12'])
    expect(failed!.slice(3, 4)).toEqual(['=HYPERLINK("x")'])
    expect(failed!.slice(8, 14)).toEqual(['script_threw', 'TypeError: x\r\nis not', ' mend it', '3', '7', '3 | x()\n    ^'])
    expect(odd!.slice(0, 4)).toEqual(['Ünï,😀', '2026-11-20', 'miss', ''])
  })

  it('writes Parquet that reads back exactly, typed, over several row groups', async () => {
    const path = join(folder, 'rows.parquet')
    const many = function* () {
      yield HIT
      yield FAILED
      for (let i = 0; i < 25_000; i++) yield row({ symbol: `S${i}`, score: i / 7 })
    }
    expect((await writeRowFile(path, many(), plain)).rows).toBe(25_002)
    const file = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(file)
    expect(metadata.row_groups.length).toBe(7)
    expect(metadata.key_value_metadata ?? []).toEqual([])
    const rows = await parquetReadObjects({ file })
    expect(rows.length).toBe(25_002)
    expect(rows[0]).toMatchObject({ Symbol: 'AAPL', Date: '2026-11-20', Score: 0.1 + 0.2, Data: JSON.stringify(HIT.data), Error_Line: null, Market_Source: 'simulated:ab12' })
    expect(rows[1]).toMatchObject({ Score: null, Error_Message: 'TypeError: x\r\nis not', Error_Line: 3, Reason: '=HYPERLINK("x")' })
    expect(rows[25_001]).toMatchObject({ Symbol: 'S24999', Score: 24_999 / 7 })
  })

  it.each(['csv', 'parquet', 'json', 'ndjson'])('gives identical %s bytes for equal rows, without a trace of who made them', async (end) => {
    const [first, second] = [join(folder, `1.${end}`), join(folder, `2.${end}`)]
    await writeRowFile(first, [HIT, FAILED], plain)
    await writeRowFile(second, [{ ...HIT, batchId: 9, workerId: 8, attempt: 2, queueMs: 99, dataMs: 98, scriptMs: 97 }, FAILED], plain)
    expect(readFileSync(second).equals(readFileSync(first))).toBe(true)
  })

  it.each(['csv', 'parquet', 'json', 'ndjson'])('writes a readable %s file of no rows', async (end) => {
    const path = join(folder, `none.${end}`)
    await writeRowFile(path, [], plain)
    if (end === 'parquet') expect(await parquetReadObjects({ file: await asyncBufferFromFile(path) })).toEqual([])
    if (end === 'json') expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([])
    if (end === 'csv') expect(readCsv(readFileSync(path, 'utf8')).length).toBe(1)
    if (end === 'ndjson') expect(readFileSync(path, 'utf8')).toBe('')
  })

  it('writes JSON and NDJSON with the fields of a row and where it comes from', async () => {
    await writeRowFile(join(folder, 'a.json'), [HIT, FAILED], plain)
    await writeRowFile(join(folder, 'a.ndjson'), [HIT, FAILED], plain)
    const rows = JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8'))
    const lines = readFileSync(join(folder, 'a.ndjson'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line))
    expect(lines).toEqual(rows)
    expect(rows[0]).toMatchObject({ symbol: 'AAPL', data: HIT.data, strategies: HIT.strategies, error: null, marketSource: 'simulated:ab12' })
    expect(rows[0]).not.toHaveProperty('batchId')
    expect(rows[1].error).toEqual(FAILED.error)
  })

  it('adds provenance and durations where asked for', async () => {
    const path = join(folder, 'timed.csv')
    await writeRowFile(path, [HIT], { market: simulated, timings: true })
    const [header, hit] = readCsv(readFileSync(path, 'utf8'))
    expect(header!.slice(8, 14)).toEqual(['Batch_ID', 'Worker_ID', 'Attempt', 'Queue_Ms', 'Data_Ms', 'Script_Ms'])
    expect(hit!.slice(8, 14)).toEqual(['1', '2', '1', '3.5', '1', '0.25'])
  })

  it('calls simulated data simulated whatever its source is named', async () => {
    const path = join(folder, 'label.csv')
    await writeRowFile(path, [HIT], { market: { source: 'demo', simulated: true, snapshot: 'x' }, timings: false })
    expect(readCsv(readFileSync(path, 'utf8'))[1]!.at(-1)).toBe('simulated:demo:x')
    await writeRowFile(path, [HIT], { market: { source: 'imported', simulated: false, snapshot: 'x' }, timings: false })
    expect(readCsv(readFileSync(path, 'utf8'))[1]!.at(-1)).toBe('imported:x')
  })

  it('keeps the old file and leaves nothing behind where rows break off', async () => {
    const inner = join(folder, 'broken')
    mkdirSync(inner)
    const path = join(inner, 'rows.csv')
    writeFileSync(path, 'old')
    const breaking = function* () {
      yield HIT
      throw new Error('journal is gone')
    }
    await expect(writeRowFile(path, breaking(), plain)).rejects.toThrow('journal is gone')
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(inner)).toEqual(['rows.csv'])
  })

  it('removes what a killed process has left of an earlier try, and nothing else', async () => {
    const place = mkdtempSync(join(folder, 'drafts-'))
    const path = join(place, 'rows.csv')
    // Another process begins the same file and is killed while it writes.
    const begin = `import { newDraft } from ${JSON.stringify(new URL('../../../../runtime/output/drafts.ts', import.meta.url).href)}
      import { writeFileSync } from 'node:fs'
      writeFileSync(newDraft(${JSON.stringify(path)}), 'half')
      process.kill(process.pid, 'SIGKILL')`
    expect(spawnSync(process.execPath, ['--input-type=module', '-e', begin]).signal).toBe('SIGKILL')
    expect(readdirSync(place)).toHaveLength(1)
    const others = [basename(newDraft(path)), basename(newDraft(join(place, 'other.csv'))), '.rows.csv.mine.tmp', '.rows.csv.00000000-1-1-00000000.tmp']
    for (const name of others) writeFileSync(join(place, name), '')
    await writeRowFile(path, [HIT], plain)
    expect(readdirSync(place).sort()).toEqual([...others, 'rows.csv'].sort())
  })

  it('writes through a link', async () => {
    writeFileSync(join(folder, 'real.csv'), '')
    symlinkSync(join(folder, 'real.csv'), join(folder, 'link.csv'))
    await writeRowFile(join(folder, 'link.csv'), [HIT], plain)
    expect(lstatSync(join(folder, 'link.csv')).isSymbolicLink()).toBe(true)
    expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toContain('AAPL')
  })
})

describe('checkRowFile', () => {
  it('knows formats by the end of the name', () => {
    expect(formatOfPath('a.b/C.CSV')).toBe('csv')
    for (const path of ['rows', 'rows.xlsx', 'rows.', 'a.csv/rows', '.csv.gz']) {
      expect(() => checkRowFile(join(folder, path))).toThrow(expect.objectContaining({ code: 'output_unknown_format', hint: expect.stringContaining('.parquet') }))
    }
  })

  it('refuses places where no file can be', () => {
    mkdirSync(join(folder, 'dir.csv'))
    writeFileSync(join(folder, 'plain'), '')
    for (const [path, problem] of [['dir.csv', 'not a file'], ['missing/rows.csv', 'folder does not exist'], ['plain/rows.csv', 'folder is a file']] as const) {
      expect(() => checkRowFile(join(folder, path))).toThrow(expect.objectContaining({ code: 'output_not_writable', message: expect.stringContaining(problem) }))
    }
  })
})
