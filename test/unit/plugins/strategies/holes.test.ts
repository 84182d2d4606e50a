import { beforeAll, describe, expect, it } from 'vitest'

import { loadStrategies, type StrategyBook } from '../../../../runtime/explore/strategies.ts'
import type { StrategyMarket } from '../../../../sdk/index.ts'
import { contractOf, FAR, marketOf, NEAR, NEXT, quoted, type Expiration, type MarketSketch, type Quote } from './chains.ts'
import { expectSound } from './invariants.ts'

let book: StrategyBook
beforeAll(async () => {
  book = await loadStrategies()
})

const near: MarketSketch = { spot: 100, near: NEAR, later: [NEXT, FAR] }
const map = (change: (quote: Quote) => Quote) => (expiration: Expiration): Expiration => ({ ...expiration, calls: expiration.calls.map(change), puts: expiration.puts.map(change) })
const everywhere = (change: (quote: Quote) => Quote): MarketSketch => ({ spot: 100, near: map(change)(NEAR), later: [NEXT, FAR].map(map(change)) })

/** Outcome of every strategy: its strikes, or what is lacking. */
function outcomes(sketch: MarketSketch | StrategyMarket): Record<string, string> {
  const market = 'ticker' in sketch ? sketch : marketOf(sketch)
  return Object.fromEntries(
    book.strategies.map((strategy) => {
      expectSound(strategy, market)
      const selection = strategy.select(market)
      return [strategy.name, selection.legs === null ? selection.lack! : selection.legs.map(({ contract }) => contract.strike).join('/')]
    }),
  )
}

function reason(name: string, sketch: MarketSketch): string {
  const selection = book.find(name)!.select(marketOf(sketch))
  return selection.legs === null ? selection.reason : `found ${selection.legs.length} legs`
}

const leaps = ['LEAP Call', 'LEAP Put']
const only = (found: Record<string, string>, lack: string): string[] => Object.keys(found).filter((name) => found[name] === lack)
const others = (): string[] => book.names.filter((name) => !leaps.includes(name))

describe('chains with holes', () => {
  it.each<[string, (quote: Quote) => Quote]>([
    ['one-sided', ([strike, , ask, delta]) => [strike, 0, ask, delta]],
    ['without an ask', ([strike, bid, , delta]) => [strike, bid, null, delta]],
    ['crossed', ([strike, bid, ask, delta]) => [strike, ask, bid, delta]],
    ['filled with zeros', ([strike]) => [strike, 0, 0, null, 0]],
    ['without any quote', ([strike]) => [strike, null, null, null, null]],
  ])('nothing is chosen where every contract is %s: strikes are there, quotes are not', (_, change) => {
    const found = outcomes(everywhere(change))
    expect(only(found, 'quotes')).toEqual(others())
    expect(only(found, 'expiration')).toEqual(leaps)
  })

  it('a contract that cannot be traded is passed over for one that can', () => {
    const found = outcomes({ ...near, near: map((quote) => (quote[0] === 100 || quote[0] === 95 || quote[0] === 105 ? [quote[0], 0, quote[2], quote[3]] : quote))(NEAR) })
    expect(found).toMatchObject({ 'Long Call': '90', 'Long Put': '110', 'Cash-Secured Put': '90', 'Covered Call': '110', 'Buy-Write': '110', 'Long Straddle': '90/90', 'Long Strangle': '110/90' })
    expect(found).toMatchObject({ Calendar: '90/90', 'Iron Condor': '90/85/110/115' })
  })

  it('without puts, strategies of calls alone go on', () => {
    const found = outcomes({ ...near, near: { ...NEAR, puts: [] } })
    expect(only(found, 'strikes')).toEqual(['Cash-Secured Put', 'Iron Condor', 'Long Put', 'Long Straddle', 'Long Strangle', 'Put Credit Spread', 'Put Debit Spread'])
    expect(reason('Long Put', { ...near, near: { ...NEAR, puts: [] } })).toBe('2026-12-18 lists no puts')
  })

  it('an empty chain lacks strikes for all', () => {
    const found = outcomes({ ...near, near: { ...NEAR, calls: [], puts: [] } })
    expect(only(found, 'strikes')).toEqual(others())
  })

  it('on two strikes about the price what fits is found and the rest says why', () => {
    const two = { ...NEAR, calls: NEAR.calls.filter(([strike]) => strike === 95 || strike === 105), puts: NEAR.puts.filter(([strike]) => strike === 95 || strike === 105) }
    expect(outcomes({ ...near, near: two })).toEqual({
      'Buy-Write': '105',
      Calendar: '95/95',
      'Call Credit Spread': 'strikes',
      'Call Debit Spread': '95/105',
      'Cash-Secured Put': '95',
      'Covered Call': '105',
      Diagonal: '105/80',
      'Iron Condor': 'strikes',
      'LEAP Call': 'expiration',
      'LEAP Put': 'expiration',
      'Long Call': '95',
      'Long Put': '95',
      'Long Straddle': '95/95',
      'Long Strangle': '105/95',
      'Put Credit Spread': 'strikes',
      'Put Debit Spread': '105/95',
    })
  })

  it('strikes that were left behind by a split are not at the money', () => {
    const found = outcomes({ ...near, spot: 25 })
    expect(found).toMatchObject({ 'Long Call': 'strikes', 'Long Put': 'strikes', 'Cash-Secured Put': 'strikes', 'Long Straddle': 'strikes', Calendar: 'strikes', 'Call Debit Spread': 'strikes' })
  })

  it('prices that contradict each other make no spread', () => {
    // Every call the same price: no debit, no credit, no time value between expirations.
    const flat = everywhere(([strike, , , delta]) => [strike, 2, 2.1, delta])
    expect(outcomes(flat)).toMatchObject({ 'Call Debit Spread': 'quotes', 'Call Credit Spread': 'quotes', 'Iron Condor': 'quotes', Calendar: 'quotes', Diagonal: 'quotes' })
    // Each strike cheaper than the last by more than its distance.
    const steep = everywhere(([strike, , , delta]) => [strike, 10 * (130 - strike), 10 * (130 - strike) + 0.1, delta])
    expect(outcomes(steep)).toMatchObject({ 'Call Debit Spread': 'quotes', 'Call Credit Spread': 'quotes', 'Put Debit Spread': 'quotes' })
  })

  it('a call dearer than the shares and a put dearer than its strike cannot stand', () => {
    const dear = everywhere(([strike, , , delta]) => [strike, 150, 151, delta])
    expect(outcomes(dear)).toMatchObject({ 'Long Call': 'quotes', 'Long Put': 'quotes', 'Cash-Secured Put': 'quotes', 'Covered Call': 'quotes', 'Buy-Write': 'quotes' })
    expect(reason('Buy-Write', dear)).toContain('no call among the 4 strikes at or above the price with a two-sided quote below the price of the shares among 4 strikes from 100 to 115')
  })

  it('an adjusted contract is never chosen, even handed over by mistake', () => {
    const market = marketOf(near)
    const stray = quoted({ ...contractOf('call', NEAR.expiration, [100.5, 3.7, 3.71, 0.5, 90_000]), adjusted: true, root: 'TEST1' })
    const found = outcomes({ ...market, spot: 100.5, near: { ...market.near, calls: [...market.near.calls, stray] } })
    expect(found['Long Call']).toBe('100')
  })

  it('contracts of another size make no pair', () => {
    const market = marketOf(near)
    const mini = market.later.map((slice) => ({ ...slice, calls: slice.calls.map(({ contract }) => quoted({ ...contract, multiplier: 10 })) }))
    expect(outcomes({ ...market, later: mini })).toMatchObject({ Calendar: 'quotes', Diagonal: 'quotes' })
  })

  it.each([Number.NaN, 0, -5, Number.POSITIVE_INFINITY])('a price of %s is refused', (spot) => {
    for (const strategy of book.strategies) expect(strategy.select({ ...marketOf(near), spot }).legs).toBeNull()
  })
})

