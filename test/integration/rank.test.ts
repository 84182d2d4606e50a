import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Row } from '../../runtime/host.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'

let test: TestHost

beforeAll(async () => {
  test = await openTestHost({ 'limits.symbolTimeoutMs': 1_500, 'workers.count': 2 })
})
afterAll(() => test.close())

const DATES = ['2026-11-18', '2026-11-19', '2026-11-20']
const SCORE = `const change = bars.close[bars.length - 1] / bars.close[0] - 1
    if (!(change > -0.3)) return null`

/** A scanner whose hits are the symbols that did not fall by much over `lookback`, with a rank step. */
const ranked = (rank: string, scan = `${SCORE}\n    return { score: change, data: { change } }`, rest = ''): string => `import { defineScanner, topRanked, percentRanks } from 'strikescan'
export default defineScanner({
  lookback: 21, ${rest}
  scan({ symbol, date, bars, params, shared, history }) {
    ${scan}
  },
  ${rank}
})
`

const brief = (rows: readonly Row[]) => rows.map(({ symbol, date, status, reason, score, data }) => ({ symbol, date, status, reason, score, data }))
const problems = (rows: readonly Row[]) => [...new Set(rows.filter(({ error }) => error !== null).map(({ status, error }) => `${status} ${error!.code} ${error!.line ?? '-'} ${error!.message}`))]

describe('a rank step', () => {
  it('keeps the best part of the hits of each date, as sorting them all by hand does', async () => {
    const { rows: unranked } = await test.run(ranked(''), { dates: DATES })
    const { rows, run } = await test.run(ranked('rank: { fraction: 0.1 },'), { dates: DATES })
    expect(run).toMatchObject({ status: 'completed', split: { mode: 'batch' }, ledger: { detected: rows.length, cancelled: 0 } })
    for (const date of DATES) {
      const candidates = unranked.filter((row) => row.date === date && row.status === 'hit').sort((one, other) => other.score! - one.score!)
      const best = candidates.slice(0, Math.ceil(candidates.length / 10))
      expect(best.length).toBeGreaterThan(1)
      const kept = rows.filter((row) => row.date === date && row.status === 'hit')
      expect(kept.map(({ symbol, reason, data }) => [symbol, reason, data]).sort()).toEqual(best.map(({ symbol, data }, place) => [symbol, `ranked ${place + 1} of ${candidates.length}`, data]).sort())
      expect(rows.filter((row) => row.date === date && row.reason === 'the rank step did not keep it')).toHaveLength(candidates.length - best.length)
    }
  })

  it('gives the same rows whatever the batches, workers and split, each row once', async () => {
    const source = ranked('rank({ candidates, date }) { const seed = Math.random(); return topRanked(candidates, { top: 5 }).map((kept, place) => ({ ...kept, score: place, data: { ...kept.data, place, date, seed, first: candidates[0].symbol } })) },')
    const one = await test.run(source, { dates: DATES, limits: { workers: 1 } })
    const two = await test.run(source, { dates: DATES, limits: { workers: 2 } })
    const whole = await test.run(source, { dates: DATES, split: 'never' })
    expect(brief(two.rows)).toEqual(brief(one.rows))
    expect(brief(whole.rows)).toEqual(brief(one.rows))
    expect(one.rows.filter(({ status }) => status === 'hit')).toHaveLength(15)
    expect(new Set(one.rows.map(({ symbol, date }) => `${symbol} ${date}`)).size).toBe(one.rows.length)
  })

  it('goes on after an interruption to the same rows', async () => {
    const slow = ranked('rank: { top: 7 },', `let x = 0\n    for (let i = 0; i < 4e5; i++) x += Math.sqrt(i)\n    ${SCORE}\n    return { score: change, data: { change, x } }`)
    const straight = await test.run(slow, { dates: DATES })
    const handle = test.host.startRun({ filename: 'scan.js', source: new TextEncoder().encode(slow), dates: DATES, prefilter: false })
    await new Promise<void>((resolve) => {
      handle.subscribe((event) => {
        if (event.type === 'symbols' && event.symbols.some(({ status }) => status === 'hit')) resolve()
      })
    })
    handle.interrupt()
    expect((await handle.done).status).toBe('paused')
    expect([...test.host.rows(handle.id)].length).toBeLessThan(straight.rows.length)
    expect((await test.host.resumeRun(handle.id).done).status).toBe('completed')
    expect(brief([...test.host.rows(handle.id)])).toEqual(brief(straight.rows))
  })

  it('is not called where there is nothing to rank, and gets symbols without history in neither case', async () => {
    const { rows, run } = await test.run(ranked('rank() { throw new Error("called") },', 'return null'), {})
    expect(run.ledger).toMatchObject({ failed: 0, hit: 0 })
    expect(problems(rows)).toEqual([])
  })

  it.each([
    ['no list', 'rank: () => 7,', 'failed rank_result_invalid - rank returned a number, not a list of the hits to keep'],
    ['a stranger', "rank: () => [{ symbol: 'NOPE' }],", 'failed rank_result_invalid - rank()[0].symbol "NOPE" is none of the candidates'],
    ['a name for a hit', 'rank: ({ candidates }) => candidates.map(({ symbol }) => symbol),', 'failed rank_result_invalid - rank()[0] is a string, not a candidate or an object with its symbol'],
    ['a key of its own', 'rank: ({ candidates }) => candidates.map((kept) => ({ ...kept, place: 1 })),', 'failed rank_result_invalid - rank()[0] has an unknown key "place"; what a row is to show belongs in its data'],
    ['an error', 'rank({ candidates }) { return candidates.nothing.at(0) },', "failed script_threw 9 TypeError: Cannot read properties of undefined (reading 'at')"],
    ['a promise nobody keeps', 'rank: () => new Promise(() => {}),', 'failed never_settles - The script is done but still waits for a promise that nothing can settle.'],
    ['a loop', 'rank() { for (;;); },', expect.stringMatching(/^timed_out rank_timeout - The rank step of 2026-11-20 was still at work after 1.5 s and was stopped, and with it the \d+ hits it was to rank\.$/)],
    ['a flood', 'rank() { const all = []; for (;;) all.push(new Array(1e6).fill(all.length)) },', expect.stringMatching(/^out_of_memory script_out_of_memory - /)],
    ['a hit without a score', 'rank: { top: 3 },', expect.stringMatching(/^failed rank_without_score - the hit of \w+ has no score, and rank goes by the scores$/), 'return true'],
    ['the same twice', 'rank: ({ candidates }) => [candidates[0], candidates[0]],', expect.stringMatching(/^failed rank_result_invalid - rank\(\)\[1\] and rank\(\)\[0\] are both \w+$/)],
  ])('that comes to %s fails the hits of its date, and says what to change', async (_, rank, problem, scan = `${SCORE}\n    return { score: change }`) => {
    const { rows, run } = await test.run(ranked(rank, scan))
    expect(run.status).toBe('completed')
    expect(problems(rows)).toEqual([problem])
    expect(rows.some(({ status }) => status === 'hit')).toBe(false)
    expect(rows.filter(({ status }) => status === 'miss' || status === 'no_data').length + rows.filter(({ error }) => error !== null).length).toBe(rows.length)
  })

  it('whose value cannot stand fails that row alone, naming the field', async () => {
    const { rows } = await test.run(ranked('rank: ({ candidates }) => candidates.map((kept, place) => place === 0 ? { ...kept, score: NaN } : place === 1 ? { ...kept, data: { n: 1n } } : kept),'))
    const failed = rows.filter(({ status }) => status === 'failed')
    expect(failed.map(({ error }) => [error!.code, error!.message])).toEqual([
      ['invalid_score', 'score is NaN'],
      ['result_not_plain', expect.stringContaining('data.n')],
    ])
    expect(rows.filter(({ status }) => status === 'hit').length).toBeGreaterThan(5)
  })

  it('cannot change what another step sees, nor what a candidate is', async () => {
    const { rows } = await test.run(ranked('rank({ candidates }) { try { candidates[0].score = 1e9 } catch { return [{ symbol: candidates[0].symbol, reason: "frozen" }] } return [] },'))
    expect(rows.filter(({ status }) => status === 'hit').map(({ reason }) => reason)).toEqual(['frozen'])
  })
})

