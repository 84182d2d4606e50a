import { beforeEach, describe, expect, it } from 'vitest'

import tradier from '../../../../../plugins/providers/tradier/option-plugin.ts'
import { callOf, entry, failure, NOW, open, saying, server, TOKEN } from './support.ts'

const market = await server(saying(''))
const provider = open(market.url)
beforeEach(() => void (market.requests.length = 0))

const expirations = (document: unknown) => {
  market.handle = saying(JSON.stringify(document))
  return provider.expirations('PLTR', callOf())
}
const chain = (document: unknown, ticker = 'PLTR', expiration = '2026-06-18') => {
  market.handle = saying(JSON.stringify(document))
  return provider.chain(ticker, expiration, callOf())
}
const one = async (values: Record<string, unknown>, ticker = 'PLTR') => (await chain({ options: { option: entry(values) } }, ticker, (values.expiration_date as string | undefined) ?? '2026-06-18')).contracts[0]!

describe('expirations', () => {
  it.each([
    ['a list', { date: ['2026-01-16', '2024-07-05'] }, ['2024-07-05', '2026-01-16']],
    ['a bare date', { date: '2024-07-05' }, ['2024-07-05']],
    ['null', null, []],
    ['the text "null"', 'null', []],
    ['a list that is null', { date: null }, []],
    ['a list that is the text "null"', { date: 'null' }, []],
    ['an empty list', { date: [] }, []],
    ['no list', {}, []],
    ['a bare text', '2024-07-05', ['2024-07-05']],
    ['a list without a name', ['2024-07-05', null], ['2024-07-05']],
    ['flags', { expiration: [{ date: '2024-07-05', contract_size: 100, expiration_type: 'weeklys', strikes: { strike: [1, 2] } }, { date: '2024-07-12' }] }, ['2024-07-05', '2024-07-12']],
    ['flags, a bare one', { expiration: { date: '2024-07-05', strikes: null } }, ['2024-07-05']],
    ['dates twice', { date: ['2024-07-05', '2024-07-05'] }, ['2024-07-05']],
    ['today', { date: ['2024-06-27', '2024-06-28'] }, ['2024-06-28'], [{ reason: 'past', count: 1 }]],
    ['past ones and others', { date: ['2024-06-27', '2001-01-01', 'soon', '2024-06-28', '2024-07-05', '2024-07-12'] }, ['2024-06-28', '2024-07-05', '2024-07-12'], [{ reason: 'past', count: 2 }, { reason: 'no date', count: 1 }]],
    ['dates that are none among others', { date: ['2024-07-05', '2024-13-01', '2024-07-12', 'soon'] }, ['2024-07-05', '2024-07-12'], [{ reason: 'no date', count: 2 }]],
    ['further dates that are none', { date: ['2025-02-29', 7, {}, 20240705, '2024-07-05', '2024-07-12', '2024-07-19', '2024-07-26'] }, ['2024-07-05', '2024-07-12', '2024-07-19', '2024-07-26'], [{ reason: 'no date', count: 4 }]],
  ])('read %s', async (_, value, dates, refused?: unknown) => {
    expect(await expirations({ expirations: value })).toEqual({ ticker: 'PLTR', dates, asOf: NOW, ...(refused !== undefined && { refused }) })
  })

  it.each([[{}], [null], ['null'], [[]], [7], [true], [{ expirations: 7 }], [{ expirations: true }], [{ expirations: { date: ['2023-01-20'] } }], [{ expirations: { date: ['x'] } }]])('take %j for no answer', async (document) => {
    expect(await failure(expirations(document))).toMatchObject({ failure: 'malformed', passing: true })
  })

  it('of which most are past are not believed, nor are the others', async () => {
    const message = 'Tradier answered the expirations of PLTR with 4 entries, of which 3 are no dates to come (2 past, 1 no date)'
    expect(await failure(expirations({ expirations: { date: ['2024-06-21', '2024-06-27', 'x', '2026-01-16'] } }))).toMatchObject({ failure: 'malformed', passing: true, message })
  })

  it('ask for all roots, with the token and for JSON', async () => {
    market.handle = saying('{"expirations":null}')
    for (const spelling of ['BRK.B', 'BRK-B', 'BRK/B', 'brk.b ']) {
      market.requests.length = 0
      expect((await provider.expirations(spelling, callOf())).ticker).toBe(spelling)
      const [{ url, headers, method }] = market.requests as [(typeof market.requests)[0]]
      expect([method, url]).toEqual(['GET', '/v1/markets/options/expirations?symbol=BRK%2FB&includeAllRoots=true'])
      expect(headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, accept: 'application/json' })
    }
  })

  it.each([['^VIX', 'VIX'], ['$SPX', 'SPX'], ['aapl', 'AAPL'], ['BF.B', 'BF%2FB']])('of %s are asked for as %s', async (ticker, symbol) => {
    market.handle = saying('{"expirations":null}')
    await provider.expirations(ticker, callOf())
    expect(market.requests[0]!.url).toBe(`/v1/markets/options/expirations?symbol=${symbol}&includeAllRoots=true`)
  })

  it('count days from the date of the answer, which is the vendor\'s', async () => {
    market.handle = saying('{"expirations":{"date":["2026-11-20","2026-11-27"]}}', 200, { Date: 'Sat, 21 Nov 2026 04:30:00 GMT' })
    // 23:30 of the 20th in New York.
    expect(await provider.expirations('PLTR', callOf())).toEqual({ ticker: 'PLTR', dates: ['2026-11-20', '2026-11-27'], asOf: Date.parse('2026-11-21T04:30:00Z') })
  })

  it.each(['', ' ', 'A B', 'AAPL;DROP', '../etc', '$', 'ÄPL', 'AAPL&x=1', 'A'.repeat(30), 'A.B.C', '\r\nX: y'])('of %j are not asked for', async (ticker) => {
    expect(await failure(provider.expirations(ticker, callOf()))).toMatchObject({ failure: 'unknown_ticker', passing: false })
    expect(await failure(provider.chain(ticker, '2026-06-18', callOf()))).toMatchObject({ failure: 'unknown_ticker', passing: false })
    expect(market.requests).toEqual([])
  })
})

