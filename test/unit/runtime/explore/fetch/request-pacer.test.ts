import { Agent, createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, describe, expect, it } from 'vitest'

import { systemClock } from '../../../../../runtime/clock.ts'
import { RequestBudgets, RequestPacer, type Admission } from '../../../../../runtime/explore/fetch/request-pacer.ts'
import { ProviderCallError } from '../../../../../sdk/option-provider.ts'
import { settle, VirtualClock } from './virtual-clock.ts'

const never = new AbortController().signal
/** By which any so many starts lie farther apart than a second. */
const MARGIN_MS = 25
/** At ten a second, and between the first ten after a pause. */
const EVEN_MS = 102.5
const COLD_MS = 102.5 + 150 / 10
/** By which the first second after a pause is longer. */
const COLD_START_MS = 150
/** Milliseconds from the first of many to the turn of another. */
const turnOf = (place: number): number => Math.min(place, 10) * COLD_MS + Math.max(0, place - 10) * EVEN_MS
let clock: VirtualClock
let starts: number[]

beforeEach(() => {
  clock = new VirtualClock()
  starts = []
})

const pacer = (limits: { requestsPerSecond?: number; callsPerMinute?: number | null; maxHoldMs?: number } = {}): RequestPacer =>
  new RequestPacer({ requestsPerSecond: 10, callsPerMinute: null, maxHoldMs: 120_000, clock, ...limits })

/** Asks for a call that is over at once. */
async function quick(from: RequestPacer): Promise<void> {
  const admission = await from.admit(never)
  starts.push(clock.monotonic())
  admission.done()
}

const many = (from: RequestPacer, count: number): Promise<unknown> => Promise.all(Array.from({ length: count }, () => quick(from)))
const mostInASecond = (instants: readonly number[]): number => Math.max(...instants.map((start) => instants.filter((other) => other >= start && other < start + 1_000).length))
const inAnySecond = (): number => mostInASecond(starts)

