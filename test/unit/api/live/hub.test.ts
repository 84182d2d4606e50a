import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { Wire } from '../../../../api/live/chunk.ts'
import { Hub } from '../../../../api/live/hub.ts'
import { anyBody } from './support/arbitrary.ts'
import { eventBodies, FakeHost } from './support/fake-host.ts'
import { FakeTransport } from './support/fake-transport.ts'
import { Reader, stateOf } from './support/state.ts'

const limits = { watchersPerRun: 100, watchers: 150, tailBytes: 64 * 1024 }
const line = (text: string) => ({ type: 'log' as const, level: 'info' as const, symbol: null, text })
const settle = (): void => void vi.advanceTimersByTime(2_000)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function watched(after = 0, events = 0) {
  const host = new FakeHost()
  const id = host.start()
  host.publish(id, ...eventBodies(events))
  const hub = new Hub(host, limits)
  const transport = new FakeTransport()
  hub.admit(id, transport, after)
  return { host, id, hub, transport }
}

describe('a watcher', () => {
  it('gets the log from where it asks, then each event as it happens, then a normal close', () => {
    const { host, id, transport } = watched(10, 50)
    settle()
    host.publish(id, line('more'))
    settle()
    host.end(id)
    settle()
    expect(transport.messages).toEqual(host.log(id).slice(10))
    expect(transport.closed).toEqual({ code: 1000, reason: 'the run has ended' })
    expect(host.listeners).toBe(0)
  })

  it('has the age of what it was brought told, once a round and not for a replay', () => {
    const host = new FakeHost()
    const id = host.start()
    host.publish(id, ...eventBodies(20))
    const ages: number[] = []
    const hub = new Hub(host, limits, (ageMs) => void ages.push(ageMs))
    for (let count = 0; count < 3; count++) hub.admit(id, new FakeTransport(), 0)
    settle()
    expect(ages).toEqual([])
    host.publish(id, line('one'), line('two'))
    settle()
    expect(ages).toHaveLength(1)
    expect(ages[0]).toBeGreaterThanOrEqual(0)
  })

  it('gets a finished run whole, and the close', () => {
    const host = new FakeHost()
    const id = host.start()
    host.publish(id, ...eventBodies(3_000))
    host.end(id)
    const transport = new FakeTransport()
    new Hub(host, limits).admit(id, transport, 0)
    settle()
    expect(transport.messages).toEqual(host.log(id))
    expect(transport.closed?.code).toBe(1000)
  })

  it('gets everything once where the run goes on, and ends, during the replay', () => {
    const { host, id, transport } = watched(0, 2_000)
    for (let turn = 0; turn < 20; turn++) {
      vi.advanceTimersByTime(1)
      host.publish(id, ...eventBodies(30))
    }
    host.end(id)
    settle()
    expect(transport.messages).toEqual(host.log(id))
    expect(transport.closed?.code).toBe(1000)
  })

  it('stays through a pause, and through an end that a resumed run goes on behind', () => {
    const { host, id, transport } = watched(0, 5)
    host.setStatus(id, 'paused')
    host.publish(id, line('paused'))
    settle()
    expect(transport.closed).toBeNull()
    host.setStatus(id, 'running')
    host.publish(id, { type: 'end', run: host.run(id) }, line('goes on'))
    settle()
    expect(transport.closed).toBeNull()
    host.end(id)
    settle()
    expect(transport.messages).toEqual(host.log(id))
    expect(transport.closed?.code).toBe(1000)
  })

  it('is closed within a second where a run ends without a last event', () => {
    const { host, id, transport } = watched(0, 5)
    settle()
    host.setStatus(id, 'failed')
    vi.advanceTimersByTime(1_000)
    expect(transport.closed?.code).toBe(1000)
  })

  it('gets from the journal what listeners were never told, and nothing twice', () => {
    const host = new FakeHost()
    const id = host.start()
    let tell: (events: readonly never[]) => void = () => {}
    const hub = new Hub({ ...bound(host), watch: (_, listener) => ((tell = listener as never), () => {}) }, limits)
    const transport = new FakeTransport()
    hub.admit(id, transport, 0)
    host.publish(id, ...eventBodies(20))
    tell(host.log(id).slice(0, 5) as never)
    tell(host.log(id).slice(3, 9) as never)
    settle()
    tell(host.log(id).slice(12, 14) as never)
    tell(host.log(id).slice(15) as never)
    vi.advanceTimersByTime(500)
    expect(transport.messages).toEqual(host.log(id))
  })

  it('hears within a second of a run that another process carries out, to its end', () => {
    const host = new FakeHost()
    const id = host.start()
    const transport = new FakeTransport()
    new Hub({ ...bound(host), watch: () => () => {} }, limits).admit(id, transport, 0)
    host.publish(id, line('from elsewhere'))
    vi.advanceTimersByTime(1_100)
    expect(transport.messages).toHaveLength(1)
    host.end(id)
    vi.advanceTimersByTime(1_100)
    expect(transport.messages).toEqual(host.log(id))
    expect(transport.closed?.code).toBe(1000)
  })

  it('is told 1011 where the journal lacks what it should hold', () => {
    const { host, id, hub } = watched(0, 50)
    settle()
    vi.spyOn(host, 'events').mockImplementation(function* () {})
    const transport = new FakeTransport()
    hub.admit(id, transport, 1)
    settle()
    expect(transport.closed?.code).toBe(1011)
    expect(hub.stats().closed.failed).toBe(1)
  })
})

