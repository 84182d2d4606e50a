import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { SnapshotReader } from '../../../runtime/market/snapshot-reader.ts'
import { measureProcess, type Measured } from '../measure/process.ts'
import { median, medianKnown, sum, sumOfMost } from '../measure/statistics.ts'
import { findContenders, runCommand } from './contenders.ts'
import type { BenchMarket } from './markets.ts'
import { writeParquet } from './parquet.ts'
import { enter, playRound, type Entry } from './rounds.ts'
import { checkRows, columnOf } from './rows.ts'

const RATIO_GOAL = 3.5
const INSIDE_GOAL = 1.05
const OWN_CPU_GOAL_US = 15

export interface ScanContenderResult {
  name: string
  role: 'limit' | 'strikescan' | 'peer'
  hits: number
  /** Median, least and most of the rounds. */
  wallMs: number
  fastestMs: number
  slowestMs: number
  /** Wall time over the limit's: medians of the rounds. */
  ratio: number
  /** What the ratio is to be at most. */
  goal: number | null
  cpuMs: number | null
  /** CPU time over the limit's: medians. Where others use the machine too, it tells more than the wall time's. */
  cpuRatio: number | null
  peakRssBytes: number | null
}

export interface ScanResult {
  market: string
  symbols: number
  bars: number
  rounds: number
  contenders: ScanContenderResult[]
  /** Peers that are not installed here. */
  skipped: string[]
  /** Peers that failed, or found other hits than the limit: they have no figures. */
  failed: { name: string; why: string }[]
  /**
   * The scanner's function inside the isolate, and the same function in a bare loop: milliseconds over all symbols. `mostRatio` leaves out
   * the symbols that took longest, in which compiling, collecting garbage and waiting for a processor fall.
   */
  inside: { isolateMs: number; bareMs: number; ratio: number; mostRatio: number; goal: number }
  /** Microseconds of CPU a symbol that the runtime takes for itself: a run that does nothing over all symbols, less one over one symbol. */
  ownCpuUs: number | null
  ownCpuGoalUs: number
}

export interface ScanOptions {
  rounds: number
  /** Milliseconds that one process may take. */
  timeoutMs: number
  /** Folder for what the contenders write. */
  scratch: string
  /** One round more, which is not counted, so that files and compiled code are in their caches; true by default. */
  warmUp?: boolean
  /** Settings that every run needs, as arguments. */
  settings?: string[]
  onProgress?: (text: string) => void
}

/** Every contender over one market, interleaved round by round. A peer that fails or comes to other hits than the limit is left out; where Strikescan does, this throws. */
export async function benchScan(market: BenchMarket, options: ScanOptions): Promise<ScanResult> {
  const { rounds, timeoutMs, scratch, warmUp = true, settings = [], onProgress = () => {} } = options
  const { taking, skipped, parquet } = findContenders(market, scratch)
  if (parquet !== null) writeParquet(market.snapshot, parquet)
  const out = join(scratch, 'out.csv')
  const run = (command: string[]): Promise<Measured> => measureProcess(command[1]?.endsWith('strikescan.js') ? [...command, ...settings] : command, { timeoutMs })
  const entries = enter(taking)
  const overheads: Overhead[] = []
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    onProgress(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
    await playRound(entries, { round, out, run, priceOf: (symbol) => lastClose(market, symbol) })
    const overhead = await measureOverhead(market, run, out)
    if (round >= 0) overheads.push(overhead)
  }
  const [isolateMs, bareMs] = [median(overheads.map((one) => one.isolateMs)), median(overheads.map((one) => one.bareMs))]
  const ownCpuMs = medianKnown(overheads.map((one) => one.ownCpuMs))
  return {
    market: market.name,
    symbols: market.symbols,
    bars: market.bars,
    rounds,
    contenders: entries.filter(({ failure }) => failure === null).map((entry) => resultOf(entry, entries[0]!)),
    skipped,
    failed: entries.flatMap(({ contender: { name }, failure }) => (failure === null ? [] : [{ name, why: failure }])),
    inside: { isolateMs, bareMs, ratio: isolateMs / bareMs, mostRatio: median(overheads.map((one) => one.isolateMostMs)) / median(overheads.map((one) => one.bareMostMs)), goal: INSIDE_GOAL },
    ownCpuUs: ownCpuMs === null ? null : (ownCpuMs * 1000) / market.symbols,
    ownCpuGoalUs: OWN_CPU_GOAL_US,
  }
}

