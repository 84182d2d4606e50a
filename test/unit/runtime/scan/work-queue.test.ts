import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { WorkerEnd } from '../../../../runtime/pool/worker-process.ts'
import type { Outcome } from '../../../../runtime/scan/outcome.ts'
import { positionOf, unitPositions, type Unit, type WholeUnit } from '../../../../runtime/scan/units.ts'
import { divideSymbols, WorkQueue, type RowOrigin } from '../../../../runtime/scan/work-queue.ts'
import type { Progress } from '../../../../runtime/worker/cell.ts'
import type { RowRecord, ScanRequest, ScriptFault, UnitDone } from '../../../../runtime/worker/protocol.ts'

const HIT = '{"status":"hit","score":1,"direction":null,"data":null,"strategies":[],"reason":null}'
const THREW: ScriptFault = { code: 'script_threw', name: 'Error', message: 'no', stack: '' }
const LOST: WorkerEnd = { kind: 'exited', detail: 'signal SIGKILL' }
const HUNG: WorkerEnd = { kind: 'killed', cause: 'timeout' }
const STOPPED: WorkerEnd = { kind: 'killed', cause: 'stopped' }
const NO_PROGRESS: Progress = { step: 1, unit: 0, item: -1 }
const begun = ({ id }: Unit): Progress => ({ step: 1, unit: id, item: -1 })

interface Shape {
  symbols: number
  dates?: number
  /** Symbols of each unit that is run whole; where it is left out, rows are scanned one by one. */
  wholes?: { symbolIndexes: number[]; isDivisible: boolean }[]
  oneWorker?: boolean
  symbolTimeoutMs?: number
  isTrial?: boolean
}

/** A queue, what it settled, and hands that do the work of workers. */
function bench({ symbols, dates = 1, wholes, oneWorker = false, symbolTimeoutMs = 1_000, isTrial = false }: Shape) {
  const settled = new Map<number, { outcome: Outcome; origin: RowOrigin }>()
  const told = { strays: 0, stateLost: 0, doubles: 0 }
  let now = 100
  const dateIndexes = Array.from({ length: dates }, (_, at) => at)
  const queue = new WorkQueue({
    plan: {
      symbols: Array.from({ length: symbols }, (_, at) => `S${at}`),
      snapshotIndexes: Array.from({ length: symbols }, (_, at) => at),
      dates: dateIndexes.map((at) => `2026-01-0${at + 1}`),
      days: dateIndexes.map((at) => 20_000 + at),
    },
    scans: wholes ? [] : dateIndexes.map((dateIndex) => ({ dateIndex, positions: Array.from({ length: symbols }, (_, at) => positionOf(at, dateIndex, dates)) })),
    wholes: (wholes ?? []).map((whole): Omit<WholeUnit, 'id'> => ({ kind: 'whole', dateIndexes, divisions: 0, ...whole })),
    limits: { symbolTimeoutMs, runTimeoutMs: 60_000, batchTargetMs: isTrial ? Number.POSITIVE_INFINITY : 50, batchMaxSymbols: 500, isTrial },
    events: {
      settled: (position, outcome, origin) => {
        if (settled.has(position)) told.doubles++
        settled.set(position, { outcome, origin })
      },
      dispatched: () => {},
      strays: (count) => void (told.strays += count),
      stateLost: () => void told.stateLost++,
    },
    locate: () => null,
    oneWorker,
    now,
  })
  const work = (workerId = 1) => ({ workerId, dispatchedAt: now, at: now + 5 })
  const record = (item: number, text = ''): RowRecord => ({ item, scriptMs: 1, dataMs: 0.5, text })
  const end = (unit: Unit, values: Partial<UnitDone> = {}): UnitDone => ({
    unit: unit.id, done: unitPositions(unit, dates).length, isFatal: false, error: null, strayHits: 0, straySamples: [], ...values,
  })
  const next = (workers = 2): Unit => {
    const given = queue.next(workers)
    if (given === null) throw new Error('the queue gave nothing')
    return given.unit
  }
  const finish = (unit: Unit, texts: (item: number) => string = () => ''): void => {
    queue.rows(unit, unitPositions(unit, dates).map((_, item) => record(item, texts(item))), work())
    queue.unitDone(unit, end(unit), work())
  }
  const status = (): Record<number, string> => Object.fromEntries([...settled].map(([position, { outcome }]) => [position, outcome.status]).toSorted())
  return { queue, settled, told, work, record, end, next, finish, status, count: symbols * dates, tick: (ms: number) => void (now += ms) }
}

