import { describe, expect, test } from 'vitest'

import { createClock } from '../../../../runtime/guest/environment/clock.ts'
import { dayFromIso } from '../../../../runtime/guest/fetch/days.ts'
import { createFetch } from '../../../../runtime/guest/fetch/fetch.ts'
import { parseNewsWish, type NewsWish } from '../../../../runtime/worker/news-ask.ts'

const AS_OF = '2026-03-13'
const ARTICLE = {
  id: '12@wire.example', publisher: { name: 'Wire' }, title: 'Headline', author: 'Me', published_utc: '2026-03-12T14:00:00Z', article_url: 'https://wire.example/12', tickers: ['AAPL', 'MSFT'], description: 'Words',
}

function setUp(answer: object = { kind: 'news', simulated: false, next: null, articles: [ARTICLE] }) {
  const notes: string[] = []
  const asked: NewsWish[] = []
  const market = {
    bars: () => null, symbols: () => [], asOfDay: dayFromIso(AS_OF), sessions: () => new Int32Array(), note: (code: string, text: string) => notes.push(`${code}: ${text}`),
    // As the parent reads it.
    askNews: (wish: NewsWish) => (asked.push(parseNewsWish(JSON.stringify(wish))), JSON.stringify(answer)),
  }
  const { fetch } = createFetch({ market, clock: createClock(Date.parse(`${AS_OF}T20:00:00Z`)) })
  const get = async (url: string): Promise<{ status: number; body: any }> => {
    const response = (await fetch(url)) as unknown as { status: number; text(): Promise<string> }
    return { status: response.status, body: JSON.parse(await response.text()) }
  }
  return { get, notes, asked }
}

const POLYGON = 'https://api.polygon.io/v2/reference/news'
const NO_WISH = { tickers: null, range: null, from: null, to: null, isDescending: true, limit: 10, after: null }
const MARCH_12 = Date.parse('2026-03-12T00:00:00Z')

describe('Polygon', () => {
  test('an article comes as it is stored, under the members that the vendor names', async () => {
    const { get, notes } = setUp()
    expect((await get(`${POLYGON}?ticker=AAPL&apiKey=k`)).body).toEqual({ results: [ARTICLE], status: 'OK', request_id: expect.stringMatching(/^[0-9a-f]{32}$/), count: 1 })
    expect(notes).toEqual([])
  })

  test.each([
    ['', {}],
    ['?ticker=brk-b', { tickers: ['BRK.B'] }],
    ['?ticker=AAPL,MSFT', { tickers: ['AAPL,MSFT'] }],
    ['?ticker.any_of=AAPL,%20MSFT,AAPL', { tickers: ['AAPL', 'MSFT'] }],
    ['?ticker.gte=A&ticker.lt=B', { range: { gte: 'A', gt: null, lte: null, lt: 'B' } }],
    ['?order=asc&limit=1000&sort=published_utc', { isDescending: false, limit: 1_000 }],
    ['?published_utc=2026-03-12', { from: MARCH_12, to: MARCH_12 + 86_399_999 }],
    ['?published_utc.gte=2026-03-12&published_utc.lt=2026-03-13', { from: MARCH_12, to: MARCH_12 + 86_399_999 }],
    ['?published_utc.gt=2026-03-12T10:00:00Z&published_utc.lte=2026-03-12T10:00:00-04:00', { from: MARCH_12 + 36_000_001, to: MARCH_12 + 50_400_000 }],
    ['?published_utc.gte=2026-03-12T10:00:00+02:00', { from: MARCH_12 + 28_800_000 }],
    [`?published_utc.gte=${MARCH_12}`, { from: MARCH_12 }],
    ['?published_utc.gte=2026-03-12T10:00:00', { from: MARCH_12 + 36_000_000 }],
  ])('%s', async (query, wish) => {
    const { get, asked } = setUp()
    expect((await get(`${POLYGON}${query}`)).status).toBe(200)
    expect(asked).toEqual([{ ...NO_WISH, ...wish }])
  })

  test.each(['limit=0', 'limit=1001', 'limit=x', 'order=up', 'sort=ticker', 'published_utc=soon', 'published_utc.lt=2026-02-30', 'cursor=x', `ticker.any_of=${Array.from({ length: 251 }, (_, at) => `T${at}`).join(',')}`])('%.40s is refused in its words', async (query) => {
    const { get, asked } = setUp()
    expect(await get(`${POLYGON}?${query}`)).toMatchObject({ status: 400, body: { status: 'ERROR', error: expect.stringContaining(query.split('=')[0]!) } })
    expect(asked).toEqual([])
  })

  test('what follows is behind next_url, with all that was asked for', async () => {
    const { get, asked } = setUp({ kind: 'news', simulated: false, next: { published: 1_700_000_000_000, tie: 281_474_976_710_655 }, articles: [ARTICLE] })
    const { body } = await get(`${POLYGON}?ticker.any_of=AAPL,MSFT&published_utc.gte=2026-03-12&order=asc&limit=1&apiKey=k`)
    expect(body.next_url).toMatch(/^https:\/\/api\.polygon\.io\/v2\/reference\/news\?cursor=/)
    expect(body.next_url).not.toContain('apiKey')
    await get(`${body.next_url}&apiKey=k`)
    expect(asked[1]).toEqual({ ...asked[0]!, after: { published: 1_700_000_000_000, tie: 281_474_976_710_655 } })
  })

  test('without a store the answer is empty, and a note says how to import; what nobody can say is an error, and no empty list', async () => {
    const none = setUp({ kind: 'none', reason: 'no_source', message: 'No news were imported: run "strikescan import news FILE…"' })
    expect((await none.get(`${POLYGON}?ticker=AAPL`)).body).toMatchObject({ results: [], count: 0, status: 'OK' })
    expect(none.notes).toEqual(['news_not_stored: Polygon: No news were imported: run "strikescan import news FILE…". The answer is an empty list'])
    const failed = setUp({ kind: 'none', reason: 'failed', message: 'too many questions' })
    expect(await failed.get(`${POLYGON}?ticker=AAPL`)).toMatchObject({ status: 400, body: { error: 'too many questions' } })
    for (const url of ['https://data.alpaca.markets/v1beta1/news', 'https://query2.finance.yahoo.com/v1/finance/search?q=A', 'https://finnhub.io/api/v1/company-news?symbol=A&from=2026-01-01&to=2026-01-02']) expect((await failed.get(url)).status).toBeGreaterThanOrEqual(400)
  })
})

