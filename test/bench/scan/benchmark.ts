import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { SnapshotReader } from '../../../runtime/market/snapshot-reader.ts'
import { measureProcess, type Measured } from '../measure/process.ts'
import { median, medianKnown } from '../measure/statistics.ts'
import { contenders, runCommand } from './contenders.ts'
import { checkSameHits, type Hits } from './hits.ts'
import type { BenchMarket } from './markets.ts'

export interface ScanContenderResult {
  name: string
  role: 'limit' | 'strikescan' | 'peer'
  hits: number
  wallMs: number
  /** Wall time over the limit's: medians of the rounds. */
  ratio: number
  cpuMs: number | null
  peakRssBytes: number | null
}

export interface ScanResult {
  market: string
  symbols: number
  bars: number
  rounds: number
  contenders: ScanContenderResult[]
  skipped: string[]
  /** The scanner's function inside the isolate, and the same function in a bare loop: milliseconds over all symbols. */
  inside: { isolateMs: number; bareMs: number; ratio: number }
  /** Microseconds of CPU a symbol that the runtime takes for itself: a run that does nothing over all symbols, less one over one symbol. */
  ownCpuUs: number | null
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

/** Every contender over one market, interleaved round by round. Throws where one comes to other hits than the limit. */
export async function benchScan(market: BenchMarket, options: ScanOptions): Promise<ScanResult> {
  const { rounds, timeoutMs, scratch, warmUp = true, settings = [], onProgress = () => {} } = options
  const { taking, skipped } = contenders(market.home, market.snapshot)
  const out = join(scratch, 'out.csv')
  const run = (command: string[]): Promise<Measured> => measureProcess(command[1]?.endsWith('strikescan.js') ? [...command, ...settings] : command, { timeoutMs })
  const costs = taking.map((): Measured[] => [])
  const hitCounts = taking.map(() => 0)
  const [empty, emptyOfOne, inIsolate, bare]: [Measured[], Measured[], number[], number[]] = [[], [], [], []]
  const one = readIndex(market).symbols[0]!
  for (let round = warmUp ? -1 : 0; round < rounds; round++) {
    onProgress(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
    let expected: Hits | null = null
    for (const [place, { name, command, readHits }] of taking.entries()) {
      const cost = await run(command(out))
      if (round >= 0) costs[place]!.push(cost)
      const hits = readHits?.(out)
      if (hits === undefined) continue
      hitCounts[place] = hits.size
      expected ??= hits
      checkSameHits(name, expected, hits, (symbol) => lastClose(market, symbol))
    }
    const emptyCost = await run(runCommand('empty', market.home, ['--out', out]))
    const oneCost = await run([...runCommand('empty', market.home, ['--out', out]).filter((arg) => arg !== '--universe' && arg !== 'all'), '--symbols', one])
    const isolateMs = (await scriptMs(run, runCommand('scan', market.home, inTimings(out)), out)) - (await scriptMs(run, runCommand('empty', market.home, inTimings(out)), out))
    const bareMs = (JSON.parse((await run([process.execPath, fileURLToPath(new URL('bare.ts', import.meta.url)), market.snapshot])).stdout) as { ms: number }).ms
    if (round < 0) continue
    empty.push(emptyCost)
    emptyOfOne.push(oneCost)
    inIsolate.push(isolateMs)
    bare.push(bareMs)
  }
  const limitMs = median(costs[0]!.map(({ wallMs }) => wallMs))
  const ownCpuMs = medianKnown(empty.map(({ cpuMs }, round) => (cpuMs === null || emptyOfOne[round]!.cpuMs === null ? null : cpuMs - emptyOfOne[round]!.cpuMs!)))
  return {
    market: market.name,
    symbols: market.symbols,
    bars: market.bars,
    rounds,
    contenders: taking.map(({ name, role }, place) => {
      const own = costs[place]!
      const wallMs = median(own.map((cost) => cost.wallMs))
      return {
        name,
        role,
        hits: hitCounts[place]!,
        wallMs,
        ratio: wallMs / limitMs,
        cpuMs: medianKnown(own.map(({ cpuMs }) => cpuMs)),
        peakRssBytes: medianKnown(own.map(({ peakRssBytes }) => peakRssBytes)),
      }
    }),
    skipped,
    inside: { isolateMs: median(inIsolate), bareMs: median(bare), ratio: median(inIsolate) / median(bare) },
    ownCpuUs: ownCpuMs === null ? null : (ownCpuMs * 1000) / market.symbols,
  }
}

/** One worker, so that it and its parent have a core each, as the bare loop has. */
const inTimings = (out: string): string[] => ['--workers', '1', '--timings', '--out', out]

/** Sum of the time that a run's workers spent on the script, hand-over of bars and outcome included. */
async function scriptMs(run: (command: string[]) => Promise<Measured>, command: string[], out: string): Promise<number> {
  await run(command)
  const [header = '', ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n')
  const fromEnd = header.split(',').length - header.split(',').indexOf('Script_Ms')
  // Counted from the end: a row's data, further in front, may hold commas; the columns behind do not here.
  return lines.reduce((sum, line) => sum + Number(line.split(',').at(-fromEnd)), 0)
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
