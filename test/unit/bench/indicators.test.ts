import { describe, expect, it } from 'vitest'
import { benchIndicators } from '../../bench/indicators.ts'

describe('the indicator benchmark', () => {
  it('runs small, with every contender coming to the same result', () => {
    const results = benchIndicators({ series: 2, length: 260, rounds: 1 })
    expect(results.filter(({ role }) => role === 'strikescan').length).toBe(9)
    expect(results.map(({ contender }) => contender)).toContain('technicalindicators')
    for (const { ratio, nanosecondsPerValue } of results) {
      expect(ratio).toBeGreaterThan(0)
      expect(nanosecondsPerValue).toBeGreaterThan(0)
    }
  })
})