describe('a chain', () => {
  it.each([['null', null], ['"null"', 'null'], ['no option', {}], ['option null', { option: null }], ['option "null"', { option: 'null' }], ['an empty list', { option: [] }], ['empty text', '']])('is empty for %s', async (_, options) => {
    expect(await chain({ options })).toEqual({ ticker: 'PLTR', expiration: '2026-06-18', underlyingPrice: null, asOf: NOW, delayMinutes: 0, contracts: [], refused: [] })
  })

  it.each([[{}], [null], ['null'], [[]], [3], [{ options: 3 }], [{ options: 'none' }]])('is no answer as %j', async (document) => {
    expect(await failure(chain(document))).toMatchObject({ failure: 'malformed', passing: true })
  })

  it('asks for Greeks', async () => {
    await chain({ options: null }, 'BRK-B')
    expect(market.requests[0]!.url).toBe('/v1/markets/options/chains?symbol=BRK%2FB&expiration=2026-06-18&greeks=true')
  })

  it('reads a bare contract whole', async () => {
    expect(await one({})).toEqual({
      occ: 'PLTR  260618C00015000', root: 'PLTR', right: 'call', strike: 15, expiration: '2026-06-18', style: 'american', settlement: 'pm', multiplier: 100, adjusted: false,
      bid: 13.55, ask: 15.6, bidSize: 39, askSize: 324, last: 13.66, volume: 5, openInterest: 7, impliedVol: null, greeks: null, quotedAt: 1_719_589_841_000,
    })
  })

  it('keeps what is missing apart from zero', async () => {
    const missing = await one({ last: null, bid: null, ask: 'null', bidsize: '', volume: undefined, open_interest: null, bid_date: 0, ask_date: 0 })
    expect(missing).toMatchObject({ last: null, bid: null, ask: null, bidSize: null, volume: null, openInterest: null, quotedAt: null })
    expect(await one({ last: 0, bid: 0, ask: 0, bidsize: 0, asksize: 0, volume: 0, open_interest: 0 })).toMatchObject({ last: 0, bid: 0, ask: 0, bidSize: 0, askSize: 0, volume: 0, openInterest: 0 })
    expect(await one({ bid: '13.55', ask: ' 15.6 ', bid_date: '1719589804000', ask_date: '2024-06-28T11:50:43-04:00' })).toMatchObject({ bid: 13.55, ask: 15.6, quotedAt: Date.parse('2024-06-28T15:50:43Z') })
  })

  it('sorts by strike, calls first', async () => {
    const symbols = ['PLTR260618P00015000', 'PLTR260618C00020000', 'PLTR260618C00015000', 'PLTR260618P00007500']
    const { contracts } = await chain({ options: { option: symbols.map((symbol) => entry({ symbol, strike: null, option_type: null })) } })
    expect(contracts.map(({ strike, right }) => [strike, right])).toEqual([[7.5, 'put'], [15, 'call'], [15, 'put'], [20, 'call']])
  })

  it.each([
    ['no object', 7], ['no object', 'x'], ['no object', [[]]],
    ['no OCC symbol', entry({ symbol: null })], ['no OCC symbol', entry({ symbol: 'PLTR' })], ['no OCC symbol', entry({ symbol: 'PLTR261318C00015000' })], ['no OCC symbol', entry({ symbol: 'PLTR260618X00015000' })], ['no OCC symbol', entry({ symbol: 'PLTR260618C0001500x' })], ['no OCC symbol', entry({ symbol: '260618C00015000' })], ['no OCC symbol', entry({ symbol: 'PLTR260618C00000000' })],
    ['another ticker', entry({ underlying: 'AAPL' })], ['another ticker', entry({ underlying: null, symbol: 'AAPL260618C00015000', root_symbol: 'AAPL' })],
    ['expired', entry({ symbol: 'PLTR240621C00015000', expiration_date: '2024-06-21' })],
    ['another expiration', entry({ symbol: 'PLTR261218C00015000', expiration_date: '2026-12-18' })],
    ['fields that contradict its symbol', entry({ strike: 16 })], ['fields that contradict its symbol', entry({ strike: 'NaN' })], ['fields that contradict its symbol', entry({ option_type: 'put' })],
    ['fields that contradict its symbol', entry({ expiration_date: '2026-06-19' })], ['fields that contradict its symbol', entry({ root_symbol: 'PLTX' })],
    ['a price that is no number', entry({ bid: 'NaN' })], ['a price that is no number', entry({ ask: 'Infinity' })], ['a price that is no number', entry({ last: [1] })], ['a price that is no number', entry({ bid: '0x10' })], ['a price that is no number', entry({ bid: true })], ['a price that is no number', entry({ bid: '1,5' })],
    ['a price out of range', entry({ bid: 1e300 })], ['a price out of range', entry({ bid: -0.05 })],
    ['a count that is no number or out of range', entry({ open_interest: 'many' })], ['a count that is no number or out of range', entry({ volume: -1 })], ['a count that is no number or out of range', entry({ bidsize: 1e300 })],
    ['a contract size that cannot be', entry({ contract_size: 0 })], ['a contract size that cannot be', entry({ contract_size: 'x' })], ['a contract size that cannot be', entry({ contract_size: 100.5 })],
    ['listed twice', entry({ symbol: 'PLTR260618C00020000', strike: 20 })],
  ])('counts what is none of its contracts as %s', async (reason, other) => {
    const good = entry({ symbol: 'PLTR260618C00020000', strike: 20 })
    const { contracts, refused } = await chain({ options: { option: [good, other, other] } })
    expect(contracts.map(({ strike }) => strike)).toEqual([20])
    expect(refused).toEqual([{ reason, count: 2 }])
    if (reason === 'listed twice') return
    const error = await failure(chain({ options: { option: [other, other] } }))
    expect(error).toMatchObject({ failure: 'malformed', passing: true })
    expect(error.message).toContain(`2 ${reason}`)
  })

  it('takes a number beyond a double for none', async () => {
    market.handle = saying(JSON.stringify({ options: { option: [entry(), entry({ symbol: 'PLTR260618C00020000', strike: 20, bid: 12345 })] } }).replace('12345', '1e400'))
    expect((await provider.chain('PLTR', '2026-06-18', callOf())).refused).toEqual([{ reason: 'a price that is no number', count: 1 }])
  })

  it.each(['', '2026-6-18', '2026-02-30', 'tomorrow', '2026-06-18T00:00:00Z'])('for %j is not asked for', async (expiration) => {
    expect(await failure(provider.chain('PLTR', expiration, callOf()))).toMatchObject({ failure: 'refused', passing: false })
    expect(market.requests).toEqual([])
  })
})

