import { describe, expect, it } from 'vitest'

import type { InjectionPlan, SplitVerdict } from '../../../../runtime/intake/plan.ts'
import { decideDates, withDates } from '../../../../runtime/scan/date-check.ts'
import type { Sample, Tried } from '../../../../runtime/scan/split-check.ts'

const GONE_THROUGH: SplitVerdict = { mode: 'batch', reason: 'as its text says', line: null, isGoneThrough: true }
const planOf = (dates: SplitVerdict, more: object = {}): InjectionPlan =>
  ({ pattern: 'script', symbols: { name: 'SYMBOLS', form: 'strings' }, dates: { name: 'DATES', form: 'strings' }, split: { dates }, ...more }) as unknown as InjectionPlan

/** Decides for so many symbols and dates; `tell` is the outcome of a row, by the dates that are run with it. */
async function decide(plan: InjectionPlan, { symbols = 10, dateCount = 20, asked = 'auto' as 'auto' | 'always' | 'never', tell = (_date: number, _together: number[]): string => '{"status":"hit"}' } = {}) {
  const units: number[][][] = []
  const runOf = ({ wholes = [] }: Sample): Tried => {
    units.push(wholes.map(({ symbolIndexes, dateIndexes }) => [symbolIndexes.length, dateIndexes.length]))
    return new Map(wholes.flatMap(({ symbolIndexes, dateIndexes }) => symbolIndexes.flatMap((symbol) => dateIndexes.map((date) => [symbol * dateCount + date, tell(date, dateIndexes)] as const))))
  }
  const decided = await decideDates({ asked, plan, dateCount, symbolsOn: () => Array.from({ length: symbols }, (_, at) => at), tryBoth: async (one, other) => [runOf(one), runOf(other)] })
  return { decided, units }
}

describe('whether the dates of a run go one by one', () => {
  it('is tried with a few symbols over a few dates', async () => {
    const { decided, units } = await decide(planOf(GONE_THROUGH))
    expect(decided).toEqual({ dates: 'apart', reason: 'date by date: as its text says' })
    expect(units).toEqual([[[4, 5]], [[4, 1], [4, 1], [4, 1], [4, 1], [4, 1]]])
  })

  it('is refused where a date comes out otherwise behind another', async () => {
    const { decided } = await decide(planOf(GONE_THROUGH), { dateCount: 2, tell: (date, together) => JSON.stringify({ status: together.indexOf(date) > 0 ? 'hit' : 'miss' }) })
    expect(decided).toEqual({ dates: 'together', reason: 'all dates at once: a sample of 2 dates gave other rows one by one' })
  })

  it('is tried for one symbol at a time where the script takes one', async () => {
    const { units } = await decide(planOf(GONE_THROUGH, { symbols: { name: 'TICKER', form: 'single' } }), { symbols: 2, dateCount: 2 })
    expect(units).toEqual([[[1, 2], [1, 2]], [[1, 1], [1, 1], [1, 1], [1, 1]]])
  })

  it('needs no trial where the text tells, where no date is read, and where it is asked for', async () => {
    expect(await decide(planOf({ mode: 'whole', reason: 'line 3 keeps `n`', line: 3 }))).toEqual({ decided: { dates: 'together', reason: 'all dates at once: line 3 keeps `n`' }, units: [] })
    expect(await decide(planOf({ mode: 'batch', reason: 'no dates are read', line: null }))).toEqual({ decided: { dates: 'apart', reason: 'date by date: no dates are read' }, units: [] })
    expect((await decide(planOf(GONE_THROUGH, { dates: { name: 'DATE', form: 'single' } }))).decided).toEqual({ dates: 'apart', reason: 'date by date: `DATE` holds one at a time' })
    expect((await decide(planOf(GONE_THROUGH), { asked: 'never' })).decided?.dates).toBe('together')
    expect((await decide(planOf(GONE_THROUGH), { asked: 'always' })).decided?.dates).toBe('apart')
    expect((await decide(planOf(GONE_THROUGH), { symbols: 0 })).decided?.dates).toBe('apart')
  })

  it('is no question for one date, or for scans of one symbol on one date', async () => {
    expect((await decide(planOf(GONE_THROUGH), { dateCount: 1 })).decided).toBeNull()
    expect((await decide(planOf(GONE_THROUGH, { pattern: 'scan' }))).decided).toBeNull()
    expect(withDates({ mode: 'batch', reason: 'one by one' }, null)).toEqual({ mode: 'batch', reason: 'one by one' })
  })
})
