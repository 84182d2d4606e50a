import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

import { newsTicker, type NewsArticle, type NewsQuery } from '../../../../../sdk/news.ts'
import { NewsStore } from '../../../../../runtime/market/news/news-store.ts'
import { atEnd } from '../../../../at-end.ts'
import { zipOf } from '../../../market/bar-files.ts'

const RECORDED = fileURLToPath(new URL('../../../../../../shared/data/api_responses/polygon/v2/reference/news&ticker=NFLX.json', import.meta.url))

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'strikescan-news-'))
function newStore(home = newFolder()): NewsStore {
  const store = NewsStore.open(home)
  atEnd(() => store.close())
  return store
}
function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(newFolder(), name)
  writeFileSync(path, content)
  return path
}
const ndjson = (articles: object[]): string => fileOf('news.ndjson', articles.map((article) => JSON.stringify(article)).join('\n'))

async function find(store: NewsStore, wish: Partial<NewsQuery> = {}): Promise<NewsArticle[]> {
  const page = await store.source(store.current()!)!.find({ tickers: null, range: null, from: 0, to: Date.parse('2030-01-01'), isDescending: true, limit: 100, after: null, ...wish })
  return page.articles.map((text) => JSON.parse(text) as NewsArticle)
}
const only = async (store: NewsStore): Promise<NewsArticle> => {
  const found = await find(store)
  expect(found).toHaveLength(1)
  return found[0]!
}
const article = (id: string, more: object = {}): Record<string, unknown> => ({
  id, publisher: { name: 'Wire' }, title: `Title of ${id}`, author: 'A. Author', published_utc: '2024-06-24T18:33:53Z', article_url: `https://wire.example/${id}`, tickers: ['AAPL'], description: 'Words', ...more,
})

