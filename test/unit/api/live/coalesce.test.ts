import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { coalesce } from '../../../../api/live/coalesce.ts'
import type { RunEvent } from '../../../../runtime/host.ts'
import { stateOf } from './support/state.ts'
import { anyBody } from './support/arbitrary.ts'

const log = (bodies: object[], first = 1): RunEvent[] => bodies.map((body, place) => ({ seq: first + place, at: `t${first + place}`, runId: 'r', ...body }) as RunEvent)
const change = (symbol: string, status: string) => ({ symbol, date: '2026-11-20', status })
const line = { type: 'log', level: 'info', symbol: null, text: 'x' }

describe('coalesce', () => {
  it('joins changes, keeps the last of each symbol, and names the range', () => {
    const events = log([{ type: 'symbols', symbols: [change('A', 'running'), change('B', 'running')] }, { type: 'symbols', symbols: [change('A', 'hit')] }], 7)
    expect(coalesce(events)).toEqual([{ seq: 8, seqFrom: 7, at: 't8', runId: 'r', type: 'symbols', symbols: [change('B', 'running'), change('A', 'hit')] }])
  })

  it('keeps the last state, the last sample of each worker, and every note', () => {
    const worker = (id: number, rssBytes: number, note: string | null = null) => ({ type: 'worker', id, pid: id, rssBytes, cpuPercent: 1, symbol: null, note })
    const events = log([{ type: 'run', percent: 1 }, worker(1, 10, 'soft limit'), worker(2, 10), worker(1, 20), { type: 'run', percent: 2 }, worker(1, 30), worker(2, 20)])
    expect(coalesce(events).map(({ seq, seqFrom, type }) => [seqFrom ?? seq, seq, type])).toEqual([[1, 2, 'worker'], [3, 5, 'run'], [6, 6, 'worker'], [7, 7, 'worker']])
  })

  it('counts log lines that it leaves out, in the message whose range they are in', () => {
    const events = log([line, { type: 'explore', row: { position: 1 } }, line, line, line])
    expect(coalesce(events)).toEqual([
      { seq: 2, seqFrom: 1, logsDropped: 1, at: 't2', runId: 'r', type: 'explore', row: { position: 1 } },
      { seq: 5, seqFrom: 3, logsDropped: 2, at: 't5', runId: 'r', ...line },
    ])
  })

  it('gives one event, and none, as they are', () => {
    expect(coalesce([])).toEqual([])
    const events = log([line], 3)
    expect(coalesce(events)).toEqual(events)
  })

  it('comes to the same state, wherever it begins and the reader breaks off', () => {
    fc.assert(
      fc.property(fc.array(anyBody, { minLength: 1, maxLength: 60 }), fc.nat(60), fc.nat(60), (bodies, from, cut) => {
        const events = log(bodies)
        const start = from % events.length
        const messages = [...events.slice(0, start), ...coalesce(events.slice(start))]
        expect(stateOf(messages)).toEqual(stateOf(events))
        // Who breaks off after some message reads on from its number, in the log as it stands.
        const got = messages.slice(0, (cut % messages.length) + 1)
        expect(stateOf([...got, ...events.slice(got.at(-1)!.seq)])).toEqual(stateOf(events))
      }),
      { numRuns: 500 },
    )
  })
})
