import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import plugin from '../../../../../../plugins/providers/simulated/option-plugin.ts'
import { createSimulatedOptionMarket } from '../../../../../../plugins/providers/simulated/chains/market.ts'
import { createSimulatedMarket } from '../../../../../../plugins/providers/simulated/market.ts'
import { isSession } from '../../../../../../sdk/calendar.ts'
import { ProviderOptionError, type SymbolBars } from '../../../../../../sdk/market.ts'
import { ProviderCallError } from '../../../../../../sdk/option-provider.ts'
import type { OptionChain } from '../../../../../../sdk/options/chain.ts'
import { parseOccSymbol } from '../../../../../../sdk/options/index.ts'
import { call, chainAt, dayOf, isoOf } from './support.ts'

const SYMBOLS = ['SPY', 'AAPL', 'GOOGL', 'F', 'PLUG', 'BKNG']

function digest(chains: readonly (OptionChain | null)[]): string {
  const rows = chains.flatMap((chain) => chain?.contracts.map(({ occ, bid, ask, bidSize, askSize, last, volume, openInterest }) => [occ, bid, ask, bidSize, askSize, last, volume, openInterest].join()) ?? [])
  return createHash('sha256').update(rows.join('\n')).digest('hex').slice(0, 16)
}

const chainsOf = (market: ReturnType<typeof createSimulatedOptionMarket>, symbols = SYMBOLS) => Promise.all(symbols.flatMap((symbol) => [chainAt(market, symbol, 28), chainAt(market, symbol, 200)]))

