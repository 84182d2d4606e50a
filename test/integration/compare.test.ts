import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { HitComparison, Row } from '../../runtime/host.ts'
import { openTestHost, type Hosted, type TestHost } from './support/hosting.ts'

/** Hits whose scores move from day to day; KO has none, and MSFT always the same. */
const SCAN = `
export function scan(symbol, bars, { date }) {
  if (symbol === 'MSFT') return true
  const last = bars.at(-1).close, before = bars.at(-2).close
  return symbol !== 'KO' && last > before && { score: last / before - 1, direction: 'bullish', data: { last } }
}`

const DAYS = ['2026-11-18', '2026-11-19', '2026-11-20'] as const
const hits = (rows: readonly Row[]): Map<string, Row> => new Map(rows.filter(({ status }) => status === 'hit').map((row) => [row.symbol, row]))
const symbolsOf = ({ changes }: HitComparison, ...kinds: string[]): string[] => changes.filter(({ kind }) => kinds.includes(kind)).map(({ symbol }) => symbol).toSorted()

describe('the hits of two runs', () => {
  let test: TestHost
  const runs: Hosted[] = []
  beforeAll(async () => {
    test = await openTestHost()
    for (const dates of [[DAYS[1]], [DAYS[2]], [DAYS[1], DAYS[2]], [DAYS[0], DAYS[1]]]) runs.push(await test.run(SCAN, { universe: 'all', dates, filename: 'scan.mjs' }))
  })
  afterAll(() => test.close())

  it('of different dates are compared by symbol: what is new, gone, and how the scores of those that stayed moved', async () => {
    const [before, after] = runs as [Hosted, Hosted]
    const comparison = await test.host.compareHits(before.id, after.id, null, 1_000)
    expect(comparison).toMatchObject({ by: 'symbol', reason: `the runs are of different dates, ${DAYS[1]} and ${DAYS[2]}`, isWhole: true, before: { run: before.id, dates: 1, lastDate: DAYS[1] } })
    const [old, fresh] = [hits(before.rows), hits(after.rows)]
    expect(symbolsOf(comparison, 'new')).toEqual([...fresh.keys()].filter((symbol) => !old.has(symbol)).toSorted())
    expect(symbolsOf(comparison, 'gone')).toEqual([...old.keys()].filter((symbol) => !fresh.has(symbol)).toSorted())
    const stayed = [...fresh.keys()].filter((symbol) => old.has(symbol)).toSorted()
    expect(stayed.length).toBeGreaterThan(1)
    expect(symbolsOf(comparison, 'changed', 'same')).toEqual(stayed)
    expect(symbolsOf(comparison, 'same')).toEqual(['MSFT'])
    for (const change of comparison.changes) {
      const [was, is] = [before, after].map(({ rows }) => rows.find(({ symbol }) => symbol === change.symbol)!)
      expect([change.before, change.after]).toEqual([was, is])
      if (change.kind === 'changed') expect(change).toMatchObject({ scoreMove: is!.score! - was!.score!, fields: ['score', 'last'] })
      else expect(change.scoreMove).toBeNull()
    }
    // The best of what is new comes first.
    const scores = comparison.changes.filter(({ kind }) => kind === 'new').map(({ after }) => after!.score!)
    expect(scores).toEqual(scores.toSorted((one, other) => other - one))
  })

  it('are compared row by row where they have a date in common, or where that is asked for', async () => {
    const [yesterday, , both] = runs as [Hosted, Hosted, Hosted]
    const comparison = await test.host.compareHits(yesterday.id, both.id, null, 1_000)
    expect(comparison).toMatchObject({ by: 'row', reason: 'the runs have dates in common', counts: { gone: 0, changed: 0, same: hits(yesterday.rows).size } })
    expect(comparison.changes.every(({ kind, before, after }) => kind === 'new' && before === null && after!.date === DAYS[2])).toBe(true)
    expect((await test.host.compareHits(runs[0]!.id, runs[1]!.id, 'row', 1_000)).counts).toMatchObject({ new: hits(runs[1]!.rows).size, gone: hits(runs[0]!.rows).size, changed: 0, same: 0 })
    expect(await test.host.compareHits(both.id, both.id, null, 1_000)).toMatchObject({ by: 'row', changes: [], counts: { new: 0, gone: 0, changed: 0 }, isWhole: true })
  })

  it('take a symbol’s last hit where they are compared by symbol over several dates', async () => {
    const [, , after, before] = runs as [Hosted, Hosted, Hosted, Hosted]
    const comparison = await test.host.compareHits(before.id, after.id, 'symbol', 1_000)
    expect(comparison.reason).toContain('last hit counts')
    // The rows of a symbol stand by date, so the last of them stays.
    const [old, fresh] = [hits(before.rows), hits(after.rows)]
    for (const { symbol, kind, before: was, after: is } of comparison.changes) {
      if (kind !== 'new') expect(was).toEqual(old.get(symbol))
      if (kind !== 'gone') expect(is).toEqual(fresh.get(symbol))
      if (kind === 'gone') expect(is).toMatchObject({ status: 'miss', date: DAYS[2] })
    }
    expect(symbolsOf(comparison, 'new', 'changed', 'same')).toEqual([...fresh.keys()].toSorted())
  })

  it('are counted whole where only the first of them are listed', async () => {
    const [before, after] = runs as [Hosted, Hosted]
    const [whole, some] = [await test.host.compareHits(before.id, after.id, null, 1_000), await test.host.compareHits(before.id, after.id, null, 1)]
    expect(some).toMatchObject({ counts: whole.counts, isWhole: false })
    expect(some.changes.length).toBeLessThanOrEqual(4)
  })

  it('are none of an exploration, nor of a run that there is not', async () => {
    const exploration = await test.host.submitExploration({ strategies: [{ ticker: 'AAPL', strategy: 'Long Call' }] })
    await expect(async () => test.host.compareHits(runs[0]!.id, exploration.id, null, 10)).rejects.toThrow(expect.objectContaining({ code: 'compare_no_scan' }))
    await expect(async () => test.host.compareHits('run-none', runs[0]!.id, null, 10)).rejects.toThrow(expect.objectContaining({ code: 'run_unknown' }))
    await expect.poll(() => test.host.run(exploration.id).status, { timeout: 60_000 }).toBe('completed')
  })
})