describe('rows that are scanned one by one', () => {
  it('are handed out, settled and done', () => {
    const { queue, next, finish, status, settled } = bench({ symbols: 3, dates: 2 })
    expect(queue.usefulWorkers).toBe(6)
    while (!queue.isEmpty) finish(next(), (item) => (item === 0 ? HIT : ''))
    expect(queue.isDone).toBe(true)
    expect(queue.next(2)).toBeNull()
    expect(Object.keys(status())).toEqual(['0', '1', '2', '3', '4', '5'])
    expect(settled.get(0)!.outcome.status).toBe('hit')
  })

  it('say where they come from', () => {
    const { queue, next, record, end, settled, tick, work } = bench({ symbols: 1 })
    tick(40)
    const unit = next()
    queue.rows(unit, [record(0)], work(7))
    queue.unitDone(unit, end(unit), work(7))
    expect(settled.get(0)!.origin).toEqual({ batchId: unit.id, workerId: 7, attempt: 1, queueMs: 40, dataMs: 0.5, scriptMs: 1 })
  })

  it('ask for symbols by their place in the snapshot', () => {
    const { queue } = bench({ symbols: 40, dates: 2 })
    const request = queue.next(1)!.request as ScanRequest
    expect(request.day).toBe(20_000)
    expect(request.symbolIndexes.slice(0, 2)).toEqual([0, 1])
  })

  it('that a worker hands back are handed out next', () => {
    const { queue, next, record, end, work, status, finish } = bench({ symbols: 30 })
    const unit = next(1)
    queue.rows(unit, [record(0), record(1)], work())
    queue.unitDone(unit, end(unit, { done: 2 }), work())
    const again = next(1)
    expect(unitPositions(again, 1)[0]).toBe(2)
    finish(again)
    while (!queue.isEmpty) finish(next())
    expect(Object.keys(status())).toHaveLength(30)
  })
})