describe('the simulated option market as a provider', () => {
  it('is an option-provider plugin that is local and says that it is simulated', () => {
    expect(plugin).toMatchObject({ kind: 'option-provider', name: 'simulated' })
    const market = plugin.open({})
    expect(market).toMatchObject({ name: 'simulated', simulated: true, remote: false, callsPerMinute: null })
    expect(new Date(market.asOf).toISOString(), '15:45 in New York').toBe('2026-11-20T20:45:00.000Z')
    expect(market.identity).not.toBe(plugin.open({ seed: 2 }).identity)
    expect(market.identity).not.toBe(plugin.open({ asOf: '2026-11-19' }).identity)
    expect(market.identity).toBe(plugin.open({ asOf: '2026-11-20' }).identity)
  })

  it('takes an instant or a date: half days end earlier, and days without a session count too', () => {
    const at = (asOf: string | number) => new Date(plugin.open({ asOf }).asOf).toISOString()
    expect(at('2026-06-01')).toBe('2026-06-01T19:45:00.000Z')
    expect(at('2025-11-28')).toBe('2025-11-28T17:45:00.000Z')
    expect(at('2026-11-22')).toBe('2026-11-22T20:45:00.000Z')
    expect(at(Date.UTC(2026, 9, 5, 15))).toBe('2026-10-05T15:00:00.000Z')
  })

  it.each([
    { asOf: 'soon' },
    { asOf: '2026-02-30' },
    { asOf: Number.NaN },
    { asOf: 12 },
    { asOf: null },
    { bars: () => null },
    { bars: 7, barsFingerprint: 'x' },
    { seed: -1 },
    { colour: 'red' },
  ])('refuses %o', (options) => {
    expect(() => plugin.open(options as never)).toThrow(ProviderOptionError)
  })

  it('rejects unknown tickers and aborted calls, and has no dates where there are no options', async () => {
    const market = createSimulatedOptionMarket()
    for (const ticker of ['NOSUCH', '', '__proto__']) {
      await expect(market.expirations(ticker, call)).rejects.toMatchObject({ name: 'ProviderCallError', failure: 'unknown_ticker', passing: false })
      await expect(market.chain(ticker, '2026-12-18', call)).rejects.toBeInstanceOf(ProviderCallError)
      expect(market.facts(ticker)).toBeNull()
      expect(market.bars(ticker)).toBeNull()
      expect(market.quote(ticker)).toBeNull()
    }
    const reason = new Error('nobody waits')
    await expect(market.chain('SPY', '2026-12-18', { ...call, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const without = createSimulatedMarket().symbols.find((symbol) => market.facts(symbol)?.optionVolume === 0)!
    expect((await market.expirations(without, call)).dates).toEqual([])
    expect((await market.chain(without, '2026-12-18', call)).contracts).toEqual([])
    for (const date of ['2026-12-19', 'x', '2020-01-17']) expect((await market.chain('SPY', date, call)).contracts).toEqual([])
  })

  it('states what a ticker is worth and trades, in real orders of magnitude', () => {
    const market = createSimulatedOptionMarket()
    expect(market.facts('AAPL')!.price).toBe(258)
    expect(market.facts('AAPL')!.marketCap).toBeGreaterThan(2e12)
    expect(market.facts('AAPL')!.marketCap).toBeLessThan(6e12)
    expect(market.facts('F')!.marketCap).toBeLessThan(1e11)
    expect(market.facts('SPY')!.optionVolume).toBeGreaterThan(2e6)
    expect(market.quote('AAPL')).toMatchObject({ symbol: 'AAPL', last: 258, session: dayOf('2026-11-20') })
    const { bid, last, ask, low, high } = market.quote('AAPL')!
    expect([bid <= last, last <= ask, low <= last, last <= high]).toEqual([true, true, true, true])
  })
})

describe('a chain', () => {
  it('is the same in every run', async () => {
    const chains = await chainsOf(createSimulatedOptionMarket({ seed: 7, lastDate: '2026-06-12' }))
    expect(await chainsOf(createSimulatedOptionMarket({ seed: 7, lastDate: '2026-06-12' }))).toEqual(chains)
    expect(digest(chains)).toBe('e2d3c08ef33b902e')
    expect(digest(await chainsOf(createSimulatedOptionMarket({ seed: 8, lastDate: '2026-06-12' })))).not.toBe(digest(chains))
  })

  it('does not depend on other tickers, nor on what was asked before', async () => {
    const all = await chainsOf(createSimulatedOptionMarket())
    expect(await chainsOf(createSimulatedOptionMarket({ symbols: 200 }), ['SPY', 'AAPL'])).toEqual(all.slice(0, 4))
    expect(await chainAt(createSimulatedOptionMarket(), 'BKNG', 200)).toEqual(all.at(-1))
  })

  it('looks at nothing later than its instant', async () => {
    const market = createSimulatedMarket()
    const last = dayOf('2026-05-15')
    const cut = (bars: SymbolBars, change: (column: Float64Array, at: number) => Float64Array): SymbolBars => {
      const at = bars.day.findLastIndex((day) => day <= last) + 1
      return { ...bars, open: change(bars.open, at), high: change(bars.high, at), low: change(bars.low, at), close: change(bars.close, at), volume: change(bars.volume, at) }
    }
    const changed = (symbol: string) => cut(market.barsOf(symbol)!, (column, at) => column.map((value, index) => (index < at ? value : value * 3)))
    const ended = (symbol: string) => {
      const bars = cut(market.barsOf(symbol)!, (column, at) => column.subarray(0, at))
      return { ...bars, day: bars.day.subarray(0, bars.close.length) }
    }
    const plain = await chainsOf(createSimulatedOptionMarket({ asOf: '2026-05-15' }))
    expect(plain[0]!.underlyingPrice).toBe(market.barsOf('SPY')!.close[market.barsOf('SPY')!.day.indexOf(last)])
    for (const bars of [changed, ended]) {
      expect(await chainsOf(createSimulatedOptionMarket({ asOf: '2026-05-15', bars, barsFingerprint: 'test' }))).toEqual(plain)
    }
    const { bars } = createSimulatedOptionMarket({ asOf: '2026-05-15' })
    expect(bars('SPY')!.day.at(-1)).toBe(last)
    expect(bars('SPY')!.close.length).toBe(bars('SPY')!.day.length)
  })

  it('can be of other bars than the simulated ones, such as imported ones', async () => {
    const apple = createSimulatedMarket().barsOf('AAPL')!
    const bars = (ticker: string) => (ticker === 'EMPTY' ? { ...apple, day: new Int32Array(0) } : /^(BRK\.B|BAC-PL|ZZZZ)$/.test(ticker) ? { ...apple, symbol: ticker } : null)
    const market = createSimulatedOptionMarket({ bars, barsFingerprint: 'test', asOf: '2026-11-20' })
    const chain = (await chainAt(market, 'BRK.B', 20))!
    expect(chain).toMatchObject({ ticker: 'BRK.B', underlyingPrice: 258 })
    expect(chain.contracts.every(({ occ, root }) => root === 'BRKB' && occ.length === 21)).toBe(true)
    expect((await market.expirations('ZZZZ', call)).dates.length).toBeGreaterThan(10)
    expect((await market.expirations('BAC-PL', call)).dates).toEqual([])
    expect((await market.expirations('EMPTY', call)).dates).toEqual([])
    await expect(market.expirations('AAPL', call)).rejects.toMatchObject({ failure: 'unknown_ticker' })
  })

  it('ends with the century that option symbols can name', async () => {
    const { dates } = await createSimulatedOptionMarket({ asOf: '2099-12-21' }).expirations('SPY', call)
    expect(dates.length).toBeGreaterThan(0)
    expect(dates.every((date) => date < '2100')).toBe(true)
  })

  it('takes a session’s prices from its open on, and those of the session before until then', async () => {
    const at = async (iso: string) => (await chainAt(createSimulatedOptionMarket({ asOf: Date.parse(iso) }), 'SPY', 20))!.underlyingPrice
    const { close, day } = createSimulatedMarket().barsOf('SPY')!
    expect(await at('2026-05-15T13:29:59Z')).toBe(close[day.indexOf(dayOf('2026-05-14'))])
    expect(await at('2026-05-15T13:30:00Z')).toBe(close[day.indexOf(dayOf('2026-05-15'))])
    expect(await at('2026-05-17T18:00:00Z')).toBe(close[day.indexOf(dayOf('2026-05-15'))])
  })

  it('goes on after the last session: expirations ahead of the clock, prices of the last close, fresh quotes', async () => {
    const market = createSimulatedOptionMarket({ asOf: Date.parse('2027-06-16T15:00:00Z') })
    const { dates } = await market.expirations('AAPL', call)
    expect(dates[0]).toBe('2027-06-17')
    const chain = (await chainAt(market, 'AAPL', 20))!
    expect(chain.underlyingPrice).toBe(258)
    expect(Math.max(...chain.contracts.map(({ quotedAt }) => quotedAt!))).toBeGreaterThan(market.asOf - 60_000)
    expect(chain.contracts.length).toBeGreaterThan(40)
  })

  it('keeps today’s expiration until it ends', async () => {
    const first = async (iso: string) => (await createSimulatedOptionMarket({ asOf: Date.parse(iso) }).expirations('AAPL', call)).dates[0]
    expect(await first('2026-11-20T20:59:00Z')).toBe('2026-11-20')
    expect(await first('2026-11-20T21:00:00Z')).toBe('2026-11-27')
    const chain = (await createSimulatedOptionMarket({ asOf: Date.parse('2026-11-20T20:59:00Z') }).chain('AAPL', '2026-11-20', call))!
    expect(chain.contracts.every(({ bid, ask }) => Number.isFinite(bid) && Number.isFinite(ask))).toBe(true)
  })

  it('is in order, with symbols of the contract, in every listed series', async () => {
    const market = createSimulatedOptionMarket()
    for (const symbol of SYMBOLS) {
      const { dates } = await market.expirations(symbol, call)
      expect(dates).toEqual([...new Set(dates)].sort())
      for (const date of dates) {
        expect(isSession(dayOf(date))).toBe(true)
        const { contracts } = await market.chain(symbol, date, call)
        expect(new Set(contracts.map(({ occ }) => occ)).size).toBe(contracts.length)
        contracts.forEach((contract, index) => {
          const before = contracts[index - 1]
          expect(before === undefined || before.strike < contract.strike || (before.strike === contract.strike && before.right <= contract.right)).toBe(true)
          const { symbol: parsed } = parseOccSymbol(contract.occ)
          expect(parsed).toMatchObject({ root: contract.root, expiration: date, right: contract.right, strike: contract.strike, underlying: symbol, adjusted: contract.adjusted })
        })
      }
    }
  })
})

describe('after a split', () => {
  const market = createSimulatedMarket()
  const options = createSimulatedOptionMarket()
  const recent = market.symbols.filter((_, index) => index % 4 === 0 || index < 150).flatMap((symbol) => {
    const split = market.facts(symbol)!.splits.at(-1)
    return split && split.day > dayOf('2026-02-01') && (options.facts(symbol)?.optionVolume ?? 0) > 0 ? [{ symbol, ...split }] : []
  })
  const contractsOf = async (symbol: string) => (await Promise.all((await options.expirations(symbol, call)).dates.map((date) => options.chain(symbol, date, call)))).flatMap(({ contracts }) => contracts)

  it('of three for two, older series keep a root of their own with 150 shares until they expire', async () => {
    const { day } = market.facts('GOOGL')!.splits.at(-1)!
    expect(market.facts('GOOGL')!.splits.at(-1)).toMatchObject({ to: 3, from: 2 })
    const adjusted = (await contractsOf('GOOGL')).filter((contract) => contract.adjusted)
    expect(adjusted.length).toBeGreaterThan(20)
    expect(adjusted.every(({ root, multiplier, strike }) => root === 'GOOGL1' && multiplier === 150 && Math.abs(strike * 1.5 - Math.round(strike * 3) / 2) < 0.011)).toBe(true)
    const { dates } = await options.expirations('GOOGL', call)
    const listedSince = dates.filter((date) => !adjusted.some(({ expiration }) => expiration === date))
    expect(listedSince.length).toBeGreaterThan(0)
    expect(isoOf(day) < dates[0]!).toBe(true)
  })

  it('that multiplies shares by a whole number, old strikes are divided under the same root; after a reverse one they stay', async () => {
    const kinds = { whole: 0, reverse: 0 }
    for (const { symbol, to, from } of recent) {
      const contracts = await contractsOf(symbol)
      const adjusted = contracts.filter((contract) => contract.adjusted)
      if (to % from === 0) {
        kinds.whole++
        expect(adjusted).toEqual([])
        expect(contracts.every(({ multiplier, root }) => multiplier === 100 && root === symbol)).toBe(true)
      } else if (to < from && adjusted.length > 0) {
        kinds.reverse++
        // Contracts are on a fraction of today's share: a call at the old strike is worth that fraction at most.
        const spot = (options.facts(symbol)!.price! * to) / from
        expect(adjusted.every(({ root, multiplier, right, bid }) => root === `${symbol}1` && multiplier === 100 && (right === 'put' || bid! <= spot))).toBe(true)
      }
    }
    expect(kinds.whole).toBeGreaterThan(0)
    expect(kinds.reverse).toBeGreaterThan(0)
  })
})
