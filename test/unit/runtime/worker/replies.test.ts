import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { REPLY } from '../../../../runtime/worker/protocol.ts'
import { parseReply } from '../../../../runtime/worker/replies.ts'
import { RowRecordWriter } from '../../../../runtime/worker/row-records.ts'

const json = (type: number, value: unknown) => parseReply({ type, payload: Buffer.from(JSON.stringify(value)) })
const long = (length: number): string => 'x'.repeat(length)

const fault = { code: 'script_threw', name: 'Error', message: 'no', stack: 'at x' }
const done = { unit: 1, done: 2, isFatal: false, error: null, strayHits: 0, straySamples: [] }
const scanner = { name: 'Gap', lookback: 60, universe: { minPrice: 2 }, params: [{ name: 'min', default: 0.1, min: 0, max: 1, options: ['a'], help: 'how much' }], hasHooks: true, ranks: true }

function rows(unit: number, ...records: [item: number, scriptMs: number, dataMs: number, text: string][]) {
  const writer = new RowRecordWriter()
  for (const record of records) writer.add(...record)
  const head = Buffer.alloc(4)
  head.writeUInt32LE(unit)
  return { type: REPLY.rows, payload: Buffer.concat([head, writer.take()]) }
}

describe('what an honest worker says', () => {
  it.each<[string, number, unknown, unknown]>([
    ['ready', REPLY.ready, {}, { type: 'ready' }],
    ['loaded', REPLY.loaded, { ok: true, scanner }, { type: 'loaded', reply: { ok: true, scanner } }],
    ['loaded, with nothing declared', REPLY.loaded, { ok: true, scanner: { name: null, lookback: null, universe: null, params: [], hasHooks: false, ranks: false } }, { type: 'loaded', reply: { ok: true, scanner: { name: null, lookback: null, universe: null, params: [], hasHooks: false, ranks: false } } }],
    ['not loaded', REPLY.loaded, { ok: false, error: fault }, { type: 'loaded', reply: { ok: false, error: fault } }],
    ['its lists', REPLY.probed, { symbols: { form: 'array', field: null, values: ['A'] }, dates: null, error: null }, { type: 'probed', reply: { symbols: { form: 'array', field: null, values: ['A'] }, dates: null, error: null } }],
    ['log lines', REPLY.logs, [{ level: 'warn', item: -1, text: 'x' }], { type: 'logs', entries: [{ level: 'warn', item: -1, text: 'x' }] }],
    ['notes', REPLY.notes, [{ code: 'fetch_unknown', text: 'x', count: 3 }], { type: 'notes', entries: [{ code: 'fetch_unknown', text: 'x', count: 3 }] }],
    ['the end of a unit', REPLY.unitDone, { ...done, error: fault, straySamples: ['ZZZ'] }, { type: 'unitDone', done: { ...done, error: fault, straySamples: ['ZZZ'] } }],
  ])('is taken: %s', (_, type, value, expected) => {
    expect(json(type, value)).toEqual(expected)
  })

  it('is taken: rows', () => {
    expect(parseReply(rows(7, [0, 1.5, 0.25, ''], [1, 0, 0, '{}']))).toEqual({
      type: 'rows',
      unit: 7,
      records: [{ item: 0, scriptMs: 1.5, dataMs: 0.25, text: '' }, { item: 1, scriptMs: 0, dataMs: 0, text: '{}' }],
    })
  })

  it('drops fields that are not asked for', () => {
    expect(json(REPLY.logs, [{ level: 'info', item: 0, text: 'x', constructor: 1, more: 2 }])).toEqual({ type: 'logs', entries: [{ level: 'info', item: 0, text: 'x' }] })
  })

  it('may be as long as the author likes: what is too long is cut, and the worker lives', () => {
    expect(json(REPLY.loaded, { ok: true, scanner: { ...scanner, name: long(5_000), lookback: 1e300, params: [{ name: long(300), default: 1, help: long(5_000) }] } })).toMatchObject({
      reply: { scanner: { name: long(200), lookback: 1_000_000, params: [{ name: long(300), help: long(500) }] } },
    })
    expect(json(REPLY.loaded, { ok: false, error: { ...fault, name: long(9_000), message: long(9_000), stack: long(90_000) } })).toMatchObject({ reply: { ok: false, error: { message: long(4_000) } } })
    expect(json(REPLY.logs, [{ level: 'info', item: 0, text: long(100_000) }])).toMatchObject({ entries: [{ text: long(65_536) }] })
    expect(json(REPLY.unitDone, { ...done, straySamples: [long(5_000)] })).toMatchObject({ done: { straySamples: [long(1_000)] } })
  })
})