describe('a worker that is gone', () => {
  const lose = (end: WorkerEnd, item: number, shape: Partial<Shape> = {}) => {
    const made = bench({ symbols: 30, ...shape })
    const unit = made.next(1)
    made.queue.rows(unit, [made.record(0)], made.work())
    made.queue.workerLost(unit, end, { step: 9, unit: unit.id, item }, made.work(3))
    return { ...made, unit }
  }

  it('past its deadline costs the symbol it was at, and no other', () => {
    const { status, settled, queue, next, finish } = lose(HUNG, 2)
    expect(status()).toEqual({ 0: 'miss', 2: 'timed_out' })
    expect(settled.get(2)!.outcome.error).toMatchObject({ code: 'symbol_timeout' })
    expect(settled.get(2)!.origin).toMatchObject({ attempt: 1, workerId: 3, scriptMs: 5 })
    while (!queue.isEmpty) finish(next())
    expect(Object.values(status()).filter((each) => each === 'miss')).toHaveLength(29)
  })

  it.each<[string, WorkerEnd, string, string]>([
    ['past its memory', { kind: 'killed', cause: 'memory' }, 'out_of_memory', 'script_out_of_memory'],
    ['out of memory by itself', { kind: 'out_of_memory' }, 'out_of_memory', 'script_out_of_memory'],
    ['for what it sent', { kind: 'broke', problem: 'a frame of unknown type 77' }, 'failed', 'worker_broke_protocol'],
  ])('%s: the row says so', (_, end, status, code) => {
    const { settled } = lose(end, 2)
    expect(settled.get(2)!.outcome).toMatchObject({ status, error: { code } })
  })

  it('from outside: its symbol is tried once more, then failed', () => {
    const { queue, status, settled, next, work } = lose(LOST, 2)
    expect(status()).toEqual({ 0: 'miss' })
    const again = next(1)
    const item = unitPositions(again, 1).indexOf(2)
    queue.workerLost(again, LOST, { step: 9, unit: again.id, item }, work())
    expect(settled.get(2)!.outcome).toMatchObject({ status: 'failed', error: { code: 'worker_lost' } })
    expect(settled.get(2)!.origin.attempt).toBe(2)
  })

  it('from outside: a symbol that does well the second time says that it was the second', () => {
    const { queue, settled, next, finish } = lose(LOST, 2)
    while (!queue.isEmpty) finish(next())
    expect([settled.get(2)!.origin.attempt, settled.get(3)!.origin.attempt]).toEqual([2, 1])
    expect(settled.get(2)!.outcome.status).toBe('miss')
  })

  it('because it was stopped costs nothing', () => {
    const { status, queue, next, finish, settled } = lose(STOPPED, 2)
    expect(status()).toEqual({ 0: 'miss' })
    while (!queue.isEmpty) finish(next())
    expect(settled.get(2)!.origin.attempt).toBe(1)
  })

  it.each([['that is done already', 0], ['beyond its unit', 400], ['unknown', -1]])('whose progress names an item %s: the first open one is taken', (_, item) => {
    expect(lose(HUNG, item).status()).toEqual({ 0: 'miss', 1: 'timed_out' })
  })

  it.each([['lost', LOST], ['stuck', HUNG]])('that was %s before it began its unit costs no symbol anything, unless it happens time and again', (_, end) => {
    const { queue, next, work, status, settled } = bench({ symbols: 1 })
    for (let time = 0; time < 8; time++) queue.workerLost(next(1), end, { step: 1, unit: 99, item: 3 }, work())
    expect(status()).toEqual({})
    while (!queue.isEmpty) queue.workerLost(next(1), end, { step: 1, unit: 99, item: 3 }, work())
    expect(settled.get(0)!.outcome.status).toBe(end === HUNG ? 'timed_out' : 'failed')
  })

  it('twice is gone once', () => {
    const { queue, unit, work, status } = lose(HUNG, 2)
    queue.workerLost(unit, HUNG, { step: 9, unit: unit.id, item: 3 }, work())
    expect(status()).toEqual({ 0: 'miss', 2: 'timed_out' })
  })
})