describe('many watchers', () => {
  it('share one encoding, and one write per turn', () => {
    const { host, id, hub, transport } = watched()
    const others = Array.from({ length: 50 }, () => new FakeTransport())
    for (const other of others) hub.admit(id, other, 0)
    settle()
    const stringify = vi.spyOn(JSON, 'stringify')
    for (const body of eventBodies(20)) host.publish(id, body)
    settle()
    expect(stringify).toHaveBeenCalledTimes(host.log(id).length)
    stringify.mockRestore()
    for (const other of [transport, ...others]) {
      expect(other.messages).toEqual(host.log(id))
      expect(other.writes).toBe(1)
    }
  })

  it('read each page of the journal once between them', () => {
    const { host, id, hub } = watched(0, 1_000)
    for (let count = 0; count < 50; count++) hub.admit(id, new FakeTransport(count % 2 === 0 ? 'webSocket' : 'eventStream'), 0)
    settle()
    // A page is left in the middle of the iteration, so one event more is taken of each.
    expect(host.reads).toBeLessThan(host.log(id).length * 1.05)
    expect(hub.stats()).toMatchObject({ watchers: { webSocket: 26, eventStream: 25 }, behind: 0, mostEventsBehind: 0 })
  })

  it('are refused beyond the limit, of a run and of all', () => {
    const { host, id, hub } = watched()
    host.start('run-2')
    for (let count = 1; count < 100; count++) hub.admit(id, new FakeTransport(), 0)
    expect(() => hub.checkPlace(id)).toThrow('100 watchers of one run')
    for (let count = 0; count < 50; count++) hub.admit('run-2', new FakeTransport(), 0)
    expect(() => hub.checkPlace('run-2')).toThrow('150 watchers of all runs')
    const late = new FakeTransport()
    hub.admit('run-2', late, 0)
    expect(late.closed?.code).toBe(1013)
    expect(hub.stats().refused).toBe(3)
  })
})

