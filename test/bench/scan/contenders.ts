import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { readPlainHits, readRowHits, type Hits } from './hits.ts'

/** A program that does the whole work in a process of its own: from the stored columns to a file of hits or rows. */
export interface Contender {
  name: string
  role: 'limit' | 'strikescan' | 'peer'
  /** The command; it writes to `out`. */
  command(out: string): string[]
  /** Null where what it writes is not compared. */
  readHits: ((out: string) => Hits) | null
}

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const LAUNCHER = path('../../../api/cli/strikescan.js')

/** How Strikescan is called here: its launcher under the Node that runs the benchmark, which then goes on in the same process. */
export function strikescanCommand(args: readonly string[]): string[] {
  return [process.execPath, LAUNCHER, ...args]
}

export function runCommand(scanner: 'scan' | 'empty', home: string, args: readonly string[]): string[] {
  return strikescanCommand(['run', path(`../scanners/${scanner}.ts`), '--universe', 'all', '--no-prefilter', '--home', home, ...args])
}

/** All that take part on this machine, the limit first; and why others do not. */
export function contenders(home: string, snapshot: string): { taking: Contender[]; skipped: string[] } {
  const plain = (name: string, role: Contender['role'], command: string[]): Contender => ({
    name,
    role,
    command: (out) => [...command, snapshot, out],
    readHits: readPlainHits,
  })
  const taking: Contender[] = [
    plain('plain Node on all cores', 'limit', [process.execPath, path('limit.mjs')]),
    { name: 'strikescan run', role: 'strikescan', command: (out) => runCommand('scan', home, ['--out', out]), readHits: readRowHits },
    plain('technicalindicators', 'peer', [process.execPath, path('technicalindicators.mjs')]),
  ]
  const skipped: string[] = []
  const python = findPandas()
  if (python === null) skipped.push('pandas: no python3 here has it; on Debian, apt-get install python3-pandas')
  else taking.push(plain('pandas group-by', 'peer', [python, path('pandas_scan.py')]))
  return { taking, skipped }
}

function findPandas(): string | null {
  for (const python of ['/usr/bin/python3', 'python3']) {
    try {
      execFileSync(python, ['-c', 'import pandas'], { stdio: 'ignore', timeout: 20_000 })
      return python
    } catch {
      // Not this one.
    }
  }
  return null
}
