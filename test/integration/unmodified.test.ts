import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestHost, type TestHost } from './support/hosting.ts'

/** Habits of scripts that were never written for Strikescan; each finds AAPL and MSFT. */
const SCRIPTS: Record<string, string> = {
  'prints its hits as JSON': "const SYMBOLS = ['AAPL', 'MSFT']\nfunction main() { const found = SYMBOLS.map((symbol) => ({ symbol, score: 1 })); console.log(JSON.stringify(found, null, 2)) }\nmain()",
  'writes its hits to a file': "const fs = require('fs')\nconst SYMBOLS = ['AAPL', 'MSFT']\nfunction main() { fs.writeFileSync('./out.json', JSON.stringify(SYMBOLS.map((symbol) => ({ symbol, score: 1 })))) }\nmain()",
  'holds its symbols inside main': "async function main() { const symbols = ['AAPL', 'MSFT']; const out = []; for (const symbol of symbols) out.push({ symbol, score: main.toString().includes(\"['AAPL', 'MSFT']\") ? 1 : 0 }); return out }\nmain()",
  'holds its symbols in a settings object': "const config = { symbols: ['AAPL', 'MSFT'], min: 1 }\nconst results = []\nfunction main() { for (const symbol of config.symbols) results.push({ symbol, score: config.min }) }\nmain()",
  'works in a declaration': "const SYMBOLS = ['AAPL', 'MSFT']\nconst results = SYMBOLS.map((symbol) => ({ symbol, score: 1 }))",
  'asks for a package that may be missing': "let paint; try { paint = require('chalk').green } catch { paint = (text) => text }\nconst SYMBOLS = ['AAPL', 'MSFT']\nfunction main() { console.table(SYMBOLS.map((symbol) => ({ symbol, score: 1, shown: paint(symbol) }))) }\nmain()",
}

describe('scripts of users just run', () => {
  let test: TestHost
  beforeAll(async () => {
    test = await openTestHost()
  })
  afterAll(() => test.close())

  it.each(Object.entries(SCRIPTS))('one that %s', async (_, source) => {
    const { run, rows } = await test.run(source)
    expect(run.error).toBeNull()
    expect(rows).toMatchObject([{ symbol: 'AAPL', status: 'hit', score: 1 }, { symbol: 'MSFT', status: 'hit', score: 1 }])
    expect(test.host.source(run.id)).toEqual(new TextEncoder().encode(source))
  })

  it('what batches write under one name is one list, in their order', async () => {
    const { run } = await test.run(SCRIPTS['writes its hits to a file']!, { symbols: ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'SPY'], split: 'always' })
    expect(run.files).toMatchObject([{ path: 'out.json' }])
    const kept = JSON.parse(readFileSync(join(test.home, 'artifacts', run.id, 'out.json'), 'utf8')) as { symbol: string }[]
    expect(kept.map(({ symbol }) => symbol)).toEqual(['AAPL', 'MSFT', 'NVDA', 'TSLA', 'SPY'])
  })

  it('an address that no one answers is refused with its host and what there is', async () => {
    const { logs } = await test.run("const SYMBOLS = ['AAPL']\nasync function main() { for (const s of SYMBOLS) try { await require('axios').get('https://example.com/' + s) } catch (e) { console.log(e.isAxiosError, e.message) } }\nmain()")
    expect(logs[0]?.text).toMatch(/^true .*example\.com.*api\.polygon\.io/)
  })

  it('a lookback that is no number of sessions is said, not taken for all', async () => {
    const { run } = await test.run("exports.lookback = '60'\nexports.scan = (symbol, bars) => bars.length", { symbols: ['AAPL'] })
    expect(run.error).toMatchObject({ code: 'definition_invalid', message: expect.stringContaining('lookback') })
  })

  describe('on one date after another', () => {
    const DATES = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20']
    const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'SPY']
    /** Shows what it was answered: of each symbol the last session and the sum of all closes, from one start and from another. */
    const SHOWS = `const SYMBOLS = ['AAPL']
const DATES = ['2026-11-20']
const results = []
const ask = async (symbol, from, to) => (await (await fetch(\`https://api.polygon.io/v2/aggs/ticker/\${symbol}/range/1/day/\${from}/\${to}?apiKey=k\`)).json()).results ?? []
async function main() {
  for (const date of DATES) for (const symbol of SYMBOLS) {
    const [late, early] = [await ask(symbol, '2026-11-10', '2026-12-31'), await ask(symbol, '2026-10-01', '2026-12-31')]
    late[0].c = early[0].c = 0 // An answer is the script's own: nobody else sees this.
    results.push({ symbol, date, score: late.length, data: { last: new Date(late.at(-1).t).toISOString().slice(0, 10), late: late.map((bar) => bar.c), early: early.map((bar) => bar.c) } })
  }
}
main()
`
    const shown = (rows: { symbol: string; date: string; data: unknown }[]): string[] => rows.map(({ symbol, date, data }) => JSON.stringify([symbol, date, data])).sort()

    it('sees no bar after the date, and the same as on that date alone, in whatever order the dates come', async () => {
      const alone: string[] = []
      for (const date of DATES) {
        const { run, rows } = await test.run(SHOWS, { symbols: SYMBOLS, dates: [date] })
        expect(run.error).toBeNull()
        alone.push(...shown(rows))
      }
      for (const dates of [DATES, DATES.toReversed(), ['2026-11-18', '2026-11-20', '2026-11-16', '2026-11-19', '2026-11-17']]) {
        const { rows } = await test.run(SHOWS, { symbols: SYMBOLS, dates, limits: { workers: 1 }, split: 'always' })
        expect(rows.map(({ date, data }) => [date, (data as { last: string }).last]).filter(([date, last]) => date !== last)).toEqual([])
        expect(shown(rows)).toEqual(alone.toSorted())
      }
    })

    it('a symbol that hangs on a later date is the one that is stopped', async () => {
      const hangs = SHOWS.replace("    late[0].c", "    if (symbol === 'NVDA' && date === '2026-11-19') for (;;);\n    late[0].c")
      const { rows } = await test.run(hangs, { symbols: SYMBOLS, dates: DATES, limits: { workers: 1, symbolTimeoutMs: 1_500 }, split: 'always' })
      expect(rows.filter(({ status }) => status !== 'hit').map(({ symbol, date, status }) => `${symbol} ${date} ${status}`)).toEqual(['NVDA 2026-11-19 timed_out'])
    })
  })
})
