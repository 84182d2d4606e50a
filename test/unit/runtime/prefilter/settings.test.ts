import { describe, expect, it } from 'vitest'
import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import { checkPrefilterSettings, resolvePrefilterSettings } from '../../../../runtime/prefilter/settings.ts'
import { prefilter } from '../../../../runtime/prefilter/prefilter.ts'

const defaults = { minVolume: 1_000_000, minPrice: 1, maxPrice: 500, limit: 300, activateAbove: 100, window: 20 }

function codeOf(attempt: () => unknown): string {
  try {
    attempt()
  } catch (error) {
    if (error instanceof StrikescanError) {
      expect(`${error.message} ${error.hint}`).not.toMatch(/[{}]/)
      expect(error.fault).toBe('user')
      return error.code
    }
    throw error
  }
  return 'no error'
}

describe('prefilter settings', () => {
  it('come from the last layer that gives them', () => {
    expect(resolvePrefilterSettings(defaults, { minPrice: 5, limit: 50 }, undefined, { limit: 10, minPrice: undefined as never })).toEqual({ ...defaults, minPrice: 5, limit: 10 })
  })

  it('allow the edges', () => {
    expect(checkPrefilterSettings({ ...defaults, minVolume: 0, minPrice: 7, maxPrice: 7, limit: 1, activateAbove: 0, window: 1 })).toMatchObject({ minPrice: 7, maxPrice: 7 })
  })

  it.each([
    ['prefilter_price_range', { minPrice: 10, maxPrice: 5 }],
    ['prefilter_bad_value', { minVolume: -1 }],
    ['prefilter_bad_value', { minVolume: Number.NaN }],
    ['prefilter_bad_value', { maxPrice: Infinity }],
    ['prefilter_bad_value', { minPrice: '1' }],
    ['prefilter_bad_value', { limit: 0 }],
    ['prefilter_bad_value', { limit: 2.5 }],
    ['prefilter_bad_value', { activateAbove: -1 }],
    ['prefilter_bad_value', { window: 0 }],
    ['prefilter_bad_value', { window: null }],
    ['prefilter_bad_value', { limit: { valueOf: () => 5 } }],
    ['prefilter_unknown_setting', { minvolume: 5 }],
    ['prefilter_unknown_setting', JSON.parse('{"__proto__": 5}')],
    ['prefilter_unknown_setting', { constructor: 5 }],
  ])('are refused as %s: %j', (code, changed) => {
    expect(codeOf(() => resolvePrefilterSettings(defaults, changed as never))).toBe(code)
  })

  it('are refused where one is missing, and by the prefilter itself', () => {
    const { window: _, ...incomplete } = defaults
    expect(codeOf(() => checkPrefilterSettings(incomplete))).toBe('prefilter_missing_setting')
    expect(codeOf(() => prefilter([], { ...defaults, limit: 0 }, { date: '2026-11-20', closure: null }))).toBe('prefilter_bad_value')
  })
})
