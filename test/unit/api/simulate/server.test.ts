import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'

import { serveSimulated } from '../../../../api/simulate/server.ts'
import { ownTime } from '../../../own-time.ts'
import { callOf, failure } from '../../plugins/providers/tradier/support.ts'
import { AS_OF, expectedChain, fakeMarket } from './fake-market.ts'
import { ask, serve } from './support.ts'

const { url, client } = await serve()
const get = async (path: string): Promise<unknown> => (await ask(`${url}/v1/markets/${path}`)).json()

describe('the real client', () => {
  it.each([['AAPL', 3], ['ONE', 1], ['BRK.B', 1], ['BRK/B', 1], ['SPX', 2], ['EMPTY', 1], ['NOPE', 0]])('gets the expirations of %s', async (ticker, count) => {
    const { dates, asOf } = await client.expirations(ticker, callOf())
    expect([dates.length, asOf]).toEqual([count, AS_OF])
  })

  it.each([['AAPL', '2026-12-18'], ['AAPL', '2027-01-15'], ['BRK.B', '2026-12-18'], ['SPX', '2026-12-18'], ['SPX', '2026-11-27'], ['ONE', '2026-12-18'], ['EMPTY', '2026-12-18']])('gets the chain of %s for %s as the market has it', async (ticker, expiration) => {
    const { contracts, ...rest } = await client.chain(ticker, expiration, callOf())
    expect(contracts).toEqual(expectedChain(ticker, expiration))
    expect(rest).toEqual({ ticker, expiration, underlyingPrice: null, asOf: AS_OF, delayMinutes: 0, refused: [] })
  })

  it('gets no contracts of a date that is not listed', async () => {
    expect((await client.chain('AAPL', '2026-12-25', callOf())).contracts).toEqual([])
    expect((await client.chain('NOPE', '2026-12-18', callOf())).contracts).toEqual([])
  })

  it('is told what the market cannot do', async () => {
    expect(await failure(client.expirations('BROKEN', callOf()))).toMatchObject({ failure: 'unavailable', message: expect.stringMatching(/The market is broken/) })
    expect(await failure(client.expirations('THROWS', callOf()))).toMatchObject({ failure: 'unavailable', message: expect.not.stringMatching(/bug/) })
  })
})

