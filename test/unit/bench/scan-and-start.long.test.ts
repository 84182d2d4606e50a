import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { benchDates } from '../../bench/dates/benchmark.ts'
import { datesText, scanText, startText } from '../../bench/report.ts'
import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { SnapshotReader } from '../../../runtime/market/snapshot-reader.ts'
import { benchScan } from '../../bench/scan/benchmark.ts'
import { simulatedMarket, type BenchMarket } from '../../bench/scan/markets.ts'
import { writeParquet } from '../../bench/scan/parquet.ts'
import { benchStart } from '../../bench/start/benchmark.ts'

const SYMBOLS = 40
const SETTINGS = ['--set', `market.simulatedSymbols=${SYMBOLS}`]
/** Of one process. Some of the peers take seconds to start, and many times that on a busy machine. */
const TIMEOUT_MS = 90_000
/** Of a test, which starts up to twenty of them. */
const TEST_MS = 400_000

let scratch: string
let market: BenchMarket

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'strikescan-bench-test-'))
  market = await simulatedMarket(join(scratch, 'home'), SYMBOLS)
}, TIMEOUT_MS)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('the scan benchmark', () => {
  it('runs small, with every contender coming to the same hits', { timeout: TEST_MS }, async () => {
    const result = await benchScan(market, { rounds: 1, warmUp: false, timeoutMs: TIMEOUT_MS, scratch, settings: SETTINGS })
    expect(result.failed).toEqual([])
    expect(result.contenders.length + result.skipped.length).toBe(10)
    expect(result.contenders.map(({ role }) => role)).toEqual(expect.arrayContaining(['limit', 'strikescan', 'peer']))
    expect(new Set(result.contenders.map(({ hits }) => hits)).size).toBe(1)
    expect(result.contenders[0]).toMatchObject({ role: 'limit', ratio: 1 })
    for (const { wallMs, hits } of result.contenders) {
      expect(wallMs).toBeGreaterThan(0)
      expect(hits).toBeGreaterThan(0)
    }
    expect(result.inside.bareMs).toBeGreaterThan(0)
    expect(scanText(result)).toContain('plain Node on all cores')
  })
})

describe('the Parquet file for peers', () => {
  it('holds the bars of the snapshot', async () => {
    const file = join(scratch, 'bars.parquet')
    writeParquet(market.snapshot, file)
    const rows = (await parquetReadObjects({ file: await asyncBufferFromFile(file) })) as { symbol: string; day: number; open: number; close: number }[]
    expect(rows.length).toBe(market.bars)
    const index = parseSnapshotIndex(readFileSync(join(market.snapshot, 'index.json'), 'utf8'), market.snapshot)
    const barsFd = openSync(join(market.snapshot, 'bars.bin'), 'r')
    const reader = new SnapshotReader({ barsFd, index })
    let row = 0
    const differing = index.symbols.flatMap((symbol, place) => {
      const { day, open, close } = reader.read(place)
      return Array.from(day, (_, bar) => ({ symbol, day: day[bar], open: open[bar], close: close[bar] })).filter((bar) => !isDeepStrictEqual(rows[row++], bar))
    })
    closeSync(barsFd)
    expect(differing).toEqual([])
  })
})

describe('the dates benchmark', () => {
  it('runs small, with the hits of a bare loop', { timeout: TEST_MS }, async () => {
    const result = await benchDates(market, { dates: 30, rounds: 1, timeoutMs: TIMEOUT_MS, scratch, settings: SETTINGS })
    expect(result).toMatchObject({ symbols: SYMBOLS, dates: 30, rows: 30 * SYMBOLS, rounds: 1 })
    for (const { scanned, hits, wallMs, perRow } of result.scanners) {
      expect(scanned).toBeGreaterThan(25 * SYMBOLS)
      expect(hits).toBeGreaterThan(0)
      expect(wallMs).toBeGreaterThan(0)
      if (process.platform === 'linux') expect(perRow!.scriptUs).toBeGreaterThan(0)
    }
    expect(datesText(result)).toContain('bar objects')
    await expect(benchDates(market, { dates: 99_999, rounds: 1, timeoutMs: TIMEOUT_MS, scratch, settings: SETTINGS })).rejects.toThrow('dates must be from 2 to')
  })
})

describe('the start benchmark', () => {
  it('runs small', { timeout: TEST_MS }, async () => {
    const result = await benchStart(market, { rounds: 1, warmUp: false, timeoutMs: TIMEOUT_MS, settings: SETTINGS })
    expect(result.measures.map(({ role }) => role)).toEqual(['limit', 'strikescan', 'strikescan', 'strikescan', 'strikescan', 'strikescan'])
    // How much CPU was taken is not told on every system.
    for (const { name, ms } of result.measures) if (!name.includes('CPU')) expect(ms).toBeGreaterThan(0)
    expect(startText(result)).toContain('to the first row')
  })
})
