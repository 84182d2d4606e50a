import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { LineProcess, startWatchers, type WatcherCounts } from './processes.ts'
import type { WatchersResult } from './watchers.ts'

const STRIKESCAN = fileURLToPath(new URL('../../../api/cli/strikescan.js', import.meta.url))
const SCANNER = new URL('../scanners/bootstrap.ts', import.meta.url)
const POLL_MS = 250

export interface Server {
  readonly port: number
  readonly scannerId: string
  end(): Promise<void>
}

export interface ServedRun {
  /** As the run itself says. */
  readonly runMs: number
  /** Of the server's own process. */
  readonly serverCpuMs: number
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
    return { port, scannerId: id, end: () => child.end('SIGTERM') }
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
    const cpuMs = (await metrics(port)).process_cpu_seconds_total! * 1_000
    await call(port, 'POST', `/api/runs/${before.id}/cancel`)
    const most = { rss: 0, backlog: 0, held: 0 }
    let run: RunAnswer
    do {
      await sleep(POLL_MS)
      run = await call<RunAnswer>(port, 'GET', `/api/runs/${id}`)
      const { process_resident_memory_bytes: rss, strikescan_watchers_backlog_bytes: backlog, strikescan_live_held_bytes: held } = await metrics(port)
      most.rss = Math.max(most.rss, rss ?? 0)
      most.backlog = Math.max(most.backlog, backlog ?? 0)
      most.held = Math.max(most.held, held ?? 0)
    } while (run.finishedAt === null)
    if (run.status !== 'completed') throw new Error(`the run is ${run.status}: ${run.error?.message ?? ''}`)
    const seen = watchers === null ? null : await watchers.result
    return {
      runMs: Date.parse(run.finishedAt) - Date.parse(run.startedAt!),
      serverCpuMs: (await metrics(port)).process_cpu_seconds_total! * 1_000 - cpuMs,
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

/** Values without labels. */
async function metrics(port: number): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Object.fromEntries([...text.matchAll(/^(\w+) ([\d.e+-]+)$/gm)].map(([, name, value]) => [name!, Number(value)]))
}
