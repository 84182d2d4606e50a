import { beforeAll, describe, expect, it } from 'vitest'

import { loadStrategies, type StrategyBook } from '../../../../runtime/explore/strategies.ts'
import type { ExpirationSlice, StrategyContract, StrategyMarket } from '../../../../sdk/index.ts'
import { evaluatePosition, positionGreeks } from '../../../../sdk/options/position.ts'
import { FAR, marketOf, NEAR, NEXT } from './chains.ts'
import { expectSound } from './invariants.ts'

let book: StrategyBook
beforeAll(async () => {
  book = await loadStrategies()
})

/** The same quotes, of options that can only be exercised on their last day. */
function ofIndex(market: StrategyMarket): StrategyMarket {
  const european = (slice: ExpirationSlice): ExpirationSlice => {
    const [calls, puts] = [slice.calls, slice.puts].map((contracts) => contracts.map((quoted) => ({ ...quoted, contract: { ...quoted.contract, style: 'european' as const } })))
    return { ...slice, calls: calls!, puts: puts! }
  }
  return { ...market, near: european(market.near), later: market.later.map(european) }
}

interface Expected {
  legs: string[]
  quote: [bid: number, ask: number, mid: number]
  capital: number
  maxProfit: number | 'unlimited' | null
  maxLoss: number | 'unlimited'
  breakevens: number[] | null
  /** Of the whole position. */
  delta: number
}

const near = { spot: 100, near: NEAR, later: [NEXT, FAR] }
const far = { spot: 100, near: FAR }

// Worked out by hand from the quotes of NEAR, NEXT and FAR.
const EXPECTED: [name: string, market: Parameters<typeof marketOf>[0], expected: Expected][] = [
  ['Long Call', near, { legs: ['long 100 call'], quote: [3.9, 4, 3.95], capital: 395, maxProfit: 'unlimited', maxLoss: 395, breakevens: [103.95], delta: 0.52 }],
  ['Long Put', near, { legs: ['long 100 put'], quote: [3.7, 3.8, 3.75], capital: 375, maxProfit: 9_625, maxLoss: 375, breakevens: [96.25], delta: -0.48 }],
  ['Cash-Secured Put', near, { legs: ['short 95 put'], quote: [1.9, 2, 1.95], capital: 9_500, maxProfit: 195, maxLoss: 9_305, breakevens: [93.05], delta: 0.3 }],
  ['Covered Call', near, { legs: ['short 105 call'], quote: [1.9, 2, 1.95], capital: 9_805, maxProfit: 695, maxLoss: 9_805, breakevens: [98.05], delta: 0.69 }],
  ['Buy-Write', near, { legs: ['short 100 call'], quote: [3.9, 4, 3.95], capital: 9_605, maxProfit: 395, maxLoss: 9_605, breakevens: [96.05], delta: 0.48 }],
  ['Long Straddle', near, { legs: ['long 100 call', 'long 100 put'], quote: [7.6, 7.8, 7.7], capital: 770, maxProfit: 'unlimited', maxLoss: 770, breakevens: [92.3, 107.7], delta: 0.04 }],
  ['Long Strangle', near, { legs: ['long 105 call', 'long 95 put'], quote: [3.8, 4, 3.9], capital: 390, maxProfit: 'unlimited', maxLoss: 390, breakevens: [91.1, 108.9], delta: 0.01 }],
  ['Call Debit Spread', near, { legs: ['long 100 call', 'short 105 call'], quote: [1.9, 2.1, 2], capital: 200, maxProfit: 300, maxLoss: 200, breakevens: [102], delta: 0.21 }],
  ['Put Debit Spread', near, { legs: ['long 100 put', 'short 95 put'], quote: [1.7, 1.9, 1.8], capital: 180, maxProfit: 320, maxLoss: 180, breakevens: [98.2], delta: -0.18 }],
  ['Call Credit Spread', near, { legs: ['short 105 call', 'long 110 call'], quote: [0.95, 1.15, 1.05], capital: 395, maxProfit: 105, maxLoss: 395, breakevens: [106.05], delta: -0.15 }],
  ['Put Credit Spread', near, { legs: ['short 95 put', 'long 90 put'], quote: [0.9, 1.1, 1], capital: 400, maxProfit: 100, maxLoss: 400, breakevens: [94], delta: 0.15 }],
  [
    'Iron Condor',
    near,
    { legs: ['short 90 put', 'long 85 put', 'short 110 call', 'long 115 call'], quote: [0.75, 1.15, 0.95], capital: 500, maxProfit: 95, maxLoss: 405, breakevens: [89.05, 110.95], delta: 0.15 - 0.07 - 0.16 + 0.07 },
  ],
  ['Calendar', near, { legs: ['short 100 call', 'long 100 call 2027-01-15'], quote: [1.4, 1.7, 1.55], capital: 155, maxProfit: null, maxLoss: 155, breakevens: null, delta: 0.02 }],
  ['Diagonal', near, { legs: ['short 105 call', 'long 80 call 2027-06-18'], quote: [21.5, 22.2, 21.85], capital: 2_185, maxProfit: null, maxLoss: 2_185, breakevens: null, delta: 0.49 }],
  ['LEAP Call', far, { legs: ['long 90 call'], quote: [16.1, 16.5, 16.3], capital: 1_630, maxProfit: 'unlimited', maxLoss: 1_630, breakevens: [106.3], delta: 0.7 }],
  ['LEAP Put', far, { legs: ['long 120 put'], quote: [21.2, 21.8, 21.5], capital: 2_150, maxProfit: 9_850, maxLoss: 2_150, breakevens: [98.5], delta: -0.73 }],
]

