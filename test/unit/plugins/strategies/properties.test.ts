import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadStrategies, type StrategyBook } from '../../../../runtime/explore/strategies.ts'
import type { ExpirationSlice, OptionRight, StrategyMarket } from '../../../../sdk/index.ts'
import { europeanPriceAndGreeks } from '../../../../sdk/options/european.ts'
import { contractOf, quoted } from './chains.ts'
import { expectSound } from './invariants.ts'

let book: StrategyBook
beforeAll(async () => {
  book = await loadStrategies()
})

/** Names by the shapes of expirations, so that LEAPs are met too. */
const DATES = ['2026-12-18', '2027-01-15', '2027-08-20', '2028-01-21']

const cents = (value: number): number => Math.round(value * 100) / 100

/** Quotes as a market maker makes them around a model, or as nobody would: the second number of a hole decides. */
interface Hole {
  readonly kind: 'fair' | 'one-sided' | 'crossed' | 'empty' | 'wild' | 'unlisted' | 'no delta'
  readonly interest: number | null
  readonly spread: number
  readonly noise: number
}

const hole: fc.Arbitrary<Hole> = fc.record({
  kind: fc.oneof({ weight: 12, arbitrary: fc.constant('fair' as const) }, { weight: 6, arbitrary: fc.constantFrom('one-sided', 'crossed', 'empty', 'wild', 'unlisted', 'no delta') }),
  interest: fc.constantFrom(null, 0, 5, 50, 300, 20_000),
  spread: fc.double({ min: 0, max: 0.6, noNaN: true }),
  noise: fc.double({ min: 0, max: 1, noNaN: true }),
})

const sketch = fc.record({
  spot: fc.oneof(fc.double({ min: 0.5, max: 20, noNaN: true }), fc.double({ min: 20, max: 3_000, noNaN: true })).map(cents),
  vol: fc.double({ min: 0.05, max: 2, noNaN: true }),
  firstDte: fc.constantFrom(1, 30, 37, 200, 400),
  step: fc.constantFrom(0.5, 1, 2.5, 5, 10, 50),
  below: fc.integer({ min: 0, max: 14 }),
  above: fc.integer({ min: 0, max: 14 }),
  shift: fc.integer({ min: -4, max: 4 }),
  laterGaps: fc.subarray([1, 7, 28, 60, 180, 300]),
  bias: fc.constantFrom('bullish' as const, 'bearish' as const, 'neutral' as const, null),
  holes: fc.array(hole, { minLength: 1, maxLength: 25 }),
})
type Sketch = typeof sketch extends fc.Arbitrary<infer Value> ? Value : never

function marketOf({ spot, vol, firstDte, step, below, above, shift, laterGaps, bias, holes }: Sketch): StrategyMarket {
  const deltas = new Map<string, number | null>()
  let place = 0
  const center = Math.max(step, Math.round(spot / step) * step + shift * step)
  const strikes = Array.from({ length: below + above + 1 }, (_, index) => center + (index - below) * step).filter((strike) => strike > 0)
  const side = (right: OptionRight, expiration: string, years: number) =>
    strikes.flatMap((strike) => {
      const { kind, interest, spread, noise } = holes[place++ % holes.length]!
      if (kind === 'unlisted') return []
      const { price, delta } = europeanPriceAndGreeks(right, { spot, strike, years, vol, rate: 0.04 })
      const mid = kind === 'wild' ? noise * 2 * spot : price
      const bid = cents(Math.max(0, mid * (1 - spread / 2) - 0.005))
      const ask = cents(mid * (1 + spread / 2) + 0.01)
      const quotes = { fair: [bid, ask], wild: [bid, ask], 'no delta': [bid, ask], 'one-sided': [0, ask], crossed: [ask, cents(ask * 0.9)], empty: [null, null] }[kind]
      const contract = contractOf(right, expiration, [strike, quotes[0]!, quotes[1]!, delta, interest])
      deltas.set(contract.occ, kind === 'no delta' || kind === 'wild' ? null : delta)
      return [quoted(contract)]
    })
  const slice = (dte: number, index: number): ExpirationSlice => {
    const expiration = DATES[0]!.replace('2026', String(2026 + index))
    return { expiration, dte, years: dte / 365, calls: side('call', expiration, dte / 365), puts: side('put', expiration, dte / 365) }
  }
  const [near, ...later] = [firstDte, ...laterGaps.map((gap) => firstDte + gap)].map(slice)
  return { ticker: 'TEST', spot, bias, near: near!, later, delta: ({ occ }) => deltas.get(occ) ?? null }
}

describe('any chain', () => {
  it('gives legs that their strategy may take, or one sentence of why not', () => {
    const found = new Map<string, number>()
    fc.assert(
      fc.property(sketch, (drawn) => {
        const market = marketOf(drawn)
        for (const strategy of book.strategies) {
          if (expectSound(strategy, market) !== null) found.set(strategy.name, (found.get(strategy.name) ?? 0) + 1)
        }
      }),
      { numRuns: 400 },
    )
    // The property would hold of strategies that never find anything.
    for (const name of book.names) expect.soft(found.get(name) ?? 0, name).toBeGreaterThan(10)
  })

  it('gives the same legs whatever order its contracts and expirations come in, and twice', () => {
    fc.assert(
      fc.property(sketch, fc.infiniteStream(fc.nat()), (drawn, numbers) => {
        const market = marketOf(drawn)
        const shuffled = <Item>(items: readonly Item[]): Item[] =>
          items
            .map((item) => ({ item, key: numbers.next().value! }))
            .sort((one, other) => one.key - other.key)
            .map(({ item }) => item)
        const slice = (given: ExpirationSlice): ExpirationSlice => ({ ...given, calls: shuffled(given.calls), puts: shuffled(given.puts) })
        const other: StrategyMarket = { ...market, near: slice(market.near), later: shuffled(market.later.map(slice)) }
        for (const strategy of book.strategies) {
          const selection = strategy.select(market)
          expect(strategy.select(market)).toEqual(selection)
          expect(strategy.select(other).legs).toEqual(selection.legs)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('leaves what it was given as it was', () => {
    fc.assert(
      fc.property(sketch, (drawn) => {
        const market = marketOf(drawn)
        const before = structuredClone({ ...market, delta: null })
        for (const strategy of book.strategies) strategy.select(market)
        expect({ ...market, delta: null }).toEqual(before)
      }),
      { numRuns: 30 },
    )
  })
})
