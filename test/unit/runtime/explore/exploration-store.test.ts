import { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'

import { EXPLORATION_TABLES, ExplorationStore } from '../../../../runtime/explore/exploration-store.ts'
import { emptyOutcome } from '../../../../runtime/explore/outcome.ts'
import type { ExplorationRow } from '../../../../runtime/explore/row.ts'
import { strategyRow } from './support.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-11-20T21:00:00Z')
const RUN = 1

let store: ExplorationStore
beforeEach(() => {
  const database = new DatabaseSync(':memory:')
  database.exec(EXPLORATION_TABLES)
  store = new ExplorationStore(database)
})

const finished = (position: number, reason: string): ExplorationRow => ({ position, input: store.inputs(RUN, [position])[0]!, outcome: emptyOutcome('Not_Viable', reason) })

describe('rows of an exploration', () => {
  const rows = [
    strategyRow({ ticker: 'AAA' }),
    strategyRow({ ticker: 'BBB', date: '2026-11-19' }),
    strategyRow({ ticker: 'AAA' }),
    strategyRow({ ticker: '' }),
    strategyRow({ ticker: 'AAA', date: '2026-11-19' }),
  ]

  it('are open by date and ticker in the order handed over, until they have an outcome, which stands', () => {
    store.add(RUN, 0, rows.slice(0, 3))
    store.add(RUN, 3, rows.slice(3))
    expect([...store.pending(RUN)].map(([date, tickers]) => [date, [...tickers]])).toEqual([
      [null, [['AAA', [0, 2]], ['', [3]]]],
      ['2026-11-19', [['BBB', [1]], ['AAA', [4]]]],
    ])
    store.settle(RUN, [finished(2, 'the first')])
    store.settle(RUN, [finished(2, 'another'), finished(4, 'late')])
    expect([...store.rows(RUN)].map(({ position, outcome }) => [position, outcome.explorationReason])).toEqual([[2, 'the first'], [4, 'late']])
    expect(store.counts(RUN)).toEqual({ rows: 5, pending: 3, retryable: 0, byStatus: { Not_Viable: 2 } })
    expect(store.pending(RUN).get(null)!.get('AAA')).toEqual([0])
    expect(store.tickers(RUN).get(null)).toEqual(new Map([['', 1], ['AAA', 2]]))
  })

  it('of one run are none of another', () => {
    store.add(RUN, 0, rows)
    store.add(2, 0, rows.slice(0, 1))
    store.clear(RUN)
    expect([store.counts(RUN).rows, store.counts(2).rows]).toEqual([0, 1])
  })
})

describe('what is remembered of liquidity', () => {
  const illiquid = { class: 'Illiquid', horizon: 'SHORT', right: 'put', date: '2026-11-20' } as const
  const known = (change: Partial<{ maxAgeDays: number; now: number; date: string | null }> = {}, market = 'tradier') => store.liquidity(market, 'AAA', { maxAgeDays: 7, now: NOW, date: null, ...change })

  it('is known once the run that saw it is over, by market and ticker, until it is too old', () => {
    store.remember(RUN, 'tradier', 'AAA', [illiquid], NOW)
    expect(known()).toEqual([])
    store.learn(RUN, 7, NOW)
    expect(known()).toEqual([{ ...illiquid }])
    expect(known({}, 'files')).toEqual([])
    expect(known({ now: NOW + 7 * DAY })).toHaveLength(1)
    expect(known({ now: NOW + 7 * DAY + 1 })).toEqual([])
    store.learn(2, 7, NOW + 366 * DAY)
    expect(known()).toEqual([])
  })

  it('is kept through a run that wants none of it, and gives way to newer sight once it is too old', () => {
    store.remember(RUN, 'tradier', 'AAA', [illiquid], NOW)
    store.learn(RUN, 7, NOW)
    store.learn(2, 0, NOW + DAY)
    expect(known({ now: NOW + DAY })).toEqual([{ ...illiquid }])
    store.remember(2, 'tradier', 'AAA', [{ ...illiquid, class: 'Good', date: '2026-11-18' }], NOW + 9 * DAY)
    store.learn(2, 7, NOW + 9 * DAY)
    expect(known({ now: NOW + 9 * DAY })).toEqual([{ ...illiquid, class: 'Good', date: '2026-11-18' }])
    store.learn(2, 7, NOW + 400 * DAY)
    expect(known({ now: NOW + 10 * DAY, maxAgeDays: 365 })).toEqual([])
  })

  it('counts for nothing where the clock was set back since, and gives way to newer sight', () => {
    const later = NOW + 30 * DAY
    store.remember(RUN, 'tradier', 'AAA', [{ ...illiquid, date: '2026-12-20' }], later)
    store.learn(RUN, 7, later)
    expect([known(), known({ now: later })]).toEqual([[], [{ ...illiquid, date: '2026-12-20' }]])
    store.remember(2, 'tradier', 'AAA', [{ ...illiquid, class: 'Good' }], NOW)
    store.learn(2, 7, NOW)
    expect(known()).toEqual([{ ...illiquid, class: 'Good' }])
  })

  it('is of no use to hits of days before it was seen, nor of long after', () => {
    store.remember(RUN, 'tradier', 'AAA', [illiquid], NOW)
    store.learn(RUN, 7, NOW)
    expect(['2026-11-19', '2026-11-20', '2026-11-27', '2026-11-28'].map((date) => known({ date }).length)).toEqual([0, 1, 1, 0])
  })

  it('is the best of the newest chain', () => {
    store.remember(RUN, 'tradier', 'AAA', [{ ...illiquid, class: 'Good' }], NOW)
    store.remember(RUN, 'tradier', 'AAA', [illiquid], NOW)
    store.remember(RUN, 'tradier', 'AAA', [{ ...illiquid, date: '2026-11-18' }], NOW)
    store.learn(RUN, 7, NOW)
    expect(known()).toEqual([{ ...illiquid, class: 'Good' }])
    store.remember(2, 'tradier', 'AAA', [{ ...illiquid, date: '2026-11-18' }], NOW)
    store.learn(2, 7, NOW)
    expect(known()[0]!.class).toBe('Good')
  })

  it('is kept of calls and puts apart, and read as of both where an earlier version kept neither', () => {
    store.remember(RUN, 'tradier', 'AAA', [illiquid, { ...illiquid, class: 'Good', right: 'call' }, { ...illiquid, right: 'any' }], NOW)
    store.learn(RUN, 7, NOW)
    expect(known()).toEqual([{ ...illiquid, right: 'any' }, { ...illiquid, class: 'Good', right: 'call' }, illiquid])
  })

  it('forgets that there were no options once there are some', () => {
    store.remember(RUN, 'tradier', 'AAA', [{ class: 'none', horizon: 'any', right: 'any', date: '2026-11-20' }], NOW)
    store.learn(RUN, 7, NOW)
    expect(known()).toHaveLength(1)
    store.remember(2, 'tradier', 'AAA', [illiquid], NOW)
    store.learn(2, 7, NOW)
    expect(known()).toEqual([{ ...illiquid }])
  })
})
