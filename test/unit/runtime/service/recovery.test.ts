import { expect, it } from 'vitest'

import type { StoredPlan } from '../../../../runtime/scan/stored-plan.ts'
import { afterDeath } from '../../../../runtime/service/recovery.ts'

const plan: StoredPlan = { request: { filename: 'a.js' }, seed: 's', snapshot: null, scope: null }

/** Whether a run is gone on with after each of several deaths, at so many settled rows each. */
function outcomes(settled: number[]): boolean[] {
  let kept: ReturnType<typeof afterDeath>['plan'] = plan
  return settled.map((rows) => {
    const { isDue, plan: marked } = afterDeath(kept, rows)
    kept = marked
    return isDue
  })
}

it('a run that makes headway between deaths is always gone on with', () => {
  expect(outcomes([0, 10, 20, 30, 40, 50, 60, 70])).not.toContain(false)
})

it('a run whose process dies again and again without a row more is left alone, and may be tried again', () => {
  expect(outcomes([7, 7, 7, 7, 7, 7, 7])).toEqual([true, true, true, true, true, false, true])
})
