import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { openHost } from '../../../runtime/host.ts'
import { isoFromDay } from '../../../runtime/market/days.ts'
import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { measureProcess, type Measured } from '../measure/process.ts'
import { median, medianKnown } from '../measure/statistics.ts'
import { runCommand } from '../scan/contenders.ts'
import type { BenchMarket } from '../scan/markets.ts'
import { checkRows, columnOf, countHits } from '../scan/rows.ts'

export interface ScaleResult {
  market: string
  symbols: number
  dates: number
  rounds: number
  cores: number
  workers: ScaleMeasure[]
  /**
   * What a further batch takes: one worker with batches of few symbols against one with batches of many, by the batches between, medians of the
   * rounds. Milliseconds of the executing stage, and of processor time of all processes, which tells more where others use the machine too.
   */
  batchMs: number
  batchCpuMs: number | null
  batches: { few: number; many: number }
}

export interface ScaleMeasure {
  workers: number
  /** The whole command, and its executing stage. */
  wallMs: number
  executingMs: number
  cpuMs: number | null
  /** Executing stage of one worker over that of these, for each of them; 1 is all that there is to be had. */
  efficiency: number
}

export interface ScaleOptions {
  dates: number
  rounds: number
  /** Processor cores: no more workers take part. */
  cores: number
  /** Milliseconds that one process may take. */
  timeoutMs: number
  scratch: string
  /** Settings that every run needs, as arguments. */
  settings?: string[]
  onProgress?: (text: string) => void
}

const WORKERS = [1, 2, 4]
const FEW_SYMBOLS = 5

interface Played {
  cost: Measured
  executingMs: number
  batches: number
}

/** The rule of `scan` over many dates, carried out by one worker and by more, in turns. All must come to the same hits. */
export async function benchScale(market: BenchMarket, { dates, rounds, cores, timeoutMs, scratch, settings = [], onProgress = () => {} }: ScaleOptions): Promise<ScaleResult> {
  const { sessions } = parseSnapshotIndex(readFileSync(join(market.snapshot, 'index.json'), 'utf8'), market.snapshot)
  const days = sessions.slice(-dates).map(isoFromDay)
  const out = join(scratch, 'out.csv')
  let expected: number | null = null
  const play = async (...args: string[]): Promise<Played> => {
    rmSync(out, { force: true })
    const cost = await measureProcess([...runCommand('scan', market.home, ['--dates', days.join(','), '--timings', '--out', out, ...args]), ...settings], { timeoutMs })
    checkRows(out, market.symbols * days.length)
    const { hits } = countHits(out)
    expected ??= hits
    if (hits === 0 || hits !== expected) throw new Error(`${args.join(' ')} finds ${hits} hits, and another number of workers or symbols a batch ${expected}`)
    return { cost, executingMs: await lastExecutingMs(market.home), batches: new Set(columnOf(out, 'Batch_ID')).size }
  }
  const counts = WORKERS.filter((count) => count <= cores)
  const played = counts.map((): Played[] => [])
  const [batchMs, batchCpuMs]: [number[], (number | null)[]] = [[], []]
  const batches = { few: 0, many: 0 }
  onProgress('warming up')
  await play('--workers', '1')
  for (let round = 0; round < rounds; round++) {
    onProgress(`round ${round + 1} of ${rounds}`)
    for (const [place, count] of counts.entries()) played[place]!.push(await play('--workers', String(count)))
    const many = await play('--workers', '1')
    const few = await play('--workers', '1', '--set', `batch.maxSymbols=${FEW_SYMBOLS}`)
    Object.assign(batches, { few: few.batches, many: many.batches })
    const further = few.batches - many.batches
    batchMs.push((few.executingMs - many.executingMs) / further)
    batchCpuMs.push(few.cost.cpuMs === null || many.cost.cpuMs === null ? null : (few.cost.cpuMs - many.cost.cpuMs) / further)
  }
  const executing = played.map((rounds) => median(rounds.map(({ executingMs }) => executingMs)))
  const workers = counts.map((count, place): ScaleMeasure => {
    const costs = played[place]!.map(({ cost }) => cost)
    return { workers: count, wallMs: median(costs.map(({ wallMs }) => wallMs)), executingMs: executing[place]!, cpuMs: medianKnown(costs.map(({ cpuMs }) => cpuMs)), efficiency: executing[0]! / executing[place]! / count }
  })
  return { market: market.name, symbols: market.symbols, dates: days.length, rounds, cores, workers, batchMs: median(batchMs), batchCpuMs: medianKnown(batchCpuMs), batches }
}

/** How long the newest run was at its executing stage, in milliseconds. */
async function lastExecutingMs(home: string): Promise<number> {
  const host = await openHost({ home, overrides: {}, env: {} })
  try {
    return host.runs({ limit: 1 }).items[0]!.timings['executing']!
  } finally {
    await host.close()
  }
}