describe('what files are understood', () => {
  test.skipIf(!existsSync(RECORDED))('a recorded answer of Polygon is stored member by member as it came (skipped without the recordings)', async () => {
    const store = newStore()
    expect(await store.importNews([RECORDED])).toMatchObject({ rowsRead: 1, rowsKept: 1, firstDate: '2022-04-28', lastDate: '2022-04-28', tickers: 4, unchanged: false })
    expect(await only(store)).toEqual((JSON.parse(readFileSync(RECORDED, 'utf8')) as { results: NewsArticle[] }).results[0])
  })

  test.each([
    ['an answer', JSON.stringify({ count: 2, next_url: 'https://x', results: [article('a'), article('b')] })],
    ['an array', JSON.stringify([article('a'), article('b')])],
    ['lines', `${JSON.stringify(article('a'))}\n\n${JSON.stringify(article('b'))}\n`],
    ['lines of answers', `${JSON.stringify({ results: [article('a')] })}\n${JSON.stringify({ results: [article('b')] })}`],
  ])('%s of JSON', async (_, text) => {
    const store = newStore()
    await store.importNews([fileOf('a.json', text)])
    expect((await find(store)).map(({ id }) => id).sort()).toEqual(['a', 'b'])
    for (const packed of [fileOf('a.json.gz', gzipSync(text)), fileOf('a.zip', zipOf({ 'inner.json': text }))]) expect(await store.importNews([packed])).toMatchObject({ rowsRead: 2, unchanged: true })
  })

  test.each([
    ['Alpaca', { news: [{ id: 24843171, headline: 'H', author: 'A', created_at: '2024-06-24T18:33:53Z', updated_at: '2024-06-25T00:00:00Z', summary: 'S', content: '', url: 'https://www.benzinga.com/a', images: [], symbols: ['AAPL', 'BRK.B'], source: 'benzinga' }], next_page_token: null }, { id: '24843171@www.benzinga.com', title: 'H', tickers: ['AAPL', 'BRK.B'], publisher: { name: 'benzinga' }, description: 'S' }],
    ['Yahoo', { news: [{ uuid: 'u-1', title: 'H', publisher: 'Reuters', link: 'https://finance.yahoo.com/a', providerPublishTime: 1719254033, relatedTickers: ['AAPL', 'BRK-B'] }] }, { id: 'u-1', title: 'H', tickers: ['AAPL', 'BRK-B'], publisher: { name: 'Reuters' } }],
    ['Finnhub', [{ category: 'company', datetime: 1719254033, headline: 'H', id: 7, image: '', related: 'AAPL', source: 'CNBC', summary: 'S', url: 'https://finnhub.io/api/news?id=7' }], { id: '7@finnhub.io', title: 'H', tickers: ['AAPL'], publisher: { name: 'CNBC' } }],
    ['Alpha Vantage', { items: '1', feed: [{ title: 'H', url: 'https://x.example/a', time_published: '20240624T183353', authors: ['A', 'B'], summary: 'S', source: 'Zacks', ticker_sentiment: [{ ticker: 'AAPL', ticker_sentiment_score: '0.1' }] }] }, { title: 'H', tickers: ['AAPL'], author: 'A, B', publisher: { name: 'Zacks' }, published_utc: '2024-06-24T22:33:53Z' }],
    ['NewsAPI', { status: 'ok', totalResults: 1, articles: [{ source: { id: null, name: 'CNN' }, author: null, title: 'H', description: 'S', url: 'https://x.example/a', urlToImage: null, publishedAt: '2024-06-24T18:33:53Z' }] }, { title: 'H', tickers: [], publisher: { name: 'CNN' } }],
  ])('the answers of %s', async (_, answer, expected) => {
    const store = newStore()
    expect(await store.importNews([fileOf('a.json', JSON.stringify(answer))])).toMatchObject({ rowsRead: 1, rowsKept: 1 })
    expect(await only(store)).toMatchObject({ published_utc: '2024-06-24T18:33:53Z', ...expected })
  })

  test.each([
    ['the plain names', 'id,published_utc,tickers,title,author,article_url,description,keywords,publisher\na,2024-06-24T18:33:53Z,"AAPL,BRK-B","Said ""yes"", twice",Me,https://x.example/a,Words,"x, y",Wire'],
    ['other names and semicolons', "uuid;Date;Symbols;Headline;By;URL;Summary;Tags;Source\na;2024-06-24 14:33:53;['AAPL', 'BRK-B'];Said \"yes\", twice;Me;https://x.example/a;Words;x|y;Wire"],
    ['an offset and an epoch of a mail', 'id\tpubDate\tticker\ttitle\tarticle_url\tdescription\tpublisher\na\tMon, 24 Jun 2024 14:33:53 -0400\t$AAPL NYSE:BRK-B\tSaid yes, twice\thttps://x.example/a\tWords\tWire'],
  ])('CSV with %s', async (_, text) => {
    const store = newStore()
    await store.importNews([fileOf('news.csv', text)])
    expect(await only(store)).toMatchObject({ id: 'a', published_utc: '2024-06-24T18:33:53Z', tickers: ['AAPL', 'BRK-B'], title: expect.stringMatching(/^Said "?yes"?, twice$/), article_url: 'https://x.example/a', description: 'Words', publisher: { name: 'Wire' } })
  })

  test('columns by a map; files that hold no news are refused by name, and leave nothing', async () => {
    const store = newStore()
    const good = fileOf('own.csv', 'K,When,What\nAAPL,2024-06-24T18:33:53Z,T')
    await expect(store.importNews([good])).rejects.toMatchObject({ code: 'import_not_news' })
    await expect(store.importNews([good], { map: { headline: 'What' } })).rejects.toMatchObject({ code: 'import_news_field' })
    await expect(store.importNews([good], { map: { title: 'Wat' } })).rejects.toMatchObject({ code: 'import_map_column' })
    await expect(store.importNews([good, fileOf('x.json', '{"a": 1}')], { map: { title: 'What', published: 'When', tickers: 'K' } })).resolves.toMatchObject({ rowsKept: 1, rowsRejected: 1, reasons: { not_an_article: 1 } })
    await store.reset()
    expect(store.summary()).toBeNull()
    await expect(store.importNews([good, fileOf('bars.csv', 'symbol,date,open\nA,2024-01-01,1')], { map: { title: 'What', published: 'When' } })).rejects.toMatchObject({ code: 'import_map_column' })
    await expect(store.importNews([good, fileOf('cut.json', '[{"a"')])).rejects.toMatchObject({ code: expect.stringMatching(/^import_/) })
    expect(store.summary()).toBeNull()
  })
})

