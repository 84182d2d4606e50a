const MINUTE_MS = 60_000

/** What holds calls to one source back. */
export interface CallLimits {
  readonly requestsPerSecond: number
  /** By the vendor's answers, else as it is known to grant; null where neither tells. */
  readonly callsPerMinute: number | null
  /** What is left of the minute that the vendor's last answers told of; null where none is under way. */
  readonly window: { readonly left: number; readonly endsInMs: number } | null
}

export interface CallPlanInput {
  readonly tickers: number
  /** Calls that the cache answers: see `ChainCache.answers`. */
  readonly cached: number
  /** Calls for a ticker of which nothing is cached: its expirations, and one chain. */
  readonly callsPerTicker: number
  /** Calls for prices of underlyings, each of many tickers. */
  readonly priceCalls: number
  /** Null for a local provider. */
  readonly limits: CallLimits | null
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
export function planCalls({ tickers, cached, callsPerTicker, priceCalls, limits }: CallPlanInput): CallPlan {
  const calls = Math.max(0, tickers * callsPerTicker - cached) + priceCalls
  return { calls, ...durationOf(calls, limits) }
}

/** About how long so many calls take at the least, and for what. Pure. */
export function durationOf(calls: number, limits: CallLimits | null): Pick<CallPlan, 'durationMs' | 'limitedBy'> {
  if (limits === null || calls <= 0) return { durationMs: 0, limitedBy: 'nothing' }
  const { requestsPerSecond } = limits
  const byPace = (count: number): number => Math.round((count * 1_000) / requestsPerSecond)
  const callsPerMinute = limits.callsPerMinute === null ? Infinity : Math.max(1, limits.callsPerMinute)
  const { left, endsInMs } = limits.window ?? { left: callsPerMinute, endsInMs: MINUTE_MS }
  const waiting = calls - left
  const fullMinutes = Number.isFinite(callsPerMinute) ? Math.ceil(waiting / callsPerMinute) - 1 : 0
  const byMinute = waiting <= 0 ? 0 : Math.round(endsInMs) + fullMinutes * MINUTE_MS + byPace(waiting - fullMinutes * Math.min(callsPerMinute, waiting))
  return byMinute > byPace(calls) ? { durationMs: byMinute, limitedBy: 'callsPerMinute' } : { durationMs: byPace(calls), limitedBy: 'requestsPerSecond' }
}
