import { describe, expect, it } from 'vitest'

import { inverseNormalCdf, normalCdf, normalPdf } from '../../../../sdk/options/index.ts'

/** x and the distribution function there, by mpmath with 40 digits. */
const KNOWN: [number, number][] = [
  [-37, 5.725571222524577e-300],
  [-20, 2.7536241186062337e-89],
  [-8, 6.220960574271785e-16],
  [-6, 9.865876450376981e-10],
  [-3, 0.0013498980316300946],
  [-1, 0.15865525393145705],
  [-0.5, 0.3085375387259869],
  [0, 0.5],
  [0.25, 0.5987063256829237],
  [1.96, 0.9750021048517795],
  [5, 0.9999997133484281],
]

describe('the normal distribution', () => {
  it.each(KNOWN)('at %s is %s', (x, probability) => {
    expect(Math.abs(normalCdf(x) / probability - 1)).toBeLessThan(2e-15)
  })

  it('the inverse leads back', () => {
    for (const [x, probability] of KNOWN) if (x < 5) expect(Math.abs(inverseNormalCdf(probability) - x)).toBeLessThan(1e-14 * Math.max(1, Math.abs(x)))
    for (let p = 0.001; p < 1; p += 0.001) expect(Math.abs(normalCdf(inverseNormalCdf(p)) - p)).toBeLessThan(1e-15)
  })

  it('knows its ends', () => {
    expect([normalCdf(-Infinity), normalCdf(Infinity), normalPdf(Infinity), normalPdf(50)]).toEqual([0, 1, 0, 0])
    expect([inverseNormalCdf(0), inverseNormalCdf(1), inverseNormalCdf(-0.1), inverseNormalCdf(1.1), inverseNormalCdf(Number.NaN)]).toEqual([-Infinity, Infinity, Number.NaN, Number.NaN, Number.NaN])
    expect([normalCdf(Number.NaN), normalPdf(Number.NaN)]).toEqual([Number.NaN, Number.NaN])
    expect(normalPdf(0)).toBeCloseTo(1 / Math.sqrt(2 * Math.PI), 16)
  })
})