describe('times', () => {
  test('in a column named after UTC', async () => {
    const stated = ['2024-06-24T18:33:53Z', '2024-06-24T14:33:53-04:00', '2024-06-24 18:33:53', '2024-06-24 18:33:53 UTC', '2024-06-24T18:33:53.000000+00:00', 1719254033000, '1719254033000000000', 'Mon, 24 Jun 2024 13:33:53 CDT']
    const store = newStore()
    await store.importNews([ndjson(stated.map((published_utc, at) => article(`n${at}`, { published_utc })))])
    expect((await find(store)).map(({ published_utc }) => published_utc)).toEqual(stated.map(() => '2024-06-24T18:33:53Z'))
  })

  test('nothing seems known too early: no zone is New York, a date alone is the end of its day, and both are told', async () => {
    const store = newStore()
    const of = (id: string, date: string) => ({ id, title: 'T', date, tickers: ['A'] })
    expect(await store.importNews([ndjson([of('a', '2024-06-24 14:33:53'), of('b', '2024-01-24')])])).toMatchObject({ flagged: { noZone: 1, dayOnly: 1 }, warnings: [expect.stringContaining('New York')] })
    expect((await find(store)).map(({ published_utc }) => published_utc)).toEqual(['2024-06-24T18:33:53Z', '2024-01-25T04:59:59Z'])
  })

  test('what is none is refused with its row and named', async () => {
    const stated = ['', 'yesterday', '2024-02-30', '2024-06-24T25:00:00Z', '1', '0001-01-01T00:00:00Z', '9999-12-31', {}, null]
    const report = await newStore().importNews([ndjson(stated.map((published_utc, at) => article(`n${at}`, { published_utc })).concat(article('ok')))])
    expect(report).toMatchObject({ rowsRead: 10, rowsKept: 1, rowsRejected: 9, reasons: { no_time: 2, unparsable_time: 7 } })
    expect(report.samples[1]).toMatchObject({ line: 2, column: 'published_utc', value: 'yesterday' })
  })
})