describe('answers in Tradier\'s shapes', () => {
  it('one thing is bare, none is null, several are a list', async () => {
    expect(await get('options/expirations?symbol=AAPL')).toEqual({ expirations: { date: ['2026-11-27', '2026-12-18', '2027-01-15'] } })
    expect(await get('options/expirations?symbol=ONE')).toEqual({ expirations: { date: '2026-12-18' } })
    expect(await get('options/expirations?symbol=NOPE')).toEqual({ expirations: null })
    expect(await get('options/chains?symbol=ONE&expiration=2026-12-18')).toMatchObject({ options: { option: { symbol: 'ONE261218C00010000', root_symbol: 'ONE', strike: 10 } } })
    expect(await get('options/chains?symbol=NOPE&expiration=2026-12-18')).toEqual({ options: null })
    expect([{ options: null }, { options: 'null' }]).toContainEqual(await get('options/chains?symbol=EMPTY&expiration=2026-12-18'))
  })

  it('flags make other expirations', async () => {
    expect(await get('options/expirations?symbol=ONE&strikes=true&contractSize=true&expirationType=true')).toEqual({ expirations: { expiration: { date: '2026-12-18', contract_size: 100, expiration_type: 'standard', strikes: { strike: 10 } } } })
    expect(await get('options/expirations?symbol=AAPL&expirationType=true')).toEqual({
      expirations: { expiration: [{ date: '2026-11-27', expiration_type: 'weeklys' }, { date: '2026-12-18', expiration_type: 'standard' }, { date: '2027-01-15', expiration_type: 'standard' }] },
    })
    expect(await get('options/expirations?symbol=EMPTY&strikes=true')).toEqual({ expirations: { expiration: { date: '2026-12-18', strikes: null } } })
  })

  it('other roots need their flag', async () => {
    expect(await get('options/expirations?symbol=SPX')).toEqual({ expirations: { date: '2026-12-18' } })
    expect(await get('options/expirations?symbol=SPX&includeAllRoots=true')).toEqual({ expirations: { date: ['2026-11-27', '2026-12-18'] } })
    expect(await get('options/expirations?symbol=BRK/B')).toEqual({ expirations: null })
    expect(await get('options/expirations?symbol=BRK/B&includeAllRoots=true')).toEqual({ expirations: { date: '2026-12-18' } })
  })

  it('Greeks come where they are asked for, with the vendor\'s ways', async () => {
    const of = async (greeks: string) => ((await get(`options/chains?symbol=AAPL&expiration=2026-12-18&greeks=${greeks}`)) as { options: { option: Record<string, unknown>[] } }).options.option
    expect((await of('false'))[0]).not.toHaveProperty('greeks')
    const all = await of('true')
    const greeks = all.map((each) => each.greeks as Record<string, number | string> | null)
    const [call, put] = greeks as [Record<string, number | string>, Record<string, number | string>]
    expect(call).toMatchObject({ rho: 0.04, updated_at: '2026-11-20 20:00:00' })
    // A put has what its call has, but for delta; without a bid mid_iv is that of the ask.
    expect(put).toMatchObject({ delta: -0.5, rho: 0.04, theta: -0.05, bid_iv: 0, mid_iv: put.ask_iv })
    expect(greeks.filter((each) => each !== null && each.mid_iv === 0 && Number(each.smv_vol) > 0).length).toBeGreaterThan(0)
    expect(all.find((each) => each.bid === null)).toMatchObject({ bid_date: 0, ask_date: 0, trade_date: 0, last: null, greeks: null })
  })

  it('quotes, by GET and POST', async () => {
    const quote = { symbol: 'AAPL', type: 'stock', last: 251, bid: 251, ask: 251.01, prevclose: 252.5, change: -1.5, change_percentage: -0.59, volume: 1e6, average_volume: 1e6, week_52_high: 253.5, week_52_low: 249, trade_date: AS_OF }
    expect(await get('quotes?symbols=AAPL')).toMatchObject({ quotes: { quote } })
    expect(await get('quotes?symbols=aapl,NOPE,,AAPL')).toMatchObject({ quotes: { quote, unmatched_symbols: { symbol: 'NOPE' } } })
    expect(await get('quotes?symbols=NOPE,NADA')).toEqual({ quotes: { unmatched_symbols: { symbol: ['NOPE', 'NADA'] } } })
    const post = await ask(`${url}/v1/markets/quotes`, { method: 'POST', body: new URLSearchParams({ symbols: 'AAPL,ONE' }) })
    expect(await post.json()).toMatchObject({ quotes: { quote: [{ symbol: 'AAPL' }, { symbol: 'ONE' }] } })
    expect((await ask(`${url}/v1/markets/quotes`, { method: 'POST', body: `symbols=${'A,'.repeat(40_000)}` })).status).toBe(413)
    expect((await ask(`${url}/v1/markets/quotes?symbols=${Array.from({ length: 501 }, (_, at) => `A${at}`).join()}`)).status).toBe(400)
  })

  it('history and clock', async () => {
    const day = { date: '2026-11-20', open: 251, high: 252, low: 250, close: 251, volume: 1e6 }
    expect(await get('history?symbol=AAPL&interval=daily&start=2026-11-20&end=2026-11-20')).toEqual({ history: { day } })
    expect(await get('history?symbol=AAPL')).toMatchObject({ history: { day: [{ date: '2026-11-18' }, { date: '2026-11-19' }, day] } })
    expect(await get('history?symbol=NOPE')).toEqual({ history: null })
    expect(await get('history?symbol=AAPL&start=2030-01-01')).toEqual({ history: null })
    expect(await get('clock')).toMatchObject({ clock: { date: '2026-11-20', state: 'closed', timestamp: AS_OF / 1_000 } })
  })

  it.each([
    ['options/expirations', 400, /^Invalid parameter, symbol/], ['options/chains?symbol=AAPL', 400, /^Invalid parameter, expiration/], ['options/chains?symbol=AAPL&expiration=2026-02-30', 400, /^Invalid parameter, expiration/],
    ['history?symbol=AAPL&interval=weekly', 400, /^Invalid parameter, interval/], ['history?symbol=AAPL&start=x', 400, /^Invalid parameter, start/], ['quotes', 400, /^Invalid parameter, symbols/], ['options/strikes', 404, /"fault"/], ['../../etc', 404, /"fault"/], ['constructor', 404, /"fault"/],
  ])('%s is refused', async (path, status, text) => {
    const response = await ask(`${url}/v1/markets/${path}`)
    expect([response.status, await response.text()]).toEqual([status, expect.stringMatching(text)])
  })
})

