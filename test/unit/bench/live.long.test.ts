import { describe, expect, it } from 'vitest'

import { benchFanOut } from '../../bench/live/fan-out.ts'

describe('the benchmark of watchers', () => {
  it('plays a run to a few watchers in each way, and nobody misses an event', async () => {
    const measures = await benchFanOut({ watchers: 20, stalled: 1, symbols: 200, rounds: 1, playedMs: 300, timeoutMs: 20_000, onProgress: () => {} })
    expect(measures.map(({ gaps }) => gaps)).toEqual([0, 0, 0, 0])
    const [idle, ...watched] = measures
    expect(idle).toMatchObject({ messages: 0, p99Ms: null })
    for (const { messages, p99Ms } of watched) {
      expect(messages).toBeGreaterThan(19 * 10)
      expect(p99Ms).toBeGreaterThanOrEqual(0)
    }
  })
})