describe('a script that takes its symbols at once', () => {
  const three = [{ symbolIndexes: [0, 1, 2], isDivisible: true }]
  const fixed = [{ symbolIndexes: [0, 1, 2], isDivisible: false }]

  it('is asked with names, dates and the last day', () => {
    const { queue } = bench({ symbols: 3, dates: 2, wholes: three })
    expect(queue.next(2)!.request).toMatchObject({ symbols: ['S0', 'S1', 'S2'], dates: ['2026-01-01', '2026-01-02'], asOfDay: 20_001 })
  })

  it('may have a deadline for all its symbols where it cannot be divided', () => {
    const divisible = bench({ symbols: 3, wholes: three })
    const whole = bench({ symbols: 3, wholes: fixed })
    const endless = bench({ symbols: 3, wholes: fixed, symbolTimeoutMs: 50_000 })
    expect([divisible, whole, endless].map(({ queue, next }) => queue.deadlineMs(next()))).toEqual([1_000, 3_000, 60_000])
  })

  it('has a deadline for all its symbols however busily it moves on, and never one beyond the run', () => {
    const short = bench({ symbols: 3, wholes: three })
    const endless = bench({ symbols: 3, wholes: three, symbolTimeoutMs: 50_000 })
    expect([short, endless].map(({ queue, next }) => queue.totalDeadlineMs(next() as WholeUnit))).toEqual([3_000, 60_000])
  })

  it('that hangs is divided until the symbol at fault is alone', () => {
    const { queue, next, work, status, finish, settled } = bench({ symbols: 3, wholes: three })
    while (!queue.isEmpty) {
      const unit = next()
      const item = unitPositions(unit, 1).indexOf(1)
      if (item < 0) finish(unit)
      else queue.workerLost(unit, HUNG, { step: 3, unit: unit.id, item }, work())
    }
    expect(status()).toEqual({ 0: 'miss', 1: 'timed_out', 2: 'miss' })
    expect(settled.get(1)!.outcome.error!.code).toBe('symbol_timeout')
  })

  it('takes the suspect from an item of several dates', () => {
    const { queue, next, work } = bench({ symbols: 3, dates: 2, wholes: three })
    const unit = next()
    // The third symbol's first row.
    queue.workerLost(unit, HUNG, { step: 3, unit: unit.id, item: 4 }, work())
    const parts = [next(), next()].map((part) => (part as WholeUnit).symbolIndexes)
    expect(parts).toContainEqual([2])
    expect(parts).toContainEqual([0, 1])
  })

  it('that throws is divided too, and the rows say by whose work', () => {
    const { queue, next, work, finish, end, status, settled, tick } = bench({ symbols: 3, wholes: three })
    tick(30)
    while (!queue.isEmpty) {
      const unit = next()
      if (unitPositions(unit, 1).includes(2)) queue.unitDone(unit, end(unit, { done: 0, error: THREW }), work(4))
      else finish(unit)
    }
    expect(status()).toEqual({ 0: 'miss', 1: 'miss', 2: 'failed' })
    expect(settled.get(2)!.origin).toMatchObject({ workerId: 4, queueMs: 30, attempt: 1 })
  })

  it('that needs all at once fails at once, with all its rows', () => {
    const { queue, next, work, status, settled } = bench({ symbols: 3, wholes: fixed })
    const unit = next()
    queue.workerLost(unit, HUNG, { step: 3, unit: unit.id, item: 1 }, work())
    expect(status()).toEqual({ 0: 'timed_out', 1: 'timed_out', 2: 'timed_out' })
    expect(settled.get(0)!.outcome.reason).toContain('it was at S1')
    expect(queue.isDone).toBe(true)
  })

  it('whose worker is lost from outside is tried once more, all rows alike', () => {
    const { queue, next, work, finish, settled } = bench({ symbols: 3, wholes: fixed })
    const unit = next()
    queue.workerLost(unit, LOST, begun(unit), work())
    finish(next())
    expect([...settled.values()].map(({ origin }) => origin.attempt)).toEqual([2, 2, 2])
  })

  it('whose worker is lost twice from outside fails, all rows alike', () => {
    const { queue, next, work, settled } = bench({ symbols: 3, wholes: fixed })
    for (let time = 0; time < 2; time++) {
      const unit = next()
      queue.workerLost(unit, LOST, begun(unit), work())
    }
    expect([...settled.values()].map(({ outcome, origin }) => [outcome.error!.code, origin.attempt])).toEqual([['worker_lost', 2], ['worker_lost', 2], ['worker_lost', 2]])
  })

  it('that is lost after some of its rows came settles none of them twice', () => {
    const { queue, next, record, work, finish, told, status } = bench({ symbols: 3, wholes: fixed })
    const unit = next()
    queue.rows(unit, [record(1, HIT)], work())
    queue.workerLost(unit, STOPPED, NO_PROGRESS, work())
    finish(next())
    expect(status()).toEqual({ 0: 'miss', 1: 'hit', 2: 'miss' })
    expect(told.doubles).toBe(0)
  })

  it('that is given up after some of its rows came leaves the others open', () => {
    const { queue, next, record, work } = bench({ symbols: 3, wholes: fixed })
    const unit = next()
    queue.rows(unit, [record(1, HIT)], work())
    queue.workerLost(unit, STOPPED, NO_PROGRESS, work())
    expect([...queue.unsettled()]).toEqual([0, 2])
  })
})

