import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { BusyMeter } from '../hostile/support/busy-meter.ts'
import { CBOE_HEADER, cboeRow } from '../unit/runtime/market/chains/chain-files.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'

/** Asks Tradier for the chains of its symbol and says what it saw. */
const ASKING = `
const api = 'https://api.tradier.com/v1/markets/options'
const list = (x) => (x == null ? [] : Array.isArray(x) ? x : [x])
async function chains(symbol) {
  const expirations = await (await fetch(api + '/expirations?symbol=' + symbol)).json()
  if (expirations.errors) throw new Error(expirations.errors.error[0])
  const dates = list(expirations.expirations?.date)
  if (dates.length === 0) return { dates, quotes: [] }
  const { options } = await (await fetch(api + '/chains?symbol=' + symbol + '&expiration=' + dates[0])).json()
  return { dates, quotes: list(options?.option).map(({ symbol, bid, bid_date }) => ({ symbol, bid, at: bid_date })) }
}
`
const SCAN = `${ASKING}
export async function scan(symbol, bars, context) {
  const { dates, quotes } = await chains(symbol)
  return dates.length === 0 ? null : { score: quotes.length, data: { dates, latest: Math.max(...quotes.map(({ at }) => at)), first: quotes[0] } }
}`

interface Seen { dates: string[]; latest: number; first: { symbol: string; bid: number } }

describe('over the simulated market', () => {
  let test: TestHost
  beforeAll(async () => void (test = await openTestHost()))
  afterAll(() => test.close())

  it('a scanner sees the chains of the date that it is at, and never later ones', async () => {
    const request = { symbols: ['AAPL', 'SPY', 'NOPE'], dates: ['2026-06-12', '2026-09-11', '2026-11-20'], filename: 'chains.mjs' }
    const { run, rows } = await test.run(SCAN, request)
    expect(run.error).toBeNull()
    expect(rows.map(({ symbol, date, status }) => `${symbol} ${date} ${status}`)).toEqual(
      request.symbols.flatMap((symbol) => request.dates.map((date) => `${symbol} ${date} ${symbol === 'NOPE' ? 'no_data' : 'hit'}`)),
    )
    for (const { date, data } of rows.filter(({ status }) => status === 'hit')) {
      const { dates, latest } = data as Seen
      expect(dates[0]! >= date).toBe(true)
      expect(new Date(latest).toISOString().slice(0, 10)).toBe(date)
    }
    const again = await test.run(SCAN, request)
    expect(again.rows.map(({ data, score }) => [data, score])).toEqual(rows.map(({ data, score }) => [data, score]))
  })

  it('a script that runs itself, and one that asks at its top level, are answered', async () => {
    const { rows } = await test.run(`${ASKING}
const SYMBOLS = ['AAPL', 'MSFT']
const hits = []
for (const symbol of SYMBOLS) hits.push({ symbol, score: (await chains(symbol)).quotes.length })
console.table(hits)`, { filename: 'self.mjs' })
    expect(rows.map(({ status }) => status)).toEqual(['hit', 'hit'])
    expect(rows.every(({ score }) => score! > 20)).toBe(true)
    const top = await test.run(`${ASKING}
const { dates } = await chains('SPY')
export const scan = (symbol) => ({ score: dates.length })`, { filename: 'top.mjs', symbols: ['KO'] })
    expect(top.run.error).toBeNull()
    expect(top.rows[0]!.score).toBeGreaterThan(5)
  })

  it("the vendors' clients have them too, in the shapes of their versions", async () => {
    const { rows } = await test.run(`
import YahooFinance from 'yahoo-finance2'
import { restClient } from '@polygon.io/client-js'
export async function scan(symbol) {
  const yahoo = await new YahooFinance().options(symbol)
  const [{ calls, expirationDate }] = yahoo.options
  const day = expirationDate.toISOString().slice(0, 10)
  const rest = restClient('key')
  const old = await rest.options.snapshotOptionChain(symbol, { expiration_date: day, contract_type: 'call', limit: 250 })
  const now = await rest.getOptionsChain({ underlyingAsset: symbol, expiration_date: day, contract_type: 'call', limit: 250 })
  const one = await rest.options.snapshotOptionContract(symbol, old.results[0].details.ticker)
  return { score: calls.length, data: {
    dates: yahoo.expirationDates.every((date) => date instanceof Date), strikes: [calls, old.results, now.results].map((list) => list.map((c) => c.strike ?? c.details.strike_price)),
    bids: [calls[0].bid, one.results.last_quote.bid], quoted: calls[0].lastTradeDate instanceof Date } }
}`, { symbols: ['AAPL'], filename: 'clients.mjs' })
    expect(rows[0]!.status, rows[0]!.reason!).toBe('hit')
    const { dates, strikes, bids, quoted } = rows[0]!.data as { dates: boolean; strikes: number[][]; bids: number[]; quoted: boolean }
    expect([dates, quoted, bids[0]]).toEqual([true, true, bids[1]])
    expect(strikes[0]!.length).toBe(rows[0]!.score)
    expect([strikes[1], strikes[2]]).toEqual([strikes[0], strikes[0]])
  })

  it('pages of contracts hold all of them, however many pages there are, and a part is never given for all', async () => {
    const { run, rows } = await test.run(`${ASKING}
export async function scan(symbol) {
  if (symbol === 'AAPL') for (let at = 0; at < 200; at++) await fetch(api + '/expirations?symbol=S' + at)
  const counts = []
  for (const order of ['limit=40', 'limit=250&order=desc', 'limit=250&sort=strike_price']) {
    const listed = new Set()
    let url = 'https://api.polygon.io/v3/snapshot/options/' + symbol + '?' + order
    while (url) {
      const page = await (await fetch(url)).json()
      if (page.status !== 'OK') throw new Error(page.error)
      for (const { details } of page.results) {
        if (listed.has(details.ticker)) throw new Error('twice: ' + details.ticker)
        listed.add(details.ticker)
      }
      url = page.next_url
    }
    counts.push(listed.size)
  }
  let contracts = 0
  for (const date of (await (await fetch(api + '/expirations?symbol=' + symbol)).json()).expirations.date)
    contracts += list((await (await fetch(api + '/chains?symbol=' + symbol + '&expiration=' + date)).json()).options.option).length
  return { score: contracts, data: counts }
}`, { symbols: ['MSFT', 'AAPL'], filename: 'pages.mjs', limits: { symbolTimeoutMs: 60_000 } })
    expect(run.error).toBeNull()
    expect(rows[0]!.data, rows[0]!.reason ?? '').toEqual(new Array(3).fill(rows[0]!.score))
    expect(rows[0]!.score).toBeGreaterThan(1_000)
    expect(rows[1]).toMatchObject({ status: 'failed', reason: expect.stringContaining('More than 200 different questions about options and news for each row') })
  })

  it('the hook before a batch may ask as many questions as a row', async () => {
    const { rows } = await test.run(`
import { defineScanner } from 'strikescan'
const ask = async (from) => { for (let at = from; at < from + 150; at++) await fetch('https://api.tradier.com/v1/markets/options/expirations?symbol=S' + at) }
export default defineScanner({ name: 'asking', before: () => ask(0), scan: async () => (await ask(150), { score: 1 }), after: () => ask(300) })`, { symbols: ['KO'], filename: 'hooks.mjs', limits: { symbolTimeoutMs: 60_000 } })
    expect(rows[0], rows[0]!.reason ?? '').toMatchObject({ status: 'hit' })
  })

  it('one that never stops asking costs its own row, and holds nobody up', async () => {
    const meter = new BusyMeter()
    const flood = `${ASKING}
export async function scan(symbol) {
  if (symbol === 'AAPL') for (;;) await chains('S' + Math.random())
  if (symbol === 'MSFT') for (let at = 0; ; at++) if ((await (await fetch(api + '/expirations?symbol=S' + at)).json()).errors) throw new Error('asked ' + at)
  return { score: (await chains(symbol)).dates.length }
}`
    const { rows } = await test.run(flood, { symbols: ['AAPL', 'MSFT', 'SPY', 'KO'], filename: 'flood.mjs', limits: { symbolTimeoutMs: 4_000 } })
    const longest = meter.longestMs()
    const status = Object.fromEntries(rows.map(({ symbol, status, reason }) => [symbol, `${status} ${reason ?? ''}`]))
    expect(status.AAPL).toMatch(/More than 200 different questions about options and news for each row|still at this symbol/)
    expect(status.MSFT).toMatch(/^failed .*asked \d+/)
    expect([status.SPY, status.KO].every((text) => text!.startsWith('hit'))).toBe(true)
    // Of processor time: what else the machine has to do holds this process up as well.
    expect(longest).toBeLessThan(1_000)
  })
})

