import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

import { benchExplore } from '../../bench/explore/benchmark.ts'
import { exploreText } from '../../bench/report.ts'

it('the explore benchmark runs small', { timeout: 60_000 }, async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'strikescan-bench-test-'))
  try {
    const result = await benchExplore({ tickers: 8, peerTickers: 2, latencyMs: 5, requestsPerSecond: 50, timeoutMs: 40_000, scratch })
    expect([result.rows, result.cold.calls, result.cold.priceCalls, result.cold.callsPerTicker, result.warm.calls, result.peer.callsPerTicker]).toEqual([16, 17, 1, 2, 0, 4])
    expect(result.limitMs).toBe(340)
    expect([result.cold.success, result.warm.success]).toEqual([16, 16])
    expect(result.cold.wallMs).toBeGreaterThan(result.limitMs * 0.9)
    expect(exploreText(result)).toContain('strikescan explore, warm')
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
})
