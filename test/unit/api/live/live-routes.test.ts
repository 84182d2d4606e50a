import fc from 'fast-check'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'

import type { LiveMessage } from '../../../../api/live/coalesce.ts'
import type { LiveOptions } from '../../../../api/live/live-routes.ts'
import { StrikescanError } from '../../../../runtime/host.ts'
import { eventBodies, FakeHost } from './support/fake-host.ts'
import { rawWebSocket, startLive, watch, type LiveServer } from './support/live-server.ts'
import { stateOf } from './support/state.ts'

const line = (text: string) => ({ type: 'log' as const, level: 'info' as const, symbol: null, text })
const LIVE = '/api/runs/run-1/live'
const EVENTS = '/api/runs/run-1/events'
/** Patience of a busy machine. */
const SOON = { timeout: 10_000 }

let host: FakeHost
let server: LiveServer

async function start(options: Partial<LiveOptions> = {}): Promise<void> {
  if (server !== undefined) await server.app.close()
  server = await startLive({ host, ...options })
}

beforeEach(async () => {
  host = new FakeHost()
  host.start('run-1')
  await start()
})
afterEach(async () => {
  await server.app.close()
  vi.useRealTimers()
})

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`, { headers })

/** The answer to a request to upgrade that is refused. */
function refusal(path: string, headers: Record<string, string> = {}): Promise<{ status: number; code: string; message: string }> {
  const ws = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
  return new Promise((resolve, reject) => {
    ws.on('error', () => {})
    ws.on('open', () => reject(new Error('it was let in')))
    ws.on('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (data: Buffer) => (body += data.toString()))
      response.on('end', () => resolve({ status: response.statusCode!, ...(JSON.parse(body) as { error: { code: string; message: string } }).error }))
    })
  })
}

describe('GET /api/runs/:id/live', () => {
  it('sends the log from the start, then what follows, and closes with 1000 behind the end', async () => {
    host.publish('run-1', ...eventBodies(400))
    const { messages, closed, count } = watch(server.port, LIVE)
    await count(host.log('run-1').length)
    host.publish('run-1', line('“now” 🎉'), line('x'.repeat(70_000)))
    host.end('run-1')
    expect(await closed).toEqual({ code: 1000, reason: 'the run has ended' })
    expect(messages).toEqual(host.log('run-1'))
  })

  it('sends a finished run from any number, and nothing but the close from its end', async () => {
    host.publish('run-1', ...eventBodies(100))
    host.end('run-1')
    const last = host.lastSeq('run-1')
    for (const after of [0, 1, 57, last - 1, last]) {
      const { messages, closed } = watch(server.port, `${LIVE}?after=${after}`)
      expect((await closed).code).toBe(1000)
      expect(messages).toEqual(host.log('run-1').slice(after))
    }
  })

  it.each([
    ['after=-1', 400, 'after_invalid', 'after is -1, but must be a whole number from 0.'],
    ['after=x', 400, 'after_invalid', 'after is x, but must be a whole number from 0.'],
    ['after=', 400, 'after_invalid', 'after is empty, but must be a whole number from 0.'],
    ['after=1.5', 400, 'after_invalid', 'after is 1.5'],
    ['after=1&after=2', 400, 'after_invalid', 'after is ["1","2"]'],
    ['after=99999999999999999999', 400, 'after_invalid', 'after is 99999999999999999999'],
    ['after=4', 400, 'after_beyond_end', 'after is 4, but the last event of the run run-1 so far is number 3.'],
  ])('refuses %s before the upgrade, and as a plain request', async (query, status, code, message) => {
    host.publish('run-1', line('a'), line('b'), line('c'))
    expect(await refusal(`${LIVE}?${query}`)).toMatchObject({ status, code, message: expect.stringContaining(message) as string })
    for (const headers of [{}, { accept: 'text/event-stream' }]) {
      const answer = await get(`${EVENTS}?${query}`, headers)
      expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([status, code])
    }
  })

  it('refuses an unknown run, a request that does not upgrade, and an upgrade elsewhere', async () => {
    expect(await refusal('/api/runs/run-0/live')).toMatchObject({ status: 404, code: 'run_unknown' })
    expect(await refusal(EVENTS)).toMatchObject({ status: 400, code: 'live_upgrade_refused' })
    const answer = await get(LIVE)
    expect([answer.status, answer.headers.get('upgrade')]).toEqual([426, 'websocket'])
    expect((await get('/api/runs/run-0/events')).status).toBe(404)
  })

  it('lets in whom the app lets in', async () => {
    await start({
      authorize: ({ headers }) => {
        if (headers.authorization !== 'Bearer yes') throw new StrikescanError('live_control_refused', { run: 'run-1', type: 'watch' })
      },
      checkOrigin: async ({ headers }) => {
        if (headers.origin === 'http://evil.example') throw new StrikescanError('live_control_refused', { run: 'run-1', type: 'watch' })
      },
      mayControl: ({ headers }) => headers['x-role'] === 'owner',
    })
    expect(await refusal(LIVE)).toMatchObject({ status: 403 })
    expect((await get(EVENTS)).status).toBe(403)
    expect(await refusal(LIVE, { authorization: 'Bearer yes', origin: 'http://evil.example' })).toMatchObject({ status: 403 })
    const guest = watch(server.port, LIVE, { authorization: 'Bearer yes' })
    guest.ws.on('open', () => guest.ws.send('{"type":"cancel"}'))
    await guest.count(1)
    expect(guest.messages[0]).toMatchObject({ type: 'error', error: { code: 'live_control_refused' } })
    const owner = watch(server.port, LIVE, { authorization: 'Bearer yes', 'x-role': 'owner' })
    owner.ws.on('open', () => owner.ws.send('{"type":"cancel"}'))
    await vi.waitFor(() => expect(host.asked).toEqual(['cancel run-1']), SOON)
  })

  it('refuses a watcher too many', async () => {
    await start({ limits: { watchersPerRun: 2 } })
    host.publish('run-1', line('a'))
    await Promise.all([watch(server.port, LIVE).count(1), watch(server.port, LIVE).count(1)])
    expect(await refusal(LIVE)).toMatchObject({ status: 429, code: 'watchers_too_many' })
    expect((await get(EVENTS, { accept: 'text/event-stream' })).status).toBe(429)
    expect((await get(EVENTS)).status).toBe(200)
  })

  it('closes with 1001 behind what is there when the app closes', async () => {
    host.publish('run-1', line('a'))
    const { messages, closed, count } = watch(server.port, LIVE)
    await count(1)
    host.publish('run-1', line('last words'))
    await server.app.close()
    expect(await closed).toEqual({ code: 1001, reason: 'the server is shutting down' })
    expect(messages).toEqual(host.log('run-1'))
  })
})

describe('what a watcher sends', () => {
  it('cancels, pauses and resumes the run, and what is refused is said', async () => {
    const { ws, messages, count } = watch(server.port, LIVE)
    await new Promise((resolve) => ws.on('open', resolve))
    for (const type of ['cancel', 'pause', 'resume']) ws.send(JSON.stringify({ type }))
    await vi.waitFor(() => expect(host.asked).toEqual(['cancel run-1', 'pause run-1', 'resume run-1']), SOON)
    host.setStatus('run-1', 'cancelled')
    ws.send('{"type":"pause"}')
    await count(1)
    expect(messages).toEqual([{ type: 'error', runId: 'run-1', error: { code: 'run_finished', message: expect.any(String) as string, hint: expect.any(String) as string } }])
  })

  it.each([
    ['junk', 'live_message_malformed', 'not JSON'],
    ['', 'live_message_malformed', 'not JSON'],
    ['[]', 'live_message_malformed', 'no object'],
    ['null', 'live_message_malformed', 'no object'],
    ['{}', 'live_message_malformed', 'without a type'],
    ['{"type":7}', 'live_message_malformed', 'no string'],
    ['{"type":"cancel","run":"run-2"}', 'live_message_malformed', 'unknown field "run"'],
    ['{"type":"delete"}', 'live_message_unknown', '"delete"'],
    ['{"type":"__proto__"}', 'live_message_unknown', '__proto__'],
  ])('is answered where it means nothing: %s', async (text, code, message) => {
    const { ws, messages, count } = watch(server.port, LIVE)
    ws.on('open', () => ws.send(text))
    await count(1)
    expect(messages[0]).toMatchObject({ type: 'error', error: { code, message: expect.stringContaining(message) as string } })
    host.publish('run-1', line('still here'))
    await count(2)
    expect(host.asked).toEqual([])
  })

  it.each<[string, number, (ws: WebSocket) => void]>([
    ['a binary frame', 1003, (ws) => ws.send(Buffer.from('{"type":"cancel"}'))],
    ['a huge message', 1009, (ws) => ws.send('x'.repeat(5_000))],
    ['a huge message in fragments', 1009, (ws) => Array.from({ length: 10 }, (_, at) => ws.send('x'.repeat(1_000), { fin: at === 9 }))],
    ['a flood of messages', 1008, (ws) => Array.from({ length: 50 }, () => ws.send('{"type":"what"}'))],
    ['a flood of pings', 1008, (ws) => Array.from({ length: 2_000 }, () => ws.ping(Buffer.alloc(100)))],
    ['a flood of pongs', 1008, (ws) => Array.from({ length: 2_000 }, () => ws.pong(Buffer.alloc(100)))],
    ['a flood of empty fragments', 1008, (ws) => Array.from({ length: 20_000 }, () => ws.send('', { fin: false }))],
  ])('ends the connection: %s', async (_, code, send) => {
    const { ws, closed } = watch(server.port, LIVE)
    const other = watch(server.port, LIVE)
    ws.on('open', () => send(ws))
    expect((await closed).code).toBe(code)
    host.publish('run-1', line('unharmed'))
    await other.count(1)
    expect(host.asked).toEqual([])
  })

  it('harms nobody, whatever the bytes', async () => {
    const witness = watch(server.port, LIVE)
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 6 }), fc.boolean(), async (frames, resets) => {
        const socket = await rawWebSocket(server.port, LIVE)
        for (const bytes of frames) socket.write(bytes)
        await new Promise((resolve) => socket.write('', resolve))
        if (resets) socket.resetAndDestroy()
        else socket.end()
      }),
      { numRuns: 150 },
    )
    host.publish('run-1', line('unharmed'))
    await witness.count(1)
    await vi.waitFor(() => expect(server.live.liveStats().watchers.webSocket).toBe(1), SOON)
    expect(host.asked).toEqual([])
  })
})

/** Frames near to what is right: any head, lengths that lie, masks that are missing. */
const frame = fc.tuple(fc.nat(255), fc.nat(255), fc.uint8Array({ maxLength: 200 }), fc.boolean()).map(([head, length, payload, isHonest]) =>
  isHonest
    ? Buffer.from([head, 0x80 | Math.min(payload.length, 125), 0, 0, 0, 0, ...payload.subarray(0, 125)])
    : Buffer.from([head, length, ...payload]),
)

describe('a peer', () => {
  it('that reads nothing costs one write of memory, and the others nothing', async () => {
    const stalled = await rawWebSocket(server.port, LIVE)
    stalled.pause()
    const { messages, count } = watch(server.port, LIVE)
    for (let turn = 0; turn < 200; turn++) {
      host.publish('run-1', line('x'.repeat(60_000)), { type: 'symbols', symbols: [{ symbol: `S${turn}`, date: '2026-11-20', status: 'hit' }] })
      if (turn % 10 === 9) await count(2 * (turn + 1))
    }
    expect(messages).toEqual(host.log('run-1'))
    const { behind, backlogBytes, mostEventsBehind } = server.live.liveStats()
    expect(behind).toBe(1)
    expect(mostEventsBehind).toBeGreaterThan(50)
    expect(backlogBytes).toBeLessThan(4e6)
    stalled.destroy()
    await vi.waitFor(() => expect(server.live.liveStats().watchers.webSocket).toBe(1), SOON)
  })

  it('that stalled is brought up to date, exactly', async () => {
    await start({ limits: { tailBytes: 200_000 } })
    const slow = watch(server.port, LIVE)
    await new Promise((resolve) => slow.ws.on('open', resolve))
    slow.ws.pause()
    for (let turn = 0; turn < 300; turn++) {
      host.publish('run-1', line('x'.repeat(60_000)), ...eventBodies(20))
      if (turn % 10 === 9) await sleep(1)
    }
    host.end('run-1')
    await vi.waitFor(() => expect(server.live.liveStats().behind).toBe(1), SOON)
    slow.ws.resume()
    expect((await slow.closed).code).toBe(1000)
    expect(stateOf(slow.messages)).toEqual(stateOf(host.log('run-1')))
    expect(slow.messages.length).toBeLessThan(host.log('run-1').length)
    expect(server.live.liveStats().coalescedEvents).toBeGreaterThan(0)
  })

  it('that stalled on server-sent events is brought up to date, exactly', async () => {
    await start({ limits: { tailBytes: 200_000 } })
    const answer = await get(EVENTS, { accept: 'text/event-stream' })
    for (let turn = 0; turn < 300; turn++) {
      host.publish('run-1', line('x'.repeat(60_000)), ...eventBodies(20))
      if (turn % 10 === 9) await sleep(1)
    }
    host.end('run-1')
    // It is behind still, or what it was brought up to date with fits into what the system holds for it.
    await vi.waitFor(() => expect(server.live.liveStats().behind + server.live.liveStats().coalescedEvents).toBeGreaterThan(0), SOON)
    expect(server.live.liveStats().backlogBytes).toBeLessThan(4e6)
    const messages = (await answer.text()).split('\n\n').flatMap((record) => /^id: \d+\ndata: (.*)$/.exec(record)?.[1] ?? []).map((text) => JSON.parse(text) as LiveMessage)
    expect(stateOf(messages)).toEqual(stateOf(host.log('run-1')))
    expect(messages.length).toBeLessThan(host.log('run-1').length)
    await vi.waitFor(() => expect(server.live.liveStats().watchers.eventStream).toBe(0), SOON)
  })

  it('that vanishes or resets is forgotten', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => rawWebSocket(server.port, LIVE)))
    await vi.waitFor(() => expect(server.live.liveStats().watchers.webSocket).toBe(20), SOON)
    sockets.forEach((socket, place) => (place % 2 === 0 ? socket.destroy() : socket.resetAndDestroy()))
    for (let turn = 0; turn < 10; turn++) host.publish('run-1', ...eventBodies(20))
    await vi.waitFor(() => expect(server.live.liveStats().watchers.webSocket).toBe(0), SOON)
    expect(host.listeners).toBe(0)
  })

  it('that answers pings stays, one that does not is dropped', async () => {
    await server.app.close()
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    server = await startLive({ host })
    const alive = watch(server.port, LIVE)
    const dead = await rawWebSocket(server.port, LIVE)
    const stream = connect(server.port, '127.0.0.1')
    stream.write(`GET ${EVENTS} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`)
    let text = ''
    stream.on('data', (data: Buffer) => (text += data.toString()))
    await vi.waitFor(() => expect(server.live.liveStats().watchers).toEqual({ webSocket: 2, eventStream: 1 }), SOON)
    dead.resume()
    for (let beat = 0; beat < 3; beat++) {
      const asked = once(alive.ws, 'ping')
      vi.advanceTimersByTime(15_000)
      await asked
      // What it says after its answer is heard after it: once that is answered in turn, the server has both.
      alive.ws.ping()
      await once(alive.ws, 'pong')
    }
    await vi.waitFor(() => expect(server.live.liveStats()).toMatchObject({ watchers: { webSocket: 1, eventStream: 1 }, closed: { dead: 1 } }), SOON)
    await vi.waitFor(() => expect(text).toContain(': still here'), SOON)
    alive.ws.terminate()
    stream.destroy()
  })
})

describe('GET /api/runs/:id/events', () => {
  it('sends the log as JSON, whole or in pages', async () => {
    host.publish('run-1', ...eventBodies(1_500))
    const log = host.log('run-1')
    expect(await (await get(EVENTS)).json()).toEqual({ events: log, lastSeq: log.length, nextAfter: null })
    const events = []
    for (let after: number | null = 100; after !== null; ) {
      const page = (await (await get(`${EVENTS}?after=${after}&limit=999`)).json()) as { events: unknown[]; nextAfter: number | null }
      events.push(...page.events)
      after = page.nextAfter
    }
    expect(events).toEqual(log.slice(100))
    expect(await (await get(`${EVENTS}?after=${log.length}`)).json()).toEqual({ events: [], lastSeq: log.length, nextAfter: null })
  })

  it.each(['0', '-1', 'x', '10001', '1.5'])('refuses a limit of %s', async (limit) => {
    const answer = await get(`${EVENTS}?limit=${limit}`)
    expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([400, 'events_limit_invalid'])
  })

  it('reads no further ahead than the reader takes', async () => {
    host.publish('run-1', ...Array.from({ length: 2_000 }, () => line('x'.repeat(20_000))))
    const socket = connect(server.port, '127.0.0.1')
    socket.pause()
    socket.write(`GET ${EVENTS} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await sleep(300)
    expect(host.reads).toBeLessThan(1_500)
    socket.destroy()
  })

  it('streams as server-sent events, and goes on from Last-Event-ID until there is nothing more', async () => {
    host.publish('run-1', ...eventBodies(300))
    host.end('run-1')
    const log = host.log('run-1')
    const stream = (headers: Record<string, string>) => get(`${EVENTS}?after=5`, { accept: 'text/event-stream', ...headers })
    const answer = await stream({})
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const records = (await answer.text()).split('\n\n').filter((record) => record.startsWith('id: '))
    expect(records.map((record) => JSON.parse(record.slice(record.indexOf('data: ') + 6)) as unknown)).toEqual(log.slice(5))
    expect(records[0]).toMatch(/^id: 6\ndata: \{/)
    expect(((await (await stream({ 'last-event-id': '400' })).text()).match(/^id: /gm) ?? []).length).toBe(log.length - 400)
    expect((await stream({ 'last-event-id': String(log.length) })).status).toBe(204)
    expect((await stream({ 'last-event-id': 'x' })).status).toBe(400)
    expect((await stream({ 'last-event-id': String(log.length + 1) })).status).toBe(400)
  })
})