describe('the pace', () => {
  it('is even where few wait', async () => {
    const shared = pacer()
    const four = Promise.all([1, 2, 3, 4].map(async () => {
      for (let round = 0; round < 10; round++) await quick(shared)
    }))
    await clock.until(four)
    starts.forEach((start, at) => expect(start - starts[0]!).toBeCloseTo(turnOf(at), 6))
  })

  it('lets five start together where many wait, none before its turn; first come, first served', async () => {
    const order: number[] = []
    const shared = pacer()
    await clock.until(Promise.all(Array.from({ length: 51 }, async (_, at) => {
      await quick(shared)
      order.push(at)
    })))
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    // The first at once, then each at the turn of the last of its five.
    starts.forEach((start, at) => expect(start - starts[0]!).toBeCloseTo(turnOf(5 * Math.ceil(at / 5)), 6))
    expect(inAnySecond()).toBeLessThanOrEqual(10)
  })

  it('has groups come together again that fell apart', async () => {
    const shared = pacer()
    const workers = Promise.all(Array.from({ length: 8 }, async (_, worker) => {
      for (let round = 0; round < 12; round++) {
        await quick(shared)
        // Once, answers come so late that single ones start in their turn.
        await new Promise<void>((resolve) => clock.after(round === 3 ? 700 + worker * 90 : 60, resolve))
      }
    }))
    await clock.until(workers)
    const sizes = [...Map.groupBy(starts, (start) => Math.round(start)).values()].map(({ length }) => length)
    const apart = sizes.indexOf(1, 1)
    expect(apart).toBeGreaterThan(1)
    const again = sizes.indexOf(5, apart)
    expect(again - apart).toBeLessThan(8)
    expect(sizes.slice(again, again + 8)).toEqual(Array.from({ length: 8 }, () => 5))
  })

  it('starts one in its turn where those that waited beside it give up', async () => {
    const shared = pacer()
    await clock.until(quick(shared))
    const leaving = new AbortController()
    const others = Array.from({ length: 5 }, () => shared.admit(leaving.signal).catch(() => undefined))
    const kept = quick(shared)
    await clock.advance(20)
    leaving.abort(new Error('no longer'))
    await clock.until(Promise.all([kept, ...others]))
    expect(starts[1]! - starts[0]!).toBeCloseTo(COLD_MS, 6)
  })

  it.each([0.5, 1, 2.5, 3, 7, 10, 50, 97, 100])('keeps its mean at %d a second whatever the timers do, and never bursts', async (requestsPerSecond) => {
    let seed = 1
    clock.lateness = () => ((seed = (seed * 48_271) % 2_147_483_647) % 100 < 95 ? seed % 4 : seed % 200)
    const count = Math.max(300, 10 * requestsPerSecond)
    await clock.until(many(pacer({ requestsPerSecond }), count))
    const burst = Math.max(1, Math.floor(requestsPerSecond))
    const window = (burst / requestsPerSecond) * 1_000 + MARGIN_MS
    for (let at = burst; at < count; at++) expect(starts[at]! - starts[at - burst]!).toBeGreaterThanOrEqual(window - 1e-6)
    // A pace as slow as its bursts cannot make up for late timers.
    if (burst > 3) expect(starts.at(-1)! - starts[0]!).toBeLessThan((count / requestsPerSecond) * 1_000 * 1.05 + COLD_START_MS)
  })

  it.each([0.05, 1, 3, 7, 10, 50, 100])('lets a server see no more than %d in any second, for two that share it and whose requests take up to 25 ms to arrive', async (requestsPerSecond) => {
    const budgets = new RequestBudgets({ requestsPerSecond, maxHoldMs: 0, clock })
    const count = Math.max(30, 5 * requestsPerSecond)
    const source = { identity: 'one', callsPerMinute: null }
    await clock.until(Promise.all([many(budgets.of(source), count), many(budgets.of(source), count)]))
    let seed = 7
    const arrivals = starts.map((start) => start + ((seed = (seed * 48_271) % 2_147_483_647) % 25))
    expect(mostInASecond(arrivals)).toBeLessThanOrEqual(Math.max(1, requestsPerSecond))
    expect(starts.at(-1)! - starts[0]!).toBeLessThan(((2 * count) / requestsPerSecond) * 1_000 * 1.025 + COLD_START_MS + 20)
  })

  it('keeps its mean for eight that call one after the other, with timers that are late', async () => {
    let seed = 1
    clock.lateness = () => ((seed = (seed * 48_271) % 2_147_483_647) % 30)
    const shared = pacer()
    let left = 500
    await clock.until(Promise.all(Array.from({ length: 8 }, async () => {
      while (left-- > 0) {
        await quick(shared)
        await new Promise<void>((resolve) => clock.after(60, resolve))
      }
    })))
    expect(starts.at(-1)! - starts[0]!).toBeLessThan(50_000 * 1.05)
    expect(inAnySecond()).toBeLessThanOrEqual(10)
  })

  it('does not save up while nobody asks', async () => {
    const shared = pacer()
    await clock.until(quick(shared))
    await clock.advance(60_000)
    await clock.until(many(shared, 3))
    expect(starts[2]! - starts[1]!).toBeCloseTo(COLD_MS, 6)
    expect(starts[3]! - starts[2]!).toBeCloseTo(COLD_MS, 6)
  })

  it('holds in real time, as a server sees it', async () => {
    const longestMs = 1_500 * 1.05 + COLD_START_MS
    let [took, most] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
    let arrivals: number[] = []
    const server = createServer((_, response) => {
      arrivals.push(performance.now())
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const agent = new Agent({ keepAlive: true, maxSockets: 20 })
    const ask = (): Promise<unknown> => new Promise((resolve, reject) => get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent }, (response) => response.resume().on('end', resolve)).on('error', reject))
    try {
      // A machine that has much to do is late now and then: pace and arrivals are as they should in one of three tries, starts in each.
      for (let tries = 0; tries < 3 && (took >= longestMs || most > 100); tries++) {
        ;[starts, arrivals] = [[], []]
        const real = new RequestPacer({ requestsPerSecond: 100, callsPerMinute: null, maxHoldMs: 0, clock: systemClock })
        const began = performance.now()
        await Promise.all(Array.from({ length: 150 }, async () => {
          const admission = await real.admit(never)
          starts.push(performance.now())
          await ask()
          admission.done()
        }))
        took = performance.now() - began
        most = mostInASecond(arrivals)
        for (let at = 100; at < starts.length; at++) expect(starts[at]! - starts[at - 100]!).toBeGreaterThan(1_000)
      }
    } finally {
      agent.destroy()
      server.close()
    }
    expect(took).toBeLessThan(longestMs)
    expect(most).toBeLessThanOrEqual(100)
  })

  it('is one for all that call the same source', async () => {
    const budgets = new RequestBudgets({ requestsPerSecond: 10, maxHoldMs: 0, clock })
    const [first, second, other] = ['a', 'a', 'b'].map((identity) => budgets.of({ identity, callsPerMinute: null }))
    expect(first).toBe(second)
    expect(first).not.toBe(other)
  })
})

