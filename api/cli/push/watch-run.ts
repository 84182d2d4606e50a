import { WebSocket, type RawData } from 'ws'

import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import type { Run, RunEvent } from '../host-types.ts'
import { problemOf, type ServerClient } from './server-client.ts'

const FIRST_WAIT_MS = 200
const MOST_WAIT_MS = 5_000
/** Without a word for this long, by however many attempts, the watch is given up. The server pings every 15 s. */
const GIVE_UP_MS = 60_000
const SILENCE_MS = 45_000
const MESSAGE_BYTES = 64 * 2 ** 20
/** The server has said everything. */
const NORMAL = 1000

export interface WatchOptions {
  onEvent: (event: RunEvent) => void
  /** Told in a few words when the connection is lost, before it is made anew. */
  onLost: (problem: string) => void
  signal: AbortSignal
  /** Milliseconds that never go back. */
  now: () => number
}

/**
 * Follows a run on a server to its end and gives the run as it ended; null where the watch was broken off. A connection
 * that breaks is made anew from the last event seen, so that every event comes once and in order.
 * @throws push_watch_lost after a minute without any event; push_refused, push_not_strikescan
 */
export async function watchRun(client: ServerClient, runId: string, options: WatchOptions): Promise<Run | null> {
  const { onEvent, onLost, signal, now } = options
  let after = 0
  let heardAt = now()
  let failures = 0
  let ended: Run | null = null
  const hear = (event: RunEvent & { seqFrom?: number }): void => {
    // An error message is no event, and what was seen before comes again only from a confused server.
    if (typeof event.seq !== 'number' || event.seq <= after) return
    after = event.seq
    heardAt = now()
    failures = 0
    if (event.type === 'end') ended = event.run
    onEvent(event)
  }
  for (;;) {
    const problem = await follow(client, runId, after, hear, signal)
    if (signal.aborted) return null
    if (ended !== null) return ended
    if (problem === null) {
      const run = await client.run(runId)
      if (['completed', 'failed', 'cancelled'].includes(run.status)) return run
    }
    if (now() - heardAt > GIVE_UP_MS) throw new StrikescanError('push_watch_lost', { server: client.address.url, run: runId, problem: problem ?? 'it says nothing' })
    if (failures === 0) onLost(problem ?? 'the server closed it')
    await pause(Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++), signal)
  }
}

/** One connection to its end: why it ended, null where the server closed it in good order. */
function follow(client: ServerClient, runId: string, after: number, hear: (event: RunEvent) => void, signal: AbortSignal): Promise<string | null> {
  const url = `${client.address.url.replace(/^http/, 'ws')}/api/runs/${encodeURIComponent(runId)}/live?after=${after}`
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers: client.headers, maxPayload: MESSAGE_BYTES, perMessageDeflate: false, handshakeTimeout: 10_000 })
    let problem: string | null = null
    let silence: NodeJS.Timeout | undefined
    const isAlive = (): void => {
      clearTimeout(silence)
      silence = setTimeout(() => {
        problem = 'it fell silent'
        socket.terminate()
      }, SILENCE_MS)
    }
    const stop = (): void => socket.terminate()
    signal.addEventListener('abort', stop)
    socket.on('open', isAlive)
    socket.on('ping', isAlive)
    socket.on('message', (data: RawData) => {
      isAlive()
      try {
        hear(JSON.parse((data as Buffer).toString()) as RunEvent)
      } catch (cause) {
        reject(new StrikescanError('push_not_strikescan', { server: client.address.url, problem: 'a live message is no JSON' }, { cause }))
        socket.terminate()
      }
    })
    socket.on('unexpected-response', (_, response) => {
      response.resume()
      const status = response.statusCode ?? 0
      // Too many watchers or a restart pass; a refusal stays.
      if (status >= 500 || status === 429) problem = `status ${status}`
      else reject(new StrikescanError('push_refused', { what: 'to show the run', code: String(status), problem: 'The run cannot be watched.', advice: 'Check the token.' }))
      socket.terminate()
    })
    socket.on('error', (error) => (problem ??= problemOf(error)))
    socket.on('close', (code) => {
      clearTimeout(silence)
      signal.removeEventListener('abort', stop)
      resolve(code === NORMAL ? null : (problem ?? `closed with code ${code}`))
    })
    if (signal.aborted) stop()
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