describe('a stalled watcher', () => {
  it('holds one write, whatever the run does, and is then brought up to date with fewer messages', () => {
    const { host, id, hub, transport } = watched()
    const brisk = new FakeTransport()
    hub.admit(id, brisk, 0)
    settle()
    transport.isStalled = true
    for (let turn = 0; turn < 100; turn++) {
      host.publish(id, ...eventBodies(100))
      vi.advanceTimersByTime(50)
    }
    const total = host.log(id).length
    expect(brisk.messages).toHaveLength(total)
    expect(transport.writes).toBe(1)
    expect(hub.stats()).toMatchObject({ behind: 1, mostEventsBehind: expect.any(Number) as number })
    expect(hub.stats().heldBytes).toBeLessThan(1e6)
    transport.drain()
    settle()
    host.end(id)
    settle()
    expect(stateOf(transport.messages)).toEqual(stateOf(host.log(id)))
    expect(transport.messages.length).toBeLessThan(total / 20)
    expect(transport.closed?.code).toBe(1000)
    expect(hub.stats().coalescedEvents).toBeGreaterThan(total / 2)
    expect(hub.stats().logsDropped).toBeGreaterThan(0)
  })

  it('is taken for dead when it shows no sign of life', () => {
    const { host, id, hub, transport } = watched()
    transport.isStalled = true
    host.publish(id, line('x'))
    vi.advanceTimersByTime(15_000)
    expect(hub.stats()).toMatchObject({ watchers: { webSocket: 0 }, closed: { dead: 1 } })
    expect(host.listeners).toBe(0)
  })
})

describe('closing', () => {
  it('writes what is there, closes with 1001 and takes no more', async () => {
    const { host, id, hub, transport } = watched(0, 3)
    settle()
    host.publish(id, line('last words'))
    await hub.close()
    expect(transport.messages).toEqual(host.log(id))
    expect(transport.closed?.code).toBe(1001)
    expect(() => hub.checkPlace(id)).toThrow('shutting down')
  })
})

it('comes to the state of the journal, whatever the order of events, stalls and reconnects', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('publish' as const), bodies: fc.array(anyBody, { minLength: 1, maxLength: 30 }), times: fc.integer({ min: 1, max: 8 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('stall' as const, 'drain' as const, 'reconnect' as const), who: fc.nat(2) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(60) }) },
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.array(fc.constantFrom<Wire>('webSocket', 'eventStream'), { minLength: 3, maxLength: 3 }), fc.boolean(), (steps, wires, restarts) => {
      const host = new FakeHost()
      const id = host.start()
      let hub = new Hub(host, { ...limits, tailBytes: 4_000 })
      const peers = wires.map((wire) => new Peer(wire, id))
      for (const peer of peers) peer.connect(hub)
      for (const [place, one] of steps.entries()) {
        if (one.do === 'publish') for (let time = 0; time < one.times; time++) host.publish(id, ...one.bodies)
        else if (one.do === 'wait') vi.advanceTimersByTime(one.ms)
        else if (one.do === 'stall') peers[one.who]!.transport.isStalled = true
        else if (one.do === 'drain') peers[one.who]!.transport.drain()
        else peers[one.who]!.connect(hub)
        if (restarts && place === 30) {
          hub = new Hub(host, { ...limits, tailBytes: 4_000 })
          for (const peer of peers) peer.connect(hub)
        }
      }
      host.end(id)
      for (const peer of peers) peer.transport.drain()
      settle()
      for (const peer of peers) expect(peer.finish()).toEqual(stateOf(host.log(id)))
    }),
    { numRuns: 200 },
  )
})

/** A client that remembers the last number it got, and comes back with it. */
class Peer {
  transport: FakeTransport
  readonly #id: string
  readonly #reader = new Reader()

  constructor(wire: Wire, id: string) {
    this.transport = new FakeTransport(wire)
    this.#id = id
  }

  connect(hub: Hub): void {
    this.#read()
    this.transport.break()
    this.transport = new FakeTransport(this.transport.wire)
    hub.admit(this.#id, this.transport, this.#reader.lastSeq)
  }

  finish() {
    this.#read()
    expect(this.transport.closed?.code).toBe(1000)
    return this.#reader.state
  }

  #read(): void {
    for (const message of this.transport.messages) this.#reader.take(message)
  }
}

function bound(host: FakeHost) {
  const { events, lastSeq, run, cancel, pause, resume } = FakeHost.prototype
  return { events: events.bind(host), lastSeq: lastSeq.bind(host), run: run.bind(host), cancel: cancel.bind(host), pause: pause.bind(host), resume: resume.bind(host) }
}
