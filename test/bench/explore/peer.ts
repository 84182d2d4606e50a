import { setTimeout as sleep } from 'node:timers/promises'

import tradier from '../../../plugins/providers/tradier/option-plugin.ts'
import { daysToExpiration } from '../../../sdk/options/index.ts'

export interface PeerCost {
  wallMs: number
  calls: number
  callsPerTicker: number
}

interface PeerOptions {
  readonly tickers: readonly string[]
  readonly strategies: readonly string[]
  readonly url: string
  readonly token: string
  readonly requestsPerSecond: number
}

/** Middle of the horizon MEDIUM. */
const TARGET_DAYS = 52

/**
 * The usual script, with the same client: for each ticker and each strategy the expirations, then the chain nearest to the
 * target, one after the other, nothing kept; within the same rate. Of the chain it only takes the strike with most interest.
 */
export async function runUncached({ tickers, strategies, url, token, requestsPerSecond }: PeerOptions): Promise<PeerCost> {
  const client = tradier.open({ baseUrl: url, token })
  const call = { signal: new AbortController().signal, onRate: () => {} }
  const started = performance.now()
  let calls = 0
  const paced = async <Value>(ask: () => Promise<Value>): Promise<Value> => {
    const due = started + (calls++ * 1_000) / requestsPerSecond
    const early = due - performance.now()
    if (early > 0) await sleep(early)
    return ask()
  }
  let strikes = 0
  for (const ticker of tickers) {
    for (const _ of strategies) {
      const { dates, asOf } = await paced(() => client.expirations(ticker, call))
      const nearest = dates.toSorted((one, other) => distance(asOf, one) - distance(asOf, other))[0]!
      const { contracts } = await paced(() => client.chain(ticker, nearest, call))
      strikes += contracts.toSorted((one, other) => (other.openInterest ?? 0) - (one.openInterest ?? 0))[0]?.strike ?? 0
    }
  }
  if (!(strikes > 0)) throw new Error('the peer finds no contract')
  return { wallMs: performance.now() - started, calls, callsPerTicker: calls / tickers.length }
}

const distance = (asOf: number, date: string): number => Math.abs(daysToExpiration(asOf, date) - TARGET_DAYS)
