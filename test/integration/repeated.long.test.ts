import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestHost, type TestHost } from './support/hosting.ts'

const DATES = ['2026-11-13', '2026-11-16', '2026-11-17']
const LISTS = "const SYMBOLS = ['AAPL', 'MSFT']\nconst DATES = ['2026-11-20']\n"
const START = '\n\nmain()\n'

/** Scripts that leave something behind, or stand in an unusual form; what each finds on a date must not hang on the dates before. */
const SCRIPTS: Record<string, string> = {
  'counts in a top-level variable': `${LISTS}let count = 0\nconst results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: ++count }) }${START}`,
  'counts on the global object': `${LISTS}const results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: (globalThis.count = (globalThis.count ?? 0) + 1) }) }${START}`,
  'counts in a sloppy global': `${LISTS}const results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) { if (typeof seen === 'undefined') seen = 0; results.push({ symbol, date, score: ++seen }) } }${START}`,
  'patches a prototype': `${LISTS}const results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) { Array.prototype.count = (Array.prototype.count ?? 0) + 1; results.push({ symbol, date, score: [].count }) } }${START}`,
  'hides a count behind a getter': `${LISTS}const results = []\nlet hidden = 0\nfunction main() { hidden = Math.kept ?? 0; for (const symbol of SYMBOLS) for (const date of DATES) { hidden++; results.push({ symbol, date, score: hidden }) }\n const now = hidden; Object.defineProperty(Math, 'kept', { get: () => now, configurable: true, enumerable: false }) }${START}`,
  'swaps a prototype': `${LISTS}const results = []\nfunction main() { const before = Object.getPrototypeOf(Math.max); const count = (before.count ?? 0) + 1; Object.setPrototypeOf(Math.max, Object.assign(Object.create(before), { count })); for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: count }) }${START}`,
  'sets defaults of axios': `const axios = require('axios')\n${LISTS}const results = []\nfunction main() { axios.defaults.count = (axios.defaults.count ?? 0) + 1; for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: axios.defaults.count }) }${START}`,
  'adds an interceptor to axios': `const axios = require('axios')\n${LISTS}const results = []\nlet calls = 0\nasync function main() { axios.interceptors.request.use((config) => (calls++, globalThis.calls, config)); for (const symbol of SYMBOLS) for (const date of DATES) { const { data } = await axios.get('https://api.polygon.io/v2/aggs/ticker/' + symbol + '/prev'); results.push({ symbol, date, score: calls + data.resultsCount }) } }${START}`,
  'changes the environment': `${LISTS}const results = []\nfunction main() { process.env.COUNT = Number(process.env.COUNT ?? 0) + 1; for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: Number(process.env.COUNT) }) }${START}`,
  'leaves a timer and a label behind': `${LISTS}const results = []\nfunction main() { console.count('run'); console.group('in'); setInterval(() => {}, 1000).unref(); for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: Date.now() / 1e9 + performance.now() }) }${START}`,
  'hides a text in the last match': `${LISTS}const results = []\nfunction main() { const kept = RegExp.input.length + RegExp.lastMatch.length; for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: kept }); /kept/.exec('kept' + 'kept'); RegExp.input = 'more' }${START}`,
  'counts by the numbers of its timers': `${LISTS}const results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: +setTimeout(() => {}, 1) }) }${START}`,
  'draws random numbers': `${LISTS}const results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: Math.random() }) }${START}`,
  'sleeps and asks': `${LISTS}const results = []\nconst sleep = (ms) => new Promise((go) => setTimeout(go, ms))\nasync function main() { for (const date of DATES) for (const symbol of SYMBOLS) { const bars = (await (await fetch('https://api.polygon.io/v2/aggs/ticker/' + symbol + '/range/1/day/2026-10-01/' + date)).json()).results; results.push({ symbol, date, score: bars.length + bars.at(-1).c }); await sleep(250) } }${START}`,
  'asks without a bound': `${LISTS}const results = []\nasync function main() { for (const date of DATES) for (const symbol of SYMBOLS) { const { chart } = await (await fetch('https://query1.finance.yahoo.com/v8/finance/chart/' + symbol + '?range=1mo&interval=1d')).json(); results.push({ symbol, date, score: chart.result[0].timestamp.at(-1) }) } }${START}`,
  'returns its hits': `${LISTS}async function main() { return SYMBOLS.flatMap((symbol) => DATES.map((date) => ({ symbol, date, score: symbol.length }))) }\n\nmain().then((hits) => hits)\n`,
  'starts in place': `${LISTS}const results = []\n;(async () => { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: 1 }) })()\n`,
  'holds its lists in other forms': `const SYMBOLS = new Set(['AAPL', 'MSFT'])\nlet DATES = '2026-11-20,2026-11-19'\nconst results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES.split(',')) results.push({ symbol, date, score: 1 }) }${START}`,
  'freezes its list': `const SYMBOLS = Object.freeze(['AAPL', 'MSFT'])\nconst DATES = ['2026-11-20']\nconst results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: SYMBOLS.length }) }${START}`,
  'throws for one symbol': `${LISTS}const results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) { if (symbol === 'MSFT' && date === '2026-11-16') throw new Error('no ' + symbol); results.push({ symbol, date, score: 1 }) } }${START}`,
  'ends itself': `${LISTS}const results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: 1 }); process.exit(0) }${START}`,
  'shows its own text': `${LISTS}const results = []\nfunction main() { const symbols = SYMBOLS; for (const symbol of symbols) for (const date of DATES) results.push({ symbol, date, score: main.toString().length }) }${START}`,
  'declares what the runtime has': `${LISTS}const fetch = null\nclass Map {}\nconst results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: fetch === null && new Map() ? 1 : 0 }) }${START}`,
  'is strict': `'use strict'\n${LISTS}const results = []\nfunction main() { for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: this === undefined ? 2 : 1 }) }${START}`,
}

describe('a self-running script over several dates', () => {
  let test: TestHost
  beforeAll(async () => {
    // One worker, so that all dates follow each other in one isolate.
    test = await openTestHost({ 'workers.count': 1 })
  })
  afterAll(() => test.close())

  /** Each date is a unit of its own, of both symbols. */
  const rowsOf = async (source: string, dates: string[]) => {
    const { run, rows, logs } = await test.run(source, { symbols: ['AAPL', 'MSFT'], dates, split: dates.length > 1 ? 'always' : 'never' })
    expect(run.error).toBeNull()
    return { rows: rows.map(({ symbol, date, status, score, error }) => ({ symbol, date, status, score, error })), logs: logs.map(({ text }) => text) }
  }

  it.each(Object.entries(SCRIPTS))('that %s finds on each what it finds there alone', async (_, source) => {
    const together = await rowsOf(source, DATES)
    const alone = []
    for (const date of [DATES[0]!, DATES[2]!]) alone.push(await rowsOf(source, [date]))
    for (const { rows } of alone) for (const row of rows) expect(together.rows).toContainEqual(row)
    expect(together.rows.some(({ status }) => status === 'hit')).toBe(true)
    expect(new Set(together.logs)).toEqual(new Set(alone.flatMap(({ logs }) => logs)))
  })

  it('keeps lines and columns of what it throws', async () => {
    const source = `${LISTS}const results = []\nasync function main() {\n  for (const symbol of SYMBOLS) for (const date of DATES) results.push({ symbol, date, score: nothing.here })\n}\n// a note\n\nmain()\n`
    const { rows } = await rowsOf(source, DATES)
    for (const { error } of rows) expect(error).toMatchObject({ line: 5, column: 95 })
  })
})
