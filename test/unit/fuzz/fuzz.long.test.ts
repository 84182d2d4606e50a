import { describe, it } from 'vitest'

import { allTargets } from './targets/all.ts'
import { runTarget, type Target } from './support/run.ts'

/** `FUZZ_CASES` is the number of cases of each target; those that take little time are given ten times as many, those that open a store or a socket a part. */
const CASES = Number(process.env.FUZZ_CASES ?? 1_000)
const MOST_MEMORY_MB = 1_200
const MOST_MS = 3_600_000

describe('input from outside, at length', () => {
  for (const target of allTargets) it(target.name, () => atLength(target), MOST_MS)
})

/** A seed of its own every time; a failure names it. */
async function atLength(target: Target): Promise<void> {
  const cases = Math.max(1, Math.round((CASES * target.long) / 1_000))
  const seed = Date.now() % 2 ** 31
  const before = process.cpuUsage()
  const done = await runTarget(target, { cases, file: 'test/unit/fuzz/fuzz.long.test.ts', seed })
  const { user, system } = process.cpuUsage(before)
  const memoryMb = Math.round(process.resourceUsage().maxRSS / 1_024)
  console.log(`${target.name}: ${done} cases from seed ${seed}, ${((user + system) / 1e6).toFixed(1)} s of processor time, at most ${memoryMb} MB`)
  if (memoryMb > MOST_MEMORY_MB) throw new Error(`the process took ${memoryMb} MB`)
}
