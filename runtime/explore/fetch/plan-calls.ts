const MINUTE_MS = 60_000

export interface CallPlanInput {
  readonly tickers: number
  /** Calls that the cache answers: see `ChainCache.answers`. */
  readonly cached: number
  /** Calls for a ticker of which nothing is cached: its expirations, and one chain. */
  readonly callsPerTicker: number
  /** Calls for prices of underlyings, each of many tickers. */
  readonly priceCalls: number
  readonly remote: boolean
  readonly requestsPerSecond: number
  readonly callsPerMinute: number | null
}

/** What an exploration will take, as far as can be known before it starts: further samples and deep chains come on top. */
export interface CallPlan {
  readonly calls: number
  /** About how long they take at the least, in milliseconds; 0 for a local provider. */
  readonly durationMs: number
  /** What they take so long for. */
  readonly limitedBy: 'requestsPerSecond' | 'callsPerMinute' | 'nothing'
}

/** How many calls to plan for, and about how long they take. Pure. */
export function planCalls({ tickers, cached, callsPerTicker, priceCalls, remote, requestsPerSecond, callsPerMinute }: CallPlanInput): CallPlan {
  const calls = Math.max(0, tickers * callsPerTicker - cached) + priceCalls
  if (!remote || calls === 0) return { calls, durationMs: 0, limitedBy: 'nothing' }
  const byPace = (count: number): number => Math.round((count * 1_000) / requestsPerSecond)
  const fullMinutes = callsPerMinute === null ? 0 : Math.ceil(calls / Math.max(1, callsPerMinute)) - 1
  const byMinute = fullMinutes * MINUTE_MS + byPace(calls - fullMinutes * Math.max(1, callsPerMinute ?? 1))
  return byMinute > byPace(calls) ? { calls, durationMs: byMinute, limitedBy: 'callsPerMinute' } : { calls, durationMs: byPace(calls), limitedBy: 'requestsPerSecond' }
}
