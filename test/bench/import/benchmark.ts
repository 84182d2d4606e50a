import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { ImportReport } from '../../../runtime/host.ts'
import { measureProcess, type Measured } from '../measure/process.ts'
import { median, medianKnown } from '../measure/statistics.ts'
import { strikescanCommand } from '../scan/contenders.ts'
import { findPackage } from '../scan/peers/find.ts'
import { writeBarsFile, type BarsFile } from './bars-file.ts'

export interface ImportResult {
  rounds: number
  /** One a file, the smallest first. */
  files: { file: BarsFile; contenders: ImportContender[] }[]
  /** Peers that are not installed here. */
  skipped: string[]
  peakRssGoalBytes: number
}

export interface ImportContender {
  name: string
  wallMs: number
  cpuMs: number | null
  rowsPerSecond: number
  /** Of all processes of the command. */
  peakRssBytes: number | null
  /** Wall time over the limit's, medians. */
  ratio: number
}

export interface ImportOptions {
  /** Size of the largest file; another of a quarter of it shows whether the memory grows with it. */
  megabytes: number
  rounds: number
  /** Milliseconds that one process may take. */
  timeoutMs: number
  scratch: string
  onProgress?: (text: string) => void
}

interface Contender {
  name: string
  command: string[]
  /** Rows that it says it has taken. */
  rowsOf(stdout: string): number
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const PEAK_RSS_GOAL = 512 * 2 ** 20
/** Of DuckDB, which may spill to disk beyond. */
const DUCKDB_MB = 800
const MEGABYTE = 2 ** 20
/** The file, what is made of it, and what a contender keeps aside on its way. */
const SPACE_A_BYTE = 4

/** CSV files of daily bars into the store of a new state folder, beside a bare loop over their bytes and DuckDB's sorted copy. Rounds are interleaved. */
export async function benchImport({ megabytes, rounds, timeoutMs, scratch, onProgress = () => {} }: ImportOptions): Promise<ImportResult> {
  const { bavail, bsize } = statfsSync(scratch)
  const needed = megabytes * MEGABYTE * SPACE_A_BYTE
  if (bavail * bsize < needed) throw new Error(`${scratch} has ${Math.floor((bavail * bsize) / MEGABYTE)} MB left; a file of ${megabytes} MB wants ${needed / MEGABYTE}: give a smaller --megabytes, or another TMPDIR`)
  const duckdb = findPackage('@duckdb/node-api')
  const files: ImportResult['files'] = []
  for (const size of [megabytes / 4, megabytes]) {
    const bars = join(scratch, 'bars.csv')
    onProgress(`writing ${size} MB`)
    const file = writeBarsFile(bars, size * MEGABYTE)
    const taking = contenders(bars, scratch, duckdb)
    const costs = taking.map((): Measured[] => [])
    for (let round = 0; round < rounds; round++) {
      for (const [place, contender] of taking.entries()) {
        onProgress(`${size} MB, round ${round + 1} of ${rounds}: ${contender.name}`)
        costs[place]!.push(await carryOut(contender, file, join(scratch, 'out'), timeoutMs))
      }
    }
    files.push({ file, contenders: taking.map(({ name }, place) => resultOf(name, costs[place]!, costs[0]!, file)) })
    rmSync(bars)
  }
  return { rounds, files, skipped: duckdb === null ? ['DuckDB: not installed, since it is large; npm install --no-save @duckdb/node-api'] : [], peakRssGoalBytes: PEAK_RSS_GOAL }
}

function contenders(bars: string, scratch: string, duckdb: string | null): Contender[] {
  const out = join(scratch, 'out')
  const told = (stdout: string): number => (JSON.parse(stdout) as { rows: number }).rows
  return [
    { name: 'plain Node, one thread: numbers parsed, nothing kept (the limit)', command: [process.execPath, path('plain-read.mjs'), bars], rowsOf: told },
    { name: 'strikescan import bars', command: strikescanCommand(['import', 'bars', bars, '--json', '--home', out]), rowsOf: (stdout) => (JSON.parse(stdout) as ImportReport).stored.added },
    ...(duckdb === null ? [] : [{ name: `DuckDB, sorted to Parquet, ${DUCKDB_MB} MB`, command: [process.execPath, path('duckdb.mjs'), duckdb, bars, join(out, 'bars.parquet'), String(DUCKDB_MB)], rowsOf: told }]),
  ]
}

/** One contender, into a new folder. Throws where it has not taken every row. */
async function carryOut({ name, command, rowsOf }: Contender, { rows }: BarsFile, out: string, timeoutMs: number): Promise<Measured> {
  mkdirSync(out)
  try {
    const cost = await measureProcess(command, { timeoutMs })
    const taken = rowsOf(cost.stdout)
    if (taken !== rows) throw new Error(`${name} took ${taken} rows of ${rows}`)
    return cost
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

function resultOf(name: string, costs: readonly Measured[], limit: readonly Measured[], { rows }: BarsFile): ImportContender {
  const wallOf = (of: readonly Measured[]): number => median(of.map(({ wallMs }) => wallMs))
  const wallMs = wallOf(costs)
  return { name, wallMs, cpuMs: medianKnown(costs.map(({ cpuMs }) => cpuMs)), rowsPerSecond: (rows * 1000) / wallMs, peakRssBytes: medianKnown(costs.map(({ peakRssBytes }) => peakRssBytes)), ratio: wallMs / wallOf(limit) }
}
