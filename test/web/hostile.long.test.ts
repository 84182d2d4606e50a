import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'

import { HOSTILE } from './support/scripts.ts'
import { TestServer } from './support/server.ts'
import { openBrowser, path, sees, visit } from './support/visitor.ts'

const FILENAME = `<img src=x onerror=globalThis.broken=3>"' onload=1 ${'long name '.repeat(18)}.js`
const SYMBOLS = ['<b>x</b>', 'A/B', '%41%zz', '__proto__', '..', '.', '\u{1f600}', '\u202eABC', '"quoted"', "a'b&c=d", '#hash?x=1', 'AAPL', 'MSFT', 'X'.repeat(40)]

describe.skipIf(path === null)('what strangers write, in Chromium', () => {
  const server = new TestServer('--no-examples')
  let browser: Browser
  let run = ''
  let scanner = ''

  beforeAll(async () => {
    ;[browser] = await Promise.all([openBrowser(), server.start()])
    await fetch(server.url)
    scanner = await server.upload(FILENAME, HOSTILE)
    run = await server.finished({ scannerId: scanner, symbols: SYMBOLS, prefilter: false, explore: true })
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
  })

  it.each([1280, 390])('is text on every view, and none grows beyond %i pixels', async (width) => {
    const { page, problems, picture, close } = await visit(browser, server.url, { width })
    const rows = SYMBOLS.map((symbol) => `#/runs/${run}/symbol/${encodeURIComponent(symbol.toUpperCase())}/2026-11-20`)
    for (const hash of [`#/runs/${run}/watch`, `#/runs/${run}/hits`, `#/runs/${run}/rows`, `#/runs/${run}/strategies`, `#/runs/${run}/about`, `#/scanners/${scanner}`, `#/new?scanner=${scanner}`, `#/edit?scanner=${scanner}`, `#/diff/${run}/${run}`, '#/', '#/scanners', ...rows]) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
      await page.waitForTimeout(250)
      await expect.poll(() => page.locator('main .loading').count(), { timeout: 15_000 }).toBe(0)
      expect(await page.evaluate(`[globalThis.broken ?? 'fine', document.querySelectorAll('#app img, #app script, #app iframe').length]`), hash).toEqual(['fine', 0])
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), hash).toBeLessThanOrEqual(0)
    }
    await picture(`hostile-${width}`)
    expect(problems).toEqual([])
    await close()
  })

  it.each(['#/runs/%', '#/%zz/%%%', '#/runs/..%2f..%2fapi', '#/scanners/__proto__', '#/runs/constructor/rows', '#/versions/x/y', '#/edit?from=__proto__', '#/new?scanner=%ff', '#/runs//'])('in the address %s ends in a page that says what is there', async (hash) => {
    const { page, problems, close } = await visit(browser, `${server.url}/${hash}`)
    await sees(page, /There is no|Edit|Start a run|Runs/, 'main')
    expect(problems).toEqual([])
    await close()
  })
})
