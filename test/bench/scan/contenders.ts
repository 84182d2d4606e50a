import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { readPlainHits, readRowHits, type Hits } from './hits.ts'
import type { BenchMarket } from './markets.ts'
import { findPackage, findPython } from './peers/find.ts'
import { checkRows } from './rows.ts'

/** A program that does the whole work in a process of its own: from the stored columns to a file of hits or rows. */
export interface Contender {
  name: string
  role: 'limit' | 'strikescan' | 'peer'
  /** The command; it writes to `out`. */
  command(out: string): string[]
  /** What it found. Throws where the file is not there, or holds less than the whole work. */
  readHits(out: string): Hits
}

/** All that take part on this machine, the limit first; why others do not; and the Parquet file that some of them read, to be written before. */
export interface Field {
  taking: Contender[]
  skipped: string[]
  parquet: string | null
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
/** Peers that are no dependencies. npm takes such a one away again when another is installed alone, so all are named at once. */
const TABLES = ['nodejs-polars', '@duckdb/node-api']
const LAUNCHER = path('../../../api/cli/strikescan.js')

/** How Strikescan is called here: its launcher under the Node that runs the benchmark, which then goes on in the same process. */
export function strikescanCommand(args: readonly string[]): string[] {
  return [process.execPath, LAUNCHER, ...args]
}

export function runCommand(scanner: 'scan' | 'empty', home: string, args: readonly string[]): string[] {
  return strikescanCommand(['run', path(`../scanners/${scanner}.ts`), '--universe', 'all', '--no-prefilter', '--home', home, ...args])
}

export function findContenders({ home, snapshot, symbols }: BenchMarket, scratch: string): Field {
  const parquet = join(scratch, 'bars.parquet')
  const skipped: string[] = []
  const plain = (name: string, role: Contender['role'], command: string[]): Contender => ({ name, role, command: (out) => [...command, out], readHits: readPlainHits })
  const node = (name: string, role: Contender['role'], file: string, ...args: string[]): Contender => plain(name, role, [process.execPath, path(file), ...args])
  const python = (name: string, file: string, packaged: string, ...modules: string[]): Contender[] => {
    const found = findPython(...modules)
    if (found === null) skipped.push(`${name}: no python3 here has it; on Debian, apt-get install ${packaged}`)
    // Without -B the peer's modules would leave compiled files beside their sources.
    return found === null ? [] : [plain(name, 'peer', [found, '-B', path(file), snapshot])]
  }
  const table = (name: string, file: string, packaged: string): Contender[] => {
    const found = findPackage(packaged)
    if (found === null) skipped.push(`${name}: not installed, since it is large; npm install --no-save ${TABLES.join(' ')}`)
    return found === null ? [] : [node(name, 'peer', file, found, snapshot, parquet)]
  }
  const tables = [...table('polars, over Parquet', 'peers/polars.mjs', 'nodejs-polars'), ...table('DuckDB, over Parquet', 'peers/duckdb.mjs', '@duckdb/node-api')]
  const taking: Contender[] = [
    node('plain Node on all cores', 'limit', 'limit.mjs', snapshot),
    {
      name: 'strikescan run',
      role: 'strikescan',
      command: (out) => runCommand('scan', home, ['--out', out]),
      readHits: (out) => {
        checkRows(out, symbols)
        return readRowHits(out)
      },
    },
    node('piscina, 100 symbols a task', 'peer', 'peers/piscina.mjs', '100', snapshot),
    node('piscina, a symbol a task', 'peer', 'peers/piscina.mjs', '1', snapshot),
    node('trading-signals', 'peer', 'peers/trading-signals.mjs', snapshot),
    node('technicalindicators', 'peer', 'peers/technicalindicators.mjs', snapshot),
    ...tables,
    ...python('pandas group-by', 'peers/pandas_scan.py', 'python3-pandas', 'pandas'),
    ...python('Dask, 100 symbols a task', 'peers/dask_scan.py', 'python3-distributed python3-pandas', 'distributed', 'pandas'),
  ]
  return { taking, skipped, parquet: tables.length === 0 ? null : parquet }
}
