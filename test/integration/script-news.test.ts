import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestHost, type TestHost } from './support/hosting.ts'

const SCAN = `
export async function scan(symbol) {
  const page = await (await fetch('https://api.polygon.io/v2/reference/news?limit=1000&ticker=' + symbol)).json()
  if (page.status !== 'OK') throw new Error(page.error)
  return page.results.length === 0 ? null : { score: page.results.length, data: { latest: page.results[0].published_utc, titles: page.results.slice(0, 3).map(({ title }) => title), publishers: [...new Set(page.results.map(({ publisher }) => publisher.name))] } }
}`

interface Seen { latest: string; titles: string[]; publishers: string[] }

describe('over the simulated market', () => {
  let test: TestHost
  beforeAll(async () => void (test = await openTestHost()))
  afterAll(() => test.close())

  it('a scanner sees simulated headlines up to the close of its date, and says whose they are', async () => {
    const { run, rows } = await test.run(SCAN, { symbols: ['AAPL', 'NOPE'], dates: ['2026-06-12', '2026-09-14', '2026-11-20'], filename: 'news.mjs' })
    expect(run.error).toBeNull()
    const hits = rows.filter(({ status }) => status === 'hit')
    expect(hits.map(({ date }) => date)).toEqual(['2026-06-12', '2026-09-14', '2026-11-20'])
    for (const { date, data } of hits) {
      expect((data as Seen).latest < `${date}T21:00:01Z`).toBe(true)
      expect((data as Seen).publishers).toEqual(['Simulated'])
    }
    expect(hits[0]!.score! < hits[1]!.score! && hits[1]!.score! < hits[2]!.score!).toBe(true)
    expect(run.warnings.map(({ code }) => code)).not.toContain('news_not_stored')
  })

  it("the vendors' clients have them, and each row may ask 200 different questions", async () => {
    const { rows } = await test.run(`
import YahooFinance from 'yahoo-finance2'
import { restClient } from '@polygon.io/client-js'
export async function scan(symbol) {
  const rest = restClient('key')
  const { results } = await rest.reference.tickerNews({ ticker: symbol, limit: 3, order: 'asc' })
  const { results: newer } = await rest.listNews({ ticker: symbol, limit: 3, order: 'asc' })
  const { quotes, news } = await new YahooFinance().search(symbol, { newsCount: 2 })
  let refused = ''
  for (let at = 0; refused === ''; at++) {
    const answer = await (await fetch('https://api.polygon.io/v2/reference/news?ticker=S' + at)).json()
    if (answer.status !== 'OK') refused = at + ' ' + answer.error
  }
  return { score: 1, data: { same: JSON.stringify(results) === JSON.stringify(newer), sorted: results[0].published_utc < results[2].published_utc, quote: quotes[0].symbol, dates: news.every(({ providerPublishTime }) => providerPublishTime instanceof Date), count: news.length, refused } }
}`, { symbols: ['AAPL', 'MSFT'], filename: 'clients.mjs', limits: { symbolTimeoutMs: 60_000 } })
    for (const { symbol, data, reason } of rows) {
      expect(data, reason ?? '').toMatchObject({ same: true, sorted: true, quote: symbol, dates: true, count: 2, refused: expect.stringMatching(/^198 More than 200 different questions/) })
    }
  })
})

describe('over imported bars', () => {
  let test: TestHost
  const folder = mkdtempSync(join(tmpdir(), 'strikescan-news-'))
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const article = (id: string, published_utc: string) => ({ id, publisher: { name: 'Wire' }, title: `Title ${id}`, published_utc, article_url: `https://wire.example/${id}`, tickers: ['ABC'] })

  beforeAll(async () => {
    test = await openTestHost()
    await test.host.importBars([write('ABC.csv', `symbol,date,open,high,low,close,volume\n${['2024-06-20', '2024-06-21', '2024-06-24'].map((date) => `ABC,${date},10,11,9,10,1000`).join('\n')}`)])
  })
  afterAll(() => test.close())

  it('without news the answer is empty and the run warns; then what is imported is seen up to the close, and never what came after a run began', async () => {
    const request = { symbols: ['ABC'], dates: ['2024-06-21', '2024-06-24'], filename: 'news.mjs' }
    const before = await test.run(SCAN, request)
    expect(before.rows.map(({ status }) => status)).toEqual(['miss', 'miss'])
    expect(before.run.warnings).toContainEqual(expect.objectContaining({ code: 'news_not_stored', message: expect.stringContaining('strikescan import news') }))

    // The close of the first date is 16:00 in New York, 20:00 in UTC.
    const file = write('news.json', JSON.stringify([article('a', '2024-06-21T19:59:59Z'), article('b', '2024-06-21T20:00:01Z'), article('c', '2024-06-24T12:00:00Z'), article('d', '2024-06-25T12:00:00Z')]))
    expect(await test.host.importNews([file])).toMatchObject({ rowsKept: 4, unchanged: false })
    expect(await test.host.importNews([file])).toMatchObject({ unchanged: true })
    expect((await test.host.market()).news).toMatchObject({ articles: 4, tickers: 1, firstDate: '2024-06-21', lastDate: '2024-06-25' })
    const seen = await test.run(SCAN, request)
    expect(seen.rows.map(({ data }) => (data as Seen).titles)).toEqual([['Title a'], ['Title c', 'Title b', 'Title a']])

    await test.host.importNews([write('more.json', JSON.stringify([article('e', '2024-06-20T12:00:00Z')]))])
    for (const { id } of [before, seen]) expect(test.host.compareReplay(await (await test.host.startReplay(id)).done)).toEqual({ rows: 2, same: 2, differences: [] })
    expect((await test.run(SCAN, request)).rows.map(({ score }) => score)).toEqual([2, 4])
    await test.host.resetMarket()
    expect((await test.host.market()).news).toBeNull()
  })
})
