import { describe, expect, test } from 'vitest'
import { dayFromIso } from '../../../runtime/market/days.ts'
import { dayFromParts, normalSymbol, parseDate, parseNumber } from '../../../runtime/market/import/values.ts'

describe('parseDate', () => {
  test.each([
    ['2016-03-24', '2016-03-24'],
    [' 2016/03/24 ', '2016-03-24'],
    ['20160324', '2016-03-24'],
    ['3/24/2016', '2016-03-24'],
    ['03/04/2016', '2016-03-04'],
    ['24.03.2016', '2016-03-24'],
    [' 1.5.2026 ', '2026-05-01'],
    ['05.01.2026', '2026-01-05'],
    ['2016-03-24T00:00:00Z', '2016-03-24'],
    ['2016-03-24 00:00:00-04:00', '2016-03-24'],
    ['1458792000', '2016-03-24'],
    ['1458792000000', '2016-03-24'],
    ['1458792000000000000', '2016-03-24'],
    ['2016-02-29', '2016-02-29'],
  ])('reads %s', (text, date) => {
    expect(parseDate(text).day).toBe(dayFromIso(date))
  })

  test.each(['', 'today', '2015-02-29', '2016-13-01', '03.24.2016', '24.03.16', '29.02.2015', '24.03.2016.', '24,03,2016', '1.5', '024.3.2016', '2016-3-24', '0', '12345', '1700-01-01', '13/13/2016', '2016-03-24Tnoon', '-5'])('refuses %s', (text) => {
    expect(parseDate(text).day).toBeNaN()
  })

  test('knows a date that only makes sense as day/month/year', () => {
    expect(parseDate('24/3/2016')).toMatchObject({ order: 'month/day/year', contradictsOrder: true })
    expect(parseDate('3/24/2016')).toMatchObject({ order: 'month/day/year', contradictsOrder: false })
  })
})

test('dayFromParts agrees with the calendar of Date over 400 years', () => {
  for (let day = -62_091; day <= 84_005; day += 13) {
    const date = new Date(day * 86_400_000)
    expect(dayFromParts(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())).toBe(day)
  }
  expect(dayFromParts(1900, 2, 29)).toBeNaN()
  expect(dayFromParts(2000, 2, 29)).toBe(dayFromIso('2000-02-29'))
})

test('parseNumber reads numbers and nothing else', () => {
  expect(['1', '1.50', '.5', '5.', '1e3', '-2', ' 7 ', '1,234,567.5', '$12.30', 'NaN', '-inf'].map(parseNumber)).toEqual([1, 1.5, 0.5, 5, 1000, -2, 7, 1234567.5, 12.3, NaN, -Infinity])
  expect(['', ' ', '1,23', '0x10', '1 2', 'abc', '1.2.3', '--1', '1_000', 'null', '１'].map(parseNumber)).toEqual(Array(11).fill(undefined))
})

test('normalSymbol trims, raises case and refuses what is no symbol', () => {
  expect([' aapl ', 'BRK.B', 'brk/b', '^vix', 'ES=F'].map(normalSymbol)).toEqual(['AAPL', 'BRK.B', 'BRK/B', '^VIX', 'ES=F'])
  expect(['', '  ', 'A B', 'A\u0000', 'A'.repeat(33), 'A,B', 'A\u200bB'].map(normalSymbol)).toEqual(Array(7).fill(''))
})
