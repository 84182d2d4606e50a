import { describe, expect, it } from 'vitest'

import { createSimulatedMarket } from '../../../../../plugins/providers/simulated/market.ts'
import { createSimulatedNews } from '../../../../../plugins/providers/simulated/news/source.ts'
import { newYorkDay } from '../../../../../sdk/options/time.ts'
import type { NewsArticle, NewsPlace, NewsQuery } from '../../../../../sdk/news.ts'

const OPTIONS = { seed: 7, symbols: 40 }
const market = createSimulatedMarket(OPTIONS)
const END = Date.parse('2026-11-20T21:00:00Z')

async function all(wish: Partial<NewsQuery>, source = createSimulatedNews(OPTIONS)): Promise<NewsArticle[]> {
  const found: NewsArticle[] = []
  for (let after: NewsPlace | null = null; ; ) {
    const page = await source.find({ tickers: null, range: null, from: 0, to: END, isDescending: false, limit: 100, after, ...wish })
    found.push(...page.articles.map((text) => JSON.parse(text) as NewsArticle))
    if (page.next === null) return found
    after = page.next
  }
}

describe('simulated news', () => {
  it('are called simulated, each with an id and an address of its own, and the same for the same seed', async () => {
    const found = await all({ from: Date.parse('2026-09-01') })
    expect(found.length).toBeGreaterThan(100)
    for (const { publisher, description, article_url, tickers } of found) {
      expect(publisher.name).toBe('Simulated')
      expect(description).toMatch(/^Simulated, nothing of this ever happened/)
      expect(new URL(article_url).hostname).toBe('news.simulated.invalid')
      expect(market.symbols).toContain(tickers[0])
    }
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
    expect(await all({ from: Date.parse('2026-09-01') })).toEqual(found)
    expect(await all({ from: Date.parse('2026-09-01'), isDescending: true })).toEqual([...found].reverse())
    expect(await all({ from: Date.parse('2026-09-01') }, createSimulatedNews({ ...OPTIONS, seed: 8 }))).not.toEqual(found)
  })

  it('fit the bars: gaps as large as they say, reports on their sessions, volume only after the close', async () => {
    for (const symbol of market.symbols.filter((name) => market.facts(name)!.kind === 'stock').slice(0, 12)) {
      const { day, open, close, volume } = market.barsOf(symbol)!
      const facts = market.facts(symbol)!
      const splits = new Set(facts.splits.map((split) => split.day))
      const articles = await all({ tickers: [symbol] })
      const told = (text: RegExp) => articles.filter(({ title }) => text.test(title)).map(({ published_utc, title }) => ({ at: Date.parse(published_utc), day: newYorkDay(Date.parse(published_utc)), title }))
      for (const { day: on, title, at } of told(/before the open/)) {
        const i = day.indexOf(on)
        const gap = open[i]! / close[i - 1]! - 1
        const percent = (Math.abs(gap) * 100).toFixed(1)
        expect(title).toContain(percent === '0.0' ? 'little changed' : `${gap > 0 ? 'up' : 'down'} ${percent}%`)
        expect(new Date(at).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' }) < '09:30:00').toBe(true)
      }
      const reported = facts.earnings.filter((session) => day.indexOf(session) > 0 && !splits.has(session))
      expect(told(/earnings: company/).map((one) => one.day)).toEqual(reported)
      const loud = [...day.keys()].filter((i) => i >= 20 && !splits.has(day[i]!) && volume[i]! >= (3 * volume.subarray(i - 20, i).reduce((sum, each) => sum + each, 0)) / 20)
      expect(told(/Unusual volume/).map((one) => one.day)).toEqual(loud.map((i) => day[i]!))
      for (const { at } of told(/Unusual volume/)) expect(new Date(at).toLocaleTimeString('en-GB', { timeZone: 'America/New_York' }) > '16:00:00').toBe(true)
    }
  })
})
