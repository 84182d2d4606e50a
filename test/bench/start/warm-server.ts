import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'

import { newLogger } from '../../../api/server/logging.ts'
import { serve, type RunningServer } from '../../../api/server/serve.ts'
import { serverSettings } from '../../../api/server/settings.ts'
import { openHost, type RunEvent } from '../../../runtime/host.ts'
import { childrenOf, schedulingOf } from '../measure/scheduling.ts'

export interface WarmServer {
  readonly host: Awaited<ReturnType<typeof openHost>>
  readonly server: RunningServer
}

/** Milliseconds to the first row, and what the server, who asks it, and the worker took of processors for it: on a machine that others use as well, the measure that holds. */
export interface FirstRow {
  readonly ms: number
  /** Null where the system does not tell. */
  readonly cpuMs: number | null
}

const SCANNER = fileURLToPath(new URL('../scanners/scan.ts', import.meta.url))
/** Spare processes are replaced, and warmed up, a moment after they were taken. */
const REFILL_MS = 1_800
const RUNS_AT_ONCE = 3

/** A server over HTTP as `strikescan serve` opens it, in this process, with processes standing by. */
export async function openWarmServer(home: string, overrides: Record<string, unknown>): Promise<WarmServer> {
  const host = await openHost({ home, overrides: { ...overrides, 'queue.maxRunning': RUNS_AT_ONCE, 'server.port': 0 }, env: {} })
  const server = await serve({ host, settings: serverSettings(host.settings()), logger: newLogger('silent', new Writable()), version: '0' })
  host.recover()
  await host.market()
  await pause(REFILL_MS)
  return { host, server }
}

/** From an upload never seen before, over HTTP, to the first row that its script decided, over WebSocket. The run is given up then. */
export async function uploadToFirstRow({ host, server }: WarmServer, isFirstRow: (event: RunEvent) => boolean): Promise<FirstRow> {
  const source = fresh()
  const before = takenBy(childrenOf(process.pid))
  const own = process.cpuUsage()
  const started = performance.now()
  const { id: scannerId } = await post(server, '/api/scanners', { filename: 'scan.ts', source: source.toString() })
  const { id } = await post(server, '/api/runs', { scannerId, universe: 'all', prefilter: false })
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/runs/${id}/live`)
  const ms = await new Promise<number>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (data: Buffer) => {
      const event = JSON.parse(data.toString()) as RunEvent
      try {
        if (isFirstRow(event)) return resolve(performance.now() - started)
      } catch (error) {
        return reject(error as Error)
      }
      if (event.type === 'end') reject(new Error(`the run gives no row: ${event.run.message}`))
    })
  })
  const { user, system } = process.cpuUsage(own)
  const after = takenBy([...before.keys()])
  const workersMs = [...after].reduce((sum, [pid, ms]) => sum + ms - before.get(pid)!, 0)
  socket.terminate()
  const ended = untilEnd(host, id)
  // Few symbols are done before anybody can give them up.
  if (host.run(id).finishedAt === null) host.cancel(id)
  await ended
  await pause(REFILL_MS)
  return { ms, cpuMs: after.size === 0 ? null : (user + system) / 1e3 + workersMs }
}

/** Milliseconds that processes took so far, of those that are alive. */
const takenBy = (pids: readonly number[]): Map<number, number> => new Map(pids.flatMap((pid) => {
  const runMs = schedulingOf(pid)?.runMs
  return runMs === undefined ? [] : [[pid, runMs] as const]
}))

/** Longest time, in milliseconds, that nothing else could happen in the host's process while several runs were under way. */
export async function longestBlock({ host }: WarmServer): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 2 })
  delays.enable()
  const ids = await Promise.all(Array.from({ length: RUNS_AT_ONCE }, () => submit(host, fresh())))
  await Promise.all(ids.map((id) => untilEnd(host, id)))
  delays.disable()
  await pause(REFILL_MS)
  return delays.max / 1e6
}

async function post(server: RunningServer, path: string, body: object): Promise<{ id: string }> {
  const answer = await fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`POST ${path} is answered ${answer.status}: ${(await answer.text()).slice(0, 500)}`)
  return (await answer.json()) as { id: string }
}

async function submit(host: WarmServer['host'], source: Uint8Array): Promise<string> {
  const { scanner, diagnostics } = await host.saveScanner({ filename: 'scan.ts', source })
  if (scanner === null) throw new Error(`the scanner is refused: ${diagnostics[0]?.message}`)
  return host.submitRun({ scannerId: scanner.id, universe: 'all', prefilter: false }).id
}

function untilEnd(host: WarmServer['host'], id: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = host.watch(id, (events) => {
      if (!events.some(({ type }) => type === 'end')) return
      stop()
      resolve()
    })
    if (host.run(id).finishedAt !== null) resolve()
  })
}

let uploads = 0

/** The bench's scanner with bytes of its own, so that nothing that is kept of an earlier upload serves. */
function fresh(): Buffer {
  return Buffer.concat([readFileSync(SCANNER), Buffer.from(`\n// upload ${process.pid}-${Date.now()}-${uploads++}\n`)])
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