describe('roots', () => {
  const listed = (root: string, ticker: string, values: Record<string, unknown> = {}) =>
    one({ symbol: `${root}260618C00015000`, root_symbol: root, underlying: ticker, ...values }, ticker)

  it.each([
    // Cboe and Nasdaq contract specifications.
    ['SPX', 'SPX', 'european', 'am'], ['SPXW', 'SPX', 'european', 'pm'], ['XSP', 'XSP', 'european', 'pm'], ['NDX', 'NDX', 'european', 'am'], ['NDXP', 'NDX', 'european', 'pm'],
    ['RUT', 'RUT', 'european', 'am'], ['RUTW', 'RUT', 'european', 'pm'], ['VIX', 'VIX', 'european', 'am'], ['VIXW', 'VIX', 'european', 'am'], ['DJX', 'DJX', 'european', 'am'],
    ['OEX', 'OEX', 'american', 'pm'], ['XEO', 'XEO', 'european', 'pm'], ['SPY', 'SPY', 'american', 'pm'],
  ])('%s of %s are %s and settle %s', async (root, ticker, style, settlement) => {
    expect(await listed(root, ticker)).toMatchObject({ root, style, settlement, adjusted: false, multiplier: 100 })
  })

  it('tell adjusted contracts', async () => {
    expect(await listed('AAPL', 'AAPL')).toMatchObject({ adjusted: false })
    expect(await listed('AAPL1', 'AAPL')).toMatchObject({ adjusted: true, root: 'AAPL1', occ: 'AAPL1 260618C00015000' })
    expect(await listed('AAPL', 'AAPL', { contract_size: 150 })).toMatchObject({ adjusted: true, multiplier: 150 })
    expect(await listed('AAPL7', 'AAPL', { contract_size: 10, underlying: null })).toMatchObject({ adjusted: true, multiplier: 10 })
    expect(await listed('FB1', 'META')).toMatchObject({ adjusted: true })
    expect(await listed('NANOS', 'NANOS', { contract_size: 1 })).toMatchObject({ adjusted: false, multiplier: 1, style: 'european' })
    expect(await listed('BRKB', 'BRK/B')).toMatchObject({ adjusted: false, root: 'BRKB', occ: 'BRKB  260618C00015000' })
    expect(await one({ symbol: 'BRKB260618C00015000', root_symbol: 'BRKB', underlying: 'BRK/B' }, 'BRK.B')).toMatchObject({ adjusted: false })
    // What delivers another company's shares is no index option, whatever its root.
    expect(await listed('SPX', 'AAPL')).toMatchObject({ style: 'american', settlement: 'pm', adjusted: true })
  })
})