describe('what no honest worker says', () => {
  it.each<[string, (made: ReturnType<typeof bench>, unit: Unit) => void]>([
    ['a row beyond the unit', ({ queue, record, work }, unit) => queue.rows(unit, [record(999)], work())],
    ['a row twice', ({ queue, record, work }, unit) => queue.rows(unit, [record(0), record(0)], work())],
    ['rows of a unit that is not out', ({ queue, record, work }, unit) => queue.rows({ ...unit, id: 999 }, [record(0)], work())],
    ['an end without rows', ({ queue, end, work }, unit) => queue.unitDone(unit, end(unit), work())],
    ['an end past the unit', ({ queue, end, work }, unit) => queue.unitDone(unit, end(unit, { done: 10_000 }), work())],
    ['an end of a unit that is not out', ({ queue, end, work }, unit) => queue.unitDone({ ...unit, id: 999 }, end(unit), work())],
    ['a row that is no outcome', ({ queue, record, work }, unit) => queue.rows(unit, [record(0, '{')], work())],
  ])('%s is refused, and every row is still accounted for', (_, act) => {
    const made = bench({ symbols: 30 })
    const unit = made.next(1)
    expect(() => act(made, unit)).toThrow()
    made.queue.workerLost(unit, { kind: 'broke', problem: 'so' }, NO_PROGRESS, made.work())
    while (!made.queue.isEmpty) made.finish(made.next())
    expect(made.settled.size).toBe(30)
    expect(made.told.doubles).toBe(0)
  })

  it('a whole run that ends before all its rows is refused', () => {
    const { queue, next, end, work } = bench({ symbols: 2, wholes: [{ symbolIndexes: [0, 1], isDivisible: true }] })
    const unit = next()
    expect(() => queue.unitDone(unit, end(unit, { done: 0 }), work())).toThrow(RangeError)
  })
})

describe('a scanner that keeps state', () => {
  it('has one worker at a time, and is told when that is lost', () => {
    const { queue, next, work, told } = bench({ symbols: 5, oneWorker: true })
    expect(queue.usefulWorkers).toBe(1)
    const unit = next()
    expect(queue.next(2)).toBeNull()
    queue.workerLost(unit, HUNG, NO_PROGRESS, work())
    expect(told.stateLost).toBe(1)
    expect(queue.next(2)).not.toBeNull()
  })
})

it('counts stray hits and dropped log lines', () => {
  const { queue, next, end, record, work, told } = bench({ symbols: 1 })
  const unit = next()
  queue.rows(unit, [record(0)], work())
  queue.unitDone(unit, end(unit, { strayHits: 3, straySamples: ['ZZZ'] }), work())
  expect(told).toMatchObject({ strays: 3 })
})

it('gives every open row when a run is given up, once', () => {
  const { queue, next, record, work, settled } = bench({ symbols: 40, dates: 2 })
  const unit = next()
  next()
  queue.rows(unit, [record(0)], work())
  const open = [...queue.unsettled()]
  expect(open.length).toBe(79)
  expect(new Set([...open, ...settled.keys()]).size).toBe(80)
  expect(queue.isDone).toBe(true)
})

/** One thing that happens to one of the workers; numbers choose among what there is. */
const happening = fc.record({
  worker: fc.nat({ max: 3 }),
  what: fc.constantFrom('rows', 'rows', 'end', 'end', 'end early', 'throw', 'hang', 'lost', 'broke', 'out of memory', 'stopped'),
  amount: fc.nat({ max: 20 }),
})

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

/** Drives a queue through the happenings, then works off what is left; gives what was settled. */
function drive(shape: Shape, happenings: Happening[]) {
  const made = bench(shape)
  const { queue } = made
  const dates = shape.dates ?? 1
  const busy = new Map<number, { unit: Unit; open: number[] }>()
  const take = (worker: number): boolean => {
    const given = busy.has(worker) ? null : queue.next(4)
    if (given !== null) busy.set(worker, { unit: given.unit, open: unitPositions(given.unit, dates).map((_, item) => item) })
    return given !== null
  }
  const report = (worker: number, most: number): void => {
    const { unit, open } = busy.get(worker)!
    queue.rows(unit, open.splice(0, most).map((item) => made.record(item, item % 3 === 0 ? HIT : '')), made.work(worker))
  }
  const lose = (worker: number, end: WorkerEnd, amount: number): void => {
    const { unit } = busy.get(worker)!
    busy.delete(worker)
    queue.workerLost(unit, end, { step: 1, unit: amount % 5 === 0 ? 0 : unit.id, item: amount - 1 }, made.work(worker))
  }
  const ENDS: Partial<Record<Happening['what'], WorkerEnd>> = { hang: HUNG, lost: LOST, broke: { kind: 'broke', problem: 'x' }, 'out of memory': { kind: 'out_of_memory' }, stopped: STOPPED }
  for (const { worker, what, amount } of happenings) {
    for (let each = 0; each < 4; each++) take(each)
    const job = busy.get(worker)
    if (job === undefined) continue
    const end = ENDS[what]
    if (end !== undefined) lose(worker, end, amount)
    else if (what === 'rows') report(worker, amount)
    else if (what === 'throw' && job.unit.kind === 'whole') {
      queue.unitDone(job.unit, made.end(job.unit, { done: 0, error: THREW }), made.work(worker))
      busy.delete(worker)
    } else {
      report(worker, what === 'end early' && job.unit.kind === 'scan' ? amount : Number.MAX_SAFE_INTEGER)
      queue.unitDone(job.unit, made.end(job.unit, { done: unitPositions(job.unit, dates).length - job.open.length }), made.work(worker))
      busy.delete(worker)
    }
  }
  for (let rounds = 0; rounds < 10_000 && !queue.isDone; rounds++) {
    for (const [worker, { unit }] of [...busy]) {
      report(worker, Number.MAX_SAFE_INTEGER)
      queue.unitDone(unit, made.end(unit), made.work(worker))
      busy.delete(worker)
    }
    take(0)
  }
  return made
}

