import { beforeEach, describe, expect, it } from 'vitest'

import { ActiveDeadline } from '../../../../../runtime/explore/fetch/active-deadline.ts'
import { ChainFetcher } from '../../../../../runtime/explore/fetch/chain-fetcher.ts'
import { RequestBudgets } from '../../../../../runtime/explore/fetch/request-pacer.ts'
import { failing, FakeProvider } from './fake-provider.ts'
import { VirtualClock } from './virtual-clock.ts'

let clock: VirtualClock
const outer = new AbortController().signal

beforeEach(() => {
  clock = new VirtualClock()
})

describe('the time of a ticker', () => {
  it('runs only while something is done for it, once for pieces that overlap', async () => {
    const deadline = new ActiveDeadline(1_000, clock, outer)
    await clock.advance(5_000)
    deadline.activity(true)
    await clock.advance(300)
    deadline.activity(true)
    await clock.advance(300)
    deadline.activity(false)
    await clock.advance(300)
    deadline.activity(false)
    await clock.advance(5_000)
    expect(deadline.usedMs).toBe(900)
    expect(deadline.signal.aborted).toBe(false)
    deadline.activity(true)
    await clock.advance(100)
    expect(deadline.signal.reason).toMatchObject({ name: 'TimeoutError', message: 'No answer within 1 s of calling.' })
  })

  it('ends with what is around it', () => {
    const around = new AbortController()
    const deadline = new ActiveDeadline(1_000, clock, around.signal)
    around.abort(new Error('cancelled'))
    expect(deadline.signal.reason).toMatchObject({ message: 'cancelled' })
    expect(new ActiveDeadline(1_000, clock, around.signal).signal.aborted).toBe(true)
  })

  it('does not pass while it waits for the shared budget, and does in flight and backing off', async () => {
    const provider = new FakeProvider(clock)
    const budgets = new RequestBudgets({ requestsPerSecond: 1, maxHoldMs: 120_000, clock })
    const fetching = new ChainFetcher({ provider, budgets, clock, random: () => 0, attempts: 4, requestTimeoutMs: 10_000 })
    for (let at = 0; at < 50; at++) void fetching.expirations('OTHER', { signal: outer })
    provider.fault = ({ ticker }) => (ticker === 'A' && fetching.callsOf('A') === 1 ? failing('unavailable') : undefined)
    const deadline = new ActiveDeadline(30_000, clock, outer)
    await clock.until(fetching.expirations('A', deadline))
    expect(clock.monotonic()).toBeGreaterThan(50_000)
    expect(deadline.usedMs).toBeCloseTo(250 + 60, 3)
    deadline.dispose()
    expect(clock.timers).toBe(0)
  })

  it('ends a ticker whose calls are never answered', async () => {
    const provider = new FakeProvider(clock)
    provider.fault = () => new Promise(() => undefined)
    const budgets = new RequestBudgets({ requestsPerSecond: 10, maxHoldMs: 120_000, clock })
    const fetching = new ChainFetcher({ provider, budgets, clock, random: () => 0, attempts: 10, requestTimeoutMs: 10_000 })
    const deadline = new ActiveDeadline(30_000, clock, outer)
    await expect(clock.until(fetching.expirations('A', deadline))).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(clock.monotonic()).toBeCloseTo(31_000, -2)
  })
})