describe('over imported bars', () => {
  const opened: (() => Promise<void> | void)[] = []
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close()
  })

  async function withBars(): Promise<{ test: TestHost; folder: string }> {
    const test = await openTestHost()
    const folder = mkdtempSync(join(tmpdir(), 'strikescan-script-chains-'))
    opened.push(() => rmSync(folder, { recursive: true, force: true }), () => test.close())
    const bars = ['2026-08-05', '2026-08-06', '2026-08-07'].flatMap((date) => ['AAPL', 'MSFT'].map((symbol) => `${symbol},${date},100,101,99,100,1000000`))
    writeFileSync(join(folder, 'bars.csv'), `symbol,date,open,high,low,close,volume\n${bars.join('\n')}\n`)
    await test.host.importBars([join(folder, 'bars.csv')])
    return { test, folder }
  }

  it('without chains the script is refused in one clear sentence, and no vendor is asked', async () => {
    const { test } = await withBars()
    const { run, rows } = await test.run(SCAN, { symbols: ['AAPL'], filename: 'chains.mjs' })
    expect(rows[0]).toMatchObject({ status: 'failed', reason: expect.stringContaining('No option chains were imported: run "strikescan import chains FILE…"') })
    expect(run.warnings.map(({ code }) => code)).toContain('options_refused')
  })

  it('a recording is seen from its day on, and not a day before', async () => {
    const { test, folder } = await withBars()
    const file = join(folder, 'AAPL_20260806_194500.csv')
    writeFileSync(file, `${CBOE_HEADER}\n${cboeRow('AAPL260821C00100000', { bid: '2.5', ask: '2.6', traded: '2026-08-06T15:20:00' })}\n${cboeRow('AAPL260821P00100000', { traded: '2026-08-06T15:20:00' })}\n`)
    await test.host.importChains([file])
    const { run, rows } = await test.run(SCAN, { symbols: ['AAPL', 'MSFT'], dates: ['2026-08-05', '2026-08-06', '2026-08-07'], filename: 'chains.mjs' })
    expect(rows.map(({ symbol, date, status }) => `${symbol} ${date} ${status}`)).toEqual([
      'AAPL 2026-08-05 miss', 'AAPL 2026-08-06 hit', 'AAPL 2026-08-07 hit', 'MSFT 2026-08-05 miss', 'MSFT 2026-08-06 miss', 'MSFT 2026-08-07 miss',
    ])
    expect((rows[1]!.data as Seen).first).toMatchObject({ symbol: 'AAPL260821C00100000', bid: 2.5 })
    expect(run.warnings.find(({ code }) => code === 'chains_older')?.message).toContain('stand for 2026-08-06, and are the last known on 2026-08-07')
  })
})
