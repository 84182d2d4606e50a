import { describe, expect, it } from 'vitest'

import { realSurroundings } from '../../runtime/pool/surroundings.ts'
import { WorkerProcess } from '../../runtime/pool/worker-process.ts'
import { Executor } from '../../runtime/scan/executor.ts'
import type { Outcome } from '../../runtime/scan/outcome.ts'
import { WorkQueue } from '../../runtime/scan/work-queue.ts'
import { MAX_TICKER } from '../../runtime/worker/chain-answer.ts'
import type { ScriptAsk } from '../../runtime/worker/replies.ts'
import { encodeFrame, encodeJsonFrame } from '../../runtime/worker/frames.ts'
import { REPLY, type LoadRequest, type LogEntry, type NoteEntry, type ScanRequest, type WrittenFile } from '../../runtime/worker/protocol.ts'
import { doneFrame, FakeWorker, HIT, rowsFrame, SCANNER, type Lie } from './support/fake-worker.ts'

/**
 * What a process may say that a script has taken over. The first worker of a run lies once, those that take its place are honest.
 */

const SYMBOLS = 12
const LIMITS = { rowBytes: 4_096, logLines: 100, logBytes: 10_000 }
const LOAD = { guest: { core: 'x', web: null }, limits: LIMITS } as LoadRequest

async function runWith(lie: Lie) {
  const settled = new Map<number, Outcome[]>()
  const heard = { logs: [] as LogEntry[], notes: [] as NoteEntry[], files: [] as WrittenFile[], asks: [] as ScriptAsk[], strays: 0 }
  const workers: FakeWorker[] = []
  const executor = new Executor({
    settings: { workers: 1, symbolTimeoutMs: 2_000, loadTimeoutMs: 2_000, memoryMb: 512, softMemoryMb: 4_096, batchTargetMs: 50 },
    files: [],
    events: {
      worker: () => {},
      log: (entry) => void heard.logs.push(entry),
      dropped: () => {},
      note: (entry) => void heard.notes.push(entry),
      files: (files) => void heard.files.push(...files),
      ask: (ask) => (heard.asks.push(ask), Promise.resolve('{"kind":"none"}')),
    },
    surroundings: {
      ...realSurroundings,
      sampleProcesses: async () => new Map(),
      startWorker: (id, dataLimitMb, files, listener) =>
        new WorkerProcess(id, 'scan', dataLimitMb, files, listener, () => {
          const worker = new FakeWorker(workers.length === 0 ? lie : null)
          workers.push(worker)
          return worker.asChild
        }),
    },
  })
  const queue = new WorkQueue({
    plan: { symbols: Array.from({ length: SYMBOLS }, (_, at) => `S${at}`), snapshotIndexes: Array.from({ length: SYMBOLS }, (_, at) => at), dates: ['2026-11-20'], days: [20_777] },
    scans: [{ dateIndex: 0, positions: Array.from({ length: SYMBOLS }, (_, at) => at) }],
    wholes: [],
    limits: { symbolTimeoutMs: 2_000, runTimeoutMs: 20_000, batchTargetMs: 50, batchMaxSymbols: 500 },
    events: {
      settled: (position, outcome) => void settled.set(position, [...(settled.get(position) ?? []), outcome]),
      dispatched: () => {},
      strays: (count) => void (heard.strays += count),
      stateLost: () => {},
    },
    locate: () => null,
    oneWorker: true,
    now: 0,
  })
  executor.start()
  try {
    const loaded = await executor.load(LOAD)
    if (loaded.ok) await executor.execute(queue)
    return { loaded, settled, heard, workers, isDone: queue.isDone }
  } finally {
    executor.stop()
  }
}

