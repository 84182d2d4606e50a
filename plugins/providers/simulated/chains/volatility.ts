/** Returns further out than this many deviations count as if they were this far: news and bad prints are no volatility. */
const OUTLIER = 4
const SESSIONS_PER_YEAR = 252
/** Weight that a session's squared return keeps the next session. */
const MEMORY = 0.94
const SHORTEST_HISTORY = 10

/** Volatility per year, as decimals, of the sessions so far. */
export interface RealisedVol {
  /** Weighted to the last weeks. */
  readonly recent: number
  /** Over the whole window. */
  readonly window: number
}

/**
 * Realised volatility from closes on one share count, oldest first; sessions in `skip` are left out (those that open on
 * an earnings report). Null where there are too few closes to tell.
 */
export function realisedVol(closes: Float64Array, skip: ReadonlySet<number>): RealisedVol | null {
  const returns: number[] = []
  for (let index = 1; index < closes.length; index++) {
    if (!skip.has(index)) returns.push(Math.log(closes[index]! / closes[index - 1]!))
  }
  if (returns.length < SHORTEST_HISTORY) return null
  const typical = 1.4826 * median(returns.map(Math.abs))
  const bound = OUTLIER * Math.max(typical, 0.001)
  let sum = 0
  let recent = 0
  let weight = 0
  for (const value of returns) {
    const square = Math.min(value * value, bound * bound)
    sum += square
    recent = MEMORY * recent + (1 - MEMORY) * square
    weight = MEMORY * weight + (1 - MEMORY)
  }
  return { recent: Math.sqrt((SESSIONS_PER_YEAR * recent) / weight), window: Math.sqrt((SESSIONS_PER_YEAR * sum) / returns.length) }
}

export function median(values: readonly number[]): number {
  const ascending = [...values].sort((one, other) => one - other)
  const middle = ascending.length >> 1
  return ascending.length % 2 === 1 ? ascending[middle]! : (ascending[middle - 1]! + ascending[middle]!) / 2
}