describe('others', () => {
  test("Alpaca's news: symbols, times, pages", async () => {
    const { get, asked } = setUp({ kind: 'news', simulated: false, next: { published: 5, tie: 6 }, articles: [ARTICLE] })
    const { body } = await get('https://data.alpaca.markets/v1beta1/news?symbols=AAPL,MSFT&start=2026-03-12T00:00:00Z&end=2026-03-12&limit=1&sort=asc')
    expect(asked[0]).toEqual({ ...NO_WISH, tickers: ['AAPL', 'MSFT'], from: MARCH_12, to: MARCH_12 + 86_399_999, isDescending: false, limit: 1 })
    expect(body.news).toEqual([{ id: 12, headline: 'Headline', author: 'Me', created_at: ARTICLE.published_utc, updated_at: ARTICLE.published_utc, summary: 'Words', content: '', url: ARTICLE.article_url, images: [], symbols: ['AAPL', 'MSFT'], source: 'Wire' }])
    await get(`https://data.alpaca.markets/v1beta1/news?symbols=AAPL&page_token=${body.next_page_token}`)
    expect(asked[1]!.after).toEqual({ published: 5, tie: 6 })
    for (const bad of ['limit=51', 'start=x', 'page_token=x']) expect((await get(`https://data.alpaca.markets/v1beta1/news?${bad}`)).status).toBe(400)
  })

  test("Yahoo's search has the news of a symbol, times in seconds", async () => {
    const { get, asked } = setUp()
    const { body } = await get('https://query2.finance.yahoo.com/v1/finance/search?q=aapl&newsCount=3')
    expect(asked[0]).toEqual({ ...NO_WISH, tickers: ['AAPL'], limit: 3 })
    expect(body).toMatchObject({ quotes: [], news: [{ uuid: ARTICLE.id, title: 'Headline', publisher: 'Wire', link: ARTICLE.article_url, providerPublishTime: Date.parse(ARTICLE.published_utc) / 1000, type: 'STORY', relatedTickers: ['AAPL', 'MSFT'] }] })
    expect((await get('https://query2.finance.yahoo.com/v1/finance/search?q=AAPL&newsCount=0')).body.news).toEqual([])
  })

  test("Finnhub's news of a company between two dates", async () => {
    const { get, asked } = setUp()
    expect((await get('https://finnhub.io/api/v1/company-news?symbol=AAPL&from=2026-03-12&to=2026-03-12')).body).toEqual([
      { category: 'company', datetime: Date.parse(ARTICLE.published_utc) / 1000, headline: 'Headline', id: 12, image: '', related: 'AAPL', source: 'Wire', summary: 'Words', url: ARTICLE.article_url },
    ])
    expect(asked[0]).toMatchObject({ from: MARCH_12, to: MARCH_12 + 86_399_999 })
    expect((await get('https://finnhub.io/api/v1/company-news?symbol=AAPL')).status).toBe(422)
  })
})