function choose(name: string, market: StrategyMarket): string[] | string {
  const strategy = book.find(name)!
  expectSound(strategy, market)
  const selection = strategy.select(market)
  if (selection.legs === null) return selection.reason
  return selection.legs.map(({ side, contract }) => [side, contract.strike, contract.right, ...(contract.expiration === market.near.expiration ? [] : [contract.expiration])].join(' '))
}

describe('the sixteen strategies on a chain worked out by hand', () => {
  it('are all there', () => {
    expect(EXPECTED.map(([name]) => name).sort()).toEqual(book.names)
  })

  it.each(EXPECTED)('%s', (name, sketch, expected) => {
    const strategy = book.find(name)!
    const market = marketOf(sketch)
    expect(choose(name, market)).toEqual(expected.legs)
    const { legs } = strategy.select(market)
    const position = evaluatePosition(strategy, legs!, market.spot)
    const { capital, maxProfit, maxLoss, breakevens } = expected
    expect([position.bid, position.ask, position.mid]).toEqual(expected.quote)
    expect(position).toMatchObject({ capital, maxProfit, maxLoss, breakevens, openInterest: 1_000, volume: 100, strikes: [...new Set(legs!.map(({ contract }) => contract.strike))].sort((a, b) => a - b) })
    expect(position.spreadPct).toBeCloseTo((expected.quote[1] - expected.quote[0]) / expected.quote[2], 12)
    expect(position.netPremium).toBe(strategy.premium === 'debit' ? expected.quote[2] : -expected.quote[2])
    const greeks = positionGreeks(strategy, legs!, (contract) => ({ delta: contract.greeks!.delta, gamma: 0.01, theta: -0.02, vega: 0.1, rho: null }))
    expect(greeks.delta).toBeCloseTo(expected.delta, 12)
    const signs = legs!.reduce((sum, { side }) => sum + (side === 'long' ? 1 : -1), 0)
    expect(greeks.theta).toBeCloseTo(-0.02 * signs, 12)
    expect(greeks.rho).toBeNull()
  })
})