describe('reasons', () => {
  it.each<[string, MarketSketch, string]>([
    ['LEAP Call', near, '2026-12-18 is 37 days away, and a LEAP has 180 or more'],
    ['Calendar', { ...near, later: [] }, 'no expiration lies 7 days or more after 2026-12-18 (37 days): none after it was given'],
    [
      'Calendar',
      { ...near, near: { ...NEAR, calls: [[70, 30, 30.4, 0.98], ...NEAR.calls, [130, 0.1, 0.15, 0.02]] }, later: [{ ...NEXT, calls: [[70, 30.6, 31, 0.97], [130, 0.4, 0.5, 0.05]] }] },
      'no call within 3 strikes of the money at a price of $100.00 is listed both on 2026-12-18 and on 2027-01-15',
    ],
    ['Diagonal', { ...near, later: [{ ...NEXT, dte: 44, expiration: '2026-12-25' }] }, 'no expiration lies 21 days or more after 2026-12-18 (37 days): the last is 2026-12-25 (44 days)'],
    [
      'Put Credit Spread',
      { ...near, near: map(([strike, , ask, delta]) => [strike, 0, ask, delta])(NEAR) },
      'no strictly out-of-the-money put with a two-sided quote among 3 strikes from 85 to 95 of 2026-12-18, at a price of $100.00',
    ],
    [
      'Call Credit Spread',
      { ...near, near: map(([strike, bid, ask, delta]) => [strike, strike > 105 ? 0 : bid, ask, delta])(NEAR) },
      'no two-sided call above a short one among the single strike 105 of 2026-12-18 makes a credit between zero and the distance of the strikes; 5 of 7 calls have a two-sided quote',
    ],
    ['Covered Call', { ...near, spot: 120 }, 'no strictly out-of-the-money call at a price of $120.00 among 7 strikes from 85 to 115 of 2026-12-18'],
    [
      'Long Straddle',
      { ...near, near: { ...NEAR, calls: NEAR.calls.map((quote) => (quote[0] % 10 === 0 ? [quote[0], 0, 1, null] : quote)), puts: NEAR.puts.map((quote) => (quote[0] % 10 === 5 ? [quote[0], 0, 1, null] : quote)) } },
      'no strike of 85, 90, 95, 100, 105, 110, 115 of 2026-12-18 has a two-sided quote of both its call and its put, at a price of $100.00',
    ],
  ])('%s says what it saw', (name, sketch, expected) => {
    expect(reason(name, sketch)).toBe(expected)
  })
})
