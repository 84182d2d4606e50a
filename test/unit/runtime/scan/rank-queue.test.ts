import { describe, expect, it } from 'vitest'

import type { Outcome } from '../../../../runtime/scan/outcome.ts'
import type { RankUnit, Unit } from '../../../../runtime/scan/units.ts'
import { WorkQueue } from '../../../../runtime/scan/work-queue.ts'
import type { RankRequest, UnitDone } from '../../../../runtime/worker/protocol.ts'

const hit = (data: unknown = null): string => JSON.stringify({ status: 'hit', score: 1, direction: null, data, strategies: [], reason: null })
const done = (unit: Unit, count: number, error: UnitDone['error'] = null): UnitDone => ({ unit: unit.id, done: count, isFatal: false, error, strayHits: 0, straySamples: [] })
const work = { workerId: 1, dispatchedAt: 0, at: 5 }
const within = ({ id }: Unit) => ({ step: 0, unit: id, item: -1 })

/** A queue over three symbols and two dates whose hits are ranked, and what it settled. */
function open() {
  const settled = new Map<number, Outcome>()
  const queue = new WorkQueue({
    plan: { symbols: ['A', 'B', 'C'], snapshotIndexes: [0, 1, 2], dates: ['2026-11-19', '2026-11-20'], days: [1, 2] },
    scans: [{ dateIndex: 0, positions: [0, 2, 4] }, { dateIndex: 1, positions: [1, 3, 5] }],
    wholes: [],
    limits: { symbolTimeoutMs: 1_000, runTimeoutMs: 9_000, batchTargetMs: 100, batchMaxSymbols: 2 },
    events: {
      settled: (position, outcome) => {
        if (settled.has(position)) throw new Error(`settled twice: ${position}`)
        settled.set(position, outcome)
      },
      dispatched: () => {}, strays: () => {}, stateLost: () => {},
    },
    locate: () => null,
    ranks: true,
    now: 0,
  })
  const answer = (unit: Unit, texts: string[]): void => {
    queue.rows(unit, texts.map((text, item) => ({ item, scriptMs: 0, dataMs: 0, text })), work)
    queue.unitDone(unit, done(unit, texts.length), work)
  }
  /** Hands out and answers every scan of a date, hits all, the last batch first, and gives the rank step that is then due. */
  const scanDate = (text = hit): { unit: RankUnit; request: RankRequest } => {
    const units: Unit[] = []
    for (let left = 3; left > 0; ) {
      const { unit } = queue.next(1)!
      units.push(unit)
      left -= (unit as RankUnit).positions.length
    }
    for (const unit of units.reverse()) answer(unit, (unit as RankUnit).positions.map((position) => text(position)))
    const next = queue.next(1)!
    expect(next.unit.kind).toBe('rank')
    return next as { unit: RankUnit; request: RankRequest }
  }
  return { queue, settled, answer, scanDate }
}

