import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { newWatchState, softLimit, watch, type WatchVerdict } from '../../../../runtime/pool/limits.ts'

const LIMITS = { symbolTimeoutMs: 1_000, memoryBytes: 100 }

interface Look {
  at: number
  step?: number
  isBusy?: boolean
  rss?: number | null
}

/** What the watch says at each look, from a worker first seen at 0. */
function verdicts(looks: Look[]): WatchVerdict[] {
  const state = newWatchState(0)
  return looks.map(({ at, step = 1, isBusy = true, rss = null }) => watch(state, at, { step, unit: 1, item: 0 }, isBusy, rss, LIMITS))
}

const actions = (looks: Look[]): string[] => verdicts(looks).map((verdict) => (verdict.action === 'kill' ? `kill for ${verdict.cause}` : verdict.action))

describe('the time of one step', () => {
  it.each<[string, Look[], string[]]>([
    ['a worker exactly at its deadline lives', [{ at: 0 }, { at: 1_000 }], ['none', 'none']],
    ['a worker past its deadline is killed', [{ at: 0 }, { at: 1_001 }], ['none', 'kill for timeout']],
    ['every step starts the clock again', [{ at: 0 }, { at: 900, step: 2 }, { at: 1_800, step: 3 }, { at: 2_700, step: 4 }], ['none', 'none', 'none', 'none']],
    ['a step that wraps around is a step', [{ at: 0, step: 2 ** 31 - 1 }, { at: 900, step: -(2 ** 31) }, { at: 1_800, step: -(2 ** 31) }], ['none', 'none', 'none']],
    ['an idle worker has no deadline', [{ at: 0, isBusy: false }, { at: 9_000, isBusy: false }], ['none', 'none']],
    ['time spent idle does not count', [{ at: 0, isBusy: false }, { at: 9_000, isBusy: false }, { at: 9_900 }], ['none', 'none', 'none']],
    ['a worker without a memory sample is still watched', [{ at: 0, rss: null }, { at: 1_001, rss: null }], ['none', 'kill for timeout']],
  ])('%s', (_, looks, expected) => {
    expect(actions(looks)).toEqual(expected)
  })
})

describe('the memory of one worker', () => {
  const over = (...samples: (number | null)[]): string[] => actions(samples.map((rss, at) => ({ at, step: at, rss })))

  it.each<[string, (number | null)[], string[]]>([
    ['one sample over the limit is a peak', [101, 10, 10], ['warn', 'none', 'none']],
    ['a mean of three over the limit kills', [101, 101, 101], ['warn', 'none', 'kill for memory']],
    ['a mean of three at the limit does not', [100, 100, 100], ['warn', 'none', 'none']],
    ['a peak within three samples counts by the mean', [10, 199, 92], ['none', 'warn', 'kill for memory']],
    ['twice the limit kills at once', [201], ['kill for memory']],
    ['twice the limit exactly does not', [200], ['warn']],
    ['a look without a sample changes nothing', [101, null, 101, null, 101], ['warn', 'none', 'none', 'none', 'kill for memory']],
    ['80% warns, once', [80, 81, 82], ['none', 'warn', 'none']],
  ])('%s', (_, samples, expected) => {
    expect(over(...samples)).toEqual(expected)
  })

  it('gives the bytes with the warning', () => {
    expect(verdicts([{ at: 0, rss: 90 }])).toEqual([{ action: 'warn', rssBytes: 90 }])
  })

  it('never kills a worker whose samples all keep to the limit, and always one whose samples never do', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 40 }), (samples) => !over(...samples).includes('kill for memory')))
    fc.assert(fc.property(fc.array(fc.integer({ min: 101, max: 10_000 }), { minLength: 3, maxLength: 40 }), (samples) => over(...samples).slice(0, 3).includes('kill for memory')))
  })
})

describe('the memory of all workers', () => {
  it.each([
    [100, 100, false, 'none'],
    [101, 100, false, 'collect'],
    [101, 100, true, 'recycle'],
    [0, 100, true, 'none'],
  ] as const)('%d bytes of %d, collected before: %s', (total, soft, collected, expected) => {
    expect(softLimit(total, soft, collected)).toBe(expected)
  })
})
