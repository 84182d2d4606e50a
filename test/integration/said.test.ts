import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { readBuiltInScanner } from '../../runtime/host.ts'
import { openTestHost, type Hosted, type TestHost } from './support/hosting.ts'

/** What a run does not take as it stands, or can't: it says so, in its warnings or its rows. */

let host: TestHost

beforeAll(async () => {
  host = await openTestHost()
})
afterAll(() => host.close())

const rowsOf = ({ rows }: Hosted): string[] => rows.map(({ symbol, date, status }) => `${symbol} ${date} ${status}`)
const warningOf = ({ run }: Hosted, code: string) => run.warnings.find((warning) => warning.code === code)

describe('lists that only running shows', () => {
  const HITS = ['AAPL 2026-11-18 hit', 'AAPL 2026-11-19 hit', 'MSFT 2026-11-18 hit', 'MSFT 2026-11-19 hit']
  const SCAN = 'export function scan(symbol, bars) { return bars.length > 1 }'

  test.each<[string, string]>([
    ['computed', `const SYMBOLS = ['aapl', 'msft'].map((s) => s.toUpperCase())\nconst DATES = [18, 19].map((d) => \`2026-11-\${d}\`)\n${SCAN}`],
    ['filled by later statements', `const SYMBOLS = []\nfor (const s of ['AAPL', 'MSFT']) SYMBOLS.push(s)\nconst DATES = []\nfor (let d = 18; d < 20; d++) DATES.push(\`2026-11-\${d}\`)\n${SCAN}`],
    ['awaited', `const SYMBOLS = await (async () => ['AAPL', 'MSFT'])()\nconst DATES = []\nDATES.push(...(await Promise.all(['2026-11-18', '2026-11-19'])))\nconst later = SYMBOLS.length\n${SCAN}`],
    ['of a module that awaits its start', `const SYMBOLS = ['AAPL'].concat('MSFT')\nconst DATES = [18, 19].map((d) => \`2026-11-\${d}\`)\nasync function main() { return DATES.flatMap((date) => SYMBOLS.map((symbol) => ({ symbol, date }))) }\nexport default await main()`],
    ['made of Date objects', `const SYMBOLS = ['AAPL', 'MSFT']\nconst DATES = [18, 19].map((d) => new Date(Date.UTC(2026, 10, d)))\n${SCAN}`],
    ['made of Date objects, of a script that goes through them', `const SYMBOLS = ['AAPL', 'MSFT']\nconst DATES = [new Date('2026-11-18'), new Date('2026-11-19')]\nasync function main() { return DATES.flatMap((d) => SYMBOLS.map((symbol) => ({ symbol, date: d.toISOString().slice(0, 10) }))) }\nmain()`],
    ['members of what is handed out', "module.exports = { symbols: ['AAPL', 'MSFT'], dates: ['2026-11-18', '2026-11-19'], scan: (symbol, bars) => bars.length > 1 }"],
  ])('%s, are those of the run', async (_, source) => {
    const hosted = await host.run(source)
    expect(rowsOf(hosted)).toEqual(HITS)
    expect(hosted.run.warnings).toEqual([])
  })

  test('one that is known too late is named, unless the run is told', async () => {
    const source = `const SYMBOLS = ['AAPL']\nlet DATES\nfunction init() { DATES = ['2026-11-18'] }\ninit()\n${SCAN}`
    expect(warningOf(await host.run(source), 'list_unread')).toMatchObject({ count: 1, samples: [expect.stringMatching(/^`DATES` in line 2: a function/)] })
    expect(warningOf(await host.run(source, { dates: ['2026-11-18'] }), 'list_unread')).toBeUndefined()
  })
})

describe('symbols and dates that the market does not have', () => {
  test('keep their rows, and are named once with what was meant', async () => {
    const hosted = await host.run('export const scan = () => true', { symbols: ['AAPL', 'MSTF'], dates: ['2026-11-20', '2026-11-21'] })
    expect(rowsOf(hosted)).toEqual(['AAPL 2026-11-20 hit', 'AAPL 2026-11-21 no_data', 'MSTF 2026-11-20 no_data', 'MSTF 2026-11-21 no_data'])
    expect(warningOf(hosted, 'symbols_unknown')).toMatchObject({ count: 1, samples: ['MSTF (did you mean MSFT?)'] })
    expect(warningOf(hosted, 'dates_without_session')).toMatchObject({ count: 1, samples: ['2026-11-21 (Saturday)'] })
  })
})

