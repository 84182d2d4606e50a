import { setImmediate as nextTurn } from 'node:timers/promises'

import { comparePlaces, isInRange, newsTicker, type NewsPage, type NewsPlace, type NewsQuery, type NewsSource } from '../../../../sdk/news.ts'
import { createSimulatedMarket, type SimulatedMarket, type SymbolFacts } from '../market.ts'
import { articleOf } from './article.ts'
import { eventsOf, type NewsEvent, type SymbolEvents } from './events.ts'

/** Which of the simulated markets. */
export interface SimulatedNewsOptions {
  seed?: number
  symbols?: number
}

/** Symbols drawn in one turn, some ten milliseconds. */
const DRAWN_AT_ONCE = 25

/** What is known of one symbol: some kilobytes, kept. */
interface Known {
  readonly facts: Pick<SymbolFacts, 'symbol' | 'name' | 'sector'>
  readonly events: SymbolEvents
}

interface Found {
  readonly event: NewsEvent
  readonly facts: Known['facts']
}

/** The news of the simulated market, which fits its bars; the same for the same seed. Its market is that of the provider of bars. */
export function createSimulatedNews(options: SimulatedNewsOptions = {}): NewsSource {
  const market = createSimulatedMarket(options)
  const seed = options.seed ?? 1
  const kept = new Map<string, Known>()
  const knownOf = (symbol: string): Known => {
    let known = kept.get(symbol)
    if (known === undefined) kept.set(symbol, (known = draw(market, seed, symbol)))
    return known
  }
  const names = new Map(market.symbols.map((symbol) => [newsTicker(symbol), symbol]))
  return {
    simulated: true,
    async find(query) {
      const found: Found[] = []
      let drawn = kept.size
      for (const symbol of symbolsOf(query, names, market)) {
        collect(found, knownOf(symbol), query)
        if (found.length > 8 * (query.limit + 1)) trim(found, query)
        if (kept.size - drawn < DRAWN_AT_ONCE) continue
        drawn = kept.size
        await nextTurn()
      }
      trim(found, query)
      return pageOf(found, query)
    },
  }
}

function draw(market: SimulatedMarket, seed: number, symbol: string): Known {
  const facts = market.facts(symbol)!
  return { facts: { symbol, name: facts.name, sector: facts.sector }, events: eventsOf(seed, market.barsOf(symbol)!, facts) }
}

function symbolsOf({ tickers, range }: NewsQuery, names: ReadonlyMap<string, string>, { symbols }: SimulatedMarket): readonly string[] {
  const wanted = tickers === null ? symbols : [...new Set(tickers)].flatMap((ticker) => names.get(ticker) ?? [])
  return range === null ? wanted : wanted.filter((symbol) => isInRange(newsTicker(symbol), range))
}

/** Takes the stories of a symbol, from the end where the newest are wanted, and no more of them than a page has. */
function collect(found: Found[], { events, facts }: Known, { from, to, after, isDescending, limit }: NewsQuery): void {
  const [first, end] = [events.from(from), events.from(to + 1)]
  let left = limit + 1
  for (let place = isDescending ? end - 1 : first; left > 0 && place >= first && place < end; place += isDescending ? -1 : 1) {
    const event = events.at(place)
    if (after !== null && (isDescending ? comparePlaces(event, after) >= 0 : comparePlaces(event, after) <= 0)) continue
    found.push({ event, facts })
    left--
  }
}

/** Leaves the first in the order asked for, and one more that tells that there are more. */
function trim(found: Found[], { isDescending, limit }: NewsQuery): void {
  found.sort((a, b) => (isDescending ? comparePlaces(b.event, a.event) : comparePlaces(a.event, b.event)))
  found.length = Math.min(found.length, limit + 1)
}

function pageOf(found: readonly Found[], { limit }: NewsQuery): NewsPage {
  const shown = found.slice(0, limit)
  const last: NewsPlace | undefined = shown.at(-1)?.event
  return {
    articles: shown.map(({ event, facts }) => articleOf(event, facts)),
    next: found.length > limit && last !== undefined ? { published: last.published, tie: last.tie } : null,
  }
}
