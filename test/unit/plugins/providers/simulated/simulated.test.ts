import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { isSession } from '../../../../../sdk/calendar.ts'
import { ProviderOptionError, type SymbolBars } from '../../../../../sdk/market.ts'
import { createSimulatedMarket } from '../../../../../plugins/providers/simulated/market.ts'
import plugin from '../../../../../plugins/providers/simulated/plugin.ts'

const iso = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10)

function digest(all: Iterable<SymbolBars>): string {
  const hash = createHash('sha256')
  for (const bars of all) {
    hash.update(bars.symbol)
    for (const column of [bars.day, bars.open, bars.high, bars.low, bars.close, bars.volume]) {
      hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength))
    }
  }
  return hash.digest('hex')
}

describe('the simulated market as a provider', () => {
  it('is a provider plugin with the documented defaults', () => {
    expect(plugin).toMatchObject({ kind: 'provider', name: 'simulated' })
    const market = plugin.create({})
    expect(market).toMatchObject({ name: 'simulated', simulated: true })
    expect(market.symbols).toHaveLength(5000)
    expect(market.sessions).toHaveLength(1260)
    expect(iso(market.sessions[1259]!)).toBe('2026-11-20')
    expect(market.sessions.every(isSession)).toBe(true)
  })

  it('gives the same bytes for the same seed, on every machine', () => {
    // A change of this digest is a change of the generator: raise GENERATOR_VERSION with it.
    expect(digest(createSimulatedMarket({ seed: 7, symbols: 400, years: 1 }).bars())).toBe('1da8df5586c8eea3d4a348633e7162343ee848b5183c81243d37d064807c19ac')
  })

  it('gives other bytes for another seed, the upper half of a large one included', () => {
    const of = (seed: number) => digest(createSimulatedMarket({ seed, symbols: 3, years: 0.2 }).bars())
    expect(new Set([of(0), of(1), of(2), of(2 ** 32), of(2 ** 32 + 1), of(Number.MAX_SAFE_INTEGER)]).size).toBe(6)
  })

  it('lists unique symbols of one to five capital letters in ascending code-unit order, well-known ones included', () => {
    const { symbols } = createSimulatedMarket()
    expect([...symbols].sort()).toEqual(symbols)
    expect(new Set(symbols).size).toBe(symbols.length)
    expect(symbols.every((symbol) => /^[A-Z]{1,5}$/.test(symbol))).toBe(true)
    for (const symbol of 'AAPL MSFT NVDA TSLA AMZN GOOG GOOGL META AMD SPY QQQ IWM JPM NFLX BAC XOM F COIN PLTR INTC DIS KO'.split(' ')) expect(symbols).toContain(symbol)
    expect([...createSimulatedMarket({ symbols: 200 }).bars()].map((bars) => bars.symbol)).toEqual(createSimulatedMarket({ symbols: 200 }).symbols)
  })

  it("draws a symbol's bars whatever the number of symbols and the order of asking", () => {
    const small = createSimulatedMarket({ symbols: 150, years: 1 })
    const large = createSimulatedMarket({ symbols: 2000, years: 1 })
    expect(large.symbols).toEqual(expect.arrayContaining([...small.symbols]))
    for (const bars of small.bars()) expect(large.barsOf(bars.symbol)).toEqual(bars)
    const later = small.barsOf('TSLA')!
    small.barsOf('AAPL')
    expect(small.barsOf('TSLA')).toEqual(later)
    expect([...small.bars()].find((bars) => bars.symbol === 'TSLA')).toEqual(later)
  })

  it('names generator version, seed and options in the fingerprint', () => {
    const print = (options: object) => createSimulatedMarket(options).fingerprint
    expect(print({})).toMatch(/v\d+ seed=1 symbols=5000 sessions=1260 last=2026-11-20/)
    expect(new Set([{}, { seed: 2 }, { symbols: 4999 }, { years: 4 }, { lastDate: '2026-11-19' }].map(print)).size).toBe(5)
    expect(print({ seed: 1, years: 5 })).toBe(print({}))
  })

  it('knows nothing of symbols outside it', () => {
    const market = createSimulatedMarket({ symbols: 3 })
    expect(market.symbols).toEqual(['IWM', 'QQQ', 'SPY'])
    expect(market.barsOf('AAPL')).toBeNull()
    expect(market.facts('__proto__')).toBeNull()
  })

  it.each([
    [{ symbols: 0 }, 'symbols'],
    [{ symbols: 20_001 }, 'symbols'],
    [{ symbols: 1.5 }, 'symbols'],
    [{ symbols: '5' }, 'symbols'],
    [{ seed: -1 }, 'seed'],
    [{ seed: Number.NaN }, 'seed'],
    [{ years: 0 }, 'years'],
    [{ years: Infinity }, 'years'],
    [{ lastDate: '2026-11-22' }, 'lastDate'],
    [{ lastDate: '2026-02-30' }, 'lastDate'],
    [{ lastDate: 'x'.repeat(1000) }, 'lastDate'],
    [{ size: 5 }, 'size'],
  ])('refuses %j by name', (options, option) => {
    const attempt = () => createSimulatedMarket(options as never)
    expect(attempt).toThrow(ProviderOptionError)
    expect(attempt).toThrow(option)
  })

  it('takes the shortest and odd spans', () => {
    for (const options of [{ symbols: 300, years: 0.1 }, { symbols: 40, years: 0.37, lastDate: '2020-03-23' }, { symbols: 5, years: 25 }]) {
      const market = createSimulatedMarket(options)
      for (const bars of market.bars()) {
        expect(bars.day.length).toBeGreaterThan(0)
        expect(bars.close.every((price) => price > 0 && Number.isFinite(price))).toBe(true)
      }
    }
  })
})
