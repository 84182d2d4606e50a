import { beforeEach, expect, it } from 'vitest'

import { Exploration, type ExplorationOptions } from '../../../../runtime/explore/exploration.ts'
import type { ExplorationStatus } from '../../../../runtime/explore/row.ts'

let told: (number | null)[]
let warnings: string[]
let said: string[]
let logged: string[]
let limit: { durationMs: number; limitedBy: string; callsPerMinute: number | null }
beforeEach(() => {
  limit = { durationMs: 0, limitedBy: 'nothing', callsPerMinute: null }
  logged = []
  told = []
  warnings = []
  said = []
})

/** An exploration of open rows, else one of one ticker, whose run has rows of `byStatus` already, and of which no call is answered. */
function exploration(byStatus: Partial<Record<ExplorationStatus, number>>, givenUp: () => unknown, open?: Map<string | null, Map<string, number[]>>): Exploration {
  const opens = open === undefined ? 1 : [...open.values()].flatMap((byTicker) => [...byTicker.values()]).flat().length
  const rows = opens + Object.values(byStatus).reduce((sum, count) => sum + count, 0)
  const pending = open ?? new Map([[null, new Map([['SPY', [rows - 1]]])]])
  const store = {
    counts: () => ({ rows, pending: opens, byStatus: { ...byStatus } }),
    tickers: () => new Map([...pending].map(([date, byTicker]) => [date, new Map([...byTicker].map(([name, { length }]) => [name, length]))])),
    pending: () => pending,
    inputs: () => [{ ticker: 'SPY', date: null, close: 1, problems: [] }],
    unpriced: () => new Set(),
  }
  const deps = { liquidity: () => [], access: { calls: () => 0 }, now: () => 0, givenUp }
  const session = {
    plan: () => ({ calls: 2, durationMs: 0, limitedBy: 'nothing' }),
    openTicker: () => ({ deps, close: () => {} }),
    report: () => ({ calls: 1, priceCalls: 0, retries: 0, failures: {}, cache: { memory: 0, disk: 0, redis: 0, fetched: 0, failed: 1, stale: 0, corrupt: 0, unstorable: 0, hitRate: 0 } }),
    leftOf: () => limit,
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
    log: (_: string, __: string, text: string) => void logged.push(text),
    warn: (code: string) => void warnings.push(code),
    progress: (text: string, _: number, etaMs: number | null) => {
      said.push(text)
      told.push(etaMs)
    },
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

it("tells of the provider's minute once an answer has, and of the time that it takes", async () => {
  limit = { durationMs: 57_900, limitedBy: 'callsPerMinute', callsPerMinute: 40 }
  const slow = () => {
    const until = performance.now() + 260
    while (performance.now() < until);
    return timedOut()
  }
  const open = new Map([[null, new Map([['SPY', [0]], ['KO', [1]], ['F', [2]]])]])
  await exploration({}, slow, open).carryOut()
  expect(logged.filter((text) => text.includes('a minute'))).toEqual(['fake grants 40 calls a minute by its answers: about 58 s to go'])
  expect(told).toEqual([0, 57_900, 57_900, 0])
})

it('warns that nothing was answered where rows failed for that, and no row of the run has an answer', async () => {
  await exploration({}, timedOut).carryOut()
  expect(warnings).toEqual(['explore_no_answer'])
  warnings = []
  await exploration({ Success: 200_000, Not_Viable: 3 }, timedOut).carryOut()
  await exploration({}, () => 'interrupted').carryOut()
  expect(warnings).toEqual([])
})

it('counts the tickers that rows name, of each date apart', async () => {
  const many = Array.from({ length: 1_200 }, (_, at) => at)
  const plans = async (open: Map<string | null, Map<string, number[]>>): Promise<string[]> => {
    said = []
    await exploration({}, () => 'interrupted', open).carryOut()
    return said.filter((text) => text.includes(' of ') && !text.startsWith('Exploring rows'))
  }
  expect(await plans(new Map([[null, new Map([['SPY', many], ['', [1_200]]])]]))).toEqual(['Exploring 1,201 rows of 1 ticker: about 2 calls'])
  expect(await plans(new Map([[null, new Map([['', [0]]])]]))).toEqual(['Exploring 1 row of 0 tickers: about 2 calls'])
  const dates = new Map([['2026-11-19', new Map([['SPY', [0, 1]]])], ['2026-11-20', new Map([['SPY', [2]], ['KO', [3]]])]])
  expect(await plans(dates)).toEqual(['Exploring 2 rows of 1 ticker on 2026-11-19: about 2 calls', 'Exploring 2 rows of 2 tickers on 2026-11-20: about 2 calls'])
})