const json = (type: number, value: unknown): Buffer => encodeJsonFrame(type, value)
/** A frame that says of itself how long it is, whatever follows. */
function claimed(type: number, length: number, payload = Buffer.alloc(0)): Buffer {
  const frame = encodeFrame(type, payload)
  frame.writeUInt32LE(length, 0)
  return frame
}
const log = (text: string, item = -1, level = 'info') => ({ level, item, text })
const ask = (ticker: string, expiration: string | null = null) => json(REPLY.ask, { ticker, expiration })
const wish = (more: object) => json(REPLY.ask, { news: JSON.stringify({ tickers: null, range: null, from: null, to: null, isDescending: true, limit: 10, after: null, ...more }) })
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
const hit = (more: object): string => JSON.stringify({ ...(JSON.parse(HIT) as object), ...more })
const scan = (says: (unit: number, request: ScanRequest, honest: Buffer[]) => Buffer[]): Lie => ({ at: 'scan', says: (honest, request) => says(request.unit, request, honest) })

describe('ends the worker that says it, costs one row, and loses no other', () => {
  it.each<[string, Lie]>([
    ['a frame of four gigabytes', scan(() => [claimed(REPLY.rows, 0xffffffff)])],
    ['a frame of a length below nothing', scan(() => [claimed(REPLY.logs, -1 >>> 0)])],
    ['a frame of an unknown type', scan(() => [json(77, {})])],
    ['a frame of type 0', scan(() => [claimed(0, 0)])],
    ['a small kind of frame that is large', scan((unit) => [doneFrame(unit, 0, { more: 'x'.repeat(300_000) })])],
    ['text that is no JSON', scan(() => [encodeFrame(REPLY.unitDone, Buffer.from('{"unit":'))])],
    ['bytes that are no text', scan(() => [encodeFrame(REPLY.logs, Buffer.from([0xff, 0xfe, 0x00, 0x80]))])],
    ['an empty frame', scan(() => [encodeFrame(REPLY.logs, Buffer.alloc(0))])],
    ['null for an object', scan(() => [json(REPLY.unitDone, null)])],
    ['a list for an object', scan(() => [json(REPLY.unitDone, [])])],
    ['ready, a second time', scan(() => [json(REPLY.ready, {})])],
    ['loaded, while it scans', scan(() => [json(REPLY.loaded, { ok: true, scanner: SCANNER })])],
    ['lists that nobody asked for', scan(() => [json(REPLY.probed, { symbols: null, dates: null, error: null })])],
    ['an analysis, which is no worker\'s', scan(() => [json(REPLY.inspected, { analysis: {} })])],
    ['rows of another unit', scan((unit) => [rowsFrame(unit + 1, [0, HIT])])],
    ['the end of another unit', scan((unit) => [doneFrame(unit + 1, 12)])],
    ['the end before the rows', scan((unit) => [doneFrame(unit, 12)])],
    ['rows beyond the unit', scan((unit) => [rowsFrame(unit, [12, HIT])])],
    ['a row of the last item there could be', scan((unit) => [rowsFrame(unit, [0xffffffff, HIT])])],
    ['a row twice in one frame', scan((unit) => [rowsFrame(unit, [0, HIT], [0, HIT])])],
    ['more rows than symbols', scan((unit) => [rowsFrame(unit, ...Array.from({ length: 5_000 }, (_, item): [number, string] => [item, '']))])],
    ['rows without any', scan((unit) => [rowsFrame(unit)])],
    ['rows cut short', scan((unit) => [encodeFrame(REPLY.rows, Buffer.concat([rowsFrame(unit, [0, HIT]).subarray(5, 30)]))])],
    ['a row of no time', scan((unit) => [rowsFrame(unit, [0, HIT, Number.NaN])])],
    ['a row of negative time', scan((unit) => [rowsFrame(unit, [0, HIT, -5])])],
    ['a row larger than rows may be', scan((unit) => [rowsFrame(unit, [0, hit({ data: 'x'.repeat(400_000) })])])],
    ['a row that is no JSON', scan((unit) => [rowsFrame(unit, [0, '{"status":"hit"'])])],
    ['a row of a status that only the host decides', scan((unit) => [rowsFrame(unit, [0, hit({ status: 'rejected' })])])],
    ['a row of a status that is a name of a prototype', scan((unit) => [rowsFrame(unit, [0, hit({ status: 'constructor' })])])],
    ['a score that is a text', scan((unit) => [rowsFrame(unit, [0, hit({ score: '1' })])])],
    ['a score beyond all numbers', scan((unit) => [rowsFrame(unit, [0, HIT.replace('"score":1', '"score":1e999')])])],
    ['a direction that is none', scan((unit) => [rowsFrame(unit, [0, hit({ direction: '__proto__' })])])],
    ['a thousand strategies', scan((unit) => [rowsFrame(unit, [0, hit({ strategies: new Array(1_000).fill('x') })])])],
    ['data nested three hundred deep', scan((unit) => [rowsFrame(unit, [0, hit({ data: nested(300) })])])],
    ['data nested thirty thousand deep', scan((unit) => [rowsFrame(unit, [0, hit({ data: null }).replace('"data":null', `"data":${'['.repeat(30_000)}${']'.repeat(30_000)}`)])])],
    ['several hits that are none', scan((unit) => [rowsFrame(unit, [0, '{"status":"many","outcomes":{"length":1}}'])])],
    ['a failure without an error', scan((unit) => [rowsFrame(unit, [0, '{"status":"failed"}'])])],
    ['an error whose code is an object', scan((unit) => [rowsFrame(unit, [0, '{"status":"failed","error":{"code":{},"name":"","message":"","stack":""}}'])])],
    ['log lines of an item of others', scan(() => [json(REPLY.logs, [log('x', 12)])])],
    ['log lines of a level that is none', scan(() => [json(REPLY.logs, [log('x', -1, 'toString')])])],
    ['more log lines than a script may write', scan(() => Array.from({ length: 9 }, () => json(REPLY.logs, new Array(50).fill(log('x')))))],
    ['longer log lines than a script may write', scan(() => [json(REPLY.logs, [log('x'.repeat(30_000))])])],
    ['notes in a flood', scan(() => Array.from({ length: 3 }, (_, at) => json(REPLY.notes, [{ code: `a${at}`, text: 'x', count: 1 }])))],
    ['a note whose code is no code', scan(() => [json(REPLY.notes, [{ code: '__proto__', text: 'x', count: 1 }])])],
    ['files in a flood', scan(() => Array.from({ length: 3 }, () => json(REPLY.files, [{ path: 'a', text: 'x', base64: false, isList: false }])))],
    ['two questions at once', scan(() => [ask('AAPL'), ask('MSFT')])],
    ['a row before the answer to its question', scan((unit) => [ask('AAPL'), rowsFrame(unit, [0, HIT])])],
    ['the end before the answer to its question', scan((unit) => [ask('AAPL'), doneFrame(unit, 0)])],
    ['a question without a ticker', scan(() => [json(REPLY.ask, { expiration: null })])],
    ['a question for a ticker longer than any', scan(() => [ask('A'.repeat(MAX_TICKER + 1))])],
    ['a question for a date that is none', scan(() => [ask('AAPL', '../../../a')])],
    ['a question about news that is no JSON', scan(() => [json(REPLY.ask, { news: '{' })])],
    ['a question about news of too many tickers', scan(() => [wish({ tickers: new Array(251).fill('A') })])],
    ['a question about more news than are given', scan(() => [wish({ limit: 1_001 })])],
    ['a question about news of tickers that are objects', scan(() => [wish({ tickers: [{ length: 1 }] })])],
    ['a question about news of tickers that are no list', scan(() => [wish({ tickers: { length: 3, 0: 'A' } })])],
    ['a question about news within bounds that are lists', scan(() => [wish({ range: { gte: ['A'], gt: null, lte: null, lt: null } })])],
    ['a question about news behind a place that is a text', scan(() => [wish({ after: { published: '0 OR 1', tie: 0 } })])],
    ['a question about news from no time', scan(() => [wish({ from: 1e300 })])],
    ['a question about news nested a thousand deep', scan(() => [json(REPLY.ask, { news: `${'['.repeat(1_000)}${']'.repeat(1_000)}` })])],
    ['a question about news that is longer than any', scan(() => [json(REPLY.ask, { news: ' '.repeat(13_000) })])],
    ['an end with strays that are none', scan((unit) => [doneFrame(unit, 0, { strayHits: -1 })])],
    ['an end beyond the unit', scan((unit, _, honest) => [honest[0]!, doneFrame(unit, 13)])],
  ])('%s', async (_, lie) => {
    const { settled, workers, isDone, heard } = await runWith(lie)
    expect(isDone).toBe(true)
    expect(settled.size).toBe(SYMBOLS)
    expect([...settled.values()].every((outcomes) => outcomes.length === 1), 'every row is settled once').toBe(true)
    const outcomes = [...settled.values()].flat()
    const failed = outcomes.filter(({ status }) => status !== 'hit')
    // Where all rows were there already when it lied, none is left to be failed.
    expect(failed.map(({ status, error }) => [status, error?.code])).toEqual(failed.map(() => ['failed', 'worker_broke_protocol']))
    expect(failed.length).toBeLessThanOrEqual(1)
    expect(workers[0]!.isKilled).toBe(true)
    expect(workers.length).toBe(2)
    expect(heard.strays).toBe(0)
  })
})

