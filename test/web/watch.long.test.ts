import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Browser } from 'playwright-core'

import { SLOW, SOUGHT } from './support/scripts.ts'
import { TestServer } from './support/server.ts'
import { openBrowser, path, sees, visit, type Visitor } from './support/visitor.ts'

interface Run {
  id: string
  status: string
  ledger: Record<string, number>
}

const BUSY = SLOW(4_000_000)

describe.skipIf(path === null)('watching in Chromium', () => {
  const server = new TestServer('--no-examples')
  let browser: Browser
  let visitor: Visitor

  beforeAll(async () => {
    ;[browser] = await Promise.all([openBrowser(), server.start()])
    await fetch(server.url)
  })
  afterAll(async () => {
    await browser?.close()
    await server.stop()
  })

  const start = async (body: object): Promise<Visitor['page']> => {
    const { id } = await server.post<Run>('/api/runs', body)
    await visitor?.close()
    visitor = await visit(browser, `${server.url}/#/runs/${id}/watch`)
    return visitor.page
  }
  const runOf = async (page: Visitor['page']): Promise<Run> => server.get<Run>(`/api/runs/${/runs\/([\w-]+)/.exec(page.url())![1]}`)

  it('pauses, goes on and cancels, and says how far it came', async () => {
    const page = await start({ scannerId: await server.upload('slow.js', BUSY), universe: 'all', prefilter: { limit: 1_000 } })
    await sees(page, /Processing symbols [\d,]+-[\d,]+ of 1,?000/, '.run-head')
    await page.getByRole('button', { name: 'Pause' }).click()
    await sees(page, /Paused/, '.run-head')
    await page.getByRole('button', { name: 'Resume' }).click()
    await sees(page, /Running/, '.run-head')
    await sees(page, /live/, '.connection')
    await sees(page, /SIMULATED/, '.run-head')
    await visitor.picture('watching')
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('button', { name: 'Cancel the run' }).click()
    await sees(page, /Cancelled at \d+%/)
    expect((await runOf(page)).ledger['cancelled']).toBeGreaterThan(0)
    await visitor.picture('cancelled')
  })

  it('loses and doubles nothing when the server is killed in the middle and started again', async () => {
    const page = await start({ scannerId: await server.upload('slow.js', BUSY), universe: 'all', prefilter: { limit: 400 } })
    await sees(page, /Processing symbols \d+-\d+ of 400/, '.run-head')
    await page.waitForTimeout(500)
    await server.kill()
    await sees(page, /disconnected/, '.run-head')
    await visitor.picture('disconnected')
    await server.start()
    await sees(page, /Completed/, '.run-head')
    await sees(page, /all events are here/, '.run-head')
    const { ledger } = await runOf(page)
    await sees(page, `${ledger['detected']!.toLocaleString('en-US')} of ${ledger['detected']!.toLocaleString('en-US')} rows`, '.ledger')
    const told = await page.locator('.ledger li').allInnerTexts()
    expect(told.find((text) => / hit$/.test(text))).toBe(`${ledger['hit']!.toLocaleString('en-US')} hit`)
    expect(told.find((text) => / miss$/.test(text))).toBe(`${ledger['miss']!.toLocaleString('en-US')} miss`)
    expect(ledger['hit']! + ledger['miss']!).toBe(400)
    expect(visitor.problems).toEqual([])
    await visitor.picture('survived')
  })

  it('reads out cells by keyboard, opens them, and filters the log', async () => {
    const page = await start({ scannerId: await server.upload('sought.ts', SOUGHT), universe: 'all' })
    await sees(page, /Completed/, '.run-head')
    const lines = page.getByLabel('Log', { exact: true })
    await sees(page, /of \d+ lines/, '.log')
    await page.getByLabel('Filter the log').fill('no such word')
    await sees(page, 'No line holds these words', '.log')
    expect(await lines.count()).toBe(1)
    await page.locator('.grid').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await sees(page, /^[A-Z.]+: /, '.pointed')
    await page.keyboard.press('Enter')
    await sees(page, /all rows/, '.symbol-view')
  })

  it('asks for the events of a run that is over only where they are shown, and never tells it as under way', async () => {
    const id = await server.finished({ scannerId: await server.upload('sought.ts', SOUGHT), universe: 'all', prefilter: false })
    await visitor?.close()
    visitor = await visit(browser, server.url)
    const { page } = visitor
    const sockets: string[] = []
    page.on('websocket', (socket) => sockets.push(socket.url()))
    await page.goto(`${server.url}/#/runs/${id}/hits`)
    await sees(page, /^[\d,]+ rows$/, '.rows [role=status]')
    expect(sockets).toEqual([])
    await page.getByRole('link', { name: 'Watch' }).click()
    await expect.poll(() => sockets.length).toBe(1)
    expect(await page.locator('.run-head').innerText()).not.toMatch(/Running|Pause|left/)
    await sees(page, /all events are here/, '.run-head')
    await sees(page, /5,000 symbols/, '.pointed')
    expect(visitor.problems).toEqual([])
  })
})
