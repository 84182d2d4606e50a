import fc from 'fast-check'
import { expect } from 'vitest'

import { encodeFrame, FrameSplitter, type Frame } from '../../../../runtime/worker/frames.ts'
import { REPLY } from '../../../../runtime/worker/protocol.ts'
import { parseReply } from '../../../../runtime/worker/replies.ts'
import { readRowRecords, RowRecordWriter } from '../../../../runtime/worker/row-records.ts'
import { cuts, hostile, pieces } from '../support/mutations.ts'
import { target, type Target } from '../support/run.ts'

const FAULT = { code: 'script_error', name: 'Error', message: 'no', stack: 'Error: no' }
const REPLIES: readonly [number, unknown][] = [
  [REPLY.ready, {}],
  [REPLY.loaded, { ok: true, scanner: { name: 'Gap', lookback: 60, universe: { minVolume: 1 }, params: [{ name: 'a', default: 1, min: 0, max: 2, help: 'x' }], hasHooks: false, ranks: true } }],
  [REPLY.loaded, { ok: false, error: FAULT }],
  [REPLY.probed, { symbols: { form: 'strings', field: null, values: ['AAPL'] }, dates: null, error: null }],
  [REPLY.logs, [{ level: 'info', item: 1, text: 'hello' }]],
  [REPLY.notes, [{ code: 'note', text: 'x', count: 3 }]],
  [REPLY.files, [{ path: 'results.json', text: '{}', base64: false }]],
  [REPLY.unitDone, { unit: 1, done: 2, isFatal: false, error: FAULT, strayHits: 0, straySamples: ['X'] }],
]
const types = Object.values(REPLY)
const documents = REPLIES.map(([, value]) => Buffer.from(JSON.stringify(value)))

/** Of the decoder only these may come: the caller kills the worker for them. */
function refusal<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return null
    throw error
  }
}

function split(chunks: readonly Uint8Array[]): Frame[] | null {
  const splitter = new FrameSplitter()
  return refusal(() => chunks.flatMap((chunk) => splitter.push(Buffer.from(chunk))))
}

const frames = fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 300 })), { maxLength: 8 })
const records = fc.array(fc.tuple(fc.nat(0xffffffff), fc.float({ min: 0, max: 1e6, noNaN: true }), fc.float({ min: 0, max: 1e6, noNaN: true }), fc.string({ unit: 'grapheme', maxLength: 50 })), { maxLength: 30 })

export const frameTargets: readonly Target[] = [
  target('frames: come out as they went in, whatever pieces they come in', { quick: 300, long: 10_000 }, [frames, cuts], (sent, at) => {
    const bytes = Buffer.concat(sent.map(([type, payload]) => encodeFrame(type, payload)))
    expect(split(pieces(bytes, at))?.map(({ type, payload }) => [type, [...payload]])).toEqual(sent.map(([type, payload]) => [type, [...payload]]))
  }),

  target('frames: any bytes are frames or refused, whatever pieces they come in', { quick: 300, long: 10_000 }, [hostile(documents.map((payload, index) => encodeFrame(REPLIES[index]![0], payload))), cuts], (bytes, at) => {
    const whole = split([bytes])
    const cut = split(pieces(bytes, at))
    // Of a stream that is refused, nothing counts.
    expect(cut?.map(({ type, payload }) => [type, payload.toString('latin1')])).toEqual(whole?.map(({ type, payload }) => [type, payload.toString('latin1')]))
  }),

  target('frames: any payload is a reply of its own form, or refused', { quick: 400, long: 10_000 }, [fc.constantFrom(...types, 0, 255), hostile(documents)], (type, bytes) => {
    refusal(() => parseReply({ type, payload: Buffer.from(bytes) }))
  }),

  target('frames: replies with values of any kind are of their own form, or refused', { quick: 400, long: 10_000 }, [fc.constantFrom(...REPLIES.keys()), fc.nat(30), fc.jsonValue({ maxDepth: 3 })], (index, place, put) => {
    const [type, value] = REPLIES[index]!
    const reply = refusal(() => parseReply({ type, payload: Buffer.from(JSON.stringify(replaced(value, place, put))) }))
    if (reply === null || reply.type === 'rows') return
    const shown = JSON.stringify(reply)
    expect(shown.length).toBeLessThan(1_000_000)
    if (reply.type === 'unitDone') for (const count of [reply.done.unit, reply.done.done, reply.done.strayHits]) expect(Number.isSafeInteger(count) && count >= 0).toBe(true)
    if (reply.type === 'logs') for (const { item, text } of reply.entries) expect(Number.isInteger(item) && typeof text === 'string').toBe(true)
  }),

  target('frames: rows come out as they went in', { quick: 200, long: 10_000 }, [records], (sent) => {
    const writer = new RowRecordWriter()
    for (const [item, scriptMs, dataMs, text] of sent) writer.add(item, scriptMs, dataMs, text)
    expect(readRowRecords(Buffer.from(writer.take())).map((row) => [row.item, row.scriptMs, row.dataMs, row.text])).toEqual(sent.map(([item, scriptMs, dataMs, text]) => [item, scriptMs + 0, dataMs + 0, text.toWellFormed()]))
  }),

  target('frames: any bytes are rows or refused', { quick: 300, long: 10_000 }, [fc.uint8Array({ maxLength: 200 })], (bytes) => {
    const found = refusal(() => parseReply({ type: REPLY.rows, payload: Buffer.from(bytes) }))
    if (found?.type === 'rows') for (const { scriptMs, dataMs } of found.records) expect(scriptMs >= 0 && dataMs >= 0 && scriptMs < 1e9 && dataMs < 1e9).toBe(true)
  }),
]

/** The value with what stands at a place, counted through all of it, replaced. */
function replaced(value: unknown, place: number, put: unknown): unknown {
  let left = place
  const visit = (inner: unknown): unknown => {
    if (left-- === 0) return put
    if (Array.isArray(inner)) return inner.map(visit)
    if (typeof inner === 'object' && inner !== null) return Object.fromEntries(Object.entries(inner).map(([name, entry]) => [name, visit(entry)]))
    return inner
  }
  return visit(value)
}