describe('the note of a selection', () => {
  const noteOf = (name: string, market: StrategyMarket): string => {
    const selection = book.find(name)!.select(market)
    if (selection.legs === null) throw new Error(selection.reason)
    return selection.note!
  }

  it('names strikes that are nearer to the aim and gave way', () => {
    const calls = NEAR.calls.map((entry) => (entry[0] === 100 ? ([100, 3.6, 4.4, 0.52, 50] as const) : entry))
    expect(noteOf('Long Call', marketOf({ ...near, near: { ...NEAR, calls } }))).toMatch(/^long 95 call, 5\.0% from the money, .*, before 100, which is nearer to it and trades worse$/)
    expect(noteOf('Long Call', marketOf(near))).not.toContain('before')
  })

  it('says how wide wings are, and were to be', () => {
    // The straddle at 100 costs 3.95 and 3.75, a third of which is 2.57.
    expect(noteOf('Call Credit Spread', marketOf(near))).toMatch(/; a wing 5 wide, a third of the expected move being 2\.57$/)
    expect(noteOf('Iron Condor', marketOf(near))).toMatch(/; wings 5 wide, a third of the expected move being 2\.57$/)
  })
})

describe('time spreads whose expirations do not share an underlying', () => {
  const marketOfRoot = (root: string, bias: StrategyMarket['bias'] = null): StrategyMarket => {
    const market = marketOf({ ...near, bias })
    const renamed = (contracts: readonly StrategyContract[]) => contracts.map((one) => ({ ...one, contract: { ...one.contract, root, style: 'european' as const } }))
    const slice = (one: StrategyMarket['near']) => ({ ...one, calls: renamed(one.calls), puts: renamed(one.puts) })
    return { ...market, near: slice(market.near), later: market.later.map(slice) }
  }
  const priced = (name: string, market: StrategyMarket) => {
    const strategy = book.find(name)!
    const selection = strategy.select(market)
    if (selection.legs === null) throw new Error(selection.reason)
    return { ...evaluatePosition(strategy, selection.legs, market.spot), note: selection.note, short: selection.legs[0]!.contract }
  }

  it.each(['VIX', 'VIXW'])('tie up the debit and what the short leg asks for alone: %s', (root) => {
    // Short 100 call at 3.95, price 100: 3.95 + 20; the debit of 1.55 beside it.
    expect(priced('Calendar', marketOfRoot(root))).toMatchObject({ capital: 155 + 395 + 2_000, maxProfit: null, maxLoss: null, breakevens: null, note: expect.stringContaining('covers no other') })
    // Short 105 call at 1.95, 5 out of the money: 1.95 + 15; the debit of 21.85.
    expect(priced('Diagonal', marketOfRoot(root))).toMatchObject({ capital: 2_185 + 195 + 1_500, maxLoss: null, note: expect.stringContaining('covers no other') })
  })

  it('of other indexes tie up the debit', () => {
    const { capital, maxLoss, note } = priced('Calendar', marketOfRoot('SPX'))
    expect([capital, maxLoss, note!.includes('covers no other')]).toEqual([155, null, false])
  })
})