describe('an article of one id', () => {
  const [short, long] = [article('a'), article('a', { description: 'Words and more words', tickers: ['AAPL', 'MSFT'] })]

  test('twice the same changes nothing; the fuller one stands, whatever comes first', async () => {
    const [one, other, together] = [newStore(), newStore(), newStore()]
    expect(await one.importNews([ndjson([short])])).toMatchObject({ stored: { added: 1 }, unchanged: false })
    expect(await one.importNews([ndjson([short, short])])).toMatchObject({ rowsRead: 2, stored: { unchanged: 2 }, unchanged: true })
    expect(await one.importNews([ndjson([long])])).toMatchObject({ conflicts: 1, stored: { replaced: 1 }, conflictSamples: [{ id: 'a' }], unchanged: false })
    await other.importNews([ndjson([long])])
    expect(await other.importNews([ndjson([short])])).toMatchObject({ conflicts: 1, stored: { conflictingKept: 1 }, unchanged: true })
    expect(await together.importNews([ndjson([short, long, short])])).toMatchObject({ rowsRead: 3, rowsKept: 1, duplicates: 2, conflicts: 2, conflictsInFiles: 2 })
    expect(other.summary()).toEqual(one.summary())
    expect(together.summary()!.snapshot).toBe(one.summary()!.snapshot)
    for (const store of [one, other, together]) expect((await only(store)).tickers).toEqual(['AAPL', 'MSFT'])
  })

  test('with replace the files stand; who began before sees what was there', async () => {
    const store = newStore()
    await store.importNews([ndjson([long])])
    const before = store.source(store.current()!)!
    expect(await store.importNews([ndjson([short])], { replace: true })).toMatchObject({ stored: { replaced: 1 } })
    const wish = { tickers: ['MSFT'], range: null, from: 0, to: Date.now(), isDescending: true, limit: 10, after: null }
    expect((await before.find(wish)).articles).toHaveLength(1)
    expect((await store.source(store.current()!)!.find(wish)).articles).toHaveLength(0)
    expect(store.summary()!.articles).toBe(1)
  })

  test('without an id its address makes one, and without that its title and time', async () => {
    const store = newStore()
    const bare = (more: object) => ({ title: 'T', published_utc: '2024-06-24T18:33:53Z', ...more })
    const rows = [bare({ url: 'https://x.example/1' }), bare({ url: 'https://x.example/2' }), bare({}), bare({ title: 'U' })]
    expect(await store.importNews([ndjson([...rows, ...rows])])).toMatchObject({ rowsKept: 4, duplicates: 4, flagged: { noTicker: 4 } })
  })
})

