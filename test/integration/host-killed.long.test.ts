import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { RunEvent } from '../../runtime/host.ts'
import { processTree } from './support/process-tree.ts'

const launcher = fileURLToPath(new URL('../../api/cli/strikescan.js', import.meta.url))
// What an earlier run has learned of liquidity would spare a later one some of its calls, and say so in its rows.
const SETTINGS = ['market.simulatedSymbols=120', 'batch.maxSymbols=10', 'explore.historyDays=0'].flatMap((setting) => ['--set', setting])
const FILES = ['rows.csv', 'rows.parquet', 'contracts.csv']

const SCRIPTS = {
  'each.ts': `export const scan = (symbol: string, bars: { close: number }[]) => {
    let sum = 0
    for (let step = 0; step < 1e6; step++) sum += Math.sqrt(step)
    const { close } = bars.at(-1)!
    return close % 3 < 1 ? { score: close, sum, strategies: ['Long Call', 'Iron Condor'] } : null
  }`,
  // Whether it may be split is tried out before it runs.
  'all.mjs': `export async function main(symbols, dates) {
    const hits = []
    for (const symbol of symbols) {
      let sum = 0
      for (let step = 0; step < 1e6; step++) sum += Math.sqrt(step)
      if (symbol.charCodeAt(0) % 2 === 1) hits.push({ symbol, score: sum, strategies: ['Long Put'] })
    }
    return hits
  }`,
}
type Script = keyof typeof SCRIPTS

const folder = mkdtempSync(join(tmpdir(), 'strikescan-host-killed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A place with a state folder, a folder for passing files and one for row files, all its own. */
function place(name: string) {
  const root = join(folder, name)
  const [home, temporary, out] = ['home', 'temporary', 'out'].map((part) => join(root, part)) as [string, string, string]
  mkdirSync(temporary, { recursive: true })
  mkdirSync(out)
  const files = ['--out', join(out, 'rows.csv'), '--out', join(out, 'rows.parquet'), '--explore-out', join(out, 'contracts.csv')]
  const args = (...what: string[]): string[] => [launcher, 'run', ...what, '--home', home, '--events', ...files, ...SETTINGS]
  return { home, temporary, out, args, env: { ...process.env, TMPDIR: temporary }, bytes: () => FILES.map((name) => readFileSync(join(out, name), 'latin1')) }
}
type Place = ReturnType<typeof place>

const begin = (script: Script): string[] => [join(folder, script), '--no-prefilter', '--explore']

/** What a killed process may leave: nothing in folders for passing files, no half-written file, no socket. */
const leftovers = ({ home, temporary, out }: Place): string[] => [
  ...readdirSync(temporary),
  ...readdirSync(out).filter((name) => !FILES.includes(name)),
  ...readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isSocket() || /\.(part|tmp)$/.test(entry.name)).map(({ name }) => name),
]

const expected = new Map<Script, string[]>()
let base: Place
beforeAll(() => {
  base = place('base')
  for (const [name, text] of Object.entries(SCRIPTS)) {
    writeFileSync(join(folder, name), text)
    const { status, stderr } = spawnSync(process.execPath, base.args(...begin(name as Script)), { env: base.env, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    expected.set(name as Script, base.bytes())
  }
}, 120_000)

/** When the host is to die: by what it tells, or by what is to be seen from outside. */
interface Moment {
  readonly script: Script
  readonly event?: (event: RunEvent) => boolean
  readonly look?: (here: Place, pid: number) => boolean
  /** Nothing is left from earlier runs: scripts are read, and code for workers is made, anew. */
  readonly isCold?: boolean
}

const stage = (name: string) => (event: RunEvent): boolean => event.type === 'run' && event.stage === name
/** Empty for one that is gone, and for one that only waits for its parent to hear of it. */
const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

const MOMENTS: Record<string, Moment> = {
  'starts its workers': { script: 'each.ts', event: stage('isolation'), isCold: true },
  'has the script compiled': { script: 'each.ts', look: (_, pid) => processTree(pid).some((child) => commandOf(child).includes('--loader=ts')), isCold: true },
  'loads the script': { script: 'each.ts', event: stage('loading') },
  'tries whether a script may be split': { script: 'all.mjs', event: stage('dispatch') },
  'scans': { script: 'each.ts', event: (event) => event.type === 'symbols' && event.symbols.some(({ status }) => status !== 'running') },
  'has its last row': { script: 'each.ts', event: stage('results') },
  'begins to explore': { script: 'each.ts', event: stage('exploring') },
  'explores': { script: 'each.ts', event: (event) => event.type === 'explore' },
  'is done': { script: 'each.ts', event: (event) => event.type === 'end' },
  'writes row files': { script: 'each.ts', look: ({ out }) => readdirSync(out).some((name) => name.endsWith('.tmp')) },
}

/** Carries a run out up to the moment and then sends the signal; gives the run's id and the processes that there were. */
async function killAt(here: Place, { script, event, look }: Moment, signal: NodeJS.Signals): Promise<{ id: string | null; tree: number[] }> {
  const child = spawn(process.execPath, here.args(...begin(script)), { env: here.env, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  let [id, tree, line] = [null as string | null, [] as number[], '']
  const strike = (): void => {
    if (tree.length > 0) return
    tree = processTree(child.pid!)
    child.kill(signal)
  }
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    const lines = (line + piece).split('\n')
    line = lines.pop()!
    for (const text of lines) {
      const told = JSON.parse(text) as RunEvent
      id ??= told.runId
      if (event?.(told)) strike()
    }
  })
  const watching = setInterval(() => look?.(here, child.pid!) && strike(), 2)
  const bound = setTimeout(() => child.kill('SIGKILL'), 60_000)
  await ended
  clearInterval(watching)
  clearTimeout(bound)
  return { id, tree }
}

describe.skipIf(process.platform !== 'linux')('a host that is ended while it', () => {
  describe.each(Object.entries(MOMENTS))('%s', (name, moment) => {
    it.each(['SIGKILL', 'SIGTERM'] as const)('by %s leaves nothing behind, and a resume comes to the same rows', async (signal) => {
      const here = place(`${name}-${signal}`)
      cpSync(base.home, here.home, { recursive: true })
      if (moment.isCold) rmSync(join(here.home, 'cache'), { recursive: true })
      const { id, tree } = await killAt(here, moment, signal)
      expect(tree.length, 'the moment never came').toBeGreaterThan(0)
      await expect.poll(() => tree.filter((pid) => commandOf(pid) !== ''), { timeout: 5_000 }).toEqual([])
      const resume = (...what: string[]) => spawnSync(process.execPath, [launcher, ...what], { env: here.env, encoding: 'utf8', timeout: 60_000 })
      const resumed = id === null ? resume(...here.args(...begin(moment.script)).slice(1)) : resume(...here.args('--resume', id).slice(1))
      // One that is over is not gone on with, and says how to have its files.
      const shown = resumed.status === 0 ? resumed : resume('runs', 'show', id!, '--home', here.home, ...FILES.flatMap((file) => [file === 'contracts.csv' ? '--explore-out' : '--out', join(here.out, file)]))
      expect(resumed.status === 0 || resumed.stderr.includes('runs show'), resumed.stderr).toBe(true)
      expect(shown.status, shown.stderr).toBe(0)
      expect(here.bytes()).toEqual(expected.get(moment.script))
      await pause(50)
      expect(leftovers(here)).toEqual([])
    }, 120_000)
  })
})