describe('at the gate', () => {
  it('a token is needed, and JSON must be asked for', async () => {
    const path = `${url}/v1/markets/clock`
    for (const headers of [{ authorization: '' }, { authorization: 'Bearer ' }, { authorization: 'Basic abc' }]) {
      const response = await ask(path, { headers })
      expect([response.status, await response.json()]).toMatchObject([401, { fault: { faultstring: 'Invalid Access Token' } }])
    }
    expect((await ask(path, { headers: { accept: '*/*' } })).status).toBe(406)
    expect((await ask(path, { method: 'DELETE' })).status).toBe(405)
    const locked = await serve({ token: 'key' })
    expect((await ask(`${locked.url}/v1/markets/clock`)).status).toBe(401)
    expect((await ask(`${locked.url}/v1/markets/clock`, { headers: { authorization: 'Bearer key' } })).status).toBe(200)
    expect(await failure(locked.client.expirations('AAPL', callOf()))).toMatchObject({ failure: 'unauthorized', passing: false })
  })

  it('each token has its window of a minute', async () => {
    const limited = await serve({ rate: 2 })
    const before = Date.now()
    const first = callOf()
    await limited.client.expirations('AAPL', first)
    const [{ resetsAt }] = first.rates as [(typeof first.rates)[0]]
    expect(first.rates).toEqual([{ allowed: 2, available: 1, resetsAt }])
    expect(resetsAt - before).toBeGreaterThanOrEqual(60_000)
    // A minute from when the server heard of it, whenever that was.
    expect(resetsAt - Date.now()).toBeLessThanOrEqual(60_000)
    await limited.client.expirations('AAPL', callOf())
    const last = callOf()
    expect(await failure(limited.client.expirations('AAPL', last))).toMatchObject({ failure: 'rate_limited', passing: true, retryAt: resetsAt, message: expect.stringMatching(/Quota Violation/) })
    expect(last.rates).toEqual([{ allowed: 2, available: 0, resetsAt }])
    expect((await ask(`${limited.url}/v1/markets/clock`, { headers: { authorization: 'Bearer other' } })).headers.get('X-Ratelimit-Available')).toBe('1')
  })

  it('an answer takes its time, give or take a tenth', async () => {
    const slow = await serve({ latencyMs: 50 })
    const [began, owned] = [performance.now(), ownTime()]
    await slow.client.expirations('AAPL', callOf())
    expect(performance.now() - began).toBeGreaterThanOrEqual(44)
    expect(ownTime() - owned).toBeLessThan(1_000)
  })

  it('what is no HTTP, too long or unfinished is cut off', async () => {
    const { port } = new URL(url)
    const send = (text: string) => new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => void socket.write(text))
      let said = ''
      socket.on('data', (piece) => (said += String(piece)))
      socket.on('error', () => {})
      socket.on('close', () => resolve(said))
    })
    expect(await send('NONSENSE\r\n\r\n')).toBe('')
    expect(await send(`GET /${'x'.repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n`)).toBe('')
    expect(await send('GET http://[bad HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
  })
})

describe('listening', () => {
  it('says why it cannot', async () => {
    const options = { token: null, latencyMs: 0, rate: null, faults: [], seed: 1 }
    const taken = serveSimulated(fakeMarket(), { ...options, host: '127.0.0.1', port: Number(new URL(url).port) })
    await expect(taken).rejects.toMatchObject({ code: 'simulate_cannot_listen', message: expect.stringMatching(/another process listens there/), fault: 'user' })
    await expect(serveSimulated(fakeMarket(), { ...options, host: '203.0.113.7', port: 0 })).rejects.toMatchObject({ code: 'simulate_cannot_listen', message: expect.stringMatching(/no such address/) })
  })

  it('closes within a second, whatever is under way', async () => {
    const hanging = await serve({ faults: 'hang@AAPL=1,slow@ONE=1', latencyMs: 0 })
    const waiting = [hanging.client.expirations('AAPL', callOf()), hanging.client.expirations('ONE', callOf()), hanging.client.expirations('SPX', callOf())].map((each) => each.catch((error: unknown) => error))
    await waiting[2]
    const began = ownTime()
    await hanging.server.close()
    expect(ownTime() - began).toBeLessThan(1_000)
    expect(await Promise.all(waiting.slice(0, 2))).toMatchObject([{ failure: 'unavailable' }, { failure: 'unavailable' }])
    expect(await failure(hanging.client.expirations('SPX', callOf()))).toMatchObject({ failure: 'unavailable' })
  })
})
