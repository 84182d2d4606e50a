import { describe, expect, it } from 'vitest'

import type { FetchWaiter } from '../../../../../runtime/explore/fetch/chain-fetcher.ts'
import { SingleFlight } from '../../../../../runtime/explore/cache/single-flight.ts'
import { settle } from '../fetch/virtual-clock.ts'

/** Work that ends when it is told to. */
class Work {
  started = 0
  waiter!: FetchWaiter
  end!: (value: string) => void
  fail!: (error: Error) => void
  readonly start = (waiter: FetchWaiter): Promise<string> => {
    this.started++
    this.waiter = waiter
    return new Promise((resolve, reject) => {
      this.end = resolve
      this.fail = reject
    })
  }
}

const patient: FetchWaiter = { signal: new AbortController().signal }

describe('one flight for many waiters', () => {
  it('is made once while it is under way, and anew afterwards', async () => {
    const flights = new SingleFlight<string>()
    const work = new Work()
    const all = Array.from({ length: 100 }, () => flights.share('a', patient, work.start))
    expect(flights.isUnderWay('a')).toBe(true)
    work.end('done')
    expect(new Set(await Promise.all(all))).toEqual(new Set(['done']))
    expect(flights.isUnderWay('a')).toBe(false)
    expect(work.waiter.signal.aborted).toBe(false)
    const again = flights.share('a', patient, work.start)
    work.end('again')
    expect(await again).toBe('again')
    expect(work.started).toBe(2)
  })

  it('goes on while the first to ask gives up, and is aborted when the last does', async () => {
    const flights = new SingleFlight<string>()
    const work = new Work()
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()]
    const one = flights.share('a', first!, work.start)
    const two = flights.share('a', second!, work.start)
    first!.abort(new Error('first gone'))
    await expect(one).rejects.toThrow('first gone')
    expect(work.waiter.signal.aborted).toBe(false)
    second!.abort(new Error('second gone'))
    await expect(two).rejects.toThrow('second gone')
    expect(work.waiter.signal.aborted).toBe(true)
    // Whoever asks now does not get the aborted work.
    const abandoned = work.waiter
    const three = flights.share('a', third!, work.start)
    expect(work.started).toBe(2)
    expect(abandoned.signal.aborted).toBe(true)
    work.end('fresh')
    expect(await three).toBe('fresh')
    await expect(flights.share('b', { signal: AbortSignal.abort(new Error('before')) }, work.start)).rejects.toThrow('before')
    expect(work.started).toBe(2)
  })

  it('fails for all who wait, and is forgotten', async () => {
    const flights = new SingleFlight<string>()
    const work = new Work()
    const both = Promise.allSettled([flights.share('a', patient, work.start), flights.share('a', patient, work.start)])
    work.fail(new Error('broken'))
    expect((await both).map((each) => (each as PromiseRejectedResult).reason.message)).toEqual(['broken', 'broken'])
    expect(flights.isUnderWay('a')).toBe(false)
  })

  it('tells all who wait whether it is active, also those who come later', async () => {
    const flights = new SingleFlight<string>()
    const work = new Work()
    const told: string[] = []
    const waiter = (name: string): FetchWaiter => ({ signal: patient.signal, activity: (active) => told.push(name + (active ? '+' : '-')) })
    const one = flights.share('a', waiter('a'), work.start)
    work.waiter.activity!(true)
    const leaving = new AbortController()
    const gone = flights.share('a', { ...waiter('b'), signal: leaving.signal }, work.start)
    leaving.abort(new Error('gone'))
    await expect(gone).rejects.toThrow('gone')
    work.waiter.activity!(false)
    const late = flights.share('a', waiter('c'), work.start)
    work.waiter.activity!(true)
    work.waiter.activity!(false)
    work.end('done')
    await Promise.all([one, late])
    expect(told).toEqual(['a+', 'b+', 'b-', 'a-', 'a+', 'c+', 'a-', 'c-'])
    await settle()
  })
})
