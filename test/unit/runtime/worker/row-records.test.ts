import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readRowRecords, RowRecordWriter } from '../../../../runtime/worker/row-records.ts'

const records = fc.array(
  fc.record({ item: fc.integer({ min: 0, max: 0xffffffff }), scriptMs: fc.float({ min: 0, noNaN: true }), dataMs: fc.float({ min: 0, noNaN: true }), text: fc.string({ unit: 'grapheme', maxLength: 200 }) }),
  { maxLength: 30 },
)

describe('records of rows', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(records, (written) => {
        const writer = new RowRecordWriter()
        for (const { item, scriptMs, dataMs, text } of written) writer.add(item, scriptMs, dataMs, text)
        expect(writer.isEmpty).toBe(written.length === 0)
        const payload = Buffer.from(writer.take())
        expect([writer.isEmpty, writer.bytes]).toEqual([true, 0])
        expect([...readRowRecords(payload)]).toEqual(written)
      }),
    )
  })

  it('grow past the first buffer, and begin anew after each take', () => {
    const writer = new RowRecordWriter()
    const long = 'ü'.repeat(80_000)
    writer.add(1, 0, 0, 'first')
    writer.add(2, 0, 0, long)
    expect([...readRowRecords(Buffer.from(writer.take()))].map(({ item, text }) => [item, text.length])).toEqual([[1, 5], [2, 80_000]])
    writer.add(3, 0, 0, '')
    expect([...readRowRecords(Buffer.from(writer.take()))].map(({ item, text }) => [item, text])).toEqual([[3, '']])
  })

  it('replace halves of characters, which UTF-8 cannot hold', () => {
    const writer = new RowRecordWriter()
    writer.add(0, 0, 0, '\ud800')
    expect([...readRowRecords(Buffer.from(writer.take()))][0]!.text).toBe('\ufffd')
  })

  it.each([1, 15, 17])('cut after %d bytes are refused', (length) => {
    const writer = new RowRecordWriter()
    writer.add(0, 1, 1, 'abc')
    const payload = Buffer.from(writer.take()).subarray(0, length)
    expect(() => [...readRowRecords(payload)]).toThrow(RangeError)
  })

  it('whose length lies are refused', () => {
    const payload = Buffer.alloc(16)
    payload.writeUInt32LE(0xffffffff, 12)
    expect(() => [...readRowRecords(payload)]).toThrow(RangeError)
  })
})
