import { describe, expect, it } from 'vitest'

import { emptyOutcome } from '../../../../runtime/explore/outcome.ts'
import type { ExplorationOutcome } from '../../../../runtime/explore/row.ts'
import { SourceTroubles } from '../../../../runtime/explore/source-troubles.ts'

const failed: ExplorationOutcome = { ...emptyOutcome('API_Error', 'refused'), parallelError: 'refused', retryable: true, apiCalls: 3 }
const unknown: ExplorationOutcome = { ...emptyOutcome('API_Error', 'no such ticker'), parallelError: 'no such ticker', apiCalls: 1 }
const answered: ExplorationOutcome = { ...emptyOutcome('Success', ''), apiCalls: 2 }
const cached: ExplorationOutcome = { ...emptyOutcome('Success', ''), chainCacheHit: true }

function told(rows: readonly (readonly [string, ExplorationOutcome])[]): { covered: string[]; lines: string[] } {
  const lines: string[] = []
  const troubles = new SourceTroubles((level, ticker, text) => void lines.push(`${level}${ticker} ${text}`))
  const covered = rows.filter(([ticker, outcome]) => troubles.covers(ticker, outcome)).map(([ticker]) => ticker)
  troubles.end()
  return { covered, lines }
}

describe('the log of a source that is down', () => {
  it('has a line for the first ticker, and one for all others until one is answered', () => {
    expect(told([['A', failed], ['A', failed], ['B', failed], ['C', failed], ['C', failed], ['D', answered], ['E', failed]])).toEqual({
      covered: ['B', 'C', 'C'],
      lines: ['warn D was answered; before it 2 more tickers went without an answer (B, C); their rows say why'],
    })
  })

  it('says at the end how many there were, where none is answered any more', () => {
    const names = Array.from({ length: 12 }, (_, at) => `T${at}`)
    const { covered, lines } = told(names.map((name) => [name, failed]))
    expect(covered).toHaveLength(11)
    expect(lines).toEqual(['warn no further ticker was answered: 11 more tickers went without an answer (T1, T2, T3, T4, T5, T6, T7, T8 and 3 others); their rows say why'])
  })

  it('is as it was for single troubles, and goes by answers of the source alone', () => {
    expect(told([['A', failed], ['B', answered], ['C', failed], ['D', unknown], ['E', failed]])).toEqual({ covered: [], lines: [] })
    expect(told([['A', failed], ['B', cached], ['C', failed]]).covered).toEqual(['C'])
  })
})