describe('a parameter that the scanner does not have', () => {
  test('is answered with those that it has, also of one that ships', async () => {
    const { source } = readBuiltInScanner('gap-and-go')
    const { run } = await host.run(source, { symbols: ['AAPL'], params: { mingap: 0.05 }, filename: 'gap-and-go.ts' })
    expect(run.error).toMatchObject({ code: 'param_invalid', message: expect.stringContaining('"mingap"; did you mean minGap? This scanner takes minGap, minRelativeVolume, mustHold'), hint: expect.stringContaining('the @name of this scanner') })
  })
})

describe('hits that name another row', () => {
  test('of a scan: counted, with one of them, and kept in the data', async () => {
    const hosted = await host.run("export function scan(symbol, bars) { return { symbol: symbol === 'AAPL' ? 'aapl' : 'SPY', date: bars.at(-2).date, score: 1 } }", { symbols: ['AAPL', 'MSFT', 'NVDA'] })
    expect(warningOf(hosted, 'symbol_differs')).toMatchObject({ count: 2, message: expect.stringMatching(/"SPY" at (MSFT|NVDA)/) })
    expect(warningOf(hosted, 'date_differs')).toMatchObject({ count: 3 })
    expect(hosted.rows.map(({ data }) => (data as { symbol: string }).symbol)).toEqual(['aapl', 'SPY', 'SPY'])
  })

  test('of a main: dates in many forms are read, and those that cannot be are said', async () => {
    const source = `export function main(symbols, dates) { return [
      { symbol: 'AAPL', date: new Date('2026-11-18') }, { symbol: 'MSFT', date: 1795107600000 }, { symbol: 'NVDA', date: '11/18/2026' }, { symbol: 'AMZN', date: 'some day' },
    ] }`
    const hosted = await host.run(source, { symbols: ['AAPL', 'MSFT', 'NVDA', 'AMZN'], dates: ['2026-11-18', '2026-11-19'], split: 'never' })
    expect(hosted.rows.filter(({ status }) => status === 'hit').map(({ symbol, date }) => `${symbol} ${date}`)).toEqual(['AAPL 2026-11-18', 'MSFT 2026-11-19', 'NVDA 2026-11-18', 'AMZN 2026-11-19'])
    expect(warningOf(hosted, 'date_unread')).toMatchObject({ count: 1, message: expect.stringContaining('"some day"') })
  })
})

