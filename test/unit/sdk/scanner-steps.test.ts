import { describe, expect, expectTypeOf, it } from 'vitest'

import { defineScanner, isScanner, topRanked, type BarColumns, type Candidate, type Scanner } from '../../../sdk/index.ts'

describe('the types of a scanner follow from its definition', () => {
  it('parameters: ranges are numbers, options their own texts, flags booleans', () => {
    const scanner = defineScanner({
      params: { gap: { default: 0.03, min: 0, max: 1 }, days: 20, side: { default: 'up', options: ['up', 'down'] }, label: { default: 'x' }, strict: { default: true }, loose: false },
      scan({ params, bars, symbol, date }) {
        expectTypeOf(params).toEqualTypeOf<{ readonly gap: number; readonly days: number; readonly side: 'up' | 'down'; readonly label: string; readonly strict: boolean; readonly loose: boolean }>()
        expectTypeOf(bars).toEqualTypeOf<BarColumns>()
        expectTypeOf([symbol, date]).toEqualTypeOf<string[]>()
        return null
      },
    })
    expectTypeOf(scanner).toExtend<Scanner>()
    expect(isScanner(scanner)).toBe(true)
  })

  it('what `before` gives is `shared`, what `scan` gives as data is what `rank` gets', () => {
    const scanner = defineScanner({
      params: { top: 3 },
      async before({ history, symbols }) {
        expectTypeOf(symbols).toEqualTypeOf<readonly string[]>()
        return { index: history('SPY') }
      },
      scan({ shared }) {
        expectTypeOf(shared).toEqualTypeOf<{ index: BarColumns | null }>()
        return shared.index === null ? null : { score: 1, data: { strength: 2 } }
      },
      after({ shared }) {
        expectTypeOf(shared).toEqualTypeOf<{ index: BarColumns | null }>()
      },
      rank({ candidates, params }) {
        expectTypeOf(candidates).toEqualTypeOf<readonly Candidate<{ strength: number }>[]>()
        return topRanked(candidates, { top: params.top }, ({ data }) => data.strength).map((kept) => ({ ...kept, data: { ...kept.data, more: true } }))
      },
    })
    expect([typeof scanner.before, typeof scanner.after, typeof scanner.rank]).toEqual(['function', 'function', 'function'])
  })

  it('refuse what could not run', () => {
    expect(() => {
      // @ts-expect-error a score is a number
      defineScanner({ scan: () => ({ score: 'high' }) })
      // @ts-expect-error there is no such parameter
      defineScanner({ params: { n: 1 }, scan: ({ params }) => params.m })
      // @ts-expect-error neither is there such an option
      defineScanner({ params: { side: { default: 'up', options: ['up'] } }, scan: ({ params }) => params.side === 'down' })
      // @ts-expect-error a hit to keep has a symbol
      defineScanner({ scan: () => true, rank: () => [{ score: 1 }] })
    }).not.toThrow()
  })
})

describe('steps of a definition', () => {
  const scan = () => true

  it('are null where they are left out, and frozen where they are data', () => {
    expect(defineScanner({ scan })).toMatchObject({ before: null, after: null, rank: null })
    const { rank } = defineScanner({ scan, rank: { top: 3, order: 'lowest' } })
    expect(rank).toEqual({ top: 3, order: 'lowest' })
    expect(Object.isFrozen(rank)).toBe(true)
  })

  it.each([
    [{ before: 1 }, 'before', /^before must be a function, not 1: write before/],
    [{ after: 'x' }, 'after', /^after must be a function/],
    [{ rank: null }, 'rank', /^rank must be a function or an object such as \{ fraction: 0\.1 \}, not null/],
    [{ rank: [] }, 'rank', /^rank must be a function or an object/],
    [{ rank: { top: -1 } }, 'rank.top', /^rank\.top must be a whole number/],
    [{ rank: { first: 1 } }, 'rank.first', /^rank has an unknown key "first"/],
  ])('refuses %j where it is', (part, path, message) => {
    expect(() => defineScanner({ scan, ...part } as never)).toThrow(expect.objectContaining({ name: 'ScannerDefinitionError', path, message: expect.stringMatching(message) }))
  })
})
