import { beforeAll, describe, expect, it } from 'vitest'
import { SIMULATED_RATE } from '../../../../../../plugins/providers/simulated/chains/companies.ts'
import { isOptionable } from '../../../../../../plugins/providers/simulated/chains/liquidity.ts'
import { createSimulatedOptionMarket } from '../../../../../../plugins/providers/simulated/chains/market.ts'
import type { TickerFacts } from '../../../../../../sdk/option-provider.ts'
import type { OptionChain, OptionContract } from '../../../../../../sdk/options/chain.ts'
import { yearsToExpiration } from '../../../../../../sdk/options/index.ts'
import { call, chainAt, median, sampleOfSymbols, stateOf } from './support.ts'

/** Chains about a month out of a tenth of the default market. */
interface Sampled {
  symbol: string
  facts: TickerFacts
  chain: OptionChain | null
  dates: readonly string[]
}

const market = createSimulatedOptionMarket()
const sampled: Sampled[] = []
const withOptions = () => sampled.filter((each): each is Sampled & { chain: OptionChain } => each.chain !== null)

beforeAll(async () => {
  for (const symbol of sampleOfSymbols()) {
    const facts = market.facts(symbol)
    if (facts === null) continue
    sampled.push({ symbol, facts, chain: await chainAt(market, symbol, 25), dates: (await market.expirations(symbol, call)).dates })
  }
})

const isTwoSided = ({ bid, ask }: OptionContract) => bid! > 0 && ask! > bid!
const spreadOf = ({ bid, ask }: OptionContract) => (ask! - bid!) / ((ask! + bid!) / 2)
/** Out of the money by 6% at most. */
const isNear = ({ right, strike, adjusted }: OptionContract, spot: number) => !adjusted && Math.abs(Math.log(strike / spot)) < 0.06 && (right === 'call') === strike >= spot

/** Median spread at the money of the names whose option volume lies in a range. */
function medianSpread(from: number, to: number): number {
  const names = withOptions().filter(({ facts }) => facts.optionVolume! >= from && facts.optionVolume! < to)
  return median(names.flatMap(({ chain }) => chain.contracts.filter((contract) => isNear(contract, chain.underlyingPrice!) && isTwoSided(contract)).map(spreadOf)))
}

describe('which tickers have options', () => {
  it('half of the market does, a quarter of these with weeklies or LEAPs; new listings and penny stocks do not', () => {
    const share = withOptions().length / sampled.length
    expect(share).toBeGreaterThan(0.42)
    expect(share).toBeLessThan(0.65)
    const active = withOptions().filter(({ dates }) => dates.length > 8).length / withOptions().length
    expect(active).toBeGreaterThan(0.12)
    expect(active).toBeLessThan(0.4)
    for (const { facts, dates } of sampled) {
      if (facts.price! < 1) expect(dates).toEqual([])
      expect([0, ...Array.from({ length: 30 }, (_, count) => count + 3)]).toContain(dates.length)
    }
  })

  it('a new listing has none for sixty sessions, whatever its trading', () => {
    // No symbol of the market is that young.
    const trading = { dollarVolume: 5e9, price: 100, activity: 1 }
    expect([0, 59, 60, 1_260].map((sessionsListed) => isOptionable({ ...trading, sessionsListed }, 0))).toEqual([false, false, true, true])
    expect(isOptionable({ ...trading, price: 0.99, sessionsListed: 1_260 }, 0)).toBe(false)
  })

  it('small caps are among both', () => {
    const small = sampled.filter(({ facts }) => facts.marketCap! < 5e9)
    const listed = small.filter(({ dates }) => dates.length > 0).length / small.length
    expect(listed).toBeGreaterThan(0.2)
    expect(listed).toBeLessThan(0.7)
    expect(small.filter(({ dates }) => dates.length > 0).every(({ facts }) => facts.optionVolume! >= 0)).toBe(true)
  })
})

