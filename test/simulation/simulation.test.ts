import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { FOUND } from './found.ts'
import { makeFixtures, type Fixtures } from './support/fixtures.ts'
import { schedules } from './support/schedule.ts'
import { play } from './support/world.ts'

/** Seeds that are played, from 1; one that is named is played alone. */
const SEEDS = Number(process.env.SIMULATE_SEEDS ?? (process.env.TEST_LONG === '1' ? 4_000 : 60))
const ONE = process.env.SIMULATE_SEED
/** Failures after which no further seed is played: each takes a while to be made small. */
const ENOUGH = 3

let fixtures: Fixtures
beforeAll(async () => {
  fixtures = await makeFixtures()
})
afterAll(() => fixtures.close())

/** Plays the schedule of a seed; where that goes wrong, finds a smaller one that does, and says how to play it again. */
async function playSeed(seed: number): Promise<string | null> {
  const property = fc.asyncProperty(schedules, async (schedule) => {
    const faults = await play(schedule, fixtures)
    if (faults.length > 0) throw new Error(faults.slice(0, 8).join('\n'))
  })
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: 1, interruptAfterTimeLimit: 60_000 })
  if (!failed) return null
  return `To play it again: SIMULATE_SEED=${seed} npm test -- test/simulation\n${(errorInstance as Error | null)?.message}\n${JSON.stringify(counterexample?.[0])}`
}

describe('schedules of faults', () => {
  it.each(Object.entries(FOUND))('%s', async (_, schedule) => {
    expect(await play(schedule, fixtures)).toEqual([])
  })

  it(`of ${ONE === undefined ? SEEDS : 1} seeds leave every run with each row once, as it must be`, { timeout: Math.max(240_000, 500 * SEEDS) }, async () => {
    const seeds = ONE === undefined ? Array.from({ length: SEEDS }, (_, place) => place + 1) : [Number(ONE)]
    const failures: string[] = []
    for (const seed of seeds) {
      const failure = await playSeed(seed)
      if (failure !== null) failures.push(failure)
      if (failures.length >= ENOUGH) break
    }
    expect(failures.join('\n\n')).toBe('')
  })

  it('would show rows that are lost', async () => {
    const [schedule] = fc.sample(schedules, { seed: 1, numRuns: 1 })
    const faults = await play({ ...schedule!, faults: [] }, fixtures, { losesRows: true })
    expect(faults.join('\n')).toMatch(/rows|not done|failed/)
  })

  it('go the same way each time they are played', async () => {
    for (const schedule of fc.sample(schedules, { seed: 7, numRuns: 8 })) {
      const [one, other] = [[], []] as [string[], string[]]
      await play(schedule, fixtures, { story: one })
      await play(schedule, fixtures, { story: other })
      expect(other).toEqual(one)
      expect(one.length).toBeGreaterThan(5)
    }
  })
})
