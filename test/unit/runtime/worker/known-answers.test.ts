import { describe, expect, it } from 'vitest'

import { KnownAnswers } from '../../../../runtime/worker/known-answers.ts'

describe('answers that a worker has', () => {
  it('are those to the same question, until the next row', () => {
    const known = new KnownAnswers()
    expect(known.of('chain AAPL')).toBeNull()
    known.keep('chain AAPL', 'dates')
    expect([known.of('chain AAPL'), known.of('chain AAPL 2026-11-20'), known.of('chain MSFT')]).toEqual(['dates', null, null])
    known.forget()
    expect(known.of('chain AAPL')).toBeNull()
  })

  it('are no more than so many characters', () => {
    const known = new KnownAnswers()
    const large = 'x'.repeat(1024 * 1024)
    for (let at = 0; at < 100; at++) known.keep(`S${at}`, large)
    const kept = Array.from({ length: 100 }, (_, at) => known.of(`S${at}`)).filter((text) => text !== null)
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThanOrEqual(8)
  })
})
