import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestHost, type TestHost } from './support/hosting.ts'

const API = 'https://api.tradier.com/v1/markets'
/** Reads the market where the script is not at any date yet. */
const TOP = `
const read = async (path) => (await fetch('${API}' + path)).json()
const { history } = await read('/history?symbol=SPY')
const { expirations } = await read('/options/expirations?symbol=SPY')
const { options } = await read('/options/chains?symbol=SPY&expiration=' + expirations.date[0])
const seen = { bar: history.day.at(-1).date, expiration: expirations.date[0], quote: new Date(options.option[0].bid_date).toISOString().slice(0, 10), today: new Date().toISOString().slice(0, 10) }
export const scan = () => ({ score: 1, data: seen })`

describe('no bar and no chain after the date of a scan reaches it', () => {
  let test: TestHost
  beforeAll(async () => void (test = await openTestHost()))
  afterAll(() => test.close())

  it.each<[string, object, string]>([
    ['the first date of the run', { dates: ['2026-09-11', '2026-06-12', '2026-11-20'] }, '2026-06-12'],
    ['the first session of a range', { from: '2026-06-13', to: '2026-06-16' }, '2026-06-15'],
    ['the session that the run looks back from', { asOf: '2026-06-13' }, '2026-06-12'],
    ['the last session, where nothing is said', {}, '2026-11-20'],
  ])('by the top level of a script, which sees %s', async (_, dates, first) => {
    const { run, rows } = await test.run(TOP, { symbols: ['KO'], filename: 'top.mjs', ...dates })
    expect(run.error).toBeNull()
    for (const { data } of rows) expect(data).toEqual({ bar: first, expiration: first, quote: first, today: first })
  })

  it("by the top level of a script, which sees the first of its own dates", async () => {
    const { rows } = await test.run(`const DATES = ['2026-09-11', '2026-06-12']\n${TOP}`, { symbols: ['KO'], filename: 'top.mjs' })
    expect(rows.map(({ date, data }) => [date, (data as { bar: string }).bar])).toEqual([['2026-09-11', '2026-06-12'], ['2026-06-12', '2026-06-12']])
  })

  it('by the calendar, whatever the script puts in place of the language\'s own', async () => {
    const { rows } = await test.run(`
const seen = []
for (const name of ['subarray', 'slice', 'indexOf', 'includes', 'set']) Object.getPrototypeOf(Int32Array.prototype)[name] = function (...args) { seen.push(...this); return this }
globalThis.Int32Array = class { constructor(days) { seen.push(...days) } }
export async function scan() {
  for (const url of ['${API}/clock', '${API}/calendar?month=6&year=2026', 'https://api.polygon.io/v1/marketstatus/now']) await (await fetch(url)).json()
  return { score: seen.length }
}`, { symbols: ['KO'], dates: ['2026-06-12'], filename: 'calendar.mjs' })
    expect(rows[0]).toMatchObject({ status: 'hit', score: 0 })
  })

  it('by what the script kept of another date, in whatever order the dates were asked for', async () => {
    const { run, rows } = await test.run(`
const kept = {}
export const scan = (symbol, bars) => ({ score: 1, data: (kept[symbol] ??= bars.at(-1).date) })`, { symbols: ['KO', 'AAPL'], dates: ['2026-11-20', '2026-06-12', '2026-09-11'], filename: 'kept.mjs' })
    expect(run.split?.mode).toBe('whole')
    // The rows stay in the order asked for.
    expect(rows.map(({ symbol, date }) => `${symbol} ${date}`)).toEqual(['KO', 'AAPL'].flatMap((symbol) => ['2026-11-20', '2026-06-12', '2026-09-11'].map((date) => `${symbol} ${date}`)))
    expect(rows.map(({ data }) => data)).toEqual(new Array(6).fill('2026-06-12'))
  })
})

it("a run is screened over the window that was asked for, as its preview is", async () => {
  const test = await openTestHost()
  try {
    const kept: string[] = []
    for (const window of [1, 250]) {
      const request = { universe: 'all' as const, asOf: '2026-06-12', prefilter: { activateAbove: 0, limit: 12, window } }
      const { run, rows } = await test.run('export const scan = () => 1', request)
      const preview = await test.host.previewPrefilter(request)
      const symbols = rows.filter(({ status }) => status === 'hit').map(({ symbol }) => symbol)
      expect(run.prefilter?.settings.window).toBe(window)
      expect(JSON.stringify(preview), `window ${window}`).toContain(JSON.stringify(run.prefilter?.steps))
      kept.push(symbols.join())
    }
    expect(kept[0]).not.toBe(kept[1])
  } finally {
    await test.close()
  }
})
