import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

import { callOf, entry, failure, NOW, open, saying, server } from './support.ts'

const FOLDER = fileURLToPath(new URL('../../../../../../shared/data/api_responses/', import.meta.url))
const recorded = (name: string): Buffer => readFileSync(`${FOLDER}${name}`)
const market = await server(saying(''))

describe.skipIf(!existsSync(FOLDER))(`recorded answers (skipped where ../shared/data is absent)`, () => {
  const provider = open(market.url)

  it('2024: expirations of PLTR', async () => {
    market.handle = saying(recorded('tradier_2024/options_expirations_PLTR.json'))
    const { dates } = await provider.expirations('PLTR', callOf())
    expect(dates).toHaveLength(19)
    expect([dates[0], dates.at(-1)]).toEqual(['2024-06-28', '2026-12-18'])
    const later = await open(market.url, () => NOW + 86_400_000).expirations('PLTR', callOf())
    expect(later.dates).toHaveLength(18)
  })

  it('2024: four contracts of PLTR with Greeks', async () => {
    market.handle = saying(recorded('tradier_2024/options_chain_PLTR_2026-06-18_excerpt.json'))
    const { contracts, refused } = await provider.chain('PLTR', '2026-06-18', callOf())
    expect(refused).toEqual([])
    expect(contracts.map(({ occ }) => occ)).toEqual(['PLTR  260618C00013000', 'PLTR  260618P00013000', 'PLTR  260618C00015000', 'PLTR  260618P00015000'])
    const [call, put, , put15] = contracts as [(typeof contracts)[0], (typeof contracts)[0], (typeof contracts)[0], (typeof contracts)[0]]
    expect(call).toMatchObject({ bid: 14.75, ask: 15.25, last: null, volume: 0, openInterest: 0, bidSize: 87, askSize: 6, impliedVol: 0.609209, multiplier: 100, adjusted: false, style: 'american', quotedAt: 1_719_589_763_000 })
    expect(call.greeks).toEqual({ delta: 0.9039827365673188, gamma: 0.00743915619023867, theta: -0.00372439624857713, vega: 0.06139554257989349, rho: 0.15395889229497156, updatedAt: Date.parse('2024-06-28T14:58:59Z') })
    // Without a bid, mid_iv (0.590685) repeats ask_iv.
    expect(put).toMatchObject({ bid: 0, ask: 1.41, impliedVol: 0.57, greeks: { delta: -0.0960172634326812, theta: null, rho: null } })
    expect(put15).toMatchObject({ impliedVol: 0.500724, openInterest: 3 })
  })

  it('2024: its times of Greeks are UTC, its theta a calendar day\'s, its vega a percentage point\'s', async () => {
    market.handle = saying(recorded('tradier_2024/options_chain_PLTR_2026-06-18_excerpt.json'))
    const [call] = (await provider.chain('PLTR', '2026-06-18', callOf())).contracts
    const { delta, gamma, theta, vega, updatedAt } = call!.greeks as Record<'delta' | 'gamma' | 'theta' | 'vega' | 'updatedAt', number>
    // Made within the hour before the quote, not after it.
    expect(call!.quotedAt! - updatedAt).toBeGreaterThan(0)
    expect(call!.quotedAt! - updatedAt).toBeLessThan(3_600_000)
    // The Black-Scholes equation ties theta to the others; PLTR at 25.495, vol 0.57, value 14.6, rate 5%, 720 days.
    const [spot, vol, rate, years] = [25.495, 0.57, 0.05, 720 / 365]
    const thetaYear = -(0.5 * (vol * spot) ** 2 * gamma + rate * (spot * delta - 14.6))
    expect(theta / (thetaYear / 365)).toBeGreaterThan(0.9)
    expect(theta / (thetaYear / 365)).toBeLessThan(1.15)
    // vega = S² σ T gamma for a European option.
    expect(vega / ((spot ** 2 * vol * years * gamma) / 100)).toBeGreaterThan(0.9)
    expect(vega / ((spot ** 2 * vol * years * gamma) / 100)).toBeLessThan(1.2)
  })

  it('2013 and 2024: prices of underlyings', async () => {
    const ask = (name: string, ticker: string, now: number = NOW) => {
      market.handle = saying(recorded(name))
      return open(market.url, () => now).prices!.ask([ticker], callOf())
    }
    expect(await ask('tradier_2024/quotes_PLTR.json', 'PLTR')).toEqual(new Map([['PLTR', 25.5]]))
    expect((await ask('tradier_2013/quotes.json', 'AAPL', Date.parse('2013-06-11T13:00:00Z'))).get('AAPL')).toBe(438.89)
    // What was a price eleven years ago is none now.
    expect(await ask('tradier_2013/quotes.json', 'AAPL')).toEqual(new Map())
  })

  it('2013: expirations, plain and with strikes and adjustments', async () => {
    const then = open(market.url, () => Date.parse('2013-06-07T15:00:00Z'))
    market.handle = saying(recorded('tradier_2013/expirations.json'))
    expect((await then.expirations('AAPL', callOf())).dates).toHaveLength(12)
    market.handle = saying(recorded('tradier_2013/expirations_with_strikes.json'))
    const { dates } = await then.expirations('AAPL', callOf())
    expect(dates).toHaveLength(12)
    expect(dates.slice(0, 2)).toEqual(['2014-02-22', '2014-02-28'])
  })

  it('2013: a chain of 330 contracts, 108 of them of ten shares', async () => {
    const then = open(market.url, () => Date.parse('2013-06-07T15:00:00Z'))
    market.handle = saying(recorded('tradier_2013/chain.json'))
    const { contracts, refused } = await then.chain('AAPL', '2015-01-17', callOf())
    expect([contracts.length, refused]).toEqual([330, []])
    expect(contracts.filter(({ adjusted, root }) => adjusted && root === 'AAPL7')).toHaveLength(108)
    expect(contracts.find(({ occ }) => occ === 'AAPL  150117C01000000')).toMatchObject({ bid: 1.86, ask: 2.25, last: 1.9, openInterest: 5444, volume: null, bidSize: null, greeks: null, impliedVol: null, quotedAt: null })
    expect((await failure(open(market.url).chain('AAPL', '2015-01-17', callOf()))).message).toMatch(/330 entries, none of which is a contract of it \(330 expired\)/)
  })

  it('are told apart where they answer another question', async () => {
    for (const name of ['tradier_2024/quotes_PLTR.json', ...['calendar', 'clock', 'etb', 'history', 'lookup', 'option_quote', 'option_quotes', 'quote', 'quotes', 'search', 'strikes', 'timesales'].map((each) => `tradier_2013/${each}.json`)]) {
      market.handle = saying(recorded(name))
      expect(await failure(provider.chain('AAPL', '2026-06-18', callOf()))).toMatchObject({ failure: 'malformed' })
      expect(await failure(provider.expirations('AAPL', callOf()))).toMatchObject({ failure: 'malformed' })
    }
  })

  it('have the fields that the tests of shapes use', () => {
    const { options } = JSON.parse(recorded('tradier_2024/options_chain_PLTR_2026-06-18_excerpt.json').toString()) as { options: { option: Record<string, unknown>[] } }
    expect(Object.keys(entry()).filter((name) => !(name in options.option[2]!))).toEqual([])
  })
})
