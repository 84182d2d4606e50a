import { describe, expect, test } from 'vitest'
import { dayFromIso, isoFromDay } from '../../../../../runtime/market/days.ts'
import { parseInstant } from '../../../../../runtime/market/chains/instant.ts'
import { newYorkDay } from '../../../../../sdk/options/time.ts'
import { lastTradingDay, newYorkInstant, quoteTime } from '../../../../../runtime/market/chains/quote-time.ts'

const at = (text: string) => Date.parse(text)
const day = dayFromIso
const shown = (stated: Parameters<typeof quoteTime>[0]) => {
  const { day: first, asOf, afterSession } = quoteTime(stated)
  return [isoFromDay(first), new Date(asOf).toISOString(), afterSession]
}
const recorded = (capturedAt: string, newestTrade: string | null = null) => ({
  capturedAt: at(capturedAt), day: newYorkDay(at(capturedAt)), delayMinutes: 15, newestTrade: newestTrade === null ? null : at(newestTrade),
})
const ofDay = (date: string, newestTrade: string | null = null) => ({ capturedAt: null, day: day(date), delayMinutes: 15, newestTrade: newestTrade === null ? null : at(newestTrade) })

describe('what the quotes of a recording stand for', () => {
  test.each([
    ['in the session: less the delay', recorded('2026-08-07T19:40:24Z'), ['2026-08-07', '2026-08-07T19:25:24.000Z', false]],
    ['after the close: the close', recorded('2026-08-07T22:00:00Z'), ['2026-08-07', '2026-08-07T20:00:00.000Z', false]],
    ['before the opening: the close before', recorded('2026-08-10T13:35:00Z'), ['2026-08-10', '2026-08-07T20:00:00.000Z', false]],
    ['on a Sunday: Friday', recorded('2026-08-09T15:00:00Z'), ['2026-08-09', '2026-08-07T20:00:00.000Z', false]],
    ['after 16:00, with trades until 16:15', recorded('2026-08-07T21:00:00Z', '2026-08-07T20:14:59Z'), ['2026-08-07', '2026-08-07T20:14:59.000Z', false]],
    ['a trade later than the recording is none', recorded('2026-08-07T19:40:24Z', '2026-08-07T23:00:00Z'), ['2026-08-07', '2026-08-07T19:25:24.000Z', false]],
    ['a day: its close, in winter', ofDay('2025-11-26', '2025-11-26T20:11:40Z'), ['2025-11-26', '2025-11-26T21:00:00.000Z', false]],
    ['a short day', ofDay('2025-11-28', '2025-11-28T18:00:00Z'), ['2025-11-28', '2025-11-28T18:00:00.000Z', false]],
    ['a holiday: the close before, usable from the holiday on', ofDay('2025-11-27', '2025-11-26T20:59:59Z'), ['2025-11-27', '2025-11-26T21:00:00.000Z', false]],
    ['named after a session, recorded in the next one', ofDay('2026-08-12', '2026-08-13T15:58:39Z'), ['2026-08-13', '2026-08-13T15:58:39.000Z', true]],
    ['over a weekend', ofDay('2026-08-14', '2026-08-17T13:50:33Z'), ['2026-08-17', '2026-08-17T13:50:33.000Z', true]],
    ['a trade in the far future is a slip', ofDay('2026-08-12', '2036-08-13T15:58:39Z'), ['2026-08-12', '2026-08-12T20:00:00.000Z', false]],
    ['an instant without a delay stands as it is', { capturedAt: at('2026-08-07T23:30:00Z'), day: day('2026-08-07'), delayMinutes: 0, newestTrade: null }, ['2026-08-07', '2026-08-07T23:30:00.000Z', false]],
  ])('%s', (_, stated, expected) => {
    expect(shown(stated)).toEqual(expected)
  })

  test('the last trading day of Saturday listings and holidays', () => {
    expect(isoFromDay(lastTradingDay(day('2014-06-21')))).toBe('2014-06-20')
    // Good Friday 2014: the monthly options of April stopped trading on the Thursday.
    expect(isoFromDay(lastTradingDay(day('2014-04-19')))).toBe('2014-04-17')
    expect(isoFromDay(lastTradingDay(day('2026-08-12')))).toBe('2026-08-12')
  })

  test('clock times in New York, against Intl, on the days around each change of the clocks', () => {
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'short' })
    for (const date of ['2026-03-07', '2026-03-08', '2026-03-09', '2026-10-31', '2026-11-01', '2026-11-02']) {
      for (const hour of [0, 1, 4, 9, 16, 23]) {
        expect(format.format(newYorkInstant(day(date), hour * 3_600_000))).toBe(`${date} ${String(hour).padStart(2, '0')}:00`)
      }
    }
    expect(newYorkInstant(day('2026-08-07'), 9.5 * 3_600_000)).toBe(at('2026-08-07T13:30:00Z'))
    expect(newYorkInstant(day('2026-12-07'), 9.5 * 3_600_000)).toBe(at('2026-12-07T14:30:00Z'))
  })
})

test('instants as files write them', () => {
  expect(parseInstant('2026-08-07T15:20:44')).toEqual({ day: day('2026-08-07'), instant: at('2026-08-07T19:20:44Z') })
  expect(parseInstant('2025-11-24 19:05:01+00:00')).toEqual({ day: day('2025-11-24'), instant: at('2025-11-24T19:05:01Z') })
  expect(parseInstant('2025-11-24T19:05:01.250-0500')?.instant).toBe(at('2025-11-25T00:05:01.250Z'))
  expect(parseInstant('20140606')).toEqual({ day: day('2014-06-06'), instant: null })
  expect(parseInstant('1786131624000')?.instant).toBe(1_786_131_624_000)
  for (const text of ['', 'soon', '2026-02-30', '2026-08-07T25:00', '2026-08-07T15:99', '08/07/2026']) expect(parseInstant(text)).toBeNull()
})
