import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { isoFromDay } from '../../../runtime/market/days.ts'
import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { measureProcess, type Measured } from '../measure/process.ts'
import { median, medianKnown } from '../measure/statistics.ts'
import { strikescanCommand } from '../scan/contenders.ts'
import type { BenchMarket } from '../scan/markets.ts'
import { checkRows, countHits } from '../scan/rows.ts'

export interface DatesResult {
  market: string
  symbols: number
  dates: number
  rows: number
  rounds: number
  scanners: DatesMeasure[]
}

export interface DatesMeasure {
  name: string
  /** Rows that the script decided, and hits among them; the others had no bar on their date. */
  scanned: number
  hits: number
  /** The whole command: median, least and most of the rounds. */
  wallMs: number
  fastestMs: number
  slowestMs: number
  cpuMs: number | null
  peakRssBytes: number | null
  /**
   * Microseconds of CPU that a further row takes: what the run took beyond one over the last date alone, by the rows that it has beyond
   * that one's. Null where the system does not tell.
   */
  perRow: {
    /** Of the command's process, which hands out the work, keeps the journal and writes the file. */
    parentUs: number
    /** Of the processes below it. */
    workersUs: number
    /** What the script takes by itself in a bare loop, spread over all rows. */
    scriptUs: number
    /** Parent and workers without the script. */
    ownUs: number
  } | null
  /** What a row is to take at most of the runtime's own. */
  ownGoalUs: number
}

export interface DatesOptions {
  dates: number
  rounds: number
  /** Milliseconds that one process may take. */
  timeoutMs: number
  /** Folder for what the runs write. */
  scratch: string
  /** Settings that every run needs, as arguments. */
  settings?: string[]
  onProgress?: (text: string) => void
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const SCANNERS = [
  { name: 'RSI reversal, built in: columns', file: path('../../../plugins/scanners/rsi-reversal.ts') },
  { name: 'scan(symbol, bars): bar objects', file: path('../scanners/bar-objects.js') },
]
const OWN_GOAL_US = 15
/** The bare loop takes one symbol of so many. */
const BARE_EVERY = 10

interface Round {
  all: Measured
  /** Over the last date alone. */
  last: Measured
  bareUs: number
  scanned: number
  hits: number
}

/** What a run over many dates of a market takes of processors, row by row, by a scanner that gets columns and by a script that gets bar objects, in turns. */
export async function benchDates(market: BenchMarket, { dates, rounds, timeoutMs, scratch, settings = [], onProgress = () => {} }: DatesOptions): Promise<DatesResult> {
  const { sessions } = parseSnapshotIndex(readFileSync(join(market.snapshot, 'index.json'), 'utf8'), market.snapshot)
  if (dates < 2 || dates > sessions.length) throw new Error(`dates must be from 2 to ${sessions.length}, the sessions of ${market.name}; it is ${dates}`)
  const days = sessions.slice(-dates).map(isoFromDay)
  const out = join(scratch, 'out.csv')
  const run = async (file: string, of: string[]): Promise<Measured> => {
    rmSync(out, { force: true })
    const cost = await measureProcess(strikescanCommand(['run', file, '--universe', 'all', '--no-prefilter', '--dates', of.join(','), '--home', market.home, '--out', out, ...settings]), { timeoutMs })
    checkRows(out, market.symbols * of.length)
    return cost
  }
  const playRound = async (file: string): Promise<Round> => {
    const last = await run(file, days.slice(-1))
    const all = await run(file, days)
    const { scanned, hits, bySymbol } = countHits(out)
    const bare = JSON.parse((await measureProcess([process.execPath, path('bare.ts'), market.snapshot, pathToFileURL(file).href, String(dates), String(BARE_EVERY)], { timeoutMs })).stdout) as { rows: number; cpuUs: number; hits: Record<string, number> }
    for (const [symbol, expected] of Object.entries(bare.hits)) {
      const found = bySymbol.get(symbol) ?? 0
      if (found !== expected) throw new Error(`${symbol} has ${found} hits, and ${expected} in the bare loop`)
    }
    return { last, all, bareUs: bare.rows === 0 ? 0 : bare.cpuUs / bare.rows, scanned, hits }
  }
  const played = SCANNERS.map((): Round[] => [])
  onProgress('warming up')
  for (const { file } of SCANNERS) await run(file, days.slice(-1))
  for (let round = 0; round < rounds; round++) {
    onProgress(`round ${round + 1} of ${rounds}`)
    for (const [place, { file }] of SCANNERS.entries()) played[place]!.push(await playRound(file))
  }
  return { market: market.name, symbols: market.symbols, dates, rows: market.symbols * dates, rounds, scanners: SCANNERS.map(({ name }, place) => measureOf(name, played[place]!, { rows: market.symbols * dates, furtherRows: market.symbols * (dates - 1) })) }
}

function measureOf(name: string, rounds: Round[], { rows, furtherRows }: { rows: number; furtherRows: number }): DatesMeasure {
  const walls = rounds.map(({ all }) => all.wallMs)
  const { scanned, hits } = rounds[0]!
  if (rounds.some((round) => round.hits !== hits || round.scanned !== scanned)) throw new Error(`${name}: its rounds end with other rows: ${rounds.map((round) => `${round.hits} hits of ${round.scanned}`).join(', ')}`)
  return {
    name, scanned, hits,
    wallMs: median(walls),
    fastestMs: Math.min(...walls),
    slowestMs: Math.max(...walls),
    cpuMs: medianKnown(rounds.map(({ all }) => all.cpuMs)),
    peakRssBytes: medianKnown(rounds.map(({ all }) => all.peakRssBytes)),
    perRow: perRowOf(rounds, furtherRows, scanned / rows),
    ownGoalUs: OWN_GOAL_US,
  }
}

/** `reach` is the share of the rows that reach the script. */
function perRowOf(rounds: Round[], furtherRows: number, reach: number): DatesMeasure['perRow'] {
  const further = rounds.flatMap(({ all, last, bareUs }) => {
    if (all.cpuMs === null || all.belowCpuMs === null || last.cpuMs === null || last.belowCpuMs === null) return []
    const workersMs = all.belowCpuMs - last.belowCpuMs
    return [{ workersMs, parentMs: all.cpuMs - last.cpuMs - workersMs, bareUs }]
  })
  if (further.length < rounds.length) return null
  const perRow = (ms: number[]): number => (median(ms) * 1000) / furtherRows
  const [parentUs, workersUs] = [perRow(further.map(({ parentMs }) => parentMs)), perRow(further.map(({ workersMs }) => workersMs))]
  const scriptUs = median(further.map(({ bareUs }) => bareUs)) * reach
  return { parentUs, workersUs, scriptUs, ownUs: parentUs + workersUs - scriptUs }
}
