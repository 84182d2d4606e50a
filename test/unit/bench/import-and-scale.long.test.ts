import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { writeBarsFile } from '../../bench/import/bars-file.ts'
import { benchImport } from '../../bench/import/benchmark.ts'
import { importText, scaleText } from '../../bench/report.ts'
import { benchScale } from '../../bench/scale/benchmark.ts'
import { simulatedMarket } from '../../bench/scan/markets.ts'

const SYMBOLS = 40
const TIMEOUT_MS = 90_000
const TEST_MS = 400_000

let scratch: string
beforeAll(() => void (scratch = mkdtempSync(join(tmpdir(), 'strikescan-bench-test-'))))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('the import benchmark', () => {
  it('writes a file of about the size asked for, whose rows are bars of sessions', () => {
    const file = join(scratch, 'bars.csv')
    const { bytes, rows, symbols, sessions } = writeBarsFile(file, 1_000_000)
    const [, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(Math.abs(bytes - 1_000_000)).toBeLessThan(100_000)
    expect([lines.length, new Set(lines.map((line) => line.split(',', 2).join(' '))).size]).toEqual([rows, symbols * sessions])
    expect(lines.filter((line) => !/^[A-Z]{4},\d{4}-\d\d-\d\d(,\d+\.\d\d){4},\d+$/.test(line))).toEqual([])
  })

  it('runs small, with every row taken', { timeout: TEST_MS }, async () => {
    const result = await benchImport({ megabytes: 1, rounds: 1, timeoutMs: TIMEOUT_MS, scratch })
    expect(result.files.map(({ contenders }) => contenders.slice(0, 2).map(({ name }) => name.split(' ')[0]))).toEqual([['plain', 'strikescan'], ['plain', 'strikescan']])
    expect(result.files[1]!.file.rows).toBeGreaterThan(3 * result.files[0]!.file.rows)
    expect(importText(result)).toContain('strikescan import bars')
  })

  it('is refused where the disk could not hold it', async () => {
    await expect(benchImport({ megabytes: 1e9, rounds: 1, timeoutMs: TIMEOUT_MS, scratch })).rejects.toThrow('give a smaller --megabytes')
  })
})

describe('the scale benchmark', () => {
  it('runs small, with the same hits by one worker and by two', { timeout: TEST_MS }, async () => {
    const market = await simulatedMarket(join(scratch, 'home'), SYMBOLS)
    const result = await benchScale(market, { dates: 30, rounds: 1, cores: 2, timeoutMs: TIMEOUT_MS, scratch, settings: ['--set', `market.simulatedSymbols=${SYMBOLS}`] })
    expect(result.workers.map(({ workers }) => workers)).toEqual([1, 2])
    expect(result.workers[0]!.efficiency).toBe(1)
    expect(result.batches.few).toBeGreaterThan(result.batches.many)
    expect(scaleText(result)).toContain('a further batch')
  })
})