describe('hooks around a batch', () => {
  it('prepare what the scan shares, from any symbol, with nothing later than the date', async () => {
    const { rows, run } = await test.run(
      ranked('', 'return { data: shared }', "before: async ({ history, symbols, params }) => { const spy = history(' spy '); return { last: spy.date.at(-1), bars: spy.length > 100, unknown: history('NOPE'), some: symbols.length > 0 } },"),
      { dates: DATES, symbols: ['SPY', 'QQQ'] },
    )
    expect(run.warnings).toEqual([])
    expect(rows.map(({ date, data }) => [date, data])).toEqual([...DATES, ...DATES].map((date) => [date, { last: date, bars: true, unknown: null, some: true }]))
  })

  it('fail the rows of their batch with the line where they throw before it', async () => {
    const { rows } = await test.run(ranked('', 'return true', 'before() { throw new Error("no index") },'), { symbols: ['SPY', 'QQQ', 'NOPE'] })
    expect(rows.map(({ status }) => status)).toEqual(['failed', 'failed', 'no_data'])
    expect(problems(rows)).toEqual(['failed script_threw 3 Error: no index'])
  })

  it('warn where they throw after it: the rows are there', async () => {
    const { rows, run, logs } = await test.run(ranked('', 'return true', 'after({ symbols, log }) { log(symbols.join()); throw new Error("too late") },'), { symbols: ['SPY', 'QQQ'], split: 'never' })
    expect(rows.map(({ status }) => status)).toEqual(['hit', 'hit'])
    expect(run.warnings).toEqual([expect.objectContaining({ code: 'after_hook_failed', message: 'the hook after a batch failed: too late' })])
    expect(logs).toEqual([{ level: 'info', symbol: null, text: 'SPY,QQQ' }])
  })

  it('are stopped where they do not end', async () => {
    const { rows, run } = await test.run(ranked('', 'return true', 'before() { for (;;); },'), { symbols: ['SPY'] })
    expect(run.status).toBe('completed')
    expect(problems(rows)).toEqual(['timed_out symbol_timeout - The scan was still at this symbol after 1.5 s and was stopped.'])
  })
})

describe('a definition that cannot stand', () => {
  it.each([
    ["rank: { top: 0 }", 'scan.js:9:3 rank.top must be', 11],
    ["rank: 'best'", 'scan.js:9:3 rank must be a function or an object', 3],
    ["rnk: {}", 'scan.js:9:3 The definition has an unknown key "rnk"; did you mean rank?', 3],
    ["after: true", 'scan.js:9:3 after must be a function', 3],
  ])('%s is refused with its line, before it runs where the text shows it', async (part, message, column) => {
    expect((await test.run(ranked(part))).run.error).toMatchObject({ code: 'script_refused', message: expect.stringContaining(message.replace(':3 ', `:${column} `)) })
    // Behind a call, only running it tells.
    const { run } = await test.run(ranked(part).replace('defineScanner({', 'defineScanner(((all) => all)({').replace(/\}\)\s*$/, '}))'))
    expect(run.error).toMatchObject({ code: 'definition_invalid', message: expect.stringContaining(message.replace(':3 ', `:${column} `)) })
  })
})
