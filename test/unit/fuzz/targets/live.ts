import fc from 'fast-check'
import { connect } from 'node:net'
import { expect } from 'vitest'

import { readControl } from '../../../../api/live/control.ts'
import { readAfter, readLimit } from '../../../../api/live/requests.ts'
import { FakeHost } from '../../api/live/support/fake-host.ts'
import { rawWebSocket, startLive, watch, type LiveServer } from '../../api/live/support/live-server.ts'
import { atEndOfFile } from '../../../at-end.ts'
import { outcomeOf } from '../support/files.ts'
import { hostile, TOKENS } from '../support/mutations.ts'
import { target, type Target } from '../support/run.ts'

const MESSAGES = ['{"type":"cancel"}', '{"type":"pause"}', '{"type":"resume"}', '{"type":"cancel","runId":"x"}', '{}', '[]', '"cancel"'].map((text) => Buffer.from(text))

/** A frame of a client, masked with zeros (RFC 6455, 5.2). */
function frameOf(opcode: number, payload: Uint8Array, { fin, masked, lie }: { fin: boolean; masked: boolean; lie: number }): Buffer {
  const length = Math.max(0, payload.length + lie)
  const size = length < 126 ? Buffer.from([length]) : Buffer.from([126, (length >> 8) & 255, length & 255])
  size[0]! |= masked ? 128 : 0
  return Buffer.concat([Buffer.from([(fin ? 128 : 0) | opcode]), size, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload])
}

const socketFrame = fc.tuple(fc.constantFrom(0, 1, 1, 1, 2, 3, 8, 9, 10, 15, 0x41), hostile(MESSAGES), fc.record({ fin: fc.constantFrom(true, true, false), masked: fc.constantFrom(true, true, true, false), lie: fc.constantFrom(0, 0, 0, 0, 1, -1, 60_000) })).map(([opcode, payload, how]) => frameOf(opcode, payload.subarray(0, 60_000), how))

let running: Promise<{ host: FakeHost; live: LiveServer; errors: unknown[] }> | null = null
function server() {
  running ??= (async () => {
    const host = new FakeHost()
    const live = await startLive({ host })
    const errors: unknown[] = []
    const note = (error: unknown) => void errors.push(error)
    process.on('uncaughtException', note)
    atEndOfFile(async () => {
      process.off('uncaughtException', note)
      running = null
      await live.app.close()
    })
    return { host, live, errors }
  })()
  return running
}

let runs = 0

export const liveTargets: readonly Target[] = [
  target('live: any message is a request or refused', { quick: 400, long: 10_000 }, [fc.oneof(hostile(MESSAGES).map((bytes) => Buffer.from(bytes).toString('utf8')), fc.string(), fc.jsonValue().map((value) => JSON.stringify(value)))], async (text) => {
    const { value } = await outcomeOf(() => readControl(text))
    if (value !== null) expect(JSON.parse(text)).toEqual({ type: value })
  }),

  target('live: any place to begin is a number of the run, or refused', { quick: 200, long: 10_000 }, [fc.oneof(fc.constantFrom<unknown>(...TOKENS), fc.double(), fc.array(fc.string()), fc.string(), fc.nat().map(String), fc.constant(undefined)), fc.nat(1_000)], async (asked, last) => {
    const after = await outcomeOf(() => readAfter(asked, 'run', last))
    if (after.value !== null) expect(Number.isInteger(after.value) && after.value >= 0 && after.value <= last).toBe(true)
    const limit = await outcomeOf(() => readLimit(asked))
    if (limit.value !== null) expect(Number.isInteger(limit.value) && limit.value >= 1).toBe(true)
  }),

  target('live: whatever one socket sends, another watcher hears all', { quick: 15, long: 150 }, [fc.array(fc.oneof({ weight: 5, arbitrary: socketFrame }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) }), { minLength: 1, maxLength: 12 })], async (sent) => {
    const { host, live, errors } = await server()
    const id = host.start(`run-${++runs}`)
    const honest = watch(live.port, `/api/runs/${id}/live`)
    const socket = await rawWebSocket(live.port, `/api/runs/${id}/live`)
    for (const frame of sent) socket.write(frame)
    host.publish(id, { type: 'log', level: 'info', symbol: null, text: 'one' } as never)
    host.end(id)
    await honest.count(2)
    expect(honest.messages.filter((message) => 'seq' in message).map(({ seq }) => seq)).toEqual([1, 2])
    honest.ws.terminate()
    socket.destroy()
    expect(errors).toEqual([])
  }),

  target('live: whatever one asks for in place of a socket, the server answers the next', { quick: 10, long: 100 }, [fc.array(fc.oneof(fc.constantFrom('GET /api/runs/x/live HTTP/1.1\r\n', 'GET /api/runs/__proto__/live?after=1e9 HTTP/1.1\r\n', 'Host: x\r\n', 'Connection: Upgrade\r\n', 'Upgrade: websocket\r\n', 'Sec-WebSocket-Version: 13\r\n', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n', 'Last-Event-ID: 9\r\n', 'Accept: text/event-stream\r\n', '\r\n'), fc.constantFrom(...TOKENS)), { maxLength: 12 })], async (parts) => {
    const { host, live, errors } = await server()
    const socket = connect(live.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(parts.join(''))
    const id = host.start(`run-${++runs}`)
    host.end(id)
    const answer = await fetch(`http://127.0.0.1:${live.port}/api/runs/${id}/events`)
    expect(answer.status).toBe(200)
    expect(((await answer.json()) as unknown[] | { events: unknown[] })).toBeTruthy()
    socket.destroy()
    expect(errors).toEqual([])
  }),
]
