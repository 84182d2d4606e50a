import { ProviderCallError, type ProviderFailure } from '../../../sdk/option-provider.ts'

/** Dollars per share by ticker. */
export type Prices = ReadonlyMap<string, number>

/** Further requests for a batch at most: two for each halving of a hundred tickers down to one. */
const MOST_REQUESTS = 14
/** Parts that fail before any is answered, halves and two quarters, after which it is no matter of a few tickers. */
const MOST_FAILURES_AT_FIRST = 4

const OF_ONE_TICKER: ReadonlySet<ProviderFailure> = new Set(['malformed', 'unavailable', 'unknown_ticker'])

/** Whether a request for many tickers may have failed for what one of them does to it. */
export function mayBeOfOneTicker(failure: unknown): boolean {
  if (!(failure instanceof ProviderCallError) || !failure.reached) return false
  // What is refused for an option of the provider, such as a wrong address, is refused for every ticker.
  return OF_ONE_TICKER.has(failure.failure) || (failure.failure === 'refused' && failure.remedy === null)
}

/**
 * The prices of a batch that failed as a whole, asked for in halves, and halves of those that fail, the largest first, so that one ticker's
 * trouble is no one else's. `without` are those of which nothing was answered.
 */
export async function askInParts(batch: readonly string[], ask: (tickers: readonly string[]) => Promise<Prices>): Promise<{ prices: Prices; without: readonly string[] }> {
  const prices = new Map<string, number>()
  const failing: (readonly string[])[] = [batch]
  const without: string[] = []
  let requests = 0
  let answers = 0
  let isOver = false

  /** True where the part was answered. */
  const isAnswered = async (part: readonly string[]): Promise<boolean> => {
    if (isOver || requests >= MOST_REQUESTS) return false
    requests++
    try {
      for (const [ticker, price] of await ask(part)) prices.set(ticker, price)
      answers++
      return true
    } catch (failure) {
      isOver = !mayBeOfOneTicker(failure) || (answers === 0 && requests >= MOST_FAILURES_AT_FIRST)
      return false
    }
  }

  for (let part = failing.shift(); part !== undefined; part = failing.shift()) {
    if (part.length === 1 || isOver || requests >= MOST_REQUESTS) {
      without.push(...part)
      continue
    }
    const middle = Math.ceil(part.length / 2)
    const [first, second] = [part.slice(0, middle), part.slice(middle)]
    // Where nothing is wrong with the first half, something is with the second: it is not asked for as a whole again.
    if (!(await isAnswered(first))) {
      failing.push(first)
      if (await isAnswered(second)) continue
    }
    failing.push(second)
  }
  return { prices, without }
}
