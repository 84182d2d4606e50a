import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { WorkerBudget } from '../../../../runtime/pool/worker-budget.ts'
import { shareWorkers } from '../../../../runtime/pool/worker-shares.ts'

describe('shares of the workers', () => {
  it('are even, and what one has no use for goes to the others', () => {
    expect(shareWorkers(8, [8])).toEqual([8])
    expect(shareWorkers(8, [8, 8, 8])).toEqual([3, 3, 2])
    expect(shareWorkers(8, [1, 8, 8])).toEqual([1, 4, 3])
    expect(shareWorkers(2, [8, 8, 8])).toEqual([1, 1, 0])
    expect(shareWorkers(4, [])).toEqual([])
  })

  it('never exceed the total nor what is wanted, leave none idle that somebody wants, and are fair', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.array(fc.integer({ min: 1, max: 70 }), { maxLength: 12 }), (total, wants) => {
        const shares = shareWorkers(total, wants)
        const sum = shares.reduce((all, share) => all + share, 0)
        expect(sum).toBe(Math.min(total, wants.reduce((all, want) => all + want, 0)))
        shares.forEach((share, run) => {
          expect(share).toBeLessThanOrEqual(wants[run]!)
          if (wants.length <= total) expect(share).toBeGreaterThan(0)
          // Whoever wants more has no less than any other has, but for the odd one.
          if (share < wants[run]!) for (const other of shares) expect(other).toBeLessThanOrEqual(share + 1)
        })
      }),
    )
  })
})

describe('the budget of workers', () => {
  it('is never exceeded, whatever runs come, want, take and give back', () => {
    const action = fc.record({ run: fc.nat(5), what: fc.constantFrom('open', 'take', 'give', 'want', 'close'), workers: fc.integer({ min: 1, max: 9 }) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(action, { maxLength: 80 }), (total, actions) => {
        const budget = new WorkerBudget(total)
        const leases = new Map<number, { lease: ReturnType<WorkerBudget['lease']>; held: number; isOpen: boolean }>()
        for (const { run, what, workers } of actions) {
          const entry = leases.get(run)
          if (what === 'open' && entry === undefined) leases.set(run, { lease: budget.lease(workers), held: 0, isOpen: true })
          if (entry === undefined) continue
          if (what === 'take' && entry.lease.take()) {
            entry.held++
            expect(entry.held).toBeLessThanOrEqual(entry.lease.limit)
          }
          if (what === 'give' && entry.held > 0) {
            entry.held--
            entry.lease.giveBack()
          }
          if (what === 'want') entry.lease.want(workers)
          if (what === 'close') entry.lease.close()
          expect([...leases.values()].reduce((sum, { held }) => sum + held, 0)).toBeLessThanOrEqual(total)
        }
      }),
    )
  })

  it('tells a run that it may have more once another is over', () => {
    const budget = new WorkerBudget(2)
    const first = budget.lease(2)
    expect([first.take(), first.take(), first.take()]).toEqual([true, true, false])
    const second = budget.lease(2)
    expect([first.limit, second.limit, second.take()]).toEqual([1, 1, false])
    let told = 0
    second.onChange(() => told++)
    first.giveBack()
    expect([told, second.take()]).toEqual([1, true])
    first.close()
    expect(second.limit).toBe(2)
  })
})