describe('waits', () => {
  it('can be given up, and their place goes to the next', async () => {
    const shared = pacer()
    const leaving = new AbortController()
    await clock.until(quick(shared))
    const given = shared.admit(leaving.signal)
    const kept = quick(shared)
    leaving.abort(new Error('no longer'))
    await expect(given).rejects.toThrow('no longer')
    await clock.until(kept)
    expect(starts[1]! - starts[0]!).toBeCloseTo(COLD_MS, 6)
    await expect(shared.admit(AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
    expect(clock.timers).toBe(0)
  })
})

describe('calls a minute that are known', () => {
  it('are never passed in any minute', async () => {
    await clock.until(many(pacer({ callsPerMinute: 5 }), 17))
    for (let at = 5; at < starts.length; at++) expect(starts[at]! - starts[at - 5]!).toBeGreaterThan(60_000)
    expect(starts.at(-1)! - starts[0]!).toBeLessThan(3 * 61_000 + 500)
  })

  it('give way to what the vendor states', async () => {
    const shared = pacer({ callsPerMinute: 5 })
    const admission = await clock.until(shared.admit(never))
    admission.state({ allowed: 100, available: 99, resetsAt: clock.now() + 60_000 })
    await clock.until(many(shared, 20))
    expect(starts.at(-1)! - starts[0]!).toBeLessThan(2_100)
  })
})

describe('what is known of limits', () => {
  it("is the vendor's minute once an answer has told of it", async () => {
    const shared = pacer({ callsPerMinute: 120 })
    expect(shared.limits).toEqual({ requestsPerSecond: 10, callsPerMinute: 120, window: null })
    const admission = await clock.until(shared.admit(never))
    admission.state({ allowed: 40, available: 39, resetsAt: clock.now() + 50_000 })
    expect(shared.limits).toMatchObject({ callsPerMinute: 40, window: { left: 39, endsInMs: expect.closeTo(50_005, 3) } })
    admission.done()
    await clock.advance(60_000)
    expect(shared.limits).toEqual({ requestsPerSecond: 10, callsPerMinute: 40, window: null })
  })

  it.each([NaN, 0, -1])('is no minute of %d calls', async (allowed) => {
    const shared = pacer()
    const admission = await clock.until(shared.admit(never))
    admission.state({ allowed, available: 5, resetsAt: clock.now() + 50_000 })
    expect(shared.limits.callsPerMinute).toBeNull()
  })
})

describe('windows that the vendor states', () => {
  /** A vendor that counts calls as Tradier does: a minute from the first, each answer after `latencyMs`. */
  async function against(shared: RequestPacer, count: number, allowed: number, latencyMs: number): Promise<{ refused: number }> {
    let windowEnds = -Infinity
    let used = 0
    let refused = 0
    await clock.until(Promise.all(Array.from({ length: count }, async () => {
      const admission = await shared.admit(never)
      starts.push(clock.monotonic())
      if (clock.now() >= windowEnds) [windowEnds, used] = [clock.now() + 60_000, 0]
      if (++used > allowed) refused++
      const stated = { allowed, available: Math.max(0, allowed - used), resetsAt: windowEnds }
      await new Promise<void>((resolve) => clock.after(latencyMs, resolve))
      admission.state(stated)
      admission.done()
    })))
    return { refused }
  }

  it.each([60, 700])('are used up and not passed, with answers after %d ms', async (latencyMs) => {
    const { refused } = await against(pacer(), 100, 30, latencyMs)
    expect(refused).toBe(0)
    expect(inAnySecond()).toBeLessThanOrEqual(10)
    // Three full windows, then ten calls more.
    expect(starts.at(-1)! - starts[0]!).toBeLessThan(3 * 60_000 + 1_000 + 4 * latencyMs)
    expect(starts.at(-1)! - starts[0]!).toBeGreaterThan(3 * 60_000)
  })

  it('open evenly again, not with a burst', async () => {
    const shared = pacer()
    const admission = await clock.until(shared.admit(never))
    admission.state({ allowed: 1, available: 0, resetsAt: clock.now() + 5_000 })
    admission.done()
    const opensAt = clock.monotonic() + 5_000
    await clock.until(many(shared, 5))
    expect(starts[0]! - opensAt).toBeGreaterThanOrEqual(0)
    expect(starts[0]! - opensAt).toBeLessThan(20)
    expect(starts[4]! - starts[0]!).toBeCloseTo(4 * COLD_MS, 6)
  })

  it.each([
    ['is over', { allowed: 5, available: 0, resetsAt: 0 }],
    ['is no number', { allowed: NaN, available: NaN, resetsAt: NaN }],
    ['ends at no time', { allowed: 5, available: 0, resetsAt: Infinity }],
  ])('say nothing where one %s', async (_, window) => {
    const shared = pacer()
    const admission = await clock.until(shared.admit(never))
    admission.state(window)
    admission.done()
    await clock.until(quick(shared))
  })

  it('fail calls that would have to wait too long, at once, and let one ask again later', async () => {
    const shared = pacer({ maxHoldMs: 120_000 })
    const admission = await clock.until(shared.admit(never))
    const waiting = shared.admit(never)
    const outcome = expect(waiting).rejects.toMatchObject({ name: 'ProviderCallError', failure: 'rate_limited', passing: true })
    admission.state({ allowed: 5, available: 0, resetsAt: Date.UTC(2100, 0) })
    admission.done()
    await outcome
    await expect(shared.admit(never)).rejects.toThrow(ProviderCallError)
    await expect(shared.admit(never)).rejects.toThrow('before an instant more than a day ahead, which is more than the 120 s of explore.maxHoldMs away')
    await expect(shared.admit(never)).rejects.toMatchObject({ retryAt: Date.UTC(2100, 0) })
    await clock.advance(16 * 60_000)
    await clock.until(quick(shared))
  })

  it('wait for calls in flight before they despair', async () => {
    const shared = pacer({ maxHoldMs: 1_000 })
    const first = await clock.until(shared.admit(never))
    const second: Admission = await clock.until(shared.admit(never))
    first.state({ allowed: 9, available: 1, resetsAt: clock.now() + 600_000 })
    first.done()
    const third = quick(shared)
    await clock.advance(200)
    expect(starts).toEqual([])
    second.done()
    await clock.until(third)
  })

  it('fail calls with the instant that the vendor has stated, by a hold as by a window', async () => {
    const shared = pacer({ maxHoldMs: 120_000 })
    const admission = await clock.until(shared.admit(never))
    const anHourOn = clock.now() + 3_600_000
    admission.state({ allowed: 9, available: 5, resetsAt: anHourOn + 3_600_000 })
    shared.hold(anHourOn)
    admission.done()
    expect(shared.refusal).toContain(`before ${new Date(anHourOn).toISOString()}, `)
    await clock.advance(60_000)
    await expect(shared.admit(never)).rejects.toMatchObject({ retryAt: anHourOn, message: expect.stringContaining(new Date(anHourOn).toISOString()) })
  })

  it('hold when told to', async () => {
    const shared = pacer()
    await clock.until(quick(shared))
    shared.hold(clock.now() + 3_000)
    const held = clock.monotonic() + 3_000
    const waiting = many(shared, 2)
    await settle()
    await clock.until(waiting)
    expect(starts[1]).toBeCloseTo(held, 3)
  })
})