describe('hostile and careless articles', () => {
  test('texts are cut, control characters and turned directions taken out, HTML left as the text it is', async () => {
    const store = newStore()
    const title = `<img src=x onerror=alert(1)>\u0000\u001b[31m\u202eevil ${'x'.repeat(1 << 20)}`
    const report = await store.importNews([ndjson([article('a', { title, description: '\ud800 lone', article_url: 'javascript:alert(1)', keywords: 'not a list', insights: [{ ticker: 'AAPL', sentiment: 'positive', sentiment_reasoning: 'r' }, 7] })])])
    expect(report.flagged).toMatchObject({ cut: 1, cleaned: 1 })
    const found = await only(store)
    expect(found.title).toMatch(/^<img src=x onerror=alert\(1\)> \[31m evil x+$/)
    expect(found).toMatchObject({ article_url: '', description: '\ufffd lone', insights: [{ ticker: 'AAPL' }] })
    expect(found.title).toHaveLength(1_000)
  })

  test('lists of five hundred tickers, names that are none, numbers, nested lists', async () => {
    const store = newStore()
    const names = Array.from({ length: 500 }, (_, at) => `T${at}`)
    const report = await store.importNews([ndjson([article('a', { tickers: [...names, 'BRK/B', '"; DROP TABLE', 7, null, ['X']] }), article('b', { tickers: '__proto__, constructor' }), article('c', { tickers: 42 })])])
    expect(report.flagged).toMatchObject({ badTicker: 1, noTicker: 1 })
    expect((await find(store, { tickers: [newsTicker('brk-b')] })).map(({ id }) => id)).toEqual(['a'])
    expect((await find(store, { tickers: ['T499'] }))[0]!.tickers).toHaveLength(501)
    expect(await find(store, { tickers: ['__PROTO__'] })).toHaveLength(1)
  })

  test('names that are made to be looked at for ever cost no time', async () => {
    const rows = Array.from({ length: 20 }, (_, at) => article(`a${at}`, { tickers: [`${']'.repeat(100_000)}x`, `x${'] '.repeat(50_000)}x`, 'AAPL'], author: '['.repeat(100_000) }))
    const store = newStore()
    const before = process.cpuUsage()
    expect(await store.importNews([ndjson(rows)])).toMatchObject({ rowsKept: 20, flagged: { badTicker: 20 } })
    // Each name was seconds.
    expect(process.cpuUsage(before).user).toBeLessThan(10_000_000)
    expect((await find(store))[0]!.tickers).toEqual(['AAPL'])
  })

  test('bad lines are told by line and reason, and the rest is kept', async () => {
    const lines = [article('a'), 7, 'x', [], { ...article('b'), title: '' }, { id: 'c', title: 'T' }, { published_utc: '2024-01-01', id: 'd' }, article('e'.repeat(300)), article('f')]
    const report = await newStore().importNews([fileOf('n.ndjson', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"broken`)])
    expect(report).toMatchObject({ rowsRead: 9, rowsKept: 2, rowsRejected: 7, reasons: { not_an_article: 3, no_title: 2, no_time: 1, no_identity: 1 } })
    expect(report.samples.map(({ line, reason }) => `${line} ${reason}`)).toEqual(['2 not_an_article', '3 not_an_article', '5 no_title', '6 no_time', '7 no_title', '8 no_identity', '10 not_an_article'])
  })

  test('a quote that never closes costs its line; a line of a megabyte is a row like others', async () => {
    const report = await newStore().importNews([fileOf('n.csv', `id,published_utc,title\na,2024-01-01T00:00:00Z,"open\nb,2024-01-01T00:00:00Z,T\nc,2024-01-01T00:00:00Z,${'x'.repeat(2 << 20)}\nd,2024-01-01`)])
    expect(report).toMatchObject({ rowsRead: 4, rowsKept: 2, reasons: { unclosed_quote: 1, wrong_field_count: 1 }, flagged: { cut: 1 } })
  })
})

describe('a search', () => {
  test('by time and ticker, both ways, page by page: all of them, once each', async () => {
    const store = newStore()
    const articles = Array.from({ length: 250 }, (_, at) => article(`n${at}`, { published_utc: new Date(Date.UTC(2024, 0, 1) + Math.floor(at / 5) * 60_000).toISOString(), tickers: [at % 2 === 0 ? 'AAPL' : 'MSFT', `X${at % 7}`] }))
    await store.importNews([ndjson(articles)])
    const source = store.source(store.current()!)!
    for (const isDescending of [true, false]) {
      for (const wish of [{ tickers: ['AAPL'] }, { tickers: ['AAPL', 'X3', 'NOPE'] }, { tickers: null }, { tickers: null, range: { gte: 'X2', gt: null, lte: null, lt: 'X5' } }]) {
        const seen: NewsArticle[] = []
        for (let after = null; ; ) {
          const page = await source.find({ range: null, from: 0, to: Date.UTC(2024, 0, 1) + 40 * 60_000, isDescending, limit: 7, after, ...wish })
          seen.push(...page.articles.map((text) => JSON.parse(text) as NewsArticle))
          if (page.next === null) break
          after = page.next as never
        }
        const fits = ({ tickers }: { tickers: readonly string[] }) => (wish.range ? tickers.some((name) => name >= 'X2' && name < 'X5') : wish.tickers === null || tickers.some((name) => wish.tickers.includes(name)))
        const expected = articles.slice(0, 205).filter((one) => fits(one as never)).map(({ id }) => id)
        expect(seen.map(({ id }) => id).sort()).toEqual(expected.sort())
        const times = seen.map(({ published_utc }) => published_utc)
        expect(times).toEqual(isDescending ? [...times].sort().reverse() : [...times].sort())
      }
    }
  })

  test('what a writer that died has left is seen by nobody, and gone with the next import', async () => {
    const home = newFolder()
    const store = newStore(home)
    await store.importNews([ndjson([article('a')])])
    await expect(store.importNews([ndjson([article('b'), article('a', { title: 'T'.repeat(50), tickers: ['NEW'] })]), fileOf('x.json', '[{]')])).rejects.toMatchObject({ code: 'import_file_truncated' })
    expect((await find(store)).map(({ title }) => title)).toEqual(['Title of a'])
    expect(store.summary()!.tickers).toBe(1)
    expect(await newStore(home).importNews([ndjson([article('b')])])).toMatchObject({ stored: { added: 1 } })
    expect(store.summary()!.articles).toBe(2)
  })
})
