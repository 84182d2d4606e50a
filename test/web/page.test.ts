import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'

import type { HitComparison } from '../../runtime/host.ts'
import { BROKEN, NEVER, SOUGHT, THROWS } from './support/scripts.ts'
import { TestServer } from './support/server.ts'
import { openBrowser, path, sees, visit, type Visitor } from './support/visitor.ts'

const MOST_SCRIPT_BYTES = 350 * 1024
const MOST_FIRST_PAINT_MS = 1_000
/** What takes seconds of a browser's time and is told of by tests without one as well. */
const longIt = process.env.TEST_LONG === '1' ? it : () => {}

describe.skipIf(path === null)('the page in Chromium', () => {
  const server = new TestServer('--no-examples')
  let browser: Browser
  let visitor: Visitor
  const open = async (hash: string, look = {}): Promise<Visitor['page']> => {
    await visitor?.close()
    visitor = await visit(browser, `${server.url}/${hash}`, look)
    return visitor.page
  }

  beforeAll(async () => {
    ;[browser] = await Promise.all([openBrowser(), server.start()])
    // Built once for all.
    await fetch(server.url)
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
  })

  it('meets a first visitor with what to do, within a second', async () => {
    // Words are in the page before they are painted, on a busy machine seconds before.
    const paintOf = async (page: Visitor['page']): Promise<number> => {
      const paint = await page.waitForFunction(`performance.getEntriesByName('first-contentful-paint')[0]?.startTime`)
      return (await paint.jsonValue()) as number
    }
    // The first page of a browser's life is late for the browser's own reasons, and on a busy machine a line of text is too.
    let [painted, bare] = [Number.POSITIVE_INFINITY, 0]
    const most = (): number => Math.max(MOST_FIRST_PAINT_MS, 3 * bare)
    for (let visits = 0; visits < 4 && painted >= most(); visits++) {
      if (visits > 0) {
        const other = await visit(browser, `${server.url}/healthz`)
        bare = Math.max(bare, await paintOf(other.page))
        await other.close()
      }
      const page = await open('')
      await sees(page, /Nothing has run yet[\s\S]*Drop the script you have here/)
      painted = await paintOf(page)
    }
    expect(painted).toBeLessThan(most())
    expect(visitor.problems).toEqual([])
    await visitor.picture('first-visit')
  })

  it('shows the line of a script that is refused, and stores nothing', async () => {
    const page = await open('#/scanners')
    await page.setInputFiles('.drop input', { name: 'broken.js', mimeType: 'text/javascript', buffer: Buffer.from(BROKEN) })
    await sees(page, /broken\.js was not stored: 1 problem/)
    await sees(page, /line 3/, '.problems')
    expect(await page.locator('#line-3 .at-line').count()).toBe(1)
    // Each problem is told once.
    expect((await page.locator('.refused').innerText()).match(/unexpected token/g)).toHaveLength(1)
    expect(await server.get('/api/scanners')).toMatchObject({ scanners: [] })
    await visitor.picture('refused-upload')
  })

  it('takes a script that is dropped, and reports on it beside its code', async () => {
    const page = await open('#/scanners')
    const data = await page.evaluateHandle(`(() => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([${JSON.stringify(SOUGHT)}], 'sought.ts'))
      return transfer
    })()`)
    await page.dispatchEvent('.drop', 'drop', { dataTransfer: data })
    await sees(page, /Intake report[\s\S]*defineScanner[\s\S]*modulus 10[\s\S]*No problems found/)
    await sees(page, 'lookback: 30', '.code')
    const { scanners } = await server.get<{ scanners: { id: string }[] }>('/api/scanners')
    const stored = await (await fetch(`${server.url}/api/scanners/${scanners[0]!.id}/source`)).text()
    expect(stored).toBe(SOUGHT)
    await visitor.picture('intake')
  })

  it('recounts the funnel as its numbers move, checks parameters, and starts what the form says', async () => {
    const page = await open('#/new')
    await sees(page, /300 symbols for the script/, '.outlook')
    await page.getByLabel('At most, symbols a date', { exact: true }).fill('40')
    await sees(page, /40 symbols for the script/, '.outlook')
    await page.getByLabel('Volume a day above', { exact: true }).fill('90000000')
    await expect.poll(async () => Number(/(\d+) symbol/.exec(await page.locator('.outlook').innerText())![1])).toBeLessThan(40)
    await page.getByLabel('Volume a day above', { exact: true }).fill('1000000')
    await page.getByLabel('modulus', { exact: true }).fill('99')
    await sees(page, /modulus must be at most 50/, '.start-foot')
    expect(await page.getByRole('button', { name: 'Start the run' }).isDisabled()).toBe(true)
    await page.getByLabel('modulus', { exact: true }).fill('5')
    await page.getByLabel('Look for option contracts').check()
    await visitor.picture('start')
    await page.getByRole('button', { name: 'Start the run' }).click()
    await sees(page, /Completed/, '.run-head')
    const { runs } = await server.get<{ runs: { prefilter: { settings: object; kept: number }; explore: object | null; ledger: { hit: number } }[] }>('/api/runs')
    expect(runs[0]).toMatchObject({ prefilter: { settings: { limit: 40, minVolume: 1_000_000 }, kept: 40 }, explore: { simulated: true } })
    expect(runs[0]!.ledger.hit).toBeGreaterThan(0)
  })

  it('asks again for what a run was asked for', async () => {
    const { runs: [before] } = await server.get<{ runs: { id: string }[] }>('/api/runs')
    const page = await open(`#/runs/${before!.id}`)
    await page.getByRole('link', { name: 'Run again…' }).click()
    await sees(page, /40 symbols for the script/, '.outlook')
    expect(await page.getByLabel('modulus', { exact: true }).inputValue()).toBe('5')
    expect(await page.getByLabel('At most, symbols a date', { exact: true }).inputValue()).toBe('40')
    expect(await page.getByLabel('Look for option contracts').isChecked()).toBe(true)
    await page.getByLabel('Seconds for the run').fill('90')
    await page.getByLabel('Run in batches').selectOption('always')
    await page.getByRole('button', { name: 'Start the run' }).click()
    await page.waitForURL((url) => url.hash.startsWith('#/runs/') && !url.hash.includes(before!.id))
    await sees(page, /Completed/, '.run-head')
    const [first, again] = await Promise.all([before!.id, /runs\/([\w-]+)/.exec(page.url())![1]].map((id) => server.get<object>(`/api/runs/${id}/request`)))
    expect(again).toEqual({ ...first, limits: { timeoutMs: 90_000 }, split: 'always' })
    expect(visitor.problems).toEqual([])
    await visitor.picture('again')
  })

  it('reads hits, their chart, data and contracts; everything simulated says so', async () => {
    const { runs } = await server.get<{ runs: { id: string; ledger: { hit: number } }[] }>('/api/runs')
    const page = await open(`#/runs/${runs[0]!.id}/hits`)
    await sees(page, new RegExp(`${runs[0]!.ledger.hit} rows`))
    await page.getByRole('button', { name: 'Symbol' }).click()
    const symbols = await page.locator('.virtual-row b').allInnerTexts()
    expect(symbols).toEqual(symbols.toSorted())
    await page.getByLabel('Filter rows').fill('score>100000')
    await sees(page, 'No row holds these words')
    await page.getByLabel('Filter rows').fill('score>0 sessions=30')
    await page.locator('.data-row:not(.head)').first().click()
    await sees(page, /Returned data[\s\S]*sessions\s*30/)
    await sees(page, 'The script saw the last 30 bars up to 2026-11-20, its lookback')
    await expect.poll(() => page.locator('.chart-box canvas').count()).toBeGreaterThan(0)
    await sees(page, /Long Call[\s\S]*Delta[\s\S]*Breakeven/, '.symbol-view')
    await expect.poll(() => page.locator('.chain .leg').count()).toBeGreaterThan(0)
    expect(await page.locator('.payoff canvas').count()).toBeGreaterThan(0)
    expect(await page.getByText('SIMULATED').count()).toBeGreaterThan(3)
    await visitor.picture('symbol')
    expect(visitor.problems).toEqual([])
  })

  it('lists every strategy with its reason, and opens one with its chain', async () => {
    const { runs } = await server.get<{ runs: { id: string }[] }>('/api/runs')
    const page = await open(`#/runs/${runs[0]!.id}/strategies`)
    await sees(page, /strategy rows/)
    await page.locator('.data-row:not(.head)').first().click()
    await sees(page, /Chain of/)
    await visitor.picture('strategies')
  })

  it('hands out files', async () => {
    const { runs } = await server.get<{ runs: { id: string; ledger: { hit: number } }[] }>('/api/runs')
    const page = await open(`#/runs/${runs[0]!.id}/hits`)
    for (const [name, start] of [['CSV', 'Symbol,'], ['Parquet', 'PAR1']] as const) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name, exact: true }).click()])
      const chunks: Buffer[] = []
      for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer)
      expect(Buffer.concat(chunks).toString('latin1')).toMatch(new RegExp(`^${start}`, 'i'))
      expect(download.suggestedFilename()).toBe(`${runs[0]!.id}-rows.${name.toLowerCase()}`)
    }
  })

  it('shows where a script broke, and what became of a run without hits', async () => {
    const broken = await server.finished({ scannerId: await server.upload('throws.js', THROWS), symbols: ['AAPL', 'MSFT'] })
    const page = await open(`#/runs/${broken}/symbol/AAPL/2026-11-20`)
    await sees(page, /line 3/)
    await sees(page, /nothing\.there[\s\S]*\^/, '.frame')
    await visitor.picture('code-frame')
    const none = await server.finished({ scannerId: await server.upload('never.js', NEVER), universe: 'all' })
    const other = await open(`#/runs/${none}`)
    await sees(other, /No hits[\s\S]*looked at 300 rows and found nothing[\s\S]*Volume too low[\s\S]*Near misses[\s\S]*not above 1,000,000/)
    await visitor.picture('no-hits')
  })

  longIt('compares two runs', async () => {
    const scannerId = await server.upload('sought.ts', SOUGHT)
    const [before, after] = [await server.finished({ scannerId, universe: 'all', params: { modulus: 10 } }), await server.finished({ scannerId, universe: 'all', params: { modulus: 15 } })]
    const page = await open(`#/diff/${before}/${after}`)
    await sees(page, /\d+ new, \d+ gone, 0 changed, \d+ the same/)
    const [[, fresh, gone, same]] = [...(await page.locator('main').innerText()).matchAll(/(\d+) new, (\d+) gone, 0 changed, (\d+) the same/g)].map((match) => match.map(Number))
    const [old, now] = await Promise.all([before, after].map((id) => server.get<{ ledger: { hit: number } }>(`/api/runs/${id}`)))
    expect([old!.ledger.hit - gone!, now!.ledger.hit - fresh!]).toEqual([same, same])
    await visitor.picture('diff')
    // A replay of one of them is a run of its own, and differs in nothing.
    await page.goto(`${server.url}/#/runs/${before}/about`)
    await page.getByRole('button', { name: 'Replay' }).click()
    await page.waitForURL((url) => url.hash.startsWith('#/runs/') && !url.hash.includes(before))
    await sees(page, 'The same: all 5,000 rows')
    await page.getByRole('link', { name: 'Compare their hits' }).click()
    await sees(page, `0 new, 0 gone, 0 changed, ${old!.ledger.hit} the same`)
  })

  it('compares runs of two days by symbol: what is new, what is gone, and how the score of what stayed has moved', async () => {
    const scannerId = await server.upload('sought.ts', SOUGHT)
    const [before, after] = [await server.finished({ scannerId, universe: 'all', dates: ['2026-11-19'], params: { modulus: 2 } }), await server.finished({ scannerId, universe: 'all', dates: ['2026-11-20'], params: { modulus: 2 } })]
    const page = await open(`#/runs/${after}/hits`, { width: 360 })
    await page.getByLabel('Compare with another run').selectOption(before)
    await page.waitForURL((url) => url.hash === `#/diff/${before}/${after}`)
    await sees(page, /Compared by symbol: the runs are of different dates, 2026-11-19 and 2026-11-20/)
    const { counts, changes } = await server.get<HitComparison>(`/api/runs/${after}/changes?since=${before}`)
    expect(counts.new * counts.gone * counts.changed).toBeGreaterThan(0)
    await sees(page, `${counts.new} new, ${counts.gone} gone, ${counts.changed + counts.same} stayed`)
    await sees(page, new RegExp(`new\\s+${changes[0]!.symbol}\\s`))
    await visitor.picture('diff-by-symbol-360')
    expect(await visitor.breaches()).toEqual([])
    // What moved is seen without scrolling sideways.
    const move = (await page.getByRole('button', { name: 'Move' }).boundingBox())!
    expect(move.x + move.width).toBeLessThanOrEqual(360)
    // Sorted by its head, the largest move comes first.
    await page.getByRole('button', { name: 'Move' }).press('Enter')
    const moved = changes.filter(({ scoreMove }) => scoreMove !== null).toSorted((one, other) => other.scoreMove! - one.scoreMove!)
    await sees(page, new RegExp(`^stayed\\s+${moved[0]!.symbol}\\s`), '.virtual-row')
    // By keyboard, row by row.
    await page.getByRole('link', { name: 'Row by row' }).press('Enter')
    await sees(page, new RegExp(`Compared row by row: as asked for[\\s\\S]* 0 changed, 0 the same`))
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  })

  longIt('shows the strategies that succeeded first, best first, and all tabs on the narrowest phone', async () => {
    const { runs } = await server.get<{ runs: { id: string; explore: object | null }[] }>('/api/runs')
    const explored = runs.find(({ explore }) => explore !== null)!.id
    const { rows } = await server.get<{ rows: { explorationStatus: string; finalLiquidityContext: string | null; Ticker: string; Score: string }[] }>(`/api/runs/${explored}/exploration?limit=1000`)
    const page = await open(`#/runs/${explored}/strategies`, { width: 360 })
    await page.locator('.virtual-row').first().waitFor()
    await visitor.picture('strategies-360')
    for (const tab of await page.locator('.tabs a').all()) {
      const box = (await tab.boundingBox())!
      expect([box.x >= 0, box.x + box.width <= 360], await tab.innerText()).toEqual([true, true])
    }
    const grade = (context: string | null): number => ['Excellent', 'Good', 'Acceptable', 'Thin', 'Illiquid'].indexOf(context?.split(' ')[0] ?? '')
    const [best] = rows.filter(({ explorationStatus }) => explorationStatus === 'Success').toSorted((one, other) => grade(one.finalLiquidityContext) - grade(other.finalLiquidityContext) || Number(other.Score) - Number(one.Score))
    expect(await page.locator('.virtual-row').first().innerText()).toMatch(new RegExp(`^${best!.Ticker}\\s[\\s\\S]*Success`))
    expect(await visitor.breaches()).toEqual([])
    // Sorted by a head, by keyboard; a second press turns it round.
    const first = async (): Promise<string> => (await page.locator('.virtual-row').first().innerText()).split(/\s/)[0]!
    const tickers = rows.map(({ Ticker }) => Ticker).toSorted()
    await page.getByRole('button', { name: 'Ticker' }).press('Enter')
    await expect.poll(first).toBe(tickers[0])
    await page.getByRole('button', { name: 'Ticker' }).press('Enter')
    await expect.poll(first).toBe(tickers.at(-1))
    await page.locator('.data-grid').press('ArrowDown')
    await page.locator('.data-grid').press('Enter')
    await page.locator('.detail').waitFor()
    await visitor.picture('strategies-360-detail')
    expect(await visitor.breaches()).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
  })

  it('offers examples of one file each, with what they look for', async () => {
    const page = await open('#/scanners')
    await page.getByText('Examples: 14 scanners').click()
    await sees(page, /second-day-continuation\.js Day 1: up 4% or more/)
    expect(await page.locator('.starters').last().innerText()).not.toMatch(/\*|lib\//)
    await visitor.picture('examples')
  })

  it('asks for a token where the server wants one, and for nothing else', async () => {
    const guarded = new TestServer('--no-examples', '--token', 'a-token-of-some-length')
    await guarded.start()
    const guest = await visit(browser, guarded.url)
    try {
      await sees(guest.page, 'This server asks for its token')
      await guest.page.getByLabel('This server asks for its token').fill('wrong-token-of-some-length')
      await guest.page.getByRole('button', { name: 'Go on' }).click()
      await guest.page.getByRole('alert').waitFor()
      await guest.page.getByLabel('This server asks for its token').fill('a-token-of-some-length')
      await guest.page.getByRole('button', { name: 'Go on' }).click()
      await sees(guest.page, 'Nothing has run yet')
    } finally {
      await guest.close()
      await guarded.stop()
    }
  })

  it('breaks no rule of WCAG AA, has no sideways scrolling, and loads little script', async () => {
    const { runs } = await server.get<{ runs: { id: string; explore: object | null }[] }>('/api/runs')
    const explored = runs.find(({ explore }) => explore !== null)!.id
    const { rows } = await server.get<{ rows: { symbol: string; date: string }[] }>(`/api/runs/${explored}/rows?status=hit&limit=1`)
    const page = await open('', { theme: 'light', width: 390 })
    // All views in both themes are looked at in access.long.test.ts.
    for (const [hash, there] of [['#/', '.data-row'], [`#/runs/${explored}/symbol/${rows[0]!.symbol}/${rows[0]!.date}`, '.chain .leg']] as const) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
      await page.locator(there).first().waitFor({ state: 'attached' })
      await page.waitForTimeout(150)
      // What goes on beyond the screen is hinted at.
      expect(await page.locator('.sideways[data-more]').count(), hash).toBeGreaterThan(0)
      expect(await visitor.breaches(), hash).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), hash).toBeLessThanOrEqual(0)
    }
    const bytes = (await page.evaluate(`performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`)) as number
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES)
    expect(visitor.problems).toEqual([])
  })
})
