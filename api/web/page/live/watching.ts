import { signal, type Signal } from '@preact/signals'

import { request } from '../server/client.ts'
import { Connection, type ConnectionState, type Surroundings } from './connection.ts'
import { RunModel } from './run-model.ts'

/** A run that is being watched: its model, and signals that say when to look at it again. */
export interface Watching {
  readonly model: RunModel
  readonly connection: Connection
  /** Null until it is started. */
  readonly state: Signal<ConnectionState | null>
  /** Rises at most once per frame, when something came. */
  readonly frame: Signal<number>
  /** Rises at most four times a second, for what need not keep up with frames. */
  readonly beat: Signal<number>
  /** Begins to listen; once is enough. */
  start(): void
  stop(): void
}

const BEAT_MS = 250

const inBrowser: Surroundings = {
  open: (path) => new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`),
  lastSeq: async (runId) => (await request<{ lastSeq: number }>(`/api/runs/${runId}/events?limit=1`)).lastSeq,
  now: Date.now,
  later: (ms, work) => {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
}

/** What listens to a run from its first event on, once it is started. */
export function watchRun(runId: string): Watching {
  const model = new RunModel()
  const state = signal<ConnectionState | null>(null)
  const frame = signal(0)
  const beat = signal(0)
  let frameAsked = 0
  let beatAsked: ReturnType<typeof setTimeout> | null = null
  let next: ConnectionState | null = null
  const onFrame = (): void => {
    frameAsked = 0
    if (next !== null) state.value = next
    next = null
    frame.value++
  }
  const touch = (): void => {
    // Pages in the background get no frames: what is heard there is drawn when they come back.
    if (frameAsked === 0) frameAsked = requestAnimationFrame(onFrame)
    beatAsked ??= setTimeout(() => {
      beatAsked = null
      beat.value++
    }, BEAT_MS)
  }
  const onChange = (changed: ConnectionState): void => {
    next = changed
    if (changed.is === 'catching up') touch()
    else {
      state.value = changed
      next = null
      touch()
    }
  }
  const connection = new Connection({ runId, model, surroundings: inBrowser, onMessage: touch, onChange })
  const retry = (): void => connection.retry()
  addEventListener('online', retry)
  return {
    model,
    connection,
    state,
    frame,
    beat,
    start() {
      if (state.peek() === null) connection.start()
    },
    stop() {
      removeEventListener('online', retry)
      connection.stop()
      cancelAnimationFrame(frameAsked)
      if (beatAsked !== null) clearTimeout(beatAsked)
    },
  }
}
