import { beforeEach, describe, expect, it } from 'vitest'

import { callOf, failure, NOW, open, saying, server } from './support.ts'

const market = await server(saying(''))
const provider = open(market.url)
beforeEach(() => void (market.requests.length = 0))

const ask = async (document: unknown, ...tickers: string[]) => {
  market.handle = saying(JSON.stringify(document))
  return Object.fromEntries(await provider.prices!.ask(tickers, callOf()))
}
const quote = (symbol: unknown, last: unknown, rest: object = {}) => ({ symbol, last, ...rest })

describe('prices of underlyings', () => {
  it('come of one request for all, each symbol once and as the vendor spells it', async () => {
    expect(await ask({ quotes: { quote: [quote('BRK/B', 480.5), quote('SPX', 6_100)] } }, 'BRK.B', 'BRK/B', '^SPX', 'no ticker!')).toEqual({ 'BRK.B': 480.5, 'BRK/B': 480.5, '^SPX': 6_100 })
    expect(market.requests.map(({ url }) => url)).toEqual(['/v1/markets/quotes?symbols=BRK%2FB,SPX'])
  })

  it('are not asked for where nothing could be', async () => {
    expect(await ask({}, 'no ticker!', '')).toEqual({})
    expect(market.requests).toEqual([])
  })

  it.each([
    ['a list', { quote: [quote('A', 10), quote('B', 20)] }, { A: 10, B: 20 }],
    ['one bare quote', { quote: quote('A', 10) }, { A: 10 }],
    ['some unmatched', { quote: quote('A', 10), unmatched_symbols: { symbol: 'B' } }, { A: 10 }],
    ['all unmatched', { unmatched_symbols: { symbol: ['A', 'B'] } }, {}],
    ['null', null, {}],
    ['the text "null"', 'null', {}],
    ['a quote that is null', { quote: null }, {}],
    ['a quote that is the text "null"', { quote: 'null' }, {}],
    ['a list with nothings in it', { quote: [null, 'null', 7, quote('A', '10.5')] }, { A: 10.5 }],
    ['those of tickers that nobody asked for', { quote: [quote('C', 1), quote(null, 2), quote('A', 10)] }, { A: 10 }],
  ])('read %s', async (_, quotes, prices) => {
    expect(await ask({ quotes }, 'A', 'B')).toEqual(prices)
  })

  it.each([
    ['the last trade', { last: 10, close: 11, prevclose: 12 }, 10],
    ['the close where nothing was traded', { last: null, close: 11, prevclose: 12 }, 11],
    ["yesterday's before the session", { last: null, close: null, prevclose: 12 }, 12],
    ['yesterday\'s where zeros stand for nothing', { last: 0, close: '0', prevclose: 12 }, 12],
    ['none where one of them is damaged', { last: 'NaN', close: 11 }, undefined],
    ['none where one of them is out of all range', { last: 11, prevclose: 1e300 }, undefined],
    ['none of a trade of last month', { last: 11, trade_date: NOW - 30 * 86_400_000 }, undefined],
    ['that of a trade of some days ago', { last: 11, trade_date: NOW - 4 * 86_400_000 }, 11],
    ['that of a trade of nobody knows when', { last: 11, trade_date: 0 }, 11],
    ['none below zero', { last: -1, prevclose: -2 }, undefined],
    ['none beyond all prices', { last: 1e300, close: 1e8 }, undefined],
    ['none', {}, undefined],
  ])('are %s', async (_, fields, price) => {
    expect((await ask({ quotes: { quote: { symbol: 'A', ...fields } } }, 'A')).A).toBe(price)
  })

  it('fail in one sentence that says how many they were', async () => {
    market.handle = saying('{"other":1}')
    expect(await failure(provider.prices!.ask(['A', 'B', 'C'], callOf()))).toMatchObject({ failure: 'malformed', message: expect.stringContaining('the prices of 3 tickers (A to C)') })
    market.handle = saying('{"quotes":7}')
    expect(await failure(provider.prices!.ask(['A'], callOf()))).toMatchObject({ failure: 'malformed', message: expect.stringContaining('the price of A') })
    market.handle = saying('<html><title>Maintenance</title></html>', 503)
    expect(await failure(provider.prices!.ask(['A'], callOf()))).toMatchObject({ failure: 'unavailable', passing: true })
  })
})
