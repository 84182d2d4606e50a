// Gap scanner that wants a reason: a gap of 3% or more at the open, and a headline of that day.
const API_KEY = process.env.POLYGON_API_KEY
const BASE = 'https://api.polygon.io'
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'META', 'AMD', 'NFLX', 'COIN', 'PLTR', 'MARA', 'RIOT', 'SMCI', 'MSTR', 'SNAP', 'ROKU', 'GME', 'SPY']
const DATES = ['2026-10-30', '2026-11-02', '2026-11-03', '2026-11-09', '2026-11-10', '2026-11-11']
const MIN_GAP = 0.03

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

async function get(path, params) {
  const res = await fetch(`${BASE}${path}?${new URLSearchParams({ ...params, apiKey: API_KEY })}`)
  if (!res.ok) throw new Error(`${res.status} ${path}`)
  return res.json()
}

/** Bars of the weeks around the days, oldest first. */
async function history(symbol) {
  const { results = [] } = await get(`/v2/aggs/ticker/${symbol}/range/1/day/2026-09-01/${DATES.at(-1)}`, { adjusted: 'false', sort: 'asc' })
  return results.map((bar) => ({ date: new Date(bar.t).toISOString().slice(0, 10), open: bar.o, close: bar.c }))
}

/** All headlines since a date, page by page, oldest first. */
async function headlines(symbol, since) {
  const found = []
  let page = await get('/v2/reference/news', { ticker: symbol, 'published_utc.gte': since, order: 'asc', sort: 'published_utc', limit: '2' })
  for (;;) {
    found.push(...page.results)
    if (!page.next_url) return found
    const { search } = new URL(page.next_url)
    page = await get('/v2/reference/news', Object.fromEntries(new URLSearchParams(search)))
  }
}

async function main() {
  const hits = []
  for (const symbol of SYMBOLS) {
    const bars = await history(symbol)
    const news = await headlines(symbol, DATES[0])
    for (let i = 1; i < bars.length; i++) {
      const { date, open } = bars[i]
      const gap = open / bars[i - 1].close - 1
      if (!DATES.includes(date) || Math.abs(gap) < MIN_GAP) continue
      const story = news.find((article) => article.published_utc.startsWith(date) && article.tickers.includes(symbol))
      if (story) hits.push({ symbol, date, score: Number((gap * 100).toFixed(2)), direction: gap > 0 ? 'bullish' : 'bearish', headline: story.title, source: story.publisher.name })
    }
    await sleep(25)
  }
  console.table(hits)
}

main()
