import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { divideUnit, positionOf, ScanBacklog, unitPositions, type WholeUnit } from '../../../../runtime/scan/units.ts'

const whole = (values: Partial<WholeUnit> = {}): WholeUnit => ({ kind: 'whole', id: 1, symbolIndexes: [0, 1, 2, 3, 4], dateIndexes: [0], isDivisible: true, divisions: 0, ...values })

function ids(): () => number {
  let next = 100
  return () => next++
}

describe('places of rows', () => {
  it('are symbols in order, dates within a symbol', () => {
    expect([positionOf(0, 0, 3), positionOf(0, 2, 3), positionOf(1, 0, 3), positionOf(4, 1, 3)]).toEqual([0, 2, 3, 13])
  })

  it('of a unit stand in the order of its items', () => {
    expect(unitPositions({ kind: 'scan', id: 1, dateIndex: 1, positions: [7, 1, 4] }, 3)).toEqual([7, 1, 4])
    expect(unitPositions(whole({ symbolIndexes: [2, 0], dateIndexes: [0, 2] }), 3)).toEqual([6, 8, 0, 2])
  })
})

describe('the backlog', () => {
  it('gives rows out in order, one date in a unit', () => {
    const backlog = new ScanBacklog([{ dateIndex: 0, positions: [0, 2, 4] }, { dateIndex: 1, positions: [] }, { dateIndex: 1, positions: [1, 3] }])
    expect(backlog.size).toBe(5)
    expect([backlog.take(1, 2), backlog.take(2, 2), backlog.take(3, 9), backlog.take(4, 9)]).toEqual([
      { kind: 'scan', id: 1, dateIndex: 0, positions: [0, 2] },
      { kind: 'scan', id: 2, dateIndex: 0, positions: [4] },
      { kind: 'scan', id: 3, dateIndex: 1, positions: [1, 3] },
      null,
    ])
    expect(backlog.size).toBe(0)
  })

  it('hands out next what was put back', () => {
    const backlog = new ScanBacklog([{ dateIndex: 0, positions: [0, 1, 2] }])
    backlog.take(1, 2)
    backlog.putBack(0, [1])
    backlog.putBack(0, [])
    expect([...backlog.drain()]).toEqual([1, 2])
    expect(backlog.size).toBe(0)
  })

  it('does not change the lists it was given', () => {
    const positions = [0, 1, 2]
    const backlog = new ScanBacklog([{ dateIndex: 0, positions }])
    backlog.take(1, 2)
    expect(positions).toEqual([0, 1, 2])
  })

  it('loses and doubles nothing, whatever is taken and put back', () => {
    const step = fc.record({ most: fc.integer({ min: 1, max: 7 }), back: fc.nat({ max: 7 }) })
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 }), { maxLength: 4 }), fc.array(step, { maxLength: 60 }), (counts, steps) => {
        const groups = counts.map((count, dateIndex) => ({ dateIndex, positions: Array.from({ length: count }, (_, at) => positionOf(at, dateIndex, counts.length)) }))
        const backlog = new ScanBacklog(groups)
        const done: number[] = []
        for (const { most, back } of steps) {
          const unit = backlog.take(1, most)
          if (unit === null) break
          const kept = Math.max(0, unit.positions.length - back)
          done.push(...unit.positions.slice(0, kept))
          backlog.putBack(unit.dateIndex, unit.positions.slice(kept))
        }
        done.push(...backlog.drain())
        const all = groups.flatMap(({ positions }) => positions)
        expect(done.toSorted((a, b) => a - b)).toEqual(all.toSorted((a, b) => a - b))
        expect(backlog.size).toBe(0)
      }),
    )
  })
})

describe('dividing a unit that failed', () => {
  it('sets the suspect apart', () => {
    const parts = divideUnit(whole(), 3, ids())!
    expect(parts.map(({ id, symbolIndexes, divisions }) => ({ id, symbolIndexes, divisions }))).toEqual([
      { id: 100, symbolIndexes: [3], divisions: 1 },
      { id: 101, symbolIndexes: [0, 1, 2, 4], divisions: 1 },
    ])
  })

  it('goes by parts of like size without a suspect, and where guesses have failed', () => {
    const eight = whole({ symbolIndexes: [0, 1, 2, 3, 4, 5, 6, 7] })
    expect(divideUnit(eight, null, ids())!.map(({ symbolIndexes }) => symbolIndexes)).toEqual([[0, 1], [2, 3], [4, 5], [6, 7]])
    expect(divideUnit(whole({ divisions: 3 }), 4, ids())!.map(({ symbolIndexes }) => symbolIndexes)).toEqual([[0], [1, 2], [3], [4]])
    expect(divideUnit(whole({ symbolIndexes: [3, 7] }), null, ids())!.map(({ symbolIndexes }) => symbolIndexes)).toEqual([[3], [7]])
  })

  it.each([
    ['one symbol at fault of 300', 1, 25],
    ['all of 300', 300, 450],
  ])('finds %s in few runs', (_, culprits, most) => {
    let runs = 0
    const nextId = ids()
    const units = [whole({ symbolIndexes: Array.from({ length: 300 }, (_, index) => index) })]
    for (let unit = units.pop(); unit !== undefined; unit = units.pop()) {
      runs++
      if (unit.symbolIndexes.some((index) => index < culprits)) units.push(...(divideUnit(unit, null, nextId) ?? []))
    }
    expect(runs).toBeLessThanOrEqual(most)
  })

  it.each([
    ['one symbol', whole({ symbolIndexes: [4] })],
    ['a script that needs its symbols at once', whole({ isDivisible: false })],
  ])('leaves %s as it is', (_, unit) => {
    expect(divideUnit(unit, 4, ids())).toBeNull()
  })

  it('keeps every symbol, once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 500 }), { minLength: 2, maxLength: 80 }), fc.nat(), fc.nat({ max: 6 }), (symbolIndexes, pick, divisions) => {
        const suspect = pick % 3 === 0 ? null : symbolIndexes[pick % symbolIndexes.length]!
        const parts = divideUnit(whole({ symbolIndexes, divisions }), suspect, ids())!
        expect(parts.flatMap((part) => part.symbolIndexes).toSorted()).toEqual(symbolIndexes.toSorted())
        expect(parts.every((part) => part.symbolIndexes.length > 0)).toBe(true)
      }),
    )
  })
})
