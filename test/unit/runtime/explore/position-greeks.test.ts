import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { simulatedPositions } from './explored-positions.ts'

type Reference = readonly [row: string, delta: number, gamma: number, theta: number, vega: number, rho: number]
const references = JSON.parse(readFileSync(new URL('../../../fixtures/options/positions_quantlib.json', import.meta.url), 'utf8')) as Reference[]

/** Worst of these positions, twice: gamma times the price, theta, vega and rho over the price. */
const TOLERANCE = { delta: 1e-6, gamma: 1e-5, theta: 1e-9, vega: 1e-7, rho: 2e-6 }

describe('Greeks of whole positions', () => {
  it('are those of QuantLib, for every strategy of several parts and every horizon', async () => {
    const positions = await simulatedPositions()
    // Another simulated market has other positions: make the references anew, as their README says.
    expect(positions.map(({ row }) => row)).toEqual(references.map(([row]) => row))
    for (const [at, { row, legs, outcome }] of positions.entries()) {
      const [, delta, gamma, theta, vega, rho] = references[at]!
      const { spot } = legs[0]!
      expect(outcome.greeksSource, row).toBe('computed')
      expect(Math.abs(outcome.greeksDelta! - delta), `delta of ${row}`).toBeLessThan(TOLERANCE.delta)
      expect(Math.abs(outcome.greeksGamma! - gamma) * spot, `gamma of ${row}`).toBeLessThan(TOLERANCE.gamma)
      expect(Math.abs(outcome.greeksTheta! - theta) / spot, `theta of ${row}`).toBeLessThan(TOLERANCE.theta)
      expect(Math.abs(outcome.greeksVega! - vega) / spot, `vega of ${row}`).toBeLessThan(TOLERANCE.vega)
      expect(Math.abs(outcome.greeksRho! - rho) / spot, `rho of ${row}`).toBeLessThan(TOLERANCE.rho)
    }
  })
})
