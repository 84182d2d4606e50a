import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { maskOf, RowChunkReader, RowChunkWriter } from '../../../../runtime/journal/row-chunk.ts'
import { DIRECTIONS, ROW_STATUSES, type Row } from '../../../../runtime/scan/row.ts'
import { rowOf } from '../scan/support.ts'

const text = fc.string({ unit: 'binary', maxLength: 12 })
const ms = fc.option(fc.double({ min: 0, max: 1e9, noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)))
const error = fc.record({ code: text, message: text, hint: text, line: fc.option(fc.nat()), column: fc.option(fc.nat()), frame: fc.option(text) })
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)
const rows: fc.Arbitrary<Row> = fc.record({
  symbol: text, date: fc.constantFrom('2026-11-20', '2026-11-23', ''), status: fc.constantFrom(...ROW_STATUSES), reason: text, score: fc.option(fc.integer()), direction: fc.option(fc.constantFrom(...DIRECTIONS)),
  data: json, strategies: fc.array(text, { maxLength: 3 }), batchId: fc.option(fc.nat()), workerId: fc.option(fc.nat()), attempt: fc.integer({ min: 1, max: 2 }), queueMs: ms, dataMs: ms, scriptMs: ms, error: fc.option(error),
})

describe('rows in a chunk', () => {
  it('come back as they were, also from a writer that was used before', () => {
    const writer = new RowChunkWriter()
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 0xffffffff }), rows), { minLength: 1, maxLength: 40 }), (placed) => {
        writer.clear()
        for (const [position, row] of placed) writer.add(position, row)
        const chunk = writer.chunk()
        const reader = new RowChunkReader(chunk)
        const positions = placed.map(([position]) => position)
        expect(placed.map((_, at) => [reader.position(at), reader.row(at)])).toEqual(placed)
        expect([chunk.count, reader.count, chunk.first, chunk.last]).toEqual([placed.length, placed.length, Math.min(...positions), Math.max(...positions)])
        expect(chunk.statusMask).toBe(maskOf(placed.map(([, { status }]) => status)))
        const changes = placed.map(([, { symbol, date, status }]) => ({ symbol, date, status }))
        expect(writer.changes(0, placed.length)).toEqual(changes)
        expect(changes.map((_, at) => reader.change(at))).toEqual(changes)
      }),
    )
  })

  it('may be more than the first arrays hold', () => {
    const writer = new RowChunkWriter()
    for (let position = 0; position < 5_000; position++) writer.add(position, rowOf({ symbol: `S${position}`, scriptMs: position / 8, batchId: position }))
    const reader = new RowChunkReader(writer.chunk())
    expect([0, 1_023, 1_024, 4_999].map((at) => reader.row(at))).toEqual([0, 1_023, 1_024, 4_999].map((at) => rowOf({ symbol: `S${at}`, scriptMs: at / 8, batchId: at })))
  })

  it('share an outcome that is the same, and only that', () => {
    const writer = new RowChunkWriter()
    const failure = { code: 'c', message: 'm', hint: 'h', line: null, column: null, frame: null }
    const failed = rowOf({ status: 'failed', reason: 'm', error: failure })
    const likeness = JSON.stringify({ reason: 'm', score: null, direction: null, data: null, strategies: [], error: failure })
    for (const row of [rowOf(), rowOf(), failed, failed, rowOf({ reason: likeness })]) writer.add(0, row)
    const chunk = writer.chunk()
    expect(JSON.parse(chunk.outcomes)).toHaveLength(3)
    const reader = new RowChunkReader(chunk)
    expect([2, 3, 4].map((at) => reader.row(at))).toEqual([failed, failed, rowOf({ reason: likeness })])
  })
})
