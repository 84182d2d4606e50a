import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

import { createClock } from '../../../../runtime/guest/environment/clock.ts'
import { dayFromIso } from '../../../../runtime/guest/fetch/days.ts'
import { createFetch } from '../../../../runtime/guest/fetch/fetch.ts'
import type { ChainAnswer } from '../../../../runtime/worker/chain-answer.ts'
import { chainAnswer } from '../../../../runtime/worker/chain-answer.ts'
import type { OptionContract } from '../../../../sdk/options/chain.ts'

const AS_OF = '2026-03-13'
const NOW = Date.parse(`${AS_OF}T20:00:00Z`)
const RECORDED = fileURLToPath(new URL('../../../../../shared/data/api_responses/tradier_2024/options_chain_PLTR_2026-06-18_excerpt.json', import.meta.url))

function contract(expiration: string, right: 'call' | 'put', strike: number, more: Partial<OptionContract> = {}): OptionContract {
  const occ = `AAPL  ${expiration.slice(2).replaceAll('-', '')}${right === 'call' ? 'C' : 'P'}${String(strike * 1000).padStart(8, '0')}`
  return {
    occ, root: 'AAPL', right, strike, expiration, style: 'american', settlement: 'pm', multiplier: 100, adjusted: false, bid: 1, ask: 1.2, bidSize: 10, askSize: 11, last: 1.1, volume: 5,
    openInterest: 70, impliedVol: 0.3, greeks: { delta: right === 'call' ? 0.5 : -0.5, gamma: 0.02, theta: -0.03, vega: 0.2, rho: 0.04, updatedAt: null }, quotedAt: NOW - 60_000, ...more,
  }
}

const CHAINS: Record<string, readonly OptionContract[]> = {
  '2026-03-20': [90, 100, 110].flatMap((strike) => [contract('2026-03-20', 'call', strike), contract('2026-03-20', 'put', strike)]),
  '2026-03-27': [contract('2026-03-27', 'call', 100, { bid: null, ask: null, last: null, greeks: null, impliedVol: null, quotedAt: null, volume: null, openInterest: null })],
  '2026-04-17': [100, 105].flatMap((strike) => [contract('2026-04-17', 'call', strike), contract('2026-04-17', 'put', strike)]),
}

function setUp(answers: (ticker: string, expiration: string) => ChainAnswer) {
  const notes: string[] = []
  const asked: string[] = []
  const market = {
    bars: () => null, symbols: () => [], asOfDay: dayFromIso(AS_OF), sessions: () => new Int32Array(), note: (code: string, text: string) => notes.push(`${code}: ${text}`),
    askChain: (ticker: string, expiration: string) => (asked.push(`${ticker} ${expiration}`.trim()), answers(ticker, expiration)),
  }
  const { fetch } = createFetch({ market, clock: createClock(NOW) })
  const get = async (url: string): Promise<{ status: number; body: any }> => {
    const response = (await fetch(url)) as unknown as { status: number; text(): Promise<string> }
    const text = await response.text()
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  }
  return { get, notes, asked }
}

const UNKNOWN: ChainAnswer = { kind: 'none', reason: 'unknown_ticker', message: 'no such ticker' }
function listed(ticker: string, expiration: string): ChainAnswer {
  if (ticker !== 'AAPL' && ticker !== 'BRK.B') return UNKNOWN
  if (expiration === '') return { kind: 'expirations', simulated: true, asOf: NOW, dates: Object.keys(CHAINS) }
  return chainAnswer({ ticker, expiration, underlyingPrice: 101, asOf: NOW, delayMinutes: 0, contracts: CHAINS[expiration] ?? [], refused: [] }, true)
}

const TRADIER = 'https://api.tradier.com/v1/markets'
const POLYGON = 'https://api.polygon.io/v3'
const YAHOO = 'https://query2.finance.yahoo.com/v7/finance/options'

