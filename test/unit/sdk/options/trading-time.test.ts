import { describe, expect, it } from 'vitest'

import { closeOf, lastTradingInstant, tradingBefore } from '../../../../sdk/options/trading-time.ts'

const HOUR = 3_600_000
/** New York is five hours behind in late November 2026. */
const at = (text: string): number => Date.parse(`2026-11-${text}:00-05:00`)

describe('time of trading', () => {
  it.each([
    ['within a session', '20T11:15', '20T11:15'],
    ['at the open', '20T09:30', '20T09:30'],
    ['before it', '20T09:29', '19T16:00'],
    ['on a weekend', '22T12:00', '20T16:00'],
    ['on Thanksgiving', '26T12:00', '25T16:00'],
    ['after a half day', '27T15:00', '27T13:00'],
  ])('ends last, %s', (_, instant, last) => {
    expect(lastTradingInstant(at(instant))).toBe(at(last))
  })

  it('is counted back over nights, weekends, the holiday and the half day', () => {
    expect(tradingBefore(at('20T11:30'), HOUR)).toBe(at('20T10:30'))
    expect(tradingBefore(at('20T11:30'), 2 * HOUR)).toBe(at('20T09:30'))
    expect(tradingBefore(at('22T12:00'), 6.5 * HOUR)).toBe(at('20T09:30'))
    expect(tradingBefore(at('23T10:00'), HOUR)).toBe(at('20T15:30'))
    // Half an hour of the Monday, three and a half of the Friday, one of the Wednesday.
    expect(tradingBefore(at('30T10:00'), 5 * HOUR)).toBe(at('25T15:00'))
  })

  it('belongs to a session, which has a close', () => {
    expect(closeOf(at('20T09:30'))).toBe(at('20T16:00'))
    expect(closeOf(at('27T12:00'))).toBe(at('27T13:00'))
    expect(closeOf(at('27T13:00'))).toBe(at('27T13:00'))
  })
})
