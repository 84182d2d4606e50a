import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Run, RunEvent } from '../../runtime/host.ts'
import { seededRandom } from '../../sdk/testing/random.ts'
import { openTestHost } from './support/hosting.ts'
import { processTree } from './support/process-tree.ts'
import { startServer, type TestServer } from './support/server.ts'
import { startSimulatedApi, type SimulatedApi } from './support/simulated-api.ts'
import { StreamWatcher } from './support/watching.ts'

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 200)
const SEED = Number(process.env.KILL_SEED ?? 1)
/** Of that many rounds one meets the server, the others a worker. */
const SERVER_EVERY = 4
/** Milliseconds from one round to the next, at most. */
const PAUSE_MS = 900
const SYMBOLS = 120
const RECOVERY_GOAL_MS = 250

/** Some milliseconds a symbol, and random enough for a doubled or mixed-up row to show. */
const scanner = (steps: number) => `export function scan(symbol, bars) {
  let sum = 0
  for (let i = 0; i < ${steps}; i++) sum += Math.sqrt(i)
  return Math.random() < 0.3 ? { score: Math.random(), sum, last: bars.at(-1).close, strategies: ['Long Call'] } : null
}`

const folder = mkdtempSync(join(tmpdir(), 'strikescan-kills-'))
let api: SimulatedApi
beforeAll(async () => {
  api = await startSimulatedApi(['--latency-ms', '20'])
})
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A server that is started again whenever it dies. */
class Undying {
  server: TestServer | null = null
  #isOver = false
  restarts = -1
  readonly #home: string

  constructor(home: string) {
    this.#home = home
  }

  get url(): string {
    return this.server?.url ?? 'http://127.0.0.1:9'
  }