describe('Tradier', () => {
  const { get, asked } = setUp(listed)

  test('expirations, plain and with what the flags ask for', async () => {
    expect((await get(`${TRADIER}/options/expirations?symbol=AAPL`)).body).toEqual({ expirations: { date: ['2026-03-20', '2026-03-27', '2026-04-17'] } })
    expect((await get(`${TRADIER}/options/expirations?symbol=AAPL&strikes=true&contractSize=true&expirationType=true`)).body).toEqual({
      expirations: {
        expiration: [
          { date: '2026-03-20', contract_size: 100, expiration_type: 'standard', strikes: { strike: [90, 100, 110] } },
          { date: '2026-03-27', contract_size: 100, expiration_type: 'weeklys', strikes: { strike: 100 } },
          { date: '2026-04-17', contract_size: 100, expiration_type: 'standard', strikes: { strike: [100, 105] } },
        ],
      },
    })
    expect((await get(`${TRADIER}/options/expirations?symbol=NOPE`)).body).toEqual({ expirations: null })
  })

  test('chains: a list, a bare object, null; Greeks where asked for', async () => {
    const { option } = (await get(`${TRADIER}/options/chains?symbol=aapl&expiration=2026-03-20&greeks=true`)).body.options
    expect(option).toHaveLength(6)
    expect(option[0]).toMatchObject({ symbol: 'AAPL260320C00090000', description: 'AAPL Mar 20 2026 $90.00 Call', bid: 1, ask: 1.2, strike: 90, open_interest: 70, option_type: 'call', expiration_date: '2026-03-20', greeks: { delta: 0.5, theta: -0.03, mid_iv: 0.3, smv_vol: 0.3, updated_at: '2026-03-13 20:00:00' } })
    const bare = (await get(`${TRADIER}/options/chains?symbol=AAPL&expiration=2026-03-27&greeks=true`)).body.options.option
    expect(bare).toMatchObject({ symbol: 'AAPL260327C00100000', bid: null, ask: null, last: null, volume: 0, open_interest: 0, greeks: null })
    expect(bare.constructor).toBe(Object)
    expect((await get(`${TRADIER}/options/chains?symbol=AAPL&expiration=2026-03-21`)).body).toEqual({ options: null })
    expect((await get(`${TRADIER}/options/strikes?symbol=AAPL&expiration=2026-04-17`)).body).toEqual({ strikes: { strike: [100, 105] } })
    expect((await get(`${TRADIER}/quotes?symbols=AAPL260320C00090000,AAPL260320C00091000`)).body.quotes).toMatchObject({ quote: { symbol: 'AAPL260320C00090000', bid: 1 }, unmatched_symbols: { symbol: 'AAPL260320C00091000' } })
  })

  test.skipIf(!existsSync(RECORDED))('an entry has the fields of a recorded one', async () => {
    const recorded = (JSON.parse(readFileSync(RECORDED, 'utf8')) as { options: { option: { greeks: object }[] } }).options.option[0]!
    const { option } = (await get(`${TRADIER}/options/chains?symbol=AAPL&expiration=2026-03-20&greeks=true`)).body.options
    expect(Object.keys(option[0]).sort()).toEqual(Object.keys(recorded).sort())
    expect(Object.keys(option[0].greeks).sort()).toEqual(Object.keys(recorded.greeks).sort())
  })

  test('what is asked wrongly', async () => {
    expect(await get(`${TRADIER}/options/chains?symbol=AAPL`)).toEqual({ status: 400, body: 'Invalid parameter, expiration: cannot be null or empty.' })
    expect((await get(`${TRADIER}/options/chains?symbol=AAPL&expiration=soon`)).status).toBe(400)
    expect((await get(`${TRADIER}/options/expirations`)).status).toBe(400)
  })

  test('classes of shares are found however they are written', async () => {
    asked.length = 0
    expect((await get(`${TRADIER}/options/expirations?symbol=BRK/B`)).body.expirations.date).toHaveLength(3)
    expect(asked).toEqual(['BRK/B', 'BRK.B'])
  })
})

