import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { inspectScript } from '../../../runtime/intake/inspect.ts'
import { guestBundle } from '../../../runtime/isolate/guest-bundle.ts'
import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { realSurroundings } from '../../../runtime/pool/surroundings.ts'
import { spawnWorker, type LaunchWorker } from '../../../runtime/pool/spawn.ts'
import { workerCode } from '../../../runtime/pool/worker-code.ts'
import { WorkerProcess } from '../../../runtime/pool/worker-process.ts'
import { Executor } from '../../../runtime/scan/executor.ts'
import { WorkQueue } from '../../../runtime/scan/work-queue.ts'
import type { LoadRequest } from '../../../runtime/worker/protocol.ts'
import { median } from '../measure/statistics.ts'
import type { BenchMarket } from './markets.ts'

const WORKERS = 2
const MEMORY_MB = 512
const CLOCK_TICKS = 100
const GOAL_PERCENT = 3
const SCAN = `export function scan(symbol, bars) {
  let sum = 0
  for (let i = Math.max(0, bars.length - 200); i < bars.length; i++) sum += bars[i].close
  return bars.at(-1).close > sum / 200 ? { score: bars.at(-1).close } : false
}`

/** As a worker was started before there was any confinement: the same program, with all the rights of the server. */
const bare: LaunchWorker = ({ entry, descriptors }) =>
  spawn(process.execPath, ['--no-node-snapshot', '--max-semi-space-size=4', workerCode(entry).file], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe', ...descriptors],
    env: { LIBC: 'glibc', GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1', TZ: 'UTC', LANG: 'C.UTF-8' },
    detached: true,
  })

interface Cost {
  wallMs: number
  /** Processor time of the workers, from their start to their end. */
  cpuMs: number
}

async function scanAll(market: BenchMarket, load: LoadRequest, launch: LaunchWorker): Promise<Cost> {
  const index = parseSnapshotIndex(readFileSync(join(market.snapshot, 'index.json'), 'utf8'), market.snapshot)
  const files = ['bars.bin', 'index.json'].map((name) => openSync(join(market.snapshot, name), 'r'))
  const positions = index.symbols.map((_, at) => at)
  const day = index.sessions.at(-1)!
  let [rows, faults] = [0, 0]
  const gone: Promise<void>[] = []
  const cpuBefore = childrenMs()
  const started = performance.now()
  const executor = new Executor({
    settings: { workers: WORKERS, symbolTimeoutMs: 60_000, loadTimeoutMs: 60_000, memoryMb: MEMORY_MB, softMemoryMb: 8_192, batchTargetMs: 250 },
    files,
    events: { worker: () => {}, log: () => {}, dropped: () => {}, note: () => {}, files: () => {}, ask: () => Promise.resolve('{}') },
    surroundings: {
      ...realSurroundings,
      startWorker: (id, dataLimitMb, given, listener) => {
        const over = Promise.withResolvers<void>()
        gone.push(over.promise)
        return new WorkerProcess(id, 'scan', dataLimitMb, given, { ...listener, ended: (end) => (listener.ended(end), over.resolve()) }, launch)
      },
    },
  })
  const queue = new WorkQueue({
    plan: { symbols: index.symbols, snapshotIndexes: positions, dates: ['2026-11-20'], days: [day] },
    scans: [{ dateIndex: 0, positions }],
    wholes: [],
    limits: { symbolTimeoutMs: 60_000, runTimeoutMs: 600_000, batchTargetMs: 250, batchMaxSymbols: 250 },
    events: { settled: (_, { status }) => {
        rows++
        if (status !== 'hit' && status !== 'miss') faults++
      }, dispatched: () => {}, strays: () => {}, stateLost: () => {} },
    locate: () => null,
    now: started,
  })
  executor.start()
  const loaded = await executor.load(load)
  if (!loaded.ok) throw new Error(loaded.error.message)
  await executor.execute(queue)
  const wallMs = performance.now() - started
  executor.stop()
  await Promise.all(gone)
  files.forEach(closeSync)
  if (rows !== index.symbols.length || faults > 0) throw new Error(`${rows} rows of ${index.symbols.length}, ${faults} of them by a fault`)
  return { wallMs, cpuMs: childrenMs() - cpuBefore }
}

/** Processor time of all children that have ended. */
function childrenMs(): number {
  const text = readFileSync('/proc/self/stat', 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[13]) + Number(fields[14])) * 1_000) / CLOCK_TICKS
}

export interface ContainmentResult {
  symbols: number
  rounds: number
  workers: number
  /** Medians of the rounds, and the median of the ratios of each round. */
  wallMs: { confined: number; bare: number; ratio: number }
  workerCpuMs: { confined: number; bare: number; ratio: number }
}

/**
 * What the confinement of worker processes costs an honest scan: the same one over the same market by workers that are confined and by
 * workers that are not, in turns. The scanner runs in an isolate in both; only how their process is started differs.
 */
export async function benchContainment(market: BenchMarket, { rounds, scratch }: { rounds: number; scratch: string }): Promise<ContainmentResult> {
  const { plan } = await inspectScript({ filename: 'scan.js', bytes: Buffer.from(SCAN), modules: {}, maxBytes: 1_048_576, deadlineMs: 30_000 })
  const bundle = await guestBundle(join(scratch, 'cache'))
  const limits = { rowBytes: 65_536, logLines: 1_000, logBytes: 65_536 }
  const load: LoadRequest = { plan: plan!, filename: 'scan.js', guest: { core: bundle.core, web: null }, needsWeb: false, guestStandIns: null, packages: {}, params: {}, seed: 'bench', asOfDay: 0, isolateMb: 256, limits }
  const costs = { confined: [] as Cost[], bare: [] as Cost[] }
  const order = [['confined', spawnWorker], ['bare', bare]] as const
  for (let round = -1; round < rounds; round++) {
    // Each is first in every other round.
    for (const [name, launch] of round % 2 === 0 ? order : order.toReversed()) {
      const cost = await scanAll(market, load, launch)
      if (round >= 0) costs[name].push(cost)
    }
  }
  const of = (pick: (cost: Cost) => number) => ({ confined: median(costs.confined.map(pick)), bare: median(costs.bare.map(pick)), ratio: median(costs.confined.map((cost, at) => pick(cost) / pick(costs.bare[at]!))) })
  return { symbols: market.symbols, rounds, workers: WORKERS, wallMs: of(({ wallMs }) => wallMs), workerCpuMs: of(({ cpuMs }) => cpuMs) }
}

export function containmentText({ symbols, rounds, wallMs, workerCpuMs }: ContainmentResult): string {
  const line = (name: string, { confined, bare, ratio }: ContainmentResult['wallMs']): string => `  ${name.padEnd(24)} ${confined.toFixed(0).padStart(6)} ms   ${bare.toFixed(0).padStart(6)} ms   ${((ratio - 1) * 100).toFixed(1).padStart(5)} %   goal ${GOAL_PERCENT} %`
  return [`\nContainment: ${symbols} symbols, ${rounds} rounds in turns (confined, not confined, overhead)`, line('wall time', wallMs), line('processor time', workerCpuMs), ''].join('\n')
}
