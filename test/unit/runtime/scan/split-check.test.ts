import { describe, expect, it } from 'vitest'

import type { InjectionPlan, Pattern } from '../../../../runtime/intake/plan.ts'
import { decideSplit, type Sample, type Tried } from '../../../../runtime/scan/split-check.ts'

const HIT = '{"status":"hit"}'
const MISS = '{"status":"miss"}'
const FAILED = '{"status":"failed"}'
const CUT = '{"status":"timed_out"}'
const LOST = '{"status":"failed","error":{"code":"worker_lost"}}'
const NOT_TRIED = (): never => {
  throw new Error('tried')
}

const planOf = (pattern: Pattern, mode: 'batch' | 'whole' = 'batch'): InjectionPlan =>
  ({ pattern, symbols: { name: 'SYMBOLS', form: 'strings' }, split: { symbols: { mode, reason: 'as its text says' } } }) as unknown as InjectionPlan

/** The places of the rows of one way, in the order in which they are run. */
const placesOf = ({ scans, wholes }: Sample): number[][] => (scans ?? []).map(({ positions }) => positions).concat((wholes ?? []).map(({ symbolIndexes }) => symbolIndexes))

/** Decides for one date of so many symbols; `tell` is the outcome of a row, by the rows that are run with it. */
async function decide(pattern: Pattern, symbols: number, tell: (position: number, together: number[]) => string) {
  const tried: number[][][] = []
  const runOf = (sample: Sample): Tried => {
    const places = placesOf(sample)
    tried.push(places)
    return new Map(places.flatMap((together) => together.map((position) => [position, tell(position, together)] as const)))
  }
  const kept = [{ dateIndex: 0, positions: Array.from({ length: symbols }, (_, at) => at) }]
  const { mode, reason } = await decideSplit({ asked: 'auto', plan: planOf(pattern), kept, dateCount: 1, tryBoth: async (one, other) => [runOf(one), runOf(other)] })
  return { mode, reason, sizes: tried.map((places) => places.map(({ length }) => length)) }
}

describe('whether a run may go batch by batch', () => {
  it.each<[Pattern, number[][]]>([
    ['scan', [[6], [6], [64], [64]]],
    ['script', [[6], [1, 1, 1, 1, 1, 1], [64], [7, 7, 7, 7, 7, 7, 7, 7, 7, 1]]],
    ['main', [[6], [1, 1, 1, 1, 1, 1], [64], [7, 7, 7, 7, 7, 7, 7, 7, 7, 1]]],
  ])('is tried for a %s with few symbols, then with many', async (pattern, expected) => {
    const { mode, reason, sizes } = await decide(pattern, 100, (position) => (position % 3 === 0 ? HIT : MISS))
    expect(sizes).toEqual(expected)
    expect({ mode, reason }).toEqual({ mode: 'batch', reason: 'as its text says; a sample of 64 symbols gave the same rows together and apart' })
  })

  it('tries no more symbols than there are, and none where there is one', async () => {
    expect((await decide('script', 4, () => HIT)).sizes).toEqual([[4], [1, 1, 1, 1]])
    expect((await decide('script', 1, () => HIT)).sizes).toEqual([])
  })

  it.each<Pattern>(['script', 'main'])('is refused to a %s that counts what it finds', async (pattern) => {
    const { mode, reason } = await decide(pattern, 100, (position, together) => (together.indexOf(position) < 10 ? HIT : MISS))
    expect({ mode, reason }).toEqual({ mode: 'whole', reason: 'a sample of 64 symbols gave other rows when it was divided' })
  })

  it('is refused to a scan for which the order matters', async () => {
    expect((await decide('scan', 100, (position, together) => (together[0] === position ? HIT : MISS))).mode).toBe('whole')
  })

  it.each<Pattern>(['scan', 'script'])('is not tried with more symbols than one for which a %s takes too long: that row says nothing', async (pattern) => {
    const { mode, reason, sizes } = await decide(pattern, 100, (position) => (position === 0 ? CUT : HIT))
    expect(sizes.map(([first]) => first)).toEqual(pattern === 'scan' ? [6, 6] : [6, 1])
    expect({ mode, reason }).toEqual({ mode: 'batch', reason: 'as its text says; a sample that took too long was given up' })
  })

  it('is refused where other rows than those that took too long differ', async () => {
    expect((await decide('scan', 6, (position, together) => (position === 2 ? LOST : position === 0 && together[0] === 0 ? MISS : HIT))).mode).toBe('whole')
  })

  it('says nothing of rows that were given up before they came', async () => {
    const kept = [{ dateIndex: 0, positions: [0, 1, 2] }]
    const { mode, reason } = await decideSplit({ asked: 'auto', plan: planOf('main'), kept, dateCount: 1, tryBoth: async () => [new Map(), new Map([[0, CUT]])] })
    expect({ mode, reason }).toEqual({ mode: 'batch', reason: 'as its text says; a sample that took too long was given up' })
  })

  it('is granted where all fails together: dividing then finds the symbol at fault', async () => {
    expect((await decide('script', 100, (_, together) => (together.length === 6 || together.length === 64 ? FAILED : HIT))).mode).toBe('batch')
  })

  it.each([
    ['always', 'batch', 'asked for (--split always)'],
    ['never', 'whole', 'asked for (--split never)'],
  ] as const)('is not tried where it is asked for: %s', async (asked, mode, reason) => {
    expect(await decideSplit({ asked, plan: planOf('script'), kept: [], dateCount: 1, tryBoth: NOT_TRIED })).toEqual({ mode, reason })
  })

  it('is not tried where the text relates symbols to each other', async () => {
    expect(await decideSplit({ asked: 'auto', plan: planOf('script', 'whole'), kept: [{ dateIndex: 0, positions: [0, 1] }], dateCount: 1, tryBoth: NOT_TRIED })).toEqual({ mode: 'whole', reason: 'as its text says' })
  })
})