describe('Greeks and implied vol', () => {
  const vol = async (greeks: Record<string, unknown>) => (await one({ greeks })).impliedVol

  it('are those of the vendor, in its units', async () => {
    const greeks = { delta: 0.9, gamma: 0.01, theta: -0.0045, vega: 0.07, rho: 0.16, phi: -0.4, bid_iv: 0.45, mid_iv: 0.55, ask_iv: 0.65, smv_vol: 0.569, updated_at: '2024-06-28 14:58:59' }
    expect(await one({ greeks })).toMatchObject({ impliedVol: 0.55, greeks: { delta: 0.9, gamma: 0.01, theta: -0.0045, vega: 0.07, rho: 0.16, updatedAt: Date.parse('2024-06-28T14:58:59Z') } })
  })

  it('have neither theta nor rho for a put whose rho is that of the call', async () => {
    const put = { symbol: 'PLTR260618P00015000', option_type: 'put' }
    expect((await one({ ...put, greeks: { delta: -0.1, gamma: 0.01, theta: -0.0045, vega: 0.07, rho: 0.16 } })).greeks).toEqual({ delta: -0.1, gamma: 0.01, theta: null, vega: 0.07, rho: null, updatedAt: null })
    expect((await one({ ...put, greeks: { delta: -0.1, theta: -0.0045, rho: -0.05 } })).greeks).toMatchObject({ theta: -0.0045, rho: -0.05 })
  })

  it.each([
    [{ bid_iv: 0.4, mid_iv: 0.5, ask_iv: 0.6, smv_vol: 0.51 }, 0.5],
    [{ bid_iv: 0, mid_iv: 0, ask_iv: 0, smv_vol: 0.51 }, 0.51],
    [{ bid_iv: 0, mid_iv: 0.59, ask_iv: 0.59, smv_vol: 0.57 }, 0.57],
    [{ bid_iv: 0, mid_iv: 0.59, ask_iv: 0.59, smv_vol: 0 }, 0.59],
    [{ mid_iv: 0.5 }, 0.5],
    [{ mid_iv: null, smv_vol: '0.3' }, 0.3],
    [{ mid_iv: 0, smv_vol: 0 }, 0],
    [{ mid_iv: 'NaN', smv_vol: null }, null],
    [{ mid_iv: 1e300, smv_vol: -1 }, null],
    [{}, null],
  ])('of %j is %j', async (greeks, expected) => {
    expect(await vol(greeks)).toBe(expected)
  })

  it.each([[null], ['null'], [undefined], [{}], [[]], [7], [{ delta: null, gamma: 'x', vega: 1e300 }]])('are none where %j stands', async (greeks) => {
    expect(await one({ greeks })).toMatchObject({ greeks: null, impliedVol: null })
  })

  it('keep a chain filled with zeros as stated', async () => {
    expect(await one({ greeks: { delta: 0, gamma: 0, theta: 0, vega: 0, rho: 0, mid_iv: 0, smv_vol: 0, updated_at: '' } })).toMatchObject({ greeks: { delta: 0, rho: 0, updatedAt: null }, impliedVol: 0 })
  })
})

