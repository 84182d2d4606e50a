import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { openHost, type RunEvent, type RunRequest } from '../../../runtime/host.ts'
import { median } from '../measure/statistics.ts'
import { runCommand } from '../scan/contenders.ts'
import type { BenchMarket } from '../scan/markets.ts'
import { longestBlock, openWarmServer, uploadToFirstRow, type FirstRow } from './warm-server.ts'

export interface StartResult {
  market: string
  symbols: number
  rounds: number
  /** Milliseconds, medians over the rounds. */
  measures: { name: string; role: 'limit' | 'strikescan'; ms: number; fastestMs: number; goalMs: number | null }[]
}

export interface StartOptions {
  rounds: number
  timeoutMs: number
  /** One round more that is not counted; true by default. */
  warmUp?: boolean
  settings?: string[]
  onProgress?: (text: string) => void
}

const SCANNER = fileURLToPath(new URL('../scanners/scan.ts', import.meta.url))
const FORK_READ = fileURLToPath(new URL('fork-read.mjs', import.meta.url))
const SHELL_GOAL_MS = 1000
const WARM_GOAL_MS = 100
const BLOCK_GOAL_MS = 50

/** How long until the first row that a script decided: from the shell, and in a process that is warm, interleaved. */
export async function benchStart(market: BenchMarket, options: StartOptions): Promise<StartResult> {
  const { rounds, timeoutMs, warmUp = true, settings = [], onProgress = () => {} } = options
  const [forkRead, shell, open, blocked]: [number[], number[], number[], number[]] = [[], [], [], []]
  const warm: FirstRow[] = []
  const host = await openHost({ home: market.home, overrides: overridesOf(settings), env: {} })
  try {
    for (let round = warmUp ? -1 : 0; round < rounds; round++) {
      onProgress(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
      const fork = await untilLine([process.execPath, FORK_READ, market.snapshot], () => true, timeoutMs)
      const fromShell = await untilLine([...runCommand('scan', market.home, ['--events']), ...settings], (line) => isFirstRow(JSON.parse(line) as RunEvent), timeoutMs)
      const inHost = await untilFirstRow(host, timeoutMs)
      if (round < 0) continue
      forkRead.push(fork)
      shell.push(fromShell)
      open.push(inHost)
    }
  } finally {
    await host.close()
  }
  const server = await openWarmServer(market.home, overridesOf(settings))
  try {
    for (let round = warmUp ? -1 : 0; round < rounds; round++) {
      onProgress(round < 0 ? 'warming up the server' : `server, round ${round + 1} of ${rounds}`)
      const first = await uploadToFirstRow(server, isFirstRow)
      const block = await longestBlock(server)
      if (round < 0) continue
      warm.push(first)
      blocked.push(block)
    }
  } finally {
    await server.server.drain()
  }
  const measure = (name: string, role: 'limit' | 'strikescan', times: number[], goalMs: number | null) => ({ name, role, ms: median(times), fastestMs: Math.min(...times), goalMs })
  return {
    market: market.name,
    symbols: market.symbols,
    rounds,
    measures: [
      measure('start Node, read one symbol', 'limit', forkRead, null),
      measure('strikescan run, to the first row', 'strikescan', shell, SHELL_GOAL_MS),
      measure('startRun in an open host, to the first row', 'strikescan', open, null),
      measure('upload to a warm server by HTTP, to the first row', 'strikescan', warm.map(({ ms }) => ms), WARM_GOAL_MS),
      measure('the same, CPU of the server, its client and the worker', 'strikescan', warm.map(({ cpuMs }) => cpuMs ?? Number.NaN), null),
      measure("longest block of the host's process in three runs", 'strikescan', blocked, BLOCK_GOAL_MS),
    ],
  }
}

/** A row that the script itself came to; rows of symbols without a bar come earlier. */
function isFirstRow(event: RunEvent): boolean {
  if (event.type === 'end' && event.run.error !== null) throw new Error(event.run.error.message)
  return event.type === 'symbols' && event.symbols.some(({ status }) => status === 'hit' || status === 'miss')
}

/** Milliseconds from the start of a command to the first line of its output that `isIt`; the command is ended then. */
async function untilLine(command: readonly string[], isIt: (line: string) => boolean, timeoutMs: number): Promise<number> {
  const started = performance.now()
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
  let seenMs: number | null = null
  let rest = ''
  let errors = ''
  let problem: unknown = null
  const deadline = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (seenMs !== null || problem !== null) return
    const lines = (rest + text).split('\n')
    rest = lines.pop()!
    try {
      if (lines.some(isIt)) {
        seenMs = performance.now() - started
        child.kill('SIGKILL')
      }
    } catch (thrown) {
      problem = thrown
      child.kill('SIGKILL')
    }
  })
  await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  clearTimeout(deadline)
  if (seenMs === null) throw problem ?? new Error(`${command.join(' ')} gives no row: ${errors.trim()}`)
  return seenMs
}

async function untilFirstRow(host: Awaited<ReturnType<typeof openHost>>, timeoutMs: number): Promise<number> {
  const request: RunRequest = { filename: 'scan.ts', source: readFileSync(SCANNER), universe: 'all', prefilter: false, limits: { timeoutMs } }
  const started = performance.now()
  const handle = host.startRun(request)
  let seenMs: number | null = null
  handle.subscribe((event) => {
    if (seenMs === null && event.type === 'symbols' && isFirstRow(event)) {
      seenMs = performance.now() - started
      handle.cancel()
    }
  })
  const run = await handle.done
  if (seenMs === null) throw new Error(`the run gives no row: ${run.error?.message ?? run.message}`)
  return seenMs
}

/** `['--set', 'a=1']` as what a host takes. */
function overridesOf(settings: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(settings.filter((text) => text.includes('=')).map((text) => [text.slice(0, text.indexOf('=')), JSON.parse(text.slice(text.indexOf('=') + 1))]))
}
