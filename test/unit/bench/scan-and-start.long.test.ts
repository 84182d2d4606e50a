import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { scanText, startText } from '../../bench/report.ts'
import { benchScan } from '../../bench/scan/benchmark.ts'
import { simulatedMarket, type BenchMarket } from '../../bench/scan/markets.ts'
import { benchStart } from '../../bench/start/benchmark.ts'

const SYMBOLS = 40
const SETTINGS = ['--set', `market.simulatedSymbols=${SYMBOLS}`]
const TIMEOUT_MS = 20_000

let scratch: string
let market: BenchMarket

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'strikescan-bench-test-'))
  market = await simulatedMarket(join(scratch, 'home'), SYMBOLS)
}, TIMEOUT_MS)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('the scan benchmark', () => {
  it('runs small, with every contender coming to the same hits', { timeout: 60_000 }, async () => {
    const result = await benchScan(market, { rounds: 1, warmUp: false, timeoutMs: TIMEOUT_MS, scratch, settings: SETTINGS })
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

describe('the start benchmark', () => {
  it('runs small', { timeout: 60_000 }, async () => {
    const result = await benchStart(market, { rounds: 1, warmUp: false, timeoutMs: TIMEOUT_MS, settings: SETTINGS })
    expect(result.measures.map(({ role }) => role)).toEqual(['limit', 'strikescan', 'strikescan', 'strikescan', 'strikescan', 'strikescan'])
    // How much CPU was taken is not told on every system.
    for (const { name, ms } of result.measures) if (!name.includes('CPU')) expect(ms).toBeGreaterThan(0)
    expect(startText(result)).toContain('to the first row')
  })
})
