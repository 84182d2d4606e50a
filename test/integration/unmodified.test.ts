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
})
