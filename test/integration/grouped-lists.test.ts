import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { GROUPED } from './support/grouped-lists.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'
import { gatheredInNode, hitsOf } from './support/several-lists.ts'

/** The forms that take most of their own; all of them are in grouped-lists.long.test.ts. */
const QUICK = ['groups of objects', 'groups inside main', 'map of lists', 'groups of named lists', 'generator', 'index both at once']

let test: TestHost
beforeAll(async () => {
  test = await openTestHost()
})
afterAll(() => test.close())

describe('lists within lists', () => {
  it.each(QUICK)('%s: all of them are the run\'s, and its hits are those of plain Node', async (name) => {
    const hosted = await test.run(GROUPED[name]!)
    expect(hosted.run.error).toBeNull()
    expect(hosted.run.warnings.filter(({ code }) => code !== 'hits_repeated')).toEqual([])
    expect(hitsOf(hosted)).toEqual(gatheredInNode(GROUPED[name]!).map((hit) => JSON.stringify(hit)).toSorted())
  })

  it('given others, each group keeps its own under its name, and new ones go to the first', async () => {
    const { rows, run } = await test.run(GROUPED['groups of objects']!, { symbols: ['JPM', 'F', 'MSFT'] })
    expect(rows.map(({ symbol, status, data }) => [symbol, status, (data as { g: string } | null)?.g])).toEqual([['JPM', 'hit', 'banks'], ['F', 'hit', 'tech'], ['MSFT', 'hit', 'tech']])
    expect(run.warnings).toMatchObject([{ code: 'lists_several', count: 3, samples: ['F (put in `GROUPS[0].symbols`)', 'AAPL (left out)', 'BAC (left out)'] }])
  })

  it('lists beside the symbols of a group stay as they are', async () => {
    const source = "const GROUPS = [{ tags: ['HOT', 'BIG'], symbols: ['AAPL'] }, { tags: ['OLD'], symbols: ['JPM'] }]\nconst hits = []\nfor (const { tags, symbols } of GROUPS) for (const symbol of symbols) hits.push({ symbol, tags: tags.join() })"
    const { rows } = await test.run(source, { symbols: ['JPM', 'AAPL', 'F'] })
    expect(rows.map(({ symbol, data }) => [symbol, (data as { tags: string }).tags])).toEqual([['JPM', 'OLD'], ['AAPL', 'HOT,BIG'], ['F', 'HOT,BIG']])
  })

  it('a symbol that one list names twice is scanned once, and that is said', async () => {
    const source = "const TECH = ['AAPL', 'V']\nconst BANKS = ['JPM', 'V', 'V']\nconst hits = []\nfor (const symbol of [...TECH, ...BANKS]) hits.push({ symbol })"
    const { rows, run } = await test.run(source)
    expect(rows.map(({ symbol, status }) => [symbol, status])).toEqual([['AAPL', 'hit'], ['V', 'hit'], ['JPM', 'hit']])
    expect(run.warnings).toMatchObject([{ code: 'symbols_repeated', count: 2, samples: ['V'], message: expect.stringContaining('more than once') }])
    const given = await test.run(source, { symbols: ['V', 'V'] })
    expect(given.run.warnings).toEqual([])
  })
})