describe('whatever happens to the workers', () => {
  const wholes = (symbols: number, size: number, isDivisible: boolean) =>
    divideSymbols(symbols, 1, size).map(({ from, to }) => ({ isDivisible, symbolIndexes: Array.from({ length: to - from }, (_, at) => from + at) }))

  it.each<[string, (symbols: number, dates: number) => Shape]>([
    ['scanned one by one', (symbols, dates) => ({ symbols, dates })],
    ['scanned in order by one worker', (symbols, dates) => ({ symbols, dates, oneWorker: true })],
    ['run in parts that may be divided', (symbols, dates) => ({ symbols, dates, wholes: wholes(symbols, 5, true) })],
    ['run whole', (symbols, dates) => ({ symbols, dates, wholes: wholes(symbols, 1_000, false) })],
  ])('rows %s are each settled exactly once', (_, shape) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 3 }), fc.array(happening, { maxLength: 60 }), (symbols, dates, happenings) => {
        const { queue, settled, told, count } = drive(shape(symbols, dates), happenings)
        expect(queue.isDone).toBe(true)
        expect([settled.size, told.doubles]).toEqual([count, 0])
        for (const { origin } of settled.values()) expect([1, 2]).toContain(origin.attempt)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a trial', () => {
  it('gives the rows of a date to one worker, in order, and those of another date to the next', () => {
    const { next } = bench({ symbols: 30, dates: 2, isTrial: true })
    expect([next(8), next(8)].map((unit) => unitPositions(unit, 2))).toEqual([0, 1].map((date) => Array.from({ length: 30 }, (_, at) => 2 * at + date)))
  })

  it('that is given up hands out nothing more, and takes what is out', () => {
    const { queue, next, record, end, work, finish, status } = bench({ symbols: 4, dates: 3, isTrial: true })
    const [first, second] = [next(), next()]
    queue.workerLost(first, HUNG, { step: 9, unit: first.id, item: 1 }, work())
    queue.giveUpRest()
    expect(queue.isEmpty).toBe(true)
    expect(queue.isDone).toBe(false)
    expect(queue.next(2)).toBeNull()
    queue.rows(second, [0, 1, 2, 3].map((item) => record(item)), work())
    queue.unitDone(second, end(second), work())
    expect(queue.isDone).toBe(true)
    expect(status()).toEqual({ 1: 'miss', 3: 'timed_out', 4: 'miss', 7: 'miss', 10: 'miss' })
    expect(() => finish(first)).toThrow(RangeError)
  })
})

describe('slices of symbols', () => {
  it.each([
    [10, 2, 50, [[0, 3], [3, 6], [6, 9], [9, 10]]],
    [10, 1, 4, [[0, 4], [4, 8], [8, 10]]],
    [1, 8, 50, [[0, 1]]],
    [0, 8, 50, []],
  ])('%d symbols for %d workers, at most %d', (count, workers, most, expected) => {
    expect(divideSymbols(count, workers, most).map(({ from, to }) => [from, to])).toEqual(expected)
  })
})