describe('quotes', () => {
  it('are as wide as the name is thin: a percent in index funds, a third and more in the thinnest small caps', () => {
    const spreads = [medianSpread(2e6, 1e9), medianSpread(1e5, 2e6), medianSpread(1e4, 1e5), medianSpread(1e3, 1e4), medianSpread(100, 1e3), medianSpread(0, 100)]
    expect([...spreads].sort((one, other) => one - other)).toEqual(spreads)
    expect(spreads[0]).toBeLessThan(0.02)
    expect(spreads[2]).toBeLessThan(0.08)
    expect(spreads[4]).toBeGreaterThan(0.12)
    expect(spreads[5]).toBeGreaterThan(0.3)
  })

  it('are a penny in cheap options of the largest funds, and on the price steps of their programme elsewhere', () => {
    const cheap = sampled.find(({ symbol }) => symbol === 'SPY')!.chain!.contracts.filter((contract) => isTwoSided(contract) && contract.ask! < 1.5)
    expect(median(cheap.map(({ bid, ask }) => Math.round((ask! - bid!) * 100)))).toBe(1)
    for (const { chain, facts } of withOptions()) {
      const { state } = stateCache(chain.ticker)
      const { tickBelow3, tickFrom3 } = state.options!
      expect([0.01, 0.05]).toContain(tickBelow3)
      for (const { bid, ask, bidSize } of chain.contracts) {
        for (const price of [bid!, ask!]) {
          const steps = price / (price < 3 ? tickBelow3 : tickFrom3)
          expect(Math.abs(steps - Math.round(steps))).toBeLessThan(1e-6)
        }
        expect((bid === 0) === (bidSize === 0)).toBe(true)
      }
      expect(facts.optionVolume!).toBeGreaterThanOrEqual(0)
    }
  })

  it('hold to put-call parity: the pair at the money tells the price of the share within its own width', () => {
    let pairs = 0
    let misses = 0
    for (const { chain, symbol } of withOptions()) {
      const spot = chain.underlyingPrice!
      const years = yearsToExpiration(chain.asOf, chain.expiration)
      const { dividendYield } = stateCache(symbol).state.company
      const standard = chain.contracts.filter(({ adjusted, strike }) => !adjusted && Math.abs(Math.log(strike / spot)) < 0.03)
      for (const contract of standard.filter(({ right }) => right === 'call')) {
        const put = standard.find(({ right, strike }) => right === 'put' && strike === contract.strike)!
        if (!isTwoSided(contract) || !isTwoSided(put)) continue
        const middle = (contract.bid! + contract.ask!) / 2 - (put.bid! + put.ask!) / 2
        const implied = (middle + contract.strike * Math.exp(-SIMULATED_RATE * years)) * Math.exp(dividendYield * years)
        const width = (contract.ask! - contract.bid! + put.ask! - put.bid!) / 2
        pairs++
        // What early exercise is worth near the money a month out stays below a thousandth and a half of the price.
        if (Math.abs(implied - spot) > width + 0.0015 * spot) misses++
      }
    }
    expect(pairs).toBeGreaterThan(500)
    // Stale quotes are in the data.
    expect(misses / pairs).toBeLessThan(0.01)
  })

  it('have faults now and then, not more', () => {
    const contracts = withOptions().flatMap(({ chain }) => chain.contracts)
    const share = (test: (contract: OptionContract) => boolean) => contracts.filter(test).length / contracts.length
    expect(share(({ bid, ask }) => bid! > ask!)).toBeLessThan(0.002)
    expect(share(({ bid, ask }) => bid === 0 && ask === 0)).toBeLessThan(0.006)
    expect(share(({ greeks }) => greeks === null)).toBeGreaterThan(0.005)
    expect(share(({ greeks }) => greeks === null)).toBeLessThan(0.05)
    expect(share(({ impliedVol }) => impliedVol === 0)).toBeGreaterThan(0.05)
    expect(share(({ impliedVol }) => impliedVol === 0)).toBeLessThan(0.3)
    expect(share(({ bid }) => bid === 0)).toBeGreaterThan(0.05)
    expect(share(({ bid }) => bid === 0)).toBeLessThan(0.3)
    expect(share(({ quotedAt }) => quotedAt! < market.asOf - 3_600_000)).toBeGreaterThan(0.0005)
    expect(share(({ last }) => last === null)).toBeGreaterThan(0.05)
  })
})

