import fc from 'fast-check'

import type { EventBody } from './fake-host.ts'

const symbol = fc.constantFrom('A', 'B', 'C', 'D', 'É')
const date = fc.constantFrom('2026-11-19', '2026-11-20')

/** Any event but the end, over few symbols and workers, so that events make each other stale. */
export const anyBody: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record({ type: fc.constant('symbols' as const), symbols: fc.array(fc.record({ symbol, date, status: fc.constantFrom('running' as const, 'hit' as const, 'miss' as const) }), { maxLength: 4 }) }),
  fc.record({ type: fc.constant('run' as const), status: fc.constant('running' as const), stage: fc.constant('executing' as const), percent: fc.nat(100), message: fc.string(), ledger: fc.constant({} as never), etaMs: fc.constant(null), market: fc.constant({} as never) }),
  fc.record({ type: fc.constant('worker' as const), id: fc.nat(2), pid: fc.nat(3), rssBytes: fc.nat(), cpuPercent: fc.nat(100), symbol: fc.constant(null), note: fc.option(fc.string(), { freq: 2 }) }),
  fc.record({ type: fc.constant('log' as const), level: fc.constant('info' as const), symbol: fc.constant(null), text: fc.string() }),
  fc.record({ type: fc.constant('explore' as const), row: fc.record({ position: fc.nat() }) as fc.Arbitrary<never> }),
)
