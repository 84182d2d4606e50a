import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'

import { TestServer } from './support/server.ts'
import { openBrowser, path, sees, visit, type Visitor } from './support/visitor.ts'

describe.skipIf(path === null)('the editor in Chromium', () => {
  const server = new TestServer('--no-examples')
  let browser: Browser
  let visitor: Visitor

  beforeAll(async () => {
    ;[browser] = await Promise.all([openBrowser(), server.start()])
    await fetch(server.url)
    visitor = await visit(browser, `${server.url}/#/edit?from=built-in%2Fgap-and-go.ts`)
    await visitor.page.locator('[data-types=ready]').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
  })

  it('starts from a built-in scanner that its types find nothing wrong with', async () => {
    await sees(visitor.page, /Gap and go/, '.cm-content')
    await visitor.page.waitForTimeout(1_500)
    expect(await visitor.page.locator('.cm-lintRange').count()).toBe(0)
  })

  it('completes the SDK’s own names and marks what is no such name', async () => {
    const { page } = visitor
    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('\nimport { ta } from "strikescan"\nta.ema')
    await sees(page, /ema/, '.cm-tooltip-autocomplete')
    await visitor.picture('completion')
    await page.keyboard.press('Escape')
    await page.keyboard.type('Nonsense([1], 2)')
    await expect.poll(() => page.locator('.cm-lintRange-error').count(), { timeout: 10_000 }).toBeGreaterThan(0)
    await visitor.picture('checked')
  })

  it('saves versions and shows what differs between them', async () => {
    const { page } = visitor
    await page.keyboard.press('Control+a')
    await page.keyboard.type('export default (symbol, bars) => bars.length > 1')
    await page.keyboard.press('Control+s')
    await sees(page, /gap-and-go\.ts\s+version 1,/)
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.locator('[data-types=ready]').waitFor()
    await page.locator('.cm-content').click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('0')
    await page.keyboard.press('Control+s')
    await sees(page, /gap-and-go\.ts\s+version 2,/)
    await page.getByLabel('Compare with').selectOption({ index: 1 })
    await expect.poll(() => page.locator('.cm-changedText').allInnerTexts()).toContain('0')
    await visitor.picture('versions')
    // Where Chromium types over many lines it makes elements of its own with a style, which the policy then takes off them.
    expect(visitor.problems.filter((problem) => !/^Applying inline style .* style attributes/.test(problem))).toEqual([])
  })
})
