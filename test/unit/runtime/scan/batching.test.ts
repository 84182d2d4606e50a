import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { nextBatchSize, type BatchSizeInput } from '../../../../runtime/scan/batching.ts'

const size = (input: Partial<BatchSizeInput>): number =>
  nextBatchSize({ remaining: 1_000, workers: 2, meanSymbolMs: 1, targetMs: 50, maxSymbols: 500, ...input })

describe('the size of the next batch', () => {
  it.each<[string, Partial<BatchSizeInput>, number]>([
    ['fits the target time', {}, 50],
    ['is one where a symbol takes longer than the target', { meanSymbolMs: 80 }, 1],
    ['keeps to the most', { meanSymbolMs: 0.01, remaining: 100_000 }, 500],
    ['takes a symbol of no time for a fast one', { meanSymbolMs: 0, remaining: 100_000 }, 500],
    ['leaves work for the other workers', { remaining: 60 }, 10],
    ['ends with single symbols', { remaining: 3 }, 1],
  ])('%s', (_, input, expected) => {
    expect(size(input)).toBe(expected)
  })

  it('starts small while nothing is known', () => {
    expect(size({ meanSymbolMs: null })).toBeLessThan(50)
  })

  it('is one batch for one worker that takes everything in order', () => {
    expect(size({ workers: 1 / Number.MAX_SAFE_INTEGER, meanSymbolMs: null, targetMs: Number.POSITIVE_INFINITY, maxSymbols: Number.MAX_SAFE_INTEGER })).toBe(1_000)
  })

  it('is a whole number from 1 to what remains and to the most', () => {
    const input = fc.record({
      remaining: fc.integer({ min: 1, max: 1_000_000 }),
      workers: fc.integer({ min: 1, max: 1_024 }),
      meanSymbolMs: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
      targetMs: fc.integer({ min: 1, max: 60_000 }),
      maxSymbols: fc.integer({ min: 1, max: 10_000 }),
    })
    fc.assert(
      fc.property(input, (values) => {
        const next = nextBatchSize(values)
        return Number.isInteger(next) && next >= 1 && next <= values.remaining && next <= values.maxSymbols
      }),
    )
  })

  it('works any amount off, with ever smaller batches at the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 64 }), (symbols, workers) => {
        let last = Number.POSITIVE_INFINITY
        for (let remaining = symbols; remaining > 0; ) {
          const next = size({ remaining, workers })
          if (next > last) return false
          last = next
          remaining -= next
        }
        return last === 1
      }),
    )
  })
})
