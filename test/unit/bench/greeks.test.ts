import { describe, expect, it } from 'vitest'

import { benchGreeks } from '../../bench/greeks/benchmark.ts'
import { greeksText } from '../../bench/report.ts'

describe('the greeks benchmark', () => {
  it('runs small, and agrees with QuantLib where that is', async () => {
    const result = await benchGreeks({ contracts: 2000, rounds: 1 })
    expect(result.measures.map(({ goal }) => goal)).toEqual([4e6, 8e5, 4e4, null, null])
    for (const { rate, contracts } of result.measures) {
      expect(contracts).toBeGreaterThan(0)
      expect(rate).toBeGreaterThan(0)
    }
    if (result.quantLib === null) expect(result.skipped).toEqual([expect.stringMatching(/^QuantLib: no python3 here has it/)])
    else for (const { name, quantLibRate } of result.measures.slice(0, 3)) expect(quantLibRate, name).toBeGreaterThan(0)
    expect(greeksText(result)).toContain('European price and five Greeks')
  })

  it('says nothing of a peer that was not asked for', async () => {
    const { quantLib, skipped } = await benchGreeks({ contracts: 200, rounds: 1, withPeer: false })
    expect([quantLib, skipped]).toEqual([null, []])
  })
})
