import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser, Page } from 'playwright-core'

import { NEVER, SOUGHT, THROWS } from './support/scripts.ts'
import { TestServer } from './support/server.ts'
import { openBrowser, path, sees, visit } from './support/visitor.ts'

describe.skipIf(path === null)('the page for everybody, in Chromium', () => {
  const server = new TestServer('--no-examples')
  let browser: Browser
  const views: [hash: string, there: string][] = []

  beforeAll(async () => {
    ;[browser] = await Promise.all([openBrowser(), server.start()])
    await fetch(server.url)
    const [first, second] = [await server.upload('sought.ts', SOUGHT), await server.upload('sought.ts', SOUGHT.replace('30', '40'))]
    const explored = await server.finished({ scannerId: first, universe: 'all', explore: true, params: { modulus: 5 } })
    const other = await server.finished({ scannerId: second, universe: 'all', params: { modulus: 15 } })
    const broken = await server.finished({ scannerId: await server.upload('throws.js', THROWS), symbols: ['AAPL'] })
    const none = await server.finished({ scannerId: await server.upload('never.js', NEVER), universe: 'all' })
    const { rows } = await server.get<{ rows: { symbol: string }[] }>(`/api/runs/${explored}/rows?status=hit&limit=1`)
    views.push(['#/', '.data-row'], ['#/scanners', '.starters'], [`#/scanners/${first}`, '.report'], [`#/versions/${first}/${second}`, '.difference'], ['#/edit', '[data-types=ready]'], [`#/new?scanner=${first}`, '.funnel'],
      [`#/runs/${explored}/watch`, '.grid'], [`#/runs/${explored}/hits`, '.virtual-row'], [`#/runs/${explored}/rows`, '.virtual-row'], [`#/runs/${explored}/strategies`, '.virtual-row'], [`#/runs/${explored}/about`, '.funnel'],
      [`#/runs/${explored}/symbol/${rows[0]!.symbol}`, '.chain .leg'], [`#/runs/${broken}/symbol/AAPL`, '.frame'], [`#/runs/${none}`, '.empty .funnel'], [`#/diff/${explored}/${other}`, '.virtual-row'], [`#/diff/${explored}/${other}/symbol`, '.virtual-row'], ['#/runs/nothing', '.problem'], [`#/new?run=${explored}`, '.funnel'], ['#/nowhere', '.empty'])
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
  })

  it.each([['dark', 1280], ['light', 1280], ['dark', 390], ['light', 390], ['light', 360]] as const)('breaks no rule of WCAG AA in its %s theme at %i pixels, and scrolls sideways nowhere', async (theme, width) => {
    const { page, breaches, picture, problems, close } = await visit(browser, server.url, { theme, width })
    for (const [hash, there] of views) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`)
      await page.locator(there).first().waitFor({ state: 'attached' })
      await page.waitForTimeout(300)
      expect(await breaches(), hash).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), hash).toBeLessThanOrEqual(0)
      expect(await page.locator('h1').count(), hash).toBe(1)
      await picture(`${theme}-${width}-${hash.replaceAll(/\W+|run-\w+/g, '-').slice(0, 40)}`)
    }
    expect(problems).toEqual([])
    await close()
  })

  it('asks for its token by the same rules', async () => {
    const guarded = new TestServer('--no-examples', '--token', 'a-token-of-some-length')
    await guarded.start()
    try {
      for (const theme of ['dark', 'light'] as const) {
        const { page, breaches, close } = await visit(browser, guarded.url, { theme, width: 390 })
        await sees(page, /asks for its token/)
        expect(await breaches()).toEqual([])
        await close()
      }
    } finally {
      await guarded.stop()
    }
  })

  it('says by the same rules that the server is gone, and goes on by itself when it is back', async () => {
    for (const theme of ['dark', 'light'] as const) {
      const { page, breaches, picture, close } = await visit(browser, server.url + '/' + views.find(([hash]) => hash.endsWith('/hits'))![0], { theme })
      await page.locator('.virtual-row').first().waitFor()
      await server.kill()
      await page.locator('.virtual-row').first().click()
      await sees(page, /The server does not answer/, '.unreachable')
      await sees(page, /Try again/, '.symbol-view')
      expect(await breaches()).toEqual([])
      await picture(`unreachable-${theme}`)
      await server.start()
      await sees(page, /Returned data/, '.symbol-view')
      expect(await page.locator('.unreachable').count()).toBe(0)
      await close()
    }
  })

  it('is used from end to end by keyboard alone', async () => {
    const { page, problems } = await visit(browser, server.url)
    await sees(page, 'Runs', 'h1')
    await page.keyboard.press('n')
    await sees(page, /symbols? for the script/, '.outlook')
    await tabTo(page, 'Start the run')
    await page.keyboard.press('Enter')
    await sees(page, /Completed/, '.run-head')
    await page.keyboard.press('3')
    await page.locator('.virtual-row').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('rejected')
    await sees(page, /^[\d,]+ of [\d,]+ rows$/, '.rows [role=status]')
    await tabTo(page, 'Rows of the run')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await sees(page, /2 of [\d,]+/, '.symbol-view nav')
    const first = await page.locator('.symbol-view h2').innerText()
    await page.keyboard.press('j')
    await sees(page, /3 of [\d,]+/, '.symbol-view nav')
    await page.keyboard.press('k')
    await expect.poll(() => page.locator('.symbol-view h2').innerText()).toBe(first)
    // The way back finds the table as it was left.
    await page.goBack()
    await page.goBack()
    await page.goBack()
    await sees(page, /^[\d,]+ of [\d,]+ rows$/, '.rows [role=status]')
    expect(await page.locator('.filter').inputValue()).toBe('rejected')
    expect(problems).toEqual([])
  })
})

/** Presses Tab until what has the focus bears a name. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    const found = (await page.evaluate(`(document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim()`)) as string
    if (found === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to “${name}”.`)
}
