import fc from 'fast-check'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { systemClock } from '../../../../runtime/clock.ts'
import { Journal } from '../../../../runtime/journal/journal.ts'
import { LEDGER_FIELD, ROW_STATUSES } from '../../../../runtime/scan/row.ts'
import type { RunEvent } from '../../../../runtime/scan/run.ts'
import { Settlement } from '../../../../runtime/scan/settlement.ts'
import { rowOf, runOf } from './support.ts'

let home = ''
let journal: Journal
let runs = 0
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'strikescan-settlement-'))
  journal = Journal.open(home)
  journal.scanners.save({ id: 's1', sha256: 'ab', filename: 'gap.js', source: new Uint8Array(1), createdAt: '' })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  journal.close()
  rmSync(home, { recursive: true, force: true })
})

const nameOf = (position: number) => ({ symbol: `S${position}`, date: '2026-11-20' })

function open(rowCount = 4, runNumber?: number) {
  const run = runOf({ id: `run-${++runs}` })
  const number = runNumber ?? journal.createRun(run, {})
  const heard: RunEvent[] = []
  const settlement = new Settlement({ journal, runNumber: number, run, rowCount, nameOf, hear: (event) => void heard.push(event), clock: { ...systemClock, now: () => Date.parse('2026-11-20T12:00:00Z') } })
  return { settlement, run, number, heard }
}

describe('rows', () => {
  it('count once, whoever comes again', () => {
    const { settlement, run, number } = open()
    settlement.settle(1, rowOf({ status: 'hit' }))
    settlement.settle(1, rowOf({ status: 'failed' }))
    settlement.flush()
    expect([settlement.isSettled(1), settlement.isSettled(0), settlement.settledCount]).toEqual([true, false, 1])
    expect(run.ledger).toMatchObject({ detected: 4, hit: 1, failed: 0 })
    expect([...journal.rows(number)].map(({ status }) => status)).toEqual(['hit'])
  })

  it('that are there already are counted when a run goes on', () => {
    const first = open()
    first.settlement.settle(0, rowOf({ status: 'hit' }))
    first.settlement.settle(3, rowOf({ status: 'no_data' }))
    first.settlement.flush()
    const again = open(4, first.number)
    expect(again.settlement.settledCount).toBe(2)
    expect(again.run.ledger).toMatchObject({ hit: 1, noData: 1 })
    again.settlement.settle(0, rowOf({ status: 'miss' }))
    again.settlement.settle(1, rowOf())
    again.settlement.flush()
    expect([...journal.countRows(first.number)].toSorted()).toEqual([['hit', 1], ['miss', 1], ['no_data', 1]])
    // Events go on where they stopped.
    expect(again.heard.map(({ seq }) => seq)).toEqual([2])
  })

  it('sum up in the ledger, as in the journal', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 19 }), fc.constantFrom(...ROW_STATUSES), fc.boolean()), { maxLength: 60 }), (settled) => {
        const { settlement, run, number, heard } = open(20)
        for (const [position, status, isFlushed] of settled) {
          settlement.settle(position, rowOf({ status }))
          if (isFlushed) settlement.flush()
        }
        settlement.flush()
        const places = new Set(settled.map(([position]) => position)).size
        expect(settlement.settledCount).toBe(places)
        expect(Object.values(LEDGER_FIELD).reduce((sum, field) => sum + run.ledger[field], 0)).toBe(places)
        const counts = journal.countRows(number)
        for (const status of ROW_STATUSES) expect(counts.get(status) ?? 0).toBe(run.ledger[LEDGER_FIELD[status]])
        expect(heard.map(({ seq }) => seq)).toEqual(heard.map((_, at) => at + 1))
        expect(heard.flatMap((event) => (event.type === 'symbols' ? event.symbols : []))).toHaveLength(places)
      }),
      { numRuns: 60 },
    )
  })
})