describe('which contract is chosen', () => {
  const withCalls = (calls: typeof NEAR.calls): StrategyMarket => marketOf({ ...near, near: { ...NEAR, calls } })
  const replaced = (strike: number, quote: (typeof NEAR.calls)[number]): typeof NEAR.calls => NEAR.calls.map((entry) => (entry[0] === strike ? quote : entry))

  it('the money gives way to a neighbour that is more than one class more liquid, and no sooner', () => {
    // 20% wide and an interest of 50: classes 2 and 2 against 1 strike away.
    expect(choose('Long Call', withCalls(replaced(100, [100, 3.6, 4.4, 0.52, 50])))).toEqual(['long 95 call'])
    // 8% wide, interest 1,000: class 1, worth no more than the strike's distance.
    expect(choose('Long Call', withCalls(replaced(100, [100, 3.8, 4.1, 0.52])))).toEqual(['long 100 call'])
  })

  it('of two strikes equally near to the money, the lower', () => {
    expect(choose('Long Call', marketOf({ ...near, spot: 97.5 }))).toEqual(['long 95 call'])
  })

  it('a target delta gives way to liquidity by 0.025 a class', () => {
    const calls = [...NEAR.calls, [106, 1.7, 1.75, 0.285, 5_000] as const].sort((one, other) => one[0] - other[0])
    const market = (interest: number) => marketOf({ ...near, near: { ...NEAR, calls: calls.map((quote) => (quote[0] === 105 ? [105, 1.85, 2.05, 0.31, interest] : quote)) } })
    // 10.3% wide: two classes; 0.31 is nearer to 0.30 than 0.285 by 0.005, a fifth of one.
    expect(choose('Covered Call', market(1_000))).toEqual(['short 106 call'])
  })

  it('contracts whose price tells no delta come after all others, the nearest to the money first', () => {
    const market = marketOf(near)
    expect(choose('Covered Call', { ...market, delta: (contract) => (contract.strike === 115 ? 0.07 : null) })).toEqual(['short 115 call'])
    expect(choose('Covered Call', { ...market, delta: () => null })).toEqual(['short 105 call'])
    expect(choose('Covered Call', { ...market, delta: () => Number.NaN })).toEqual(['short 105 call'])
  })

  it('a calendar is of puts where the row is bearish, of calls otherwise', () => {
    expect(choose('Calendar', marketOf({ ...near, bias: 'bearish' }))).toEqual(['short 100 put', 'long 100 put 2027-01-15'])
    expect(choose('Calendar', marketOf({ ...near, bias: 'neutral' }))).toEqual(['short 100 call', 'long 100 call 2027-01-15'])
  })

  it('time spreads say why they state no profit, and those of an index no loss either', () => {
    const noteOf = (name: string, market: StrategyMarket) => {
      const selection = book.find(name)!.select(market)
      return selection.legs === null ? selection.reason : selection.note
    }
    for (const name of ['Calendar', 'Diagonal']) expect(noteOf(name, marketOf(near))).toContain('; profit and breakevens hang on what the later leg is worth when the near one ends, so none is stated')
    expect(noteOf('Calendar', ofIndex(marketOf(near)))).toContain('; profit, loss and breakevens hang on')
  })

  it('shares of an index are said to be none', () => {
    for (const name of ['Covered Call', 'Buy-Write']) {
      const noteOf = (market: StrategyMarket) => (book.find(name)!.select(market) as { note: string }).note
      expect(noteOf(ofIndex(marketOf(near)))).toMatch(/^short .*; options of TEST are settled in cash and it has no shares: its value stands for their price$/)
      expect(noteOf(marketOf(near))).not.toContain('shares')
    }
  })

  it('a calendar goes to the next later expiration where the preferred one offers nothing', () => {
    const empty = { ...NEXT, calls: NEXT.calls.map(([strike]) => [strike, 0, 0, null] as const) }
    expect(choose('Calendar', marketOf({ ...near, later: [empty, FAR] }))).toEqual(['short 100 call', 'long 100 call 2027-06-18'])
  })

  it('a cash-secured put is sold above the price only where nothing at or below it can be', () => {
    const puts = NEAR.puts.filter(([strike]) => strike >= 100)
    expect(choose('Cash-Secured Put', marketOf({ ...near, spot: 99, near: { ...NEAR, puts } }))).toEqual(['short 100 put'])
    expect(choose('Cash-Secured Put', marketOf({ ...near, spot: 94, near: { ...NEAR, puts } }))).toBe('no put at the money to 15% out of it at a price of $94.00 among 4 strikes from 100 to 115 of 2026-12-18')
  })

  it('wings are a third of the expected move wide, on the strikes that are there', () => {
    // Straddle 7.70, so 2.57 is asked for; a strike 2.50 away beats one 5 away.
    const puts = [...NEAR.puts, [92.5, 1.35, 1.45, -0.22] as const].sort((one, other) => one[0] - other[0])
    expect(choose('Put Credit Spread', marketOf({ ...near, near: { ...NEAR, puts } }))).toEqual(['short 95 put', 'long 92.5 put'])
  })
})