function resultOf({ contender: { name, role }, costs, hits }: Entry, limit: Entry): ScanContenderResult {
  const wallsOf = (of: Entry['costs']): number[] => of.map(({ wallMs }) => wallMs)
  const cpuOf = (of: Entry['costs']): number | null => medianKnown(of.map(({ cpuMs }) => cpuMs))
  const walls = wallsOf(costs)
  const [cpuMs, limitCpuMs] = [cpuOf(costs), cpuOf(limit.costs)]
  return {
    name,
    role,
    hits,
    wallMs: median(walls),
    fastestMs: Math.min(...walls),
    slowestMs: Math.max(...walls),
    ratio: median(walls) / median(wallsOf(limit.costs)),
    goal: role === 'strikescan' ? RATIO_GOAL : null,
    cpuMs,
    cpuRatio: cpuMs === null || limitCpuMs === null ? null : cpuMs / limitCpuMs,
    peakRssBytes: medianKnown(costs.map(({ peakRssBytes }) => peakRssBytes)),
  }
}

/** What the runtime adds, of one round. `Most`: without the symbols that took longest. */
interface Overhead {
  isolateMs: number
  isolateMostMs: number
  bareMs: number
  bareMostMs: number
  ownCpuMs: number | null
}

async function measureOverhead(market: BenchMarket, run: (command: string[]) => Promise<Measured>, out: string): Promise<Overhead> {
  const checked = async (command: string[], rows: number): Promise<Measured> => {
    rmSync(out, { force: true })
    const cost = await run(command)
    checkRows(out, rows)
    return cost
  }
  const empty = await checked(runCommand('empty', market.home, ['--out', out]), market.symbols)
  const ofOne = await checked([...runCommand('empty', market.home, ['--out', out]).filter((arg) => arg !== '--universe' && arg !== 'all'), '--symbols', aCurrentSymbol(market)], 1)
  const timesOf = async (scanner: 'scan' | 'empty'): Promise<number[]> => {
    await checked(runCommand(scanner, market.home, [...ONE_WORKER, '--timings', '--out', out]), market.symbols)
    return scriptMs(out)
  }
  const [scanning, nothing] = [await timesOf('scan'), await timesOf('empty')]
  const { ms: bare } = JSON.parse((await run([process.execPath, fileURLToPath(new URL('bare.ts', import.meta.url)), market.snapshot])).stdout) as { ms: number[] }
  return {
    isolateMs: sum(scanning) - sum(nothing),
    isolateMostMs: sumOfMost(scanning) - sumOfMost(nothing),
    bareMs: sum(bare),
    bareMostMs: sumOfMost(bare),
    ownCpuMs: empty.cpuMs === null || ofOne.cpuMs === null ? null : empty.cpuMs - ofOne.cpuMs,
  }
}

/** So that the worker and its parent have a core each, as the bare loop has. */
const ONE_WORKER = ['--workers', '1']

/** Time that a run's worker spent on the script for each symbol that reached it, hand-over of bars and outcome included. */
const scriptMs = (out: string): number[] => columnOf(out, 'Script_Ms').map(Number)

/** A symbol that has a bar in the last session, so that a run over it alone loads and runs the script as one over all does. */
function aCurrentSymbol(market: BenchMarket): string {
  const { symbols, lastDays, sessions } = readIndex(market)
  return symbols[lastDays.indexOf(sessions.at(-1)!)]!
}

function readIndex(market: BenchMarket) {
  return parseSnapshotIndex(readFileSync(join(market.snapshot, 'index.json'), 'utf8'), market.snapshot)
}

function lastClose(market: BenchMarket, symbol: string): number {
  const index = readIndex(market)
  const barsFd = openSync(join(market.snapshot, 'bars.bin'), 'r')
  try {
    return new SnapshotReader({ barsFd, index }).read(index.symbols.indexOf(symbol)).close.at(-1)!
  } finally {
    closeSync(barsFd)
  }
}