  async start(): Promise<void> {
    this.restarts++
    const settings = ['workers.count=2', 'batch.maxSymbols=10', 'batch.targetMs=60', 'server.requestsPerMinute=0', 'server.logLevel=fatal', 'server.examples=never', 'explore.historyDays=0']
    const server = await startServer(this.#home, [...api.settings, ...settings.flatMap((setting) => ['--set', setting])])
    expect(server.url, server.err()).toMatch(/^http/)
    this.server = server
    void server.ended.then(() => {
      if (this.#isOver || this.server !== server) return
      this.server = null
      return this.start()
    })
  }

  /** Waits until there is a server, and gives what it answers. */
  async ask<T>(work: (server: TestServer) => Promise<T>): Promise<T> {
    for (;;) {
      const { server } = this
      try {
        if (server !== null) return await work(server)
      } catch {
        // It died meanwhile.
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true
    this.server!.child.kill('SIGTERM')
    await this.server!.ended
  }
}

const filesOf = async (undying: Undying, id: string): Promise<string[]> => {
  const paths = [`/api/runs/${id}/rows.csv`, `/api/runs/${id}/rows.ndjson`, `/api/runs/${id}/exploration.csv`]
  const texts = await Promise.all(paths.map((path) => undying.ask(async ({ url }) => {
    const answer = await fetch(url + path)
    expect(answer.status).toBe(200)
    return answer.text()
  })))
  return texts.map(essence)
}

/** Without what may differ from run to run: which worker, when, and for how long. */
function essence(text: string): string {
  if (!text.startsWith('{')) return text
  const rows = text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  return rows.map(({ batchId, workerId, attempt, queueMs, dataMs, scriptMs, ...rest }) => JSON.stringify(rest)).join('\n')
}

describe.skipIf(process.platform !== 'linux')('killed again and again', () => {
  it(`${ROUNDS} times at random moments, workers and servers: nothing lost, nothing twice, the same bytes`, async () => {
    const undying = new Undying(join(folder, 'home'))
    await undying.start()
    const random = seededRandom(SEED)
    const scannerId = await undying.ask(async (server) => (await server.post<{ id: string }>('/api/scanners', { filename: 'slow.js', source: scanner(1e6) })).body.id)
    const names = await undying.ask((server) => server.get<{ symbols: { symbol: string }[] }>(`/api/market/symbols?limit=${SYMBOLS}`))
    const symbols = names.symbols.map(({ symbol }) => symbol)
    const submit = () => undying.ask(async (server) => {
      const { status, body } = await server.post<Run>('/api/runs', { scannerId, symbols, prefilter: false, explore: true, split: 'always' })
      if (status !== 202) throw new Error(`refused: ${JSON.stringify(body)}`)
      return body.id
    })
    const first = await submit()
    expect((await new StreamWatcher(() => undying.url, first).ended).run.status).toBe('completed')
    const expected = await filesOf(undying, first)
    expect(expected[0]!.trimEnd().split('\n')).toHaveLength(1 + symbols.length)
    expect(expected[2]!.split('\n').length).toBeGreaterThan(10)

    let isOver = false
    let [kills, finished, reconnected] = [0, 0, 0]
    const lane = async (): Promise<void> => {
      while (!isOver) {
        const id = await submit()
        const watcher = new StreamWatcher(() => undying.url, id)
        const resume = setInterval(() => {
          // One whose server died time and again without a row more is left for somebody to look at.
          void undying.ask(async (server) => ((await server.get<Run>(`/api/runs/${id}`)).status === 'paused' ? server.post(`/api/runs/${id}/resume`) : null))
        }, 2_000)
        const { run } = await watcher.ended
        clearInterval(resume)
        reconnected += watcher.reconnected
        expect(watcher.faults).toEqual([])
        expect(run.status, run.error?.message).toBe('completed')
        const log = await undying.ask(async ({ url }) => (await (await fetch(`${url}/api/runs/${id}/events`)).json()) as { events: RunEvent[] })
        expect(log.events.map(({ seq }) => seq)).toEqual(log.events.map((_, at) => at + 1))
        expect(await filesOf(undying, id)).toEqual(expected)
        finished++
      }
    }
    const lanes = Promise.all([lane(), lane()])
    lanes.catch(() => (isOver = true))
    while (kills < ROUNDS && !isOver) {
      await new Promise((resolve) => setTimeout(resolve, random() * PAUSE_MS))
      const server = undying.server
      if (server === null) continue
      const workers = processTree(server.child.pid!).slice(1)
      const victim = kills % SERVER_EVERY === SERVER_EVERY - 1 ? server.child.pid! : workers[Math.floor(random() * workers.length)]
      if (victim === undefined) continue
      try {
        process.kill(victim, 'SIGKILL')
        kills++
      } catch {
        // Gone by itself.
      }
    }
    isOver = true
    await lanes
    await undying.stop()
    console.log(`${kills} kills, ${undying.restarts} of them of the server; ${finished} runs finished, watchers connected anew ${reconnected} times`)
    expect(kills).toBe(ROUNDS)
    expect(finished).toBeGreaterThan(0)
  }, 3_600_000)
})

describe('a killed worker', () => {
  it(`is replaced, and the replacement's first row is there, within ${RECOVERY_GOAL_MS} ms`, async ({ skip }) => {
    const test = await openTestHost({ 'market.simulatedSymbols': 2_000, 'batch.maxSymbols': 10, 'batch.targetMs': 20 })
    try {
      const taken: number[] = []
      let killedAt: number | null = null
      let lastKill = performance.now()
      const handle = test.host.startRun({ filename: 'scan.js', source: new TextEncoder().encode(scanner(2e6)), prefilter: false, limits: { workers: 1 } })
      handle.subscribe((event) => {
        const now = performance.now()
        if (event.type === 'symbols' && killedAt !== null && now - killedAt > 60 && event.symbols.some(({ status }) => status !== 'running')) {
          taken.push(now - killedAt)
          killedAt = null
          lastKill = now
        }
        if (event.type !== 'worker' || event.symbol === null || killedAt !== null || now - lastKill < 200) return
        killedAt = now
        process.kill(event.pid, 'SIGKILL')
      })
      expect((await handle.done).status).toBe('completed')
      const sorted = taken.toSorted((one, other) => one - other)
      console.log(`recovered from ${taken.length} kills; ms from the kill to the first row: ${sorted.map(Math.round).join(' ')}`)
      expect(taken.length).toBeGreaterThan(4)
      // A machine that is busy with other things says nothing of how long this takes by itself.
      if (loadavg()[0]! > availableParallelism()) return skip(`the load is ${loadavg()[0]}`)
      expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(RECOVERY_GOAL_MS)
    } finally {
      await test.close()
    }
  })
})
