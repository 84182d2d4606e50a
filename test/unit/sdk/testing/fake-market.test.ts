import { describe, expect, it } from 'vitest'

import { fakeMarket, makeBars } from '../../../../sdk/testing/index.ts'

describe('fakeMarket', () => {
  it('holds symbols in order, with the bars given or made of a shape', () => {
    const bars = makeBars('gap', { sessions: 3 })
    const market = fakeMarket({ ' xyz ': bars, SPY: 'trend', AAA: { shape: 'flat', sessions: 2, price: 7 } })
    expect(market.symbols).toEqual(['AAA', 'SPY', 'XYZ'])
    expect(market.barsOf('xyz')).toBe(bars)
    expect(market.barsOf('AAA')!.map(({ close }) => close)).toEqual([7, 7])
    expect(market.barsOf('NOPE')).toBeNull()
    const [first] = [...market.bars()]
    expect([...first!.close]).toEqual([7, 7])
    expect(new Date(first!.day[1]! * 86_400_000).toISOString()).toBe('2026-11-20T00:00:00.000Z')
    expect(market.simulated).toBe(true)
  })

  it('gives two symbols of one shape bars of their own, and the same ones again', () => {
    const market = fakeMarket({ AAA: 'trend', BBB: 'trend' })
    expect(market.barsOf('AAA')).not.toEqual(market.barsOf('BBB'))
    expect(fakeMarket({ AAA: 'trend', BBB: 'trend' }).fingerprint).toBe(market.fingerprint)
    expect(fakeMarket({ AAA: 'trend' }).fingerprint).not.toBe(market.fingerprint)
  })

  const bar = { date: '2026-11-20', open: 1, high: 1, low: 1, close: 1, volume: 1 }
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no bars', { A: [] }, /A has no bars/],
    ['dates that do not rise', { A: [bar, bar] }, /bar 1 of A \(2026-11-20\) is not after the one before it/],
    ['a date that is none', { A: [{ ...bar, date: 'today' }] }, /bar 0 of A has the date today/],
    ['a bar without a close', { A: [{ ...bar, close: 'x' }] }, /close/],
    ['one symbol twice', { a: [bar], A: [bar] }, /A is there twice/],
    ['a symbol without a name', { ' ': [bar] }, /no name/],
    ['no symbols', {}, /there are no symbols; give at least one/],
    ['a symbol that is a number', { A: 5 }, /A is 5; give its bars, or a shape/],
    ['a day that there is not', { A: [{ date: '2026-02-30', open: 1, high: 1, low: 1, close: 1, volume: 1 }] }, /bar 0 of A has the date 2026-02-30/],
  ])('refuses %s', (_, symbols, message) => {
    expect(() => fakeMarket(symbols as never)).toThrow(message)
  })
})