describe('the plugin', () => {
  it('knows the vendor\'s hosts', () => {
    expect(tradier.open({ token: TOKEN })).toMatchObject({ name: 'tradier', simulated: false, remote: true, callsPerMinute: 120, identity: 'tradier https://api.tradier.com' })
    expect(tradier.open({ token: TOKEN, baseUrl: 'https://sandbox.tradier.com/' })).toMatchObject({ callsPerMinute: 60, simulated: false, identity: 'tradier https://sandbox.tradier.com' })
    expect(tradier.open({ token: TOKEN, baseUrl: 'http://127.0.0.1:7071' })).toMatchObject({ callsPerMinute: null, simulated: true, identity: 'tradier http://127.0.0.1:7071' })
    expect(tradier.open({ token: TOKEN, baseUrl: 'http://localhost:7071', simulated: false }).simulated).toBe(false)
    // As the vendor's own pages write it.
    for (const baseUrl of ['https://api.tradier.com/v1', 'https://api.tradier.com/v1/']) expect(tradier.open({ token: TOKEN, baseUrl })).toMatchObject({ callsPerMinute: 120, identity: 'tradier https://api.tradier.com' })
  })

  it.each([
    [{}, 'token'], [{ token: '' }, 'token'], [{ token: 'a b' }, 'token'], [{ token: `${TOKEN}\n` }, 'token'], [{ token: `ä${TOKEN}` }, 'token'], [{ token: 7 }, 'token'], [{ token: `${TOKEN}`.repeat(1_000) }, 'token'],
    [{ token: TOKEN, baseUrl: 'api.tradier.com' }, 'baseUrl'], [{ token: TOKEN, baseUrl: 'ftp://x' }, 'baseUrl'], [{ token: TOKEN, baseUrl: `https://${TOKEN}:x@h` }, 'baseUrl'], [{ token: TOKEN, baseUrl: 'http://api.tradier.com' }, 'baseUrl'],
    [{ token: TOKEN, baseUrl: `https://h/?t=${TOKEN}` }, 'baseUrl'], [{ token: TOKEN, baseUrl: 'http://127.0.0.1.evil.example' }, 'baseUrl'], [{ token: TOKEN, timeout: 1 }, 'timeout'], [{ token: TOKEN, clock: 7 }, 'clock'], [{ token: TOKEN, simulated: 'no' }, 'simulated'],
  ])('refuses the options %#', (options, name) => {
    let error: unknown
    try {
      tradier.open(options as never)
    } catch (caught) {
      error = caught
    }
    expect(error).toMatchObject({ name: 'ProviderOptionError', option: name })
    expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain(TOKEN)
  })
})