describe('open interest and volume', () => {
  it('add up to the ticker’s, and gather near the money and in front', async () => {
    for (const symbol of ['SPY', 'AAPL', 'F']) {
      const { dates } = await market.expirations(symbol, call)
      const chains = await Promise.all(dates.map((date) => market.chain(symbol, date, call)))
      const sum = (contracts: readonly OptionContract[], key: 'volume' | 'openInterest') => contracts.reduce((total, contract) => total + contract[key]!, 0)
      const volume = chains.reduce((total, { contracts }) => total + sum(contracts, 'volume'), 0)
      expect(volume / market.facts(symbol)!.optionVolume!).toBeGreaterThan(0.6)
      expect(volume / market.facts(symbol)!.optionVolume!).toBeLessThan(1.6)
      expect(sum(chains.at(-1)!.contracts, 'volume')).toBeLessThan(sum(chains[1]!.contracts, 'volume'))
      const monthly = chains.find(({ expiration }) => expiration === '2026-12-18')!
      const near = monthly.contracts.filter(({ strike }) => Math.abs(Math.log(strike / monthly.underlyingPrice!)) < 0.1)
      expect(sum(near, 'openInterest')).toBeGreaterThan(0.5 * sum(monthly.contracts, 'openInterest'))
    }
  })

  it('are the same contract’s from one session to the next, in measure', async () => {
    const interest = async (asOf: string) => new Map((await createSimulatedOptionMarket({ asOf }).chain('AAPL', '2026-12-18', call)).contracts.map(({ occ, openInterest }) => [occ, openInterest!]))
    const [monday, tuesday] = [await interest('2026-11-16'), await interest('2026-11-17')]
    const ratios = [...monday].filter(([occ, open]) => open > 1000 && (tuesday.get(occ) ?? 0) > 0).map(([occ, open]) => tuesday.get(occ)! / open)
    expect(ratios.length).toBeGreaterThan(20)
    expect(median(ratios.map((ratio) => Math.abs(Math.log(ratio))))).toBeLessThan(0.3)
  })
})

describe('Greeks and volatility of the vendor', () => {
  it('are of the last full hour, near the surface', () => {
    for (const { chain, symbol } of withOptions()) {
      if (!['SPY', 'QQQ', 'AAPL', 'F'].includes(symbol)) continue
      for (const { greeks, impliedVol, right, strike } of chain.contracts) {
        if (greeks === null) continue
        expect(new Date(greeks.updatedAt!).toISOString()).toBe('2026-11-20T20:00:00.000Z')
        expect(right === 'call' ? greeks.delta! : -greeks.delta!).toBeGreaterThanOrEqual(0)
        expect(Math.abs(greeks.delta!)).toBeLessThanOrEqual(1)
        if (Math.abs(Math.log(strike / chain.underlyingPrice!)) < 0.05 && impliedVol! > 0) {
          const { nearVol, farVol } = stateCache(symbol).state.shape
          expect(impliedVol).toBeGreaterThan(0.5 * Math.min(nearVol, farVol))
          expect(impliedVol).toBeLessThan(2.5 * Math.max(nearVol, farVol))
        }
      }
    }
  })
})

const states = new Map<string, ReturnType<typeof stateOf>>()
function stateCache(symbol: string): ReturnType<typeof stateOf> {
  if (!states.has(symbol)) states.set(symbol, stateOf(symbol))
  return states.get(symbol)!
}
