import { beforeEach, expect, it } from 'vitest'

import { Exploration, type ExplorationOptions } from '../../../../runtime/explore/exploration.ts'
import type { ExplorationStatus } from '../../../../runtime/explore/row.ts'

let told: (number | null)[]
let warnings: string[]
beforeEach(() => {
  told = []
  warnings = []
})

/** An exploration of one open row of one ticker, whose run has rows of `byStatus` already, and of which no call is answered. */
function exploration(byStatus: Partial<Record<ExplorationStatus, number>>, givenUp: () => unknown): Exploration {
  const rows = 1 + Object.values(byStatus).reduce((sum, count) => sum + count, 0)
  const ticker = new Map([['SPY', [rows - 1]]])
  const store = {
    counts: () => ({ rows, pending: 1, byStatus: { ...byStatus } }),
    tickers: () => new Map([[null, new Map([['SPY', 1]])]]),
    pending: () => new Map([[null, ticker]]),
    inputs: () => [{ ticker: 'SPY', date: null, close: 1, problems: [] }],
    unpriced: () => new Set(),
  }
  const deps = { liquidity: () => [], access: { calls: () => 0 }, now: () => 0, givenUp }
  const session = {
    plan: () => ({ calls: 2, durationMs: 0, limitedBy: 'nothing' }),
    openTicker: () => ({ deps, close: () => {} }),
    report: () => ({ calls: 1, priceCalls: 0, retries: 0, failures: {}, cache: { memory: 0, disk: 0, redis: 0, fetched: 0, failed: 1, stale: 0, corrupt: 0, unstorable: 0, hitRate: 0 } }),
    unanswered: 'It said nothing.',
  }
  const options = {
    service: { begin: () => Promise.resolve(session), learn: () => {} },
    store,
    runNumber: 1,
    workers: 1,
    forceFull: false,
    refreshSince: null,
    openProvider: () => Promise.resolve({ name: 'fake', simulated: true }),
    settle: () => {},
    flush: () => Promise.resolve(),
    whenFree: () => Promise.resolve(),
    log: () => {},
    warn: (code: string) => void warnings.push(code),
    progress: (_: string, __: number, etaMs: number | null) => void told.push(etaMs),
  }
  return new Exploration(options as unknown as ExplorationOptions)
}

const timedOut = () => ({ status: 'Timed_Out', reason: 'it took too long' })

it('tells no time to go before a row is done, such as one that is interrupted during a hold', async () => {
  const waiting: Exploration = exploration({}, () => {
    // Longer than progress is told apart.
    const until = performance.now() + 260
    while (performance.now() < until);
    waiting.stop('interrupt')
    return 'interrupted'
  })
  await waiting.carryOut()
  expect(told).toEqual([0, null])
})

it('warns that nothing was answered where rows failed for that, and no row of the run has an answer', async () => {
  await exploration({}, timedOut).carryOut()
  expect(warnings).toEqual(['explore_no_answer'])
  warnings = []
  await exploration({ Success: 200_000, Not_Viable: 3 }, timedOut).carryOut()
  await exploration({}, () => 'interrupted').carryOut()
  expect(warnings).toEqual([])
})
