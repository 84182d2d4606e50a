import { describe, expect, it } from 'vitest'

import { quotesInstant } from '../../../../../plugins/providers/tradier/quote-instant.ts'
import { yearsToExpiration } from '../../../../../sdk/options/index.ts'
import { callOf, entry, open, saying, server } from './support.ts'

/** New York is five hours behind in November 2026; Thursday the 26th is Thanksgiving, Friday the 27th ends at 13:00. */
const at = (day: string, time: string): number => Date.parse(`2026-11-${day}T${time}:00-05:00`)
const CLOSE = at('20', '16:00')

interface Quoted {
  quotedAt: number | null
  bid?: number | null
  ask?: number | null
  style?: 'american' | 'european'
}

function instant(now: number, quotes: readonly (number | null | Quoted)[], { delayMs = 0, expiration = '2026-12-18' } = {}): string {
  const contracts = quotes.map((quote) => ({ bid: 1, ask: 1.1, style: 'american', ...(typeof quote === 'object' && quote !== null ? quote : { quotedAt: quote }) }))
  return new Date(quotesInstant(contracts as unknown as Parameters<typeof quotesInstant>[0], { now, delayMs, expiration })).toISOString()
}
const iso = (ms: number): string => new Date(ms).toISOString()
const european = (...times: number[]): Quoted[] => times.map((quotedAt) => ({ quotedAt, style: 'european' }))

describe('the instant that a chain of quotes stands for', () => {
  it.each<[string, number, number]>([
    ['on the evening', at('20', '19:00'), CLOSE],
    ['on a Saturday', at('21', '12:00'), CLOSE],
    ['on a Sunday', at('22', '18:00'), CLOSE],
    ['before the open', at('23', '09:29'), CLOSE],
  ])('is the close %s', (_, now, expected) => {
    expect(instant(now, [CLOSE - 1_000, CLOSE - 7_200_000])).toBe(iso(expected))
    expect(instant(now, [at('20', '11:00')]), 'a quote stands until the close').toBe(iso(expected))
  })

  it('is now within a session, however old the quotes of those that nobody trades', () => {
    const now = at('20', '15:30')
    expect(instant(now, [now - 2_000, at('20', '09:31'), at('19', '15:00')])).toBe(iso(now))
    expect(instant(now, [at('20', '10:00')])).toBe(iso(now))
    expect(instant(now, [now + 900], { delayMs: 0 })).toBe(iso(now))
    expect(instant(now, [now - 900_000], { delayMs: 900_000 })).toBe(iso(now - 900_000))
  })

  it('is the close before where the chain has not been quoted since', () => {
    expect(instant(at('23', '09:31'), [CLOSE - 500])).toBe(iso(CLOSE))
    expect(instant(at('23', '09:31'), [CLOSE - 500, at('23', '09:30')])).toBe(iso(at('23', '09:31')))
    expect(instant(at('22', '12:00'), [at('19', '14:00')])).toBe(iso(at('19', '16:00')))
  })

  it('knows the holiday and the half day', () => {
    expect(instant(at('26', '11:00'), [at('25', '15:59')])).toBe(iso(at('25', '16:00')))
    expect(instant(at('28', '11:00'), [at('27', '12:59')])).toBe(iso(at('27', '13:00')))
  })

  it('follows quotes up to a quarter of an hour after the close, and those of index options at night', () => {
    expect(instant(at('20', '16:10'), [at('20', '16:09')])).toBe(iso(at('20', '16:09')))
    expect(instant(at('22', '12:00'), [at('20', '16:14'), CLOSE])).toBe(iso(at('20', '16:14')))
    const night = at('23', '03:00')
    expect(instant(night, european(night - 5_000, night - 9_000, CLOSE))).toBe(iso(night - 5_000))
    expect(instant(at('22', '21:00'), european(at('22', '20:59')))).toBe(iso(at('22', '20:59')))
    // One of many, shares' options, and a Saturday are no trading.
    expect(instant(night, european(night - 5_000, CLOSE, CLOSE))).toBe(iso(CLOSE))
    expect(instant(night, [night - 5_000])).toBe(iso(CLOSE))
    expect(instant(at('21', '12:00'), european(at('21', '11:00')))).toBe(iso(CLOSE))
  })

  it.each<[string, (number | null | Quoted)[]]>([
    ['none', []],
    ['null', [null, null]],
    ['of one side', [{ quotedAt: at('19', '12:00'), bid: 0 }, { quotedAt: at('19', '12:00'), ask: null }]],
    ['crossed', [{ quotedAt: at('19', '12:00'), bid: 2, ask: 1 }]],
    ['to come', [at('25', '12:00')]],
    ['of years ago', [Date.UTC(2013, 5, 7)]],
  ])('is the last of trading where dates are %s', (_, quotes) => {
    expect(instant(at('22', '12:00'), quotes)).toBe(iso(CLOSE))
    expect(instant(at('23', '11:00'), quotes)).toBe(iso(at('23', '11:00')))
  })

  it('is that of the answer for a chain that has ended, whatever its quotes say', () => {
    expect(instant(at('20', '18:00'), [at('19', '15:00')], { expiration: '2026-11-20' })).toBe(iso(at('20', '18:00')))
  })
})

const market = await server(saying(''))

describe('a chain that is asked for on a weekend', () => {
  it('has the time to expiration of its quotes, and the contracts of the days to come', async () => {
    const SUNDAY = at('22', '13:00')
    const expiration = '2026-11-27'
    const option = ['C', 'P'].map((right) => entry({ symbol: `ABC261127${right}00100000`, underlying: 'ABC', strike: 100, bid_date: CLOSE - 3_000, ask_date: CLOSE - 60_000, expiration_date: expiration, option_type: right === 'C' ? 'call' : 'put', root_symbol: 'ABC' }))
    market.handle = saying(JSON.stringify({ options: { option } }), 200, { Date: new Date(SUNDAY).toUTCString() })
    const chain = await open(market.url, () => SUNDAY).chain('ABC', expiration, callOf())
    expect(chain.contracts).toHaveLength(2)
    expect(iso(chain.asOf)).toBe(iso(CLOSE))
    // Seven days less three hours: the session after Thanksgiving ends at 13:00.
    expect(yearsToExpiration(chain.asOf, expiration) * 365 * 24).toBeCloseTo(7 * 24 - 3, 9)
  })
})
