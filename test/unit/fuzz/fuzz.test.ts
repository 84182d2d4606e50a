import { describe, it } from 'vitest'

import { allTargets } from './targets/all.ts'
import { runTarget } from './support/run.ts'

const SEED = 20_261_120

describe('input from outside', () => {
  for (const target of allTargets) {
    it(target.name, async () => {
      // Half of them, so that the quick suite keeps to its five minutes; the long one draws others every time.
      await runTarget(target, { cases: Math.ceil(target.quick / 2), file: 'test/unit/fuzz/fuzz.test.ts', seed: SEED })
    })
  }
})
