import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { Connection, type ConnectionState } from '../../../../api/web/page/live/connection.ts'
import { CELL_STATUSES, RunModel } from '../../../../api/web/page/live/run-model.ts'
import { coalesce, type LiveMessage } from '../../../../api/live/coalesce.ts'
import type { RunEvent } from '../../../../runtime/host.ts'

const DATES = ['2026-11-19', '2026-11-20']
const head = (seq: number) => ({ seq, at: new Date(1_700_000_000_000 + seq * 1_000).toISOString(), runId: 'run-1' })
const symbols = (seq: number, ...changes: [string, string, 'running' | 'hit' | 'miss' | 'failed'][]): RunEvent => ({ ...head(seq), type: 'symbols', symbols: changes.map(([symbol, date, status]) => ({ symbol, date, status })) })
const log = (seq: number): RunEvent => ({ ...head(seq), type: 'log', level: 'info', symbol: null, text: `line ${seq}` })
const shown = (model: RunModel, date: string | null = null): (string | undefined)[] => model.symbols.map((_, place) => CELL_STATUSES[model.cell(place, date) - 1])

describe('the model of a run', () => {
  it('shows of several dates what is under way, then what one looks for', () => {
    const model = new RunModel()
    model.take(symbols(1, ['A', DATES[0]!, 'miss'], ['A', DATES[1]!, 'hit'], ['B', DATES[0]!, 'failed'], ['B', DATES[1]!, 'running']))
    expect(shown(model)).toEqual(['hit', 'running'])
    expect(shown(model, DATES[0])).toEqual(['miss', 'failed'])
    model.take(symbols(2, ['B', DATES[1]!, 'miss']))
    expect(shown(model)).toEqual(['hit', 'failed'])
  })

  it('takes nothing twice and refuses gaps', () => {
    const model = new RunModel()
    expect(model.take(log(1))).toBe(true)
    expect(model.take(log(1))).toBe(true)
    expect(model.take(log(3))).toBe(false)
    expect(model.logs.map(({ seq }) => seq)).toEqual([1])
    expect(model.take({ ...log(3), seqFrom: 2, logsDropped: 1 } as LiveMessage)).toBe(true)
    expect(model.logsGone).toBe(1)
  })

  it('ends the same however the events were coalesced and wherever the connection broke', () => {
    const event = fc.oneof(fc.record({ kind: fc.constant('log') }), fc.record({ kind: fc.constant('symbols'), symbol: fc.constantFrom('A', 'B', 'C'), date: fc.constantFrom(...DATES), status: fc.constantFrom('running', 'hit', 'miss', 'failed') }))
    fc.assert(fc.property(fc.array(event, { minLength: 1, maxLength: 40 }), fc.array(fc.nat(40), { maxLength: 6 }), (made, cuts) => {
      const events = made.map((one, at) => (one.kind === 'log' ? log(at + 1) : symbols(at + 1, [one.symbol, one.date, one.status] as never)))
      const plain = new RunModel()
      events.forEach((one) => plain.take(one))
      const cut = new RunModel()
      for (const place of [...cuts, events.length]) for (const message of coalesce(events.slice(cut.seq)).slice(0, place + 1)) expect(cut.take(message)).toBe(true)
      while (cut.seq < events.length) cut.take(coalesce(events.slice(cut.seq))[0]!)
      const cells = (model: RunModel): string[] => model.symbols.flatMap((symbol, at) => DATES.map((date) => `${symbol} ${date} ${model.cell(at, date)}`)).toSorted()
      expect(cells(cut)).toEqual(cells(plain))
      expect(cut.logs.length + cut.logsGone).toBe(plain.logs.length)
    }))
  })

  it('holds no more log lines and samples than it shows', () => {
    const model = new RunModel()
    for (let seq = 1; seq <= 20_000; seq++) model.take(seq % 2 === 0 ? log(seq) : { ...head(seq), type: 'worker', id: 1, pid: 5, rssBytes: 2 ** 20, cpuPercent: 3, symbol: null, note: seq % 3 === 0 ? 'over the limit' : null })
    expect(model.logs.length + model.logsGone).toBe(10_000)
    expect(model.logs.length).toBeLessThan(6_001)
    const lane = model.lanes.get(1)!
    expect([lane.times.length, lane.memory.length, lane.notes.length]).toEqual([600, 600, 200])
  })
})

