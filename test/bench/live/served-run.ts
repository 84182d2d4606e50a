import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { childrenOf, schedulingOf, type Scheduling } from '../measure/scheduling.ts'
import { LineProcess, startWatchers, type WatcherCounts } from './processes.ts'
import type { WatchersResult } from './watchers.ts'

const STRIKESCAN = fileURLToPath(new URL('../../../api/cli/strikescan.js', import.meta.url))
const SCANNER = new URL('../scanners/bootstrap.ts', import.meta.url)
const POLL_MS = 250
/** What a worker that stands by takes. */
const IDLE_MS = 100

export interface Server {
  readonly port: number
  readonly pid: number
  readonly scannerId: string
  end(): Promise<void>
}

export interface ServedRun {
  /** As the run itself says. */
  readonly runMs: number
  /** The same without the time that the run's worker waited for a processor, which others had; null where the system does not tell. */
  readonly ownMs: number | null
  /** Time of the run's worker on a processor. */
  readonly workerCpuMs: number | null
  /** Of the server's own process. */
  readonly serverCpuMs: number
  /** From an outcome to the moment when all watchers who can take it were written to, in milliseconds, upper ends of buckets; null for none. */
  readonly deliveryP99Ms: number | null
  readonly serverRssBytes: number
  readonly backlogBytes: number
  readonly heldBytes: number
  readonly seen: WatchersResult | null
}

interface RunAnswer {
  id: string
  status: string
  startedAt: string | null
  finishedAt: string | null
  error: { message: string } | null
}

/** `strikescan serve` with one run at a time and the scanner uploaded. */
export async function startServer(home: string, symbols: number, timeoutMs: number): Promise<Server> {
  // As an operator sets it up for so many watchers who come at once from one address.
  const settings = { 'market.simulatedSymbols': symbols, 'queue.maxRunning': 1, 'server.requestsPerMinute': 0, 'server.maxConnections': 10_000 }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const child = new LineProcess([STRIKESCAN, 'serve', '--home', home, '--port', '0', '--log-level', 'error', '--no-examples', ...flags], 10 * timeoutMs)
  try {
    const port = Number(/:(\d+)$/.exec(await child.line())?.[1])
    const { id } = await call<{ id: string }>(port, 'POST', '/api/scanners', { filename: 'bootstrap.ts', source: readFileSync(SCANNER, 'utf8') })
    return { port, pid: child.child.pid!, scannerId: id, end: () => child.end('SIGTERM') }
  } catch (error) {
    await child.end()
    throw error
  }
}

/**
 * A run over all symbols on one worker, which leaves a core to the server and the watchers. It waits in the queue behind
 * another until all watchers are there.
 */
export async function runServed(server: Server, counts: WatcherCounts | null, timeoutMs: number): Promise<ServedRun> {
  const { port, scannerId } = server
  const request = { scannerId, universe: 'all', prefilter: false, limits: { timeoutMs, workers: 1 } }
  const before = await call<RunAnswer>(port, 'POST', '/api/runs', request)
  const { id } = await call<RunAnswer>(port, 'POST', '/api/runs', request)
  const watchers = counts === null ? null : await startWatchers(port, `/api/runs/${id}/live`, counts, timeoutMs)
  try {
    const first = await metrics(port)
    await call(port, 'POST', `/api/runs/${before.id}/cancel`)
    const most = { rss: 0, backlog: 0, held: 0 }
    let run: RunAnswer
    const began = workersOf(server)
    let workers = began
    do {
      await sleep(POLL_MS)
      workers = new Map([...workers, ...workersOf(server)])
      run = await call<RunAnswer>(port, 'GET', `/api/runs/${id}`)
      const { process_resident_memory_bytes: rss, strikescan_watchers_backlog_bytes: backlog, strikescan_live_held_bytes: held } = await metrics(port)
      most.rss = Math.max(most.rss, rss ?? 0)
      most.backlog = Math.max(most.backlog, backlog ?? 0)
      most.held = Math.max(most.held, held ?? 0)
    } while (run.finishedAt === null)
    if (run.status !== 'completed') throw new Error(`the run is ${run.status}: ${run.error?.message ?? ''}`)
    const seen = watchers === null ? null : await watchers.result
    const last = await metrics(port)
    const runMs = Date.parse(run.finishedAt) - Date.parse(run.startedAt!)
    const worker = busiestSince(began, workers)
    return {
      runMs,
      ownMs: worker === null ? null : runMs - worker.waitMs,
      workerCpuMs: worker?.runMs ?? null,
      serverCpuMs: (last.process_cpu_seconds_total! - first.process_cpu_seconds_total!) * 1_000,
      deliveryP99Ms: counts === null ? null : deliveryP99Ms(first, last),
      serverRssBytes: most.rss, backlogBytes: most.backlog, heldBytes: most.held, seen,
    }
  } finally {
    await watchers?.end()
  }
}

async function call<T>(port: number, method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path} is answered ${answer.status}: ${text.slice(0, 500)}`)
  return JSON.parse(text) as T
}

type Metrics = Record<string, number>

/** Values by name, and by name and bucket. */
async function metrics(port: number): Promise<Metrics> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Object.fromEntries([...text.matchAll(/^(\w+)(?:\{le="([^"]+)"\})? ([\d.e+-]+)$/gm)].map(([, name, bucket, value]) => [bucket === undefined ? name! : `${name} ${bucket}`, Number(value)]))
}

/** Upper end of the bucket in which the slowest hundredth of the deliveries begins. */
function deliveryP99Ms(before: Metrics, after: Metrics): number | null {
  const NAME = 'strikescan_live_delivery_seconds_bucket '
  const counts = Object.keys(after).filter((key) => key.startsWith(NAME)).map((key) => ({ end: Number(key.slice(NAME.length).replace('+Inf', 'Infinity')), count: after[key]! - (before[key] ?? 0) }))
  const all = counts.at(-1)?.count ?? 0
  return all === 0 ? null : counts.find(({ count }) => count >= 0.99 * all)!.end * 1_000
}

function workersOf({ pid }: Server): Map<number, Scheduling> {
  return new Map(childrenOf(pid).flatMap((child) => {
    const seen = schedulingOf(child)
    return seen === null ? [] : [[child, seen] as const]
  }))
}

/** What the one worker of the run took; those that stand by take little. */
function busiestSince(before: Map<number, Scheduling>, after: Map<number, Scheduling>): Scheduling | null {
  const took = [...after].map(([pid, { runMs, waitMs }]) => ({ runMs: runMs - (before.get(pid)?.runMs ?? 0), waitMs: waitMs - (before.get(pid)?.waitMs ?? 0) }))
  const busiest = took.toSorted((a, b) => b.runMs - a.runMs)[0]
  return busiest === undefined || busiest.runMs < IDLE_MS ? null : busiest
}
