import { ProviderCallError, type OptionProvider, type ProviderCall, type ProviderFailure } from '../../../../../sdk/option-provider.ts'
import type { OptionChain, OptionContract, OptionExpirations } from '../../../../../sdk/options/chain.ts'
import { sleep, type Clock } from '../../../../../runtime/clock.ts'

export interface FakeCall {
  readonly kind: 'expirations' | 'chain'
  readonly ticker: string
  /** Monotonic instant at which it was made. */
  readonly at: number
  /** From 1, over all calls. */
  readonly number: number
}

/** A provider that keeps a record of its calls, takes its time, and fails as it is told. */
export class FakeProvider implements OptionProvider {
  readonly name = 'fake'
  readonly simulated = true
  identity = 'fake:1'
  remote = true
  callsPerMinute: number | null = null
  latencyMs = 60
  readonly calls: FakeCall[] = []
  aborted = 0
  /** What a call does instead of answering; undefined lets it answer. */
  fault: (made: FakeCall, call: ProviderCall) => unknown = () => undefined
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async expirations(ticker: string, call: ProviderCall): Promise<OptionExpirations> {
    await this.#called('expirations', ticker, call)
    return { ticker, dates: ['2026-12-18', '2027-01-15'], asOf: this.#clock.now() }
  }

  async chain(ticker: string, expiration: string, call: ProviderCall): Promise<OptionChain> {
    await this.#called('chain', ticker, call)
    return chainOf(ticker, expiration, 4, this.#clock.now())
  }

  async #called(kind: FakeCall['kind'], ticker: string, call: ProviderCall): Promise<void> {
    const made = { kind, ticker, at: this.#clock.monotonic(), number: this.calls.length + 1 }
    this.calls.push(made)
    const fault = this.fault(made, call)
    if (fault !== undefined) await fault
    try {
      await sleep(this.#clock, this.latencyMs, call.signal)
    } catch (error) {
      this.aborted++
      throw error
    }
  }
}

export function failing(failure: ProviderFailure, retryAt: number | null = null): Promise<never> {
  const passing = !['unauthorized', 'refused', 'unknown_ticker'].includes(failure)
  return Promise.reject(new ProviderCallError(failure, `It said ${failure}.`, { passing, retryAt }))
}

export function chainOf(ticker: string, expiration: string, strikes: number, asOf: number): OptionChain {
  const contracts = Array.from({ length: strikes * 2 }, (_, at) => contractOf(ticker, expiration, 100 + Math.floor(at / 2) * 2.5, at % 2 === 0 ? 'call' : 'put'))
  return { ticker, expiration, underlyingPrice: 101.23, asOf, delayMinutes: 15, contracts, refused: [{ reason: 'expired', count: 2 }] }
}

function contractOf(ticker: string, expiration: string, strike: number, right: 'call' | 'put'): OptionContract {
  const occ = `${ticker.padEnd(6)}${expiration.slice(2).replaceAll('-', '')}${right === 'call' ? 'C' : 'P'}${String(strike * 1_000).padStart(8, '0')}`
  const noise = (strike * 7919) % 97
  const greeks = strike % 5 === 0 ? { delta: noise / 97, gamma: 0.0123, theta: -0.05, vega: 0.11, rho: null, updatedAt: null } : null
  return {
    occ, root: ticker, right, strike, expiration, style: 'american', settlement: 'pm', multiplier: 100, adjusted: false, bid: noise / 10, ask: noise / 10 + 0.05,
    bidSize: 12, askSize: 0, last: null, volume: 0, openInterest: 1_234, impliedVol: 0.1 + 0.2, greeks, quotedAt: 1_795_000_000_000,
  }
}