describe('the lane of a worker', () => {
  const sample = (seq: number, id: number, megabytes = 10): RunEvent => ({ ...head(seq), type: 'worker', id, pid: id, rssBytes: megabytes * 2 ** 20, cpuPercent: 99, symbol: 'AAPL', note: null })
  const gone = (model: RunModel): number[] => [...model.lanes.values()].filter((lane) => model.isGone(lane)).map(({ id }) => id)

  it('is over when others are heard of long after it, and whichever is left when the run is', () => {
    const model = new RunModel()
    for (const event of [sample(1, 1, 74), sample(2, 1, 20), sample(3, 2), sample(5, 2)]) model.take({ ...event, seqFrom: 1 } as LiveMessage)
    expect(gone(model)).toEqual([])
    expect(model.lanes.get(1)!.mostBytes).toBe(74 * 2 ** 20)
    model.take(sample(6, 2))
    expect(gone(model)).toEqual([1])
    model.take({ ...head(7), type: 'end', run: { status: 'completed', finishedAt: head(7).at } } as RunEvent)
    expect(gone(model)).toEqual([1, 2])
  })
})

describe('the connection of a watcher', () => {
  /** A server whose sockets the test holds in its hands. */
  function setup(lastSeq: () => Promise<number>) {
    const opened: { path: string; socket: { readyState: number; onopen?: () => void; onmessage?: (event: { data: string }) => void; onclose?: () => void; close(): void; send(text: string): void } }[] = []
    const waits: { ms: number; work: () => void }[] = []
    const states: ConnectionState[] = []
    const model = new RunModel()
    const connection = new Connection({
      runId: 'run-1', model, onMessage: () => {}, onChange: (state) => states.push(state),
      surroundings: {
        lastSeq, now: () => 0,
        open: (path) => {
          const socket = { readyState: 1, close: () => {}, send: () => {} }
          opened.push({ path, socket })
          return socket as never
        },
        later: (ms, work) => {
          waits.push({ ms, work })
          return () => {}
        },
      },
    })
    const settle = async (): Promise<void> => { for (let turn = 0; turn < 5; turn++) await Promise.resolve() }
    return { opened, waits, states, model, connection, settle }
  }

  it('goes on behind the last event after a loss, waits longer each time, and says when it catches up', async () => {
    let isUp = true
    const { opened, waits, states, connection, settle, model } = setup(async () => {
      if (!isUp) throw Object.assign(new Error('no answer'), { status: 0 })
      return 3
    })
    connection.start()
    await settle()
    opened[0]!.socket.onopen!()
    opened[0]!.socket.onmessage!({ data: JSON.stringify(log(1)) })
    expect(states.at(-1)).toEqual({ is: 'catching up', from: 1, to: 3 })
    isUp = false
    opened[0]!.socket.onclose!()
    waits.at(-1)!.work()
    await settle()
    waits.at(-1)!.work()
    await settle()
    expect(waits.map(({ ms }) => ms)).toEqual([250, 500, 1_000])
    isUp = true
    waits.at(-1)!.work()
    await settle()
    expect(opened.map(({ path }) => path)).toEqual(['/api/runs/run-1/live?after=0', '/api/runs/run-1/live?after=1'])
    opened[1]!.socket.onopen!()
    for (const seq of [2, 3]) opened[1]!.socket.onmessage!({ data: JSON.stringify(log(seq)) })
    expect(states.at(-1)).toEqual({ is: 'live' })
    expect(model.logs.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  it('asks again for what is missing where a message leaves a gap', async () => {
    const { opened, waits, connection, settle, model } = setup(async () => 3)
    connection.start()
    await settle()
    opened[0]!.socket.onmessage!({ data: JSON.stringify(log(1)) })
    opened[0]!.socket.onmessage!({ data: JSON.stringify(log(3)) })
    waits.at(-1)!.work()
    await settle()
    expect(opened.at(-1)!.path).toBe('/api/runs/run-1/live?after=1')
    expect(model.seq).toBe(1)
  })

  it('begins anew where the server has lost the end of its log', async () => {
    let last = 2
    const { opened, waits, connection, settle, model } = setup(async () => last)
    connection.start()
    await settle()
    opened[0]!.socket.onmessage!({ data: JSON.stringify(symbols(1, ['A', DATES[0]!, 'hit'])) })
    opened[0]!.socket.onmessage!({ data: JSON.stringify(log(2)) })
    last = 1
    opened[0]!.socket.onclose!()
    waits.at(-1)!.work()
    await settle()
    expect(opened.at(-1)!.path).toBe('/api/runs/run-1/live?after=0')
    expect([model.symbols, model.logs, model.seq]).toEqual([[], [], 0])
  })

  it('gives up where the run is refused', async () => {
    const { states, waits, connection, settle } = setup(async () => { throw Object.assign(new Error('There is no run run-1.'), { status: 404 }) })
    connection.start()
    await settle()
    expect([states.at(-1), waits]).toEqual([{ is: 'refused', message: 'There is no run run-1.' }, []])
  })
})
