import { availableParallelism, loadavg } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser, CDPSession } from 'playwright-core'

import { SLOW } from './support/scripts.ts'
import { TestServer } from './support/server.ts'
import { openBrowser, path, sees, visit } from './support/visitor.ts'

const LEAST_FRAMES_A_SECOND = 50
/** Of the page's own thread for a frame, a quarter of what 50 frames a second leave: it holds on a busy machine too, where frames wait for others. */
const MOST_WORK_A_FRAME_MS = 5
/** What the page's heap may grow by while it watches, collected before each look. */
const MOST_GROWTH_BYTES = 8 * 2 ** 20

describe.skipIf(path === null)('a run of 5,000 symbols in Chromium', () => {
  const server = new TestServer('--no-examples')
  let browser: Browser

  beforeAll(async () => {
    ;[browser] = await Promise.all([openBrowser(), server.start()])
    await fetch(server.url)
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
  })

  it('is watched at a steady 50 frames a second, with flat memory', async () => {
    const scannerId = await server.upload('slow.js', SLOW(1_200_000))
    // One worker: the browser draws without a graphics card here, and takes the other core.
    const { id } = await server.post<{ id: string }>('/api/runs', { scannerId, universe: 'all', prefilter: false, limits: { workers: 1 } })
    const { page, picture, problems, close } = await visit(browser, `${server.url}/#/runs/${id}/watch`)
    await sees(page, /Processing symbols/, '.run-head')
    const session = await page.context().newCDPSession(page)
    const before = await heapBytes(session)
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    const workBefore = await workSeconds(session)
    await page.evaluate(`
      globalThis.times = []
      const step = (time) => { times.push(time); if (times.length < 100000) requestAnimationFrame(step) }
      requestAnimationFrame(step)`)
    await page.waitForTimeout(6_000)
    await picture('frames')
    const times = (await page.evaluate('globalThis.times')) as number[]
    const workMs = (1_000 * ((await workSeconds(session)) - workBefore)) / times.length
    const { message } = await server.get<{ message: string; status: string }>(`/api/runs/${id}`)
    const seconds = Map.groupBy(times, (time) => Math.floor((time - times[0]!) / 1_000))
    const rates = [...seconds.values()].slice(0, -1).map((frames) => frames.length)
    const growth = (await heapBytes(session)) - before
    const median = rates.toSorted((one, other) => one - other)[Math.floor(rates.length / 2)]!
    console.log(`frames a second: ${rates.join(' ')}; work a frame ${workMs.toFixed(1)} ms; heap ${(before / 2 ** 20).toFixed(1)} MB, grown by ${(growth / 2 ** 20).toFixed(1)} MB; then at: ${message}`)
    expect(message).toMatch(/^Processing/)
    expect(workMs).toBeLessThan(MOST_WORK_A_FRAME_MS)
    if (loadavg()[0]! < 2 * availableParallelism()) expect(median).toBeGreaterThanOrEqual(LEAST_FRAMES_A_SECOND)
    expect(growth).toBeLessThan(MOST_GROWTH_BYTES)
    expect(problems).toEqual([])
    await server.post(`/api/runs/${id}/cancel`)
    await close()
  })

  it('reads 10,000 rows in a table of few elements', async () => {
    const scannerId = await server.upload('all.js', 'export default (symbol, bars) => ({ score: bars.at(-1).close, data: { volume: bars.at(-1).volume } })')
    const id = await server.finished({ scannerId, universe: 'all', dates: ['2026-11-18', '2026-11-19', '2026-11-20'], prefilter: false })
    const { page, problems } = await visit(browser, `${server.url}/#/runs/${id}/hits`)
    await sees(page, /1\d,\d{3} rows/)
    const started = Date.now()
    await page.getByRole('button', { name: 'Symbol' }).click()
    await sees(page, /Symbol ↑/)
    await expect.poll(() => page.locator('.data-row').count()).toBeGreaterThan(10)
    console.log(`sorted in ${Date.now() - started} ms, ${await page.locator('.data-row').count()} rows in the document`)
    expect(await page.locator('.data-row').count()).toBeLessThan(80)
    await page.locator('.data-grid').focus()
    await page.keyboard.press('End')
    await expect.poll(() => page.locator('.data-row.active').count()).toBe(1)
    expect(problems).toEqual([])
  })
})

/** Processor time of the page's main thread since it began. */
async function workSeconds(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')!.value
}

async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}
