import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'

import { HOARDS } from './support/scripts.ts'
import { TestServer } from './support/server.ts'
import { openBrowser, path, sees, visit } from './support/visitor.ts'

describe.skipIf(path === null)('limits that workers cross, in Chromium', () => {
  const server = new TestServer('--no-examples')
  let browser: Browser

  beforeAll(async () => {
    ;[browser] = await Promise.all([openBrowser(), server.start({ STRIKESCAN_MEMORY_SOFT_MB: '250' })])
    await fetch(server.url)
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
  })

  it('are told in the lane of the worker, as they are neared, passed together and passed alone', async () => {
    const scannerId = await server.upload('hoards.js', HOARDS)
    const { id } = await server.post<{ id: string }>('/api/runs', { scannerId, universe: 'all', prefilter: { limit: 60 }, limits: { memoryMb: 130, workers: 2 } })
    const { page, picture, problems } = await visit(browser, `${server.url}/#/runs/${id}/watch`)
    await page.locator('.run-head').getByText('Completed').waitFor({ timeout: 120_000 })
    const lanes = page.locator('.lane')
    expect(await lanes.count()).toBeGreaterThan(0)
    // Those that were replaced stand folded.
    for (const _ of ['the fold', 'the notes within']) {
      await page.evaluate(`document.querySelectorAll('.lanes details').forEach((details) => { details.open = true })`)
      await page.waitForTimeout(400)
    }
    const told = await page.locator('.lanes').innerText()
    expect(told).toMatch(/workers hold \d+ MB of 250 MB together: this one will (give memory back|be replaced)/)
    expect(told).toMatch(/memory is at \d+ MB of 130 MB/)
    expect(told).toMatch(/killed: past the memory limit/)
    expect(await page.locator('.lane-plot canvas').count()).toBe(await lanes.count())
    expect(await lanes.count()).toBeGreaterThan(2)
    await picture('limits')
    // The symbols at fault have rows of their own, and no other is lost with them.
    const { ledger } = await server.get<{ ledger: Record<string, number> }>(`/api/runs/${id}`)
    await sees(page, `${ledger['outOfMemory']!.toLocaleString('en-US')} out of memory`, '.ledger')
    expect(ledger['detected']).toBe(Object.entries(ledger).reduce((sum, [part, count]) => (part === 'detected' ? sum : sum + count), 0))
    expect(problems).toEqual([])
  })
})
