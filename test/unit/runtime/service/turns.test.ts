import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { nextTurn, type WaitingRun } from '../../../../runtime/service/turns.ts'

/** Lets runs come and have turns; gives the order in which they had them. */
function play(steps: readonly (string | null)[]): { order: WaitingRun[]; waits: Map<string, string[]> } {
  const waiting = new Map<string, WaitingRun>()
  const lastTurns = new Map<string, number>()
  const order: WaitingRun[] = []
  /** Parties that had a turn while a run waited as the first of its own. */
  const waits = new Map<string, string[]>()
  let [place, turn] = [0, 0]
  const take = (): void => {
    const next = nextTurn(waiting.values(), lastTurns)
    if (next === null) return
    waiting.delete(next.id)
    lastTurns.set(next.party, turn++)
    order.push(next)
    const heads = [...waiting.values()].filter((run) => ![...waiting.values()].some((other) => other.party === run.party && other.place < run.place))
    for (const head of heads) if (head.party !== next.party) waits.set(head.id, [...(waits.get(head.id) ?? []), next.party])
  }
  for (const party of steps) {
    if (party === null) take()
    else {
      place++
      waiting.set(`r${place}`, { id: `r${place}`, party, place })
    }
  }
  while (waiting.size > 0) take()
  return { order, waits }
}

const step = fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: null })

describe('turns', () => {
  it('nobody waits: nobody has a turn', () => {
    expect(nextTurn([], new Map())).toBeNull()
  })

  it('one scanner with many runs does not hold up another', () => {
    expect(play(['a', 'a', 'a', 'a', 'b', null, null]).order.slice(0, 2).map(({ party }) => party)).toEqual(['a', 'b'])
  })

  it('runs of one scanner go in the order in which they came, and all have their turn', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { order } = play(steps)
        expect(order).toHaveLength(steps.filter((party) => party !== null).length)
        for (const party of 'abcd') {
          const places = order.filter((run) => run.party === party).map(({ place }) => place)
          expect(places).toEqual(places.toSorted((one, other) => one - other))
        }
      }),
    )
  })

  it('no scanner starves: at the head of its own runs, it waits for at most one turn of every other', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        for (const parties of play(steps).waits.values()) expect(new Set(parties).size).toBe(parties.length)
      }),
    )
  })
})