describe('what no honest worker says', () => {
  it.each<[string, number, unknown]>([
    ['an unknown type', 200, {}],
    ['a load that is a list', REPLY.loaded, []],
    ['a load without a scanner', REPLY.loaded, { ok: true }],
    ['a load that failed without an error', REPLY.loaded, { ok: false }],
    ['a lookback of parts', REPLY.loaded, { ok: true, scanner: { ...scanner, lookback: 1.5 } }],
    ['a lookback below nothing', REPLY.loaded, { ok: true, scanner: { ...scanner, lookback: -1 } }],
    ['params that are no list', REPLY.loaded, { ok: true, scanner: { ...scanner, params: {} } }],
    ['options that are no texts', REPLY.loaded, { ok: true, scanner: { ...scanner, params: [{ name: 'a', default: 1, options: [1] }] } }],
    ['a list of no values', REPLY.probed, { symbols: { form: 'array', field: null }, dates: null, error: null }],
    ['a log line of unknown level', REPLY.logs, [{ level: 'fatal', item: 0, text: '' }]],
    ['a log line that is no text', REPLY.logs, [{ level: 'info', item: 0, text: {} }]],
    ['a log line of no item', REPLY.logs, [{ level: 'info', item: -2, text: '' }]],
    ['a flood of notes', REPLY.notes, Array.from({ length: 101 }, () => ({ code: 'a', text: 'b', count: 1 }))],
    ['a count below nothing', REPLY.notes, [{ code: 'a', text: 'b', count: -1 }]],
    ['an end of no unit', REPLY.unitDone, { ...done, unit: undefined }],
    ['an end with a wrong error', REPLY.unitDone, { ...done, error: 'x' }],
    ['an end of endless items', REPLY.unitDone, { ...done, done: 1e12 }],
    ['strays that are no texts', REPLY.unitDone, { ...done, straySamples: [{}] }],
  ])('is refused: %s', (_, type, value) => {
    expect(() => json(type, value)).toThrow(RangeError)
  })

  it.each([
    ['rows without a unit', { type: REPLY.rows, payload: Buffer.alloc(3) }],
    ['rows cut short', { type: REPLY.rows, payload: Buffer.alloc(10) }],
    ['a row of negative time', rows(1, [0, -1, 0, ''])],
    ['a row of no time', rows(1, [0, Number.NaN, 0, ''])],
    ['a row of endless time', rows(1, [0, 0, Number.POSITIVE_INFINITY, ''])],
  ])('is refused: %s', (_, frame) => {
    expect(() => parseReply(frame)).toThrow(RangeError)
  })

  it('is refused whatever it is, with an error and nothing else', () => {
    const value = fc.oneof(fc.jsonValue(), fc.record({ ok: fc.jsonValue(), scanner: fc.jsonValue(), error: fc.jsonValue(), symbols: fc.jsonValue(), dates: fc.jsonValue(), unit: fc.jsonValue(), done: fc.jsonValue() }))
    const payload = fc.oneof(fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)), value.map((each) => Buffer.from(JSON.stringify(each))))
    fc.assert(
      fc.property(fc.nat({ max: 12 }), payload, (type, bytes) => {
        try {
          expect(parseReply({ type, payload: bytes }).type).toMatch(/^\w+$/)
        } catch (error) {
          expect(error instanceof RangeError || error instanceof SyntaxError).toBe(true)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('cannot reach a prototype', () => {
    const { reply } = json(REPLY.loaded, { ok: true, scanner: { ...scanner, universe: JSON.parse('{"__proto__": {"minPrice": 9}, "minPrice": 1}') } }) as { reply: { scanner: { universe: Record<string, number> } } }
    expect(Object.getPrototypeOf(reply.scanner.universe)).toBe(Object.prototype)
    expect(reply.scanner.universe).toEqual({ minPrice: 1 })
  })
})