describe('Polygon', () => {
  test('pages through a snapshot in the order of the tickers, by what is asked for, chain by chain', async () => {
    const { get, asked } = setUp(listed)
    const seen: string[] = []
    let url: string | undefined = `${POLYGON}/snapshot/options/AAPL?limit=4&apiKey=k`
    const first = await get(url)
    // The first page needs one chain of the three.
    expect(asked).toEqual(['AAPL', 'AAPL 2026-03-20'])
    expect(first.body.results[0]).toEqual({
      break_even_price: 91.1, day: { close: 1.1, volume: 5, last_updated: (NOW - 60_000) * 1e6 }, greeks: { delta: 0.5, gamma: 0.02, theta: -0.03, vega: 0.2 }, implied_volatility: 0.3,
      details: { contract_type: 'call', exercise_style: 'american', expiration_date: '2026-03-20', shares_per_contract: 100, strike_price: 90, ticker: 'O:AAPL260320C00090000' },
      last_quote: { ask: 1.2, ask_size: 11, bid: 1, bid_size: 10, last_updated: (NOW - 60_000) * 1e6, midpoint: 1.1, timeframe: 'REAL-TIME' },
      last_trade: { price: 1.1, sip_timestamp: (NOW - 60_000) * 1e6, size: 1, timeframe: 'REAL-TIME' }, open_interest: 70,
      underlying_asset: { change_to_break_even: 91.1 - 101, price: 101, last_updated: NOW * 1e6, ticker: 'AAPL', timeframe: 'REAL-TIME' },
    })
    for (let pages = 0; url !== undefined && pages < 10; pages++) {
      const { body } = await get(url)
      seen.push(...body.results.map(({ details }: { details: { ticker: string } }) => details.ticker))
      url = body.next_url
    }
    const all = Object.values(CHAINS).flat().map(({ occ }) => `O:${occ.replaceAll(' ', '')}`)
    expect(seen).toEqual(all.sort())
  })

  test('filters by side, strike and expiration, and sorts by strike', async () => {
    const { get } = setUp(listed)
    const names = async (query: string): Promise<string[]> => (await get(`${POLYGON}/snapshot/options/AAPL?limit=250&${query}`)).body.results.map(({ details }: { details: { ticker: string } }) => details.ticker)
    expect(await names('contract_type=put&strike_price.gte=100&strike_price.lt=110&expiration_date.lte=2026-03-31')).toEqual(['O:AAPL260320P00100000'])
    expect(await names('expiration_date=2026-04-17&contract_type=call')).toEqual(['O:AAPL260417C00100000', 'O:AAPL260417C00105000'])
    expect(await names('contract_type=call&sort=strike_price&order=desc&strike_price.gt=100')).toEqual(['O:AAPL260320C00110000', 'O:AAPL260417C00105000'])
    expect((await names('order=desc')).at(0)).toBe('O:AAPL260417P00105000')
    expect(await names('strike_price=7')).toEqual([])
    for (const wrong of ['limit=251', 'limit=0', 'strike_price=x', 'expiration_date.gte=2026', 'contract_type=straddle']) expect((await get(`${POLYGON}/snapshot/options/AAPL?${wrong}`)).status, wrong).toBe(400)
  })

  test('one contract; what nobody states is left out; the list of contracts', async () => {
    const { get } = setUp(listed)
    const { body } = await get(`${POLYGON}/snapshot/options/AAPL/O:AAPL260327C00100000`)
    expect(Object.keys(body.results).sort()).toEqual(['break_even_price', 'day', 'details', 'open_interest', 'underlying_asset'])
    expect((await get(`${POLYGON}/snapshot/options/AAPL/O:AAPL260327C00101000`)).status).toBe(404)
    expect((await get(`${POLYGON}/snapshot/options/NOPE`)).body).toMatchObject({ status: 'OK', results: [] })
    expect((await get(`${POLYGON}/reference/options/contracts?underlying_ticker=AAPL&expiration_date=2026-03-20&contract_type=call`)).body.results).toHaveLength(3)
    expect((await get(`${POLYGON}/reference/options/contracts/O:AAPL260320C00090000`)).body.results).toMatchObject({ underlying_ticker: 'AAPL', strike_price: 90 })
    expect((await get(`${POLYGON}/reference/options/contracts`)).status).toBe(400)
  })
})

