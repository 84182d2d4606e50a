import { describe, expect, it } from 'vitest'

import { dayFromIso } from '../../../../runtime/market/days.ts'
import { closingInstantMs } from '../../../../runtime/market/session-close.ts'

describe('the instant of the close', () => {
  it.each([
    ['2026-01-02', '2026-01-02T21:00:00.000Z'],
    ['2026-07-02', '2026-07-02T20:00:00.000Z'],
    ['2026-03-06', '2026-03-06T21:00:00.000Z'],
    ['2026-03-09', '2026-03-09T20:00:00.000Z'],
    ['2026-10-30', '2026-10-30T20:00:00.000Z'],
    ['2026-11-02', '2026-11-02T21:00:00.000Z'],
  ])('of %s is %s', (date, expected) => {
    expect(new Date(closingInstantMs(dayFromIso(date))).toISOString()).toBe(expected)
  })

  it('is 16:00 in New York on every day from 1976 to 2040, by the time zone data of the platform', () => {
    const clock = new Intl.DateTimeFormat('en-CA', { timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' })
    const wrong: string[] = []
    for (let day = dayFromIso('1976-01-01'); day < dayFromIso('2041-01-01'); day++) {
      const shown = clock.format(closingInstantMs(day))
      if (shown !== `${new Date(day * 86_400_000).toISOString().slice(0, 10)}, 16:00:00`) wrong.push(shown)
    }
    expect(wrong).toEqual([])
  })
})
