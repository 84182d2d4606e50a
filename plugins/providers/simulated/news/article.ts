import type { NewsArticle } from '../../../../sdk/news.ts'
import type { SymbolFacts } from '../market.ts'
import { BANKS, CAUSES, STORY, type NewsEvent } from './events.ts'

/** No such host can be (RFC 2606). */
const SITE = 'https://news.simulated.invalid'
/** Moves up to this part are neither good nor bad. */
const NEUTRAL = 0.005
const QUARTERS = ['first', 'second', 'third', 'fourth'] as const

/** JSON of the article that tells a story. Its publisher is `Simulated`: nothing of it ever happened. */
export function articleOf(event: NewsEvent, { symbol, name, sector }: Pick<SymbolFacts, 'symbol' | 'name' | 'sector'>): string {
  const { published, tie } = event
  const id = `simulated-${symbol}-${published}-${tie}`
  const { title, text, keywords, sentiment } = told(event, symbol, name)
  const article: NewsArticle = {
    id,
    publisher: { name: 'Simulated', homepage_url: SITE },
    title,
    author: 'Strikescan simulation',
    published_utc: new Date(published).toISOString().replace('.000Z', 'Z'),
    article_url: `${SITE}/${encodeURIComponent(symbol)}/${published}-${tie}`,
    tickers: [symbol],
    description: `Simulated, nothing of this ever happened: ${text}`,
    keywords: ['simulated', ...keywords, sector.toLowerCase()],
    insights: [{ ticker: symbol, sentiment, sentiment_reasoning: 'Follows from the simulated bars.' }],
  }
  return JSON.stringify(article)
}

interface Told {
  readonly title: string
  readonly text: string
  readonly keywords: readonly string[]
  readonly sentiment: 'positive' | 'negative' | 'neutral'
}

function told({ kind, first, second }: NewsEvent, symbol: string, name: string): Told {
  const shares = `${name} (${symbol})`
  switch (kind) {
    case STORY.report: {
      const quarter = `${QUARTERS[second - 1]}-quarter`
      const verdict = first > NEUTRAL ? 'beats estimates' : first < -NEUTRAL ? 'misses estimates' : 'meets estimates'
      return { title: `${shares} ${quarter} earnings: company ${verdict}, shares ${moved(first)} before the open`, text: `${name} reported ${quarter} results before the open.`, keywords: ['earnings', 'results'], sentiment: sentimentOf(first) }
    }
    case STORY.gap:
      return { title: `${shares} shares ${moved(first)} before the open on ${CAUSES[second]}`, text: `shares of ${name} were indicated well off the last close after ${CAUSES[second]}.`, keywords: ['movers', 'premarket'], sentiment: sentimentOf(first) }
    case STORY.volume:
      return { title: `Unusual volume in ${shares}: ${first.toFixed(1)} times the usual, shares ${moved(second)}`, text: `${name} traded ${first.toFixed(1)} times its mean volume of twenty sessions.`, keywords: ['volume', 'movers'], sentiment: sentimentOf(second) }
    case STORY.upgrade:
      return { title: `${BANKS[first]} upgrades ${shares}, sets price target of $${second}`, text: `analysts at ${BANKS[first]} raised their rating of ${name}.`, keywords: ['analyst', 'upgrade'], sentiment: 'positive' }
    default:
      return { title: `${BANKS[first]} downgrades ${shares}, sets price target of $${second}`, text: `analysts at ${BANKS[first]} cut their rating of ${name}.`, keywords: ['analyst', 'downgrade'], sentiment: 'negative' }
  }
}

function moved(part: number): string {
  const percent = (Math.abs(part) * 100).toFixed(1)
  return percent === '0.0' ? 'little changed' : `${part > 0 ? 'up' : 'down'} ${percent}%`
}

const sentimentOf = (part: number): Told['sentiment'] => (part > NEUTRAL ? 'positive' : part < -NEUTRAL ? 'negative' : 'neutral')