describe('Alpaca', () => {
  const ALPACA = 'https://data.alpaca.markets/v1beta1/options/snapshots'
  const { get, asked } = setUp(listed)

  test('pages through a chain in the order of the symbols, chain by chain', async () => {
    const first = await get(`${ALPACA}/AAPL?limit=4&feed=indicative`)
    expect(asked).toEqual(['AAPL', 'AAPL 2026-03-20'])
    expect(first.body.snapshots['AAPL260320C00090000']).toEqual({
      greeks: { delta: 0.5, gamma: 0.02, rho: 0.04, theta: -0.03, vega: 0.2 }, impliedVolatility: 0.3,
      latestQuote: { ap: 1.2, as: 11, ax: 'N', bp: 1, bs: 10, bx: 'N', c: ' ', t: new Date(NOW - 60_000).toISOString() },
      latestTrade: { c: ' ', p: 1.1, s: 1, t: new Date(NOW - 60_000).toISOString(), x: 'N' },
    })
    const seen: string[] = []
    for (let page = first; ; ) {
      seen.push(...Object.keys(page.body.snapshots))
      if (page.body.next_page_token === null) break
      page = await get(`${ALPACA}/AAPL?limit=4&page_token=${encodeURIComponent(page.body.next_page_token)}`)
    }
    expect(seen).toEqual(Object.values(CHAINS).flat().map(({ occ }) => occ.replaceAll(' ', '')).sort())
  })

  test('filters by side, strike and expiration; what nobody states is left out', async () => {
    const names = async (query: string): Promise<string[]> => Object.keys((await get(`${ALPACA}/AAPL?${query}`)).body.snapshots)
    expect(await names('type=put&strike_price_gte=100&strike_price_lte=105&expiration_date_lte=2026-03-31')).toEqual(['AAPL260320P00100000'])
    expect(await names('expiration_date=2026-04-17&type=call')).toEqual(['AAPL260417C00100000', 'AAPL260417C00105000'])
    expect(await names('expiration_date_gte=2026-04-01&root_symbol=AAPL&limit=1000')).toHaveLength(4)
    expect((await get(`${ALPACA}/AAPL?expiration_date=2026-03-27`)).body.snapshots).toEqual({ AAPL260327C00100000: {} })
    expect((await get(`${ALPACA}/NOPE`)).body).toEqual({ snapshots: {}, next_page_token: null })
    for (const wrong of ['limit=1001', 'limit=0', 'strike_price_gte=x', 'expiration_date=2026', 'type=straddle', 'page_token=nonsense']) expect((await get(`${ALPACA}/AAPL?${wrong}`)).status, wrong).toBe(400)
  })

  test('contracts by their symbols', async () => {
    expect(Object.keys((await get(`${ALPACA}?symbols=AAPL260417P00105000,AAPL260320C00090000,AAPL260320C00091000`)).body.snapshots)).toEqual(['AAPL260417P00105000', 'AAPL260320C00090000'])
    for (const wrong of ['', '?symbols=AAPL', `?symbols=${Array.from({ length: 101 }, (_, i) => `AAPL260320C${String(i).padStart(8, '0')}`)}`]) expect((await get(`${ALPACA}${wrong}`)).status).toBe(400)
  })

  test('without a source it says so', async () => {
    const without = setUp(() => ({ kind: 'none', reason: 'no_source', message: 'No option chains were imported' }))
    expect(await without.get(`${ALPACA}/AAPL`)).toEqual({ status: 400, body: { message: 'No option chains were imported' } })
    expect(without.notes).toEqual(['options_refused: Alpaca: No option chains were imported'])
  })
})

describe('Yahoo', () => {
  const { get } = setUp(listed)

  test('the nearest chain, or that of a date', async () => {
    const [nearest] = (await get(`${YAHOO}/AAPL`)).body.optionChain.result
    expect(nearest).toMatchObject({ underlyingSymbol: 'AAPL', strikes: [90, 100, 110], hasMiniOptions: false, expirationDates: Object.keys(CHAINS).map((date) => Date.parse(date) / 1000) })
    expect(nearest.options[0].calls.map(({ strike }: { strike: number }) => strike)).toEqual([90, 100, 110])
    expect(nearest.options[0].puts[2]).toMatchObject({ contractSymbol: 'AAPL260320P00110000', inTheMoney: true, impliedVolatility: 0.3, lastTradeDate: (NOW - 60_000) / 1000 })
    const [second] = (await get(`${YAHOO}/AAPL?date=${Date.parse('2026-04-17') / 1000}`)).body.optionChain.result
    expect(second.options[0]).toMatchObject({ expirationDate: Date.parse('2026-04-17') / 1000 })
    expect(second.options[0].puts).toHaveLength(2)
    expect((await get(`${YAHOO}/NOPE`)).body).toEqual({ optionChain: { result: [], error: null } })
    expect((await get(`${YAHOO}/AAPL?date=soon`)).status).toBe(400)
  })
})

test('without a source every vendor says so in its own words, and the user is told once', async () => {
  const { get, notes } = setUp(() => ({ kind: 'none', reason: 'no_source', message: 'No option chains were imported' }))
  expect(await get(`${TRADIER}/options/expirations?symbol=AAPL`)).toEqual({ status: 400, body: { errors: { error: ['No option chains were imported'] } } })
  expect(await get(`${POLYGON}/snapshot/options/AAPL`)).toMatchObject({ status: 400, body: { status: 'ERROR', error: 'No option chains were imported' } })
  expect(await get(`${YAHOO}/AAPL`)).toMatchObject({ status: 400, body: { optionChain: { result: null, error: { description: 'No option chains were imported' } } } })
  expect(notes).toEqual(['Tradier', 'Polygon', 'Yahoo'].map((api) => `options_refused: ${api}: No option chains were imported`))
})

test('a recording of an earlier day is said to be one', async () => {
  const { get, notes } = setUp(() => ({ kind: 'expirations', simulated: false, asOf: Date.parse('2026-03-11T20:00:00Z'), dates: ['2026-03-20'] }))
  expect((await get(`${TRADIER}/options/expirations?symbol=AAPL`)).body).toEqual({ expirations: { date: '2026-03-20' } })
  expect(notes).toEqual(['chains_older: Tradier: the chains of AAPL stand for 2026-03-11, and are the last known on 2026-03-13'])
})
