import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { unmodifiedText } from '../../bench/report.ts'
import { simulatedMarket } from '../../bench/scan/markets.ts'
import { benchUnmodified } from '../../bench/unmodified/benchmark.ts'

let scratch: string
beforeAll(() => void (scratch = mkdtempSync(join(tmpdir(), 'strikescan-bench-test-'))))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe('the benchmark of unmodified scripts', () => {
  it('runs small', { timeout: 60_000 }, async () => {
    const result = await benchUnmodified(await simulatedMarket(join(scratch, 'home'), 30), { symbols: 30, dates: 2, rounds: 1, scratch })
    expect(result).toMatchObject({ symbols: 30, dates: 2, rounds: 1, authorRequests: 4 })
    for (const ms of [result.computeMs, result.served.wholeMs, result.served.executingMs, result.started.wholeMs, result.started.executingMs]) expect(ms).toBeGreaterThan(0)
    // Its author waits for each request and sleeps after it; hosted, none of that takes any time.
    expect(result.authorMs).toBeGreaterThan(30 * 2 * 250)
    expect(result.started.wholeMs).toBeLessThan(result.authorMs)
    expect(unmodifiedText(result)).toContain('in a server, executing')
  })
})