describe('events', () => {
  it('are numbered from 1 without a gap, changes before what follows them', () => {
    const { settlement, heard, number } = open()
    settlement.running([0, 2])
    settlement.settle(0, rowOf())
    settlement.state()
    settlement.event({ type: 'log', level: 'info', symbol: null, text: 'x' })
    settlement.settle(1, rowOf())
    settlement.flush()
    expect(heard.map(({ seq, type }) => [seq, type])).toEqual([[1, 'symbols'], [2, 'run'], [3, 'log'], [4, 'symbols']])
    expect(heard[0]).toMatchObject({ at: '2026-11-20T12:00:00.000Z', symbols: [{ symbol: 'S2', status: 'running' }, { symbol: 'AAPL', status: 'miss' }] })
    expect([...journal.events(number)]).toEqual(heard)
  })

  it('tell of rows at a worker unless they came in the same moment, and number without a gap where nothing is left to tell', () => {
    const { settlement, heard, number } = open()
    settlement.running([0, 1])
    settlement.state()
    settlement.settle(0, rowOf({ symbol: 'S0' }))
    settlement.settle(1, rowOf({ symbol: 'S1' }))
    settlement.running([2])
    settlement.flush()
    settlement.settle(2, rowOf({ symbol: 'S2' }))
    settlement.flush()
    const told = heard.map((event) => (event.type === 'symbols' ? event.symbols.map(({ symbol, status }) => `${symbol} ${status}`) : event.type))
    expect(told).toEqual(['run', ['S2 running', 'S0 miss', 'S1 miss'], ['S2 miss']])
    expect(heard.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect([...journal.events(number)]).toEqual(heard)
  })

  it('of changes bear the instant of the first of them, of whatever else their own', () => {
    const run = runOf({ id: `run-${++runs}` })
    const heard: RunEvent[] = []
    let now = Date.parse('2026-11-20T12:00:00Z')
    const settlement = new Settlement({ journal, runNumber: journal.createRun(run, {}), run, rowCount: 4, nameOf, hear: (event) => void heard.push(event), clock: { ...systemClock, now: () => now } })
    settlement.settle(0, rowOf({ symbol: 'S0' }))
    now += 30
    settlement.settle(1, rowOf({ symbol: 'S1' }))
    now += 5
    settlement.state()
    now += 5
    settlement.running([2])
    now += 5
    settlement.flush()
    expect(heard.map(({ type, at }) => `${type} ${at.slice(-5)}`)).toEqual(['symbols .000Z', 'run .035Z', 'symbols .040Z'])
  })

  it('are in the journal before anyone hears of them', () => {
    let wasThere = false
    const run = runOf({ id: 'run-early' })
    const number = journal.createRun(run, {})
    const settlement = new Settlement({ journal, runNumber: number, run, rowCount: 1, nameOf, hear: ({ seq }) => void (wasThere = journal.lastSeq(number) >= seq) })
    settlement.event({ type: 'log', level: 'info', symbol: null, text: 'x' })
    settlement.flush()
    expect(wasThere).toBe(true)
  })

  it('hold the ledger of their moment', () => {
    const { settlement, heard } = open()
    settlement.state()
    settlement.settle(0, rowOf({ status: 'hit' }))
    settlement.flush()
    expect(heard.find(({ type }) => type === 'run')).toMatchObject({ ledger: { hit: 0 } })
  })

  it('are written by themselves after a moment', () => {
    vi.useFakeTimers()
    const { settlement, heard } = open()
    settlement.settle(0, rowOf())
    expect(heard).toEqual([])
    vi.advanceTimersByTime(200)
    expect(heard).toHaveLength(1)
  })

  it('are written at once where many rows wait', () => {
    vi.useFakeTimers()
    const { settlement, heard } = open(3_000)
    for (let position = 0; position < 3_000; position++) settlement.settle(position, rowOf())
    expect(heard.length).toBeGreaterThan(0)
    settlement.flush()
  })
})

describe('a journal that cannot be written', () => {
  it('loses nothing: what was gathered is written later, and the failure is told once', () => {
    vi.useFakeTimers()
    const { settlement, heard, number } = open()
    const broken = vi.spyOn(journal, 'record').mockImplementation(() => {
      throw new Error('disk full')
    })
    settlement.settle(0, rowOf({ status: 'hit' }))
    vi.advanceTimersByTime(200)
    expect(settlement.takeFailure()).toMatchObject({ message: 'disk full' })
    expect(settlement.takeFailure()).toBeNull()
    expect(heard).toEqual([])
    broken.mockRestore()
    settlement.settle(1, rowOf())
    settlement.flush()
    expect([...journal.rows(number)].map(({ status }) => status)).toEqual(['hit', 'miss'])
    expect(heard.map(({ seq }) => seq)).toEqual([1, 2])
  })

  it('throws from a flush that was asked for', () => {
    const { settlement } = open()
    vi.spyOn(journal, 'record').mockImplementation(() => {
      throw new Error('disk full')
    })
    settlement.settle(0, rowOf())
    expect(() => settlement.flush()).toThrow('disk full')
  })
})

it('writes the state of a run that was touched', () => {
  const { settlement, run, number } = open()
  run.percent = 42
  settlement.touch()
  settlement.flush()
  expect(journal.run(run.id)).toMatchObject({ number, state: { percent: 42 } })
})