describe('a queue whose hits are ranked', () => {
  it('holds hits until their date is scanned, and hands them out in the order of the run, whichever came first', () => {
    const { queue, settled, answer, scanDate } = open()
    const { unit, request } = scanDate()
    expect(settled.size).toBe(0)
    expect(request).toEqual({ unit: unit.id, day: 1, candidates: [['A', hit(0)], ['B', hit(2)], ['C', hit(4)]] })
    answer(unit, [hit('kept'), '', hit()])
    expect([...settled].map(([position, { status, reason }]) => [position, status, reason])).toEqual([
      [0, 'hit', 'the scanner matched'],
      [2, 'miss', 'the rank step did not keep it'],
      [4, 'hit', 'the scanner matched'],
    ])
    expect(queue.isDone).toBe(false)
    const second = scanDate()
    answer(second.unit, ['', '', ''])
    expect([settled.size, queue.isDone]).toEqual([6, true])
  })

  it('has nothing to rank where nothing hit', () => {
    const { queue, settled, answer } = open()
    for (let next = queue.next(1); next !== null; next = queue.next(1)) {
      expect(next.unit.kind).toBe('scan')
      answer(next.unit, (next.unit as RankUnit).positions.map(() => ''))
    }
    expect([settled.size, queue.isDone]).toEqual([6, true])
  })

  it('ranks a date again where its worker was lost by chance, once, and then gives it up; the other dates go on', () => {
    const { queue, settled, scanDate } = open()
    const first = scanDate()
    queue.rows(first.unit, [{ item: 0, scriptMs: 0, dataMs: 0, text: hit() }], work)
    queue.workerLost(first.unit, { kind: 'exited', detail: 'gone' }, within(first.unit), work)
    const again = queue.next(1)!
    expect((again.request as RankRequest).candidates).toEqual(first.request.candidates)
    queue.workerLost(again.unit, { kind: 'exited', detail: 'gone' }, within(again.unit), work)
    expect([...settled.values()].map(({ status, error }) => error?.code ?? status)).toEqual(['hit', 'worker_lost', 'worker_lost'])
    expect(queue.next(1)!.unit.kind).toBe('scan')
  })

  it('starts a date over, without counting it, where its worker had to go', () => {
    const { queue, settled, scanDate } = open()
    let next: { unit: Unit } = scanDate()
    for (let times = 0; times < 5; times++) {
      queue.workerLost(next.unit, { kind: 'killed', cause: 'stopped' }, within(next.unit), work)
      next = queue.next(1)!
      expect(next.unit.kind).toBe('rank')
    }
    expect(settled.size).toBe(0)
  })

  it.each([
    [{ kind: 'killed', cause: 'timeout' }, 'timed_out', 'rank_timeout'],
    [{ kind: 'killed', cause: 'memory' }, 'out_of_memory', 'script_out_of_memory'],
    [{ kind: 'broke', problem: 'nonsense' }, 'failed', 'worker_broke_protocol'],
  ] as const)('gives every hit of the date what became of its worker: %j', (end, status, code) => {
    const { queue, settled, scanDate } = open()
    const { unit } = scanDate()
    queue.workerLost(unit, end, within(unit), work)
    expect([...settled.values()].map((outcome) => [outcome.status, outcome.error?.code])).toEqual(Array(3).fill([status, code]))
  })

  it('refuses more hits than a worker takes at once, and says how many', () => {
    const { queue, settled, scanDate } = open()
    const large = 'x'.repeat(6 * 2 ** 20)
    expect(() => scanDate(() => hit(large))).toThrow(/expected 'scan' to be 'rank'/)
    expect([...settled.values()].map(({ status, reason }) => [status, reason])).toEqual(Array(3).fill(['failed', 'The hits of 2026-11-19 come to 19 MB, and the rank step takes at most 15 MB.']))
    expect(queue.isDone).toBe(false)
  })

  it('takes no end before the rows, and no row twice', () => {
    const { queue, scanDate } = open()
    const { unit } = scanDate()
    expect(() => queue.unitDone(unit, done(unit, 3), work)).toThrow(RangeError)
    queue.rows(unit, [{ item: 1, scriptMs: 0, dataMs: 0, text: '' }], work)
    expect(() => queue.rows(unit, [{ item: 1, scriptMs: 0, dataMs: 0, text: '' }], work)).toThrow(RangeError)
    expect(() => queue.rows(unit, [{ item: 3, scriptMs: 0, dataMs: 0, text: '' }], work)).toThrow(RangeError)
    expect(() => queue.rows(unit, [{ item: 0, scriptMs: 0, dataMs: 0, text: '{"status":"many"}' }], work)).toThrow(RangeError)
  })

  it('knows every row that is not settled, held ones once', () => {
    const { queue, scanDate } = open()
    scanDate()
    expect([...queue.unsettled()].sort()).toEqual([0, 1, 2, 3, 4, 5])
  })
})