describe('ends the worker that says it before it has a unit', () => {
  it.each<[string, Lie]>([
    ['rows before it is ready', { at: 'start', says: () => [rowsFrame(1, [0, HIT])] }],
    ['a question before it is ready', { at: 'start', says: () => [ask('AAPL')] }],
    ['log lines before it is ready', { at: 'start', says: () => [json(REPLY.logs, [log('x')])] }],
    ['half a frame and then another', { at: 'start', says: (honest) => [claimed(REPLY.ready, 100, Buffer.from('{"')), ...new Array<Buffer>(30).fill(honest[0]!)] }],
  ])('%s, and another takes its place', async (_, lie) => {
    const { settled, loaded } = await runWith(lie)
    expect(loaded.ok).toBe(true)
    expect([...settled.values()].flat().map(({ status }) => status)).toEqual(new Array(SYMBOLS).fill('hit'))
  })

  it.each<[string, Buffer[]]>([
    ['a load that is none', [json(REPLY.loaded, { ok: 'yes' })]],
    ['a lookback of a million million', [json(REPLY.loaded, { ok: true, scanner: { ...SCANNER, lookback: '5' } })]],
    ['a parameter nested ten thousand deep', [encodeFrame(REPLY.loaded, Buffer.from(JSON.stringify({ ok: true, scanner: { ...SCANNER, params: [{ name: 'a', default: 0 }] } }).replace('"default":0', `"default":${'['.repeat(10_000)}${']'.repeat(10_000)}`)))]],
    ['files that no unit wrote', [json(REPLY.files, [{ path: 'a', text: 'x', base64: false, isList: false }])]],
    ['notes of no unit', [json(REPLY.notes, [{ code: 'a', text: 'x', count: 1 }])]],
    ['a megabyte of log lines', Array.from({ length: 20 }, () => json(REPLY.logs, [log('x'.repeat(50_000))]))],
  ])('%s: the script does not load, and it says why', async (_, says) => {
    const { loaded, settled, heard } = await runWith({ at: 'load', says: () => says })
    expect(loaded).toMatchObject({ ok: false, error: { message: expect.stringContaining('tampers with the runtime around it') } })
    expect(settled.size).toBe(0)
    expect(heard).toEqual({ logs: [], notes: [], files: [], asks: [], strays: 0 })
  })
})

describe('changes nothing', () => {
  it('frames cut into single bytes', async () => {
    const { settled, workers } = await runWith(scan((_, __, honest) => [...Buffer.concat(honest)].map((byte) => Buffer.from([byte]))))
    expect(settled.size).toBe(SYMBOLS)
    expect(workers.length).toBe(1)
  })

  it('keys that are names of prototypes', async () => {
    const { settled, workers } = await runWith(scan((unit, { symbolIndexes }) => [
      rowsFrame(unit, ...symbolIndexes.map((_, item): [number, string] => [item, HIT.replace('{', '{"__proto__":{"status":"rejected"},"constructor":1,')])),
      encodeFrame(REPLY.unitDone, Buffer.from(JSON.stringify({ unit, done: symbolIndexes.length, isFatal: false, error: null, strayHits: 0, straySamples: [] }).replace('{', '{"__proto__":{"isFatal":true},'))),
    ]))
    expect([...settled.values()].flat().every(({ status }) => status === 'hit')).toBe(true)
    expect(workers.length).toBe(1)
    expect(({} as { status?: unknown }).status).toBeUndefined()
  })
})