describe('where scripts leave their hits', () => {
  const SYMBOLS = "const SYMBOLS = ['AAPL', 'MSFT']\n"
  const PICK = "SYMBOLS.filter((symbol) => symbol !== 'MSFT').map((symbol) => ({ symbol, score: 2 }))"

  test.each<[string, string]>([
    ['a list that is logged', `async function main() { return ${PICK} }\nmain().then((hits) => console.log('hits', hits))`],
    ['a CSV file', `const fs = require('fs')\nfs.writeFileSync('hits.csv', 'Ticker,score\\n' + ${PICK}.map((hit) => hit.symbol + ',' + hit.score).join('\\n'))`],
    ['a generator', `export function* main(symbols) { for (const symbol of symbols) if (symbol !== 'MSFT') yield { symbol, score: 2 } }`],
    ['an async generator', `export async function* main(symbols) { for (const symbol of symbols) { await new Promise((done) => setTimeout(done, 5)); if (symbol !== 'MSFT') yield { symbol, score: 2 } } }`],
    ['a promise of an async generator', `async function* find() { for (const symbol of SYMBOLS) if (symbol !== 'MSFT') yield { symbol, score: 2 } }\nasync function main() { return find() }\nmain()`],
    ['an async generator for each symbol', `export async function* scan(symbol) { await null; if (symbol !== 'MSFT') yield { score: 2 } }`],
    ['a generator for each symbol', `export default function* (symbol) { if (symbol !== 'MSFT') yield { score: 2 } }`],
    ['answers of https', `const https = require('https')\nfunction ask(s) { return new Promise((resolve, reject) => https.get('https://api.polygon.io/v2/aggs/ticker/' + s + '/prev?apiKey=x', (answer) => { let text = ''; answer.on('data', (part) => (text += part)); answer.on('end', () => resolve(JSON.parse(text))) }).on('error', reject)) }\nasync function main() { const hits = []; for (const symbol of SYMBOLS) { const { resultsCount } = await ask(symbol); if (resultsCount === 1 && symbol !== 'MSFT') hits.push({ symbol, score: 2 }) } return hits }\nmain()`],
  ])('%s', async (_, body) => {
    const { rows, run } = await host.run(SYMBOLS + body)
    expect(rows.map(({ symbol, status, score }) => [symbol, status, score])).toEqual([['AAPL', 'hit', 2], ['MSFT', 'miss', null]])
    expect(run.warnings.map(({ code }) => code)).not.toContain('hits_not_found')
  })

  const CHECKED = "const SYMBOLS = ['AAPL', 'MSFT', 'NVDA']\nasync function main() { for (const symbol of SYMBOLS) { const price = symbol.length === 4 ? symbol.charCodeAt(0) : 0; "
  test.each<[string, string, string[], string | null]>([
    ['objects printed one by one', "if (symbol !== 'MSFT') console.log({ symbol, price }) } }\nmain()", ['AAPL', 'NVDA'], null],
    ['JSON of them', "if (symbol === 'MSFT') console.log(JSON.stringify({ symbol, price })) } }\nmain()", ['MSFT'], null],
    ['JSON of them as lines of the output, beside progress and what is skipped', "console.log({ symbol, bars: 200 }); if (symbol === 'AAPL') console.log({ symbol, skipped: 'cheap' }); else if (symbol === 'NVDA') process.stdout.write(JSON.stringify({ symbol, price }) + '\\n') } }\nmain()", ['NVDA'], null],
    ['messages beside a list', "if (symbol === 'AAPL') console.log({ symbol, price }) } return SYMBOLS.slice(1, 2).map((symbol) => ({ symbol })) }\nmain()", ['MSFT'], null],
    ['an object for every symbol', 'console.log({ symbol, price }) } }\nmain()', [], 'printed_for_all'],
    ['several kinds of them', "if (symbol === 'AAPL') console.log({ symbol, price }); else if (symbol === 'MSFT') console.log({ symbol, level: 1 }) } }\nmain()", [], 'printed_kinds'],
  ])('%s', async (_, body, hits, warning) => {
    const { rows, run } = await host.run(CHECKED + body)
    expect(rows.filter(({ status }) => status === 'hit').map(({ symbol }) => symbol)).toEqual(hits)
    expect(run.ledger.detected).toBe(3)
    expect(run.warnings.map(({ code }) => code)).toEqual(warning === null ? [] : [warning, 'hits_not_found'])
  })

  test('a script that leaves none anywhere is told where, one with an empty list is not', async () => {
    const printing = await host.run(`${SYMBOLS}for (const symbol of SYMBOLS) console.log('HIT ' + symbol)`)
    expect(warningOf(printing, 'hits_not_found')).toMatchObject({ message: expect.stringContaining('return them from main') })
    expect((await host.run(`${SYMBOLS}async function main() { return SYMBOLS.filter(() => false) }\nmain()`)).run.warnings).toEqual([])
  })
})

describe('errors and data', () => {
  test('what stands behind an error is in its row, wherever it was thrown', async () => {
    const causes = "throw new Error('no quotes', { cause: new AggregateError([new TypeError('a'), new RangeError('b')], 'both failed') })"
    const expected = 'Error: no quotes (caused by AggregateError: both failed (2 errors: TypeError: a; RangeError: b))'
    const rows = (await host.run(`export async function scan() { await null; ${causes} }`, { symbols: ['AAPL'] })).rows
    expect(rows[0]).toMatchObject({ status: 'failed', reason: expected, error: { code: 'script_threw', line: 1 } })
    const { run } = await host.run(`export default async function main(symbols) { ${causes} }`, { symbols: ['AAPL'] })
    expect(run.ledger.failed).toBe(1)
  })

  test('keys that no text can hold fail the row; what becomes null is counted', async () => {
    const { rows } = await host.run("export function scan() { return { data: { deep: [{ [Symbol('mine')]: 1 }] } } }", { symbols: ['AAPL'] })
    expect(rows[0]).toMatchObject({ status: 'failed', error: { code: 'result_not_plain', message: 'data.deep[0] has a key that is a symbol, Symbol(mine), not text' } })
    const hosted = await host.run('export function scan() { return { data: { list: [1, undefined, , NaN] } } }', { symbols: ['AAPL'] })
    expect(hosted.rows[0]!.data).toEqual({ list: [1, null, null, null] })
    expect(hosted.run.warnings.map(({ code }) => code)).toEqual(['non_finite_data'])
  })

  test('names of strategies that are too long are no fault of the worker', async () => {
    const { rows, run } = await host.run("export function scan() { return { strategies: ['x'.repeat(3000)] } }", { symbols: ['AAPL', 'MSFT'] })
    expect(rows.map(({ status, strategies }) => [status, strategies])).toEqual([['hit', []], ['hit', []]])
    expect(run.warnings.map(({ code }) => code)).toEqual(['strategies_unread'])
  })
})
