import { describe, expect, it } from 'vitest'

import { PacedAnswers } from '../../../../runtime/explore/paced-answers.ts'

const WORK_MS = 30

/** Makes an answer as costly ones are made: by work during which nobody else has a turn. */
function maker(times: { began: number; ended: number }[], text: string): () => Promise<string> {
  return async () => {
    const began = performance.now()
    while (performance.now() - began < WORK_MS);
    times.push({ began, ended: performance.now() })
    return text
  }
}

describe('answers to scripts', () => {
  it('leave half of the time to everybody else, however many runs ask', async () => {
    const times: { began: number; ended: number }[] = []
    const runs = [new PacedAnswers(), new PacedAnswers(), new PacedAnswers()]
    await Promise.all(runs.map((run, at) => run.answer('question', maker(times, `${at}`))))
    for (const [at, { began }] of times.entries()) if (at > 0) expect(began - times[at - 1]!.ended).toBeGreaterThan(0.9 * WORK_MS)
    expect(times).toHaveLength(3)
  })

  it('are made once for each question of a run, and for each run', async () => {
    const times: { began: number; ended: number }[] = []
    const [run, other] = [new PacedAnswers(), new PacedAnswers()]
    const asked = [run.answer('question', maker(times, 'a')), run.answer('question', maker(times, 'b')), other.answer('question', maker(times, 'c'))]
    expect(await Promise.all(asked)).toEqual(['a', 'a', 'c'])
    expect(times).toHaveLength(2)
  })

  it('that fail keep nobody from theirs', async () => {
    await expect(new PacedAnswers().answer('question', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    expect(await new PacedAnswers().answer('question', () => Promise.resolve('well'))).toBe('well')
  })
})
