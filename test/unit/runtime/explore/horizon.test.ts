import { describe, expect, it } from 'vitest'

import { describeMissingExpiration, dteRangeOf, expirationsInRange } from '../../../../runtime/explore/horizon.ts'
import { strategyRow } from './support.ts'

const CALL = { name: 'Long Call' }
const LEAP = { name: 'LEAP Call', minimumDte: 180 }

describe('the days that a row looks at', () => {
  it.each([
    ['SHORT', 30, 45, 37],
    ['MEDIUM', 45, 60, 52],
    ['LEAP', 180, Infinity, 270],
  ] as const)('are those of the horizon %s', (horizon, min, max, target) => {
    expect(dteRangeOf(strategyRow({ horizon }), CALL, 'SHORT')).toEqual({ horizon, min, max, target, note: null })
  })

  it('are those of the settings where the row names none, and of LEAPs for a strategy that needs them', () => {
    expect(dteRangeOf(strategyRow(), CALL, 'MEDIUM')).toMatchObject({ horizon: 'MEDIUM', min: 45 })
    expect(dteRangeOf(strategyRow(), LEAP, 'SHORT')).toMatchObject({ horizon: 'LEAP', min: 180, note: null })
  })

  it('say so where the strategy needs longer than the horizon that the row names', () => {
    expect(dteRangeOf(strategyRow({ horizon: 'SHORT' }), LEAP, 'SHORT')).toMatchObject({ horizon: 'LEAP', min: 180, note: expect.stringMatching(/180 days.*SHORT/) })
  })

  it.each([
    ['both ends', { dteMin: 7, dteMax: 14 }, { min: 7, max: 14, target: 11, horizon: 'SHORT' }],
    ['today alone', { dteMin: 0, dteMax: 0 }, { min: 0, max: 0, target: 0, horizon: 'SHORT' }],
    ['an open upper end', { dteMin: 90 }, { min: 90, max: Infinity, target: 90, horizon: 'MEDIUM' }],
    ['an open lower end', { dteMax: 40 }, { min: 0, max: 40, target: 40, horizon: 'SHORT' }],
    ['an open upper end within the horizon that it names', { dteMin: 35, horizon: 'SHORT' }, { min: 35, max: 45, target: 37 }],
    ['an open lower end within the horizon that it names', { dteMax: 40, horizon: 'SHORT' }, { min: 30, max: 40, target: 37 }],
    ['an end beyond the horizon that it names', { dteMin: 120, horizon: 'SHORT' }, { min: 120, max: Infinity, target: 120, horizon: 'SHORT' }],
    ['an end before all of the horizon that it names', { dteMax: 20, horizon: 'SHORT' }, { min: 0, max: 20, target: 20, horizon: 'SHORT' }],
    ['a far range', { dteMin: 200, dteMax: 400 }, { min: 200, max: 400, target: 300, horizon: 'LEAP' }],
    ['a horizon of its own beside it', { dteMin: 7, dteMax: 14, horizon: 'LEAP' }, { min: 7, max: 14, horizon: 'LEAP' }],
  ] as const)('are its own: %s', (_, row, range) => {
    expect(dteRangeOf(strategyRow(row), CALL, 'SHORT')).toMatchObject({ ...range, note: null })
  })

  it('are cut to what the strategy needs, which is said, and refused where nothing is left', () => {
    expect(dteRangeOf(strategyRow({ dteMin: 100, dteMax: 300 }), LEAP, 'SHORT')).toMatchObject({ min: 180, max: 300, target: 240, note: expect.stringContaining('180 to 300') })
    expect(dteRangeOf(strategyRow({ dteMin: 30 }), LEAP, 'SHORT')).toMatchObject({ min: 180, max: Infinity, target: 180, note: expect.stringContaining('30 or more days were read as 180 or more') })
    expect(dteRangeOf(strategyRow({ dteMin: 30, dteMax: 179 }), LEAP, 'SHORT')).toMatch(/180 days.*30 to 179/)
  })
})

describe('expirations of a range', () => {
  const listed = [0, 7, 30, 35, 39, 45, 46].map((dte) => ({ date: `day ${dte}`, dte }))
  const short = { horizon: 'SHORT', min: 30, max: 45, target: 37, note: null } as const

  it('hold both ends and stand by their distance from the target, the earlier of two first', () => {
    expect(expirationsInRange(listed, short).map(({ dte }) => dte)).toEqual([35, 39, 30, 45])
  })

  it('reach as far as they are listed where the range is open, the nearest to its end first', () => {
    expect(expirationsInRange(listed, { ...short, min: 31, max: Infinity, target: 31 }).map(({ dte }) => dte)).toEqual([35, 39, 45, 46])
    expect(expirationsInRange(listed, { ...short, min: 0, max: 29, target: 29 }).map(({ dte }) => dte)).toEqual([7, 0])
    expect(describeMissingExpiration(listed, { ...short, min: 120, max: Infinity, target: 120 })).toMatch(/^no expiration lies 120 or more days ahead; .* nearest is day 46/)
  })

  it('name the nearest on either side where there is none', () => {
    const range = { ...short, min: 8, max: 29 }
    expect(expirationsInRange(listed, range)).toEqual([])
    expect(describeMissingExpiration(listed, range)).toMatch(/8 to 29 days.*of 7 listed the nearest are day 7 \(7 days\) and day 30 \(30 days\)/)
    expect(describeMissingExpiration([{ date: 'tomorrow', dte: 1 }], range)).toMatch(/the nearest is tomorrow \(1 day\)$/)
    expect(describeMissingExpiration(listed, { ...short, min: 50, max: 60 })).toMatch(/the nearest is day 46 \(46 days\)$/)
  })
})
