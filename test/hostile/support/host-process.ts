/**
 * A host in a process of its own, as a server runs it, for attacks: each is uploaded and run, beside two honest scanners. Says what came
 * of all three, and the longest that its event loop was kept busy meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { openHost, type Row, type Run } from '../../../runtime/host.ts'
import { BusyMeter } from './busy-meter.ts'

export interface Job {
  id: number
  files: { filename: string; sourceBase64: string; params?: Record<string, unknown>; limits: Record<string, number> }[]
}

export interface Upshot {
  /** Codes of the report where the file was not accepted. */
  refused: string[] | null
  run: Run | null
  rows: Row[]
  log: { level: string; symbol: string | null; text: string }[]
}

export interface Report {
  id: number
  upshots: Upshot[]
  honest: Upshot[]
  /** Longest stretch of processor time that the event loop took for one turn, in milliseconds. */
  busyMs: number
}

const HONEST = [
  `export const scan = (symbol, bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })`,
  `const SYMBOLS = ['AAPL']
const hits = []
async function main() {
  for (const symbol of SYMBOLS) {
    const { results } = await (await fetch(\`https://api.polygon.io/v2/aggs/ticker/\${symbol}/range/1/day/2026-10-01/2026-11-20?apiKey=k\`)).json()
    if (results.at(-1).c > results[0].c) hits.push({ symbol, change: results.at(-1).c / results[0].c - 1 })
  }
  console.log('done with', SYMBOLS.length)
}
main()`,
]
const DATE = '2026-11-20'
const home = mkdtempSync(join(tmpdir(), 'strikescan-hostile-'))
const host = await openHost({ home, env: {}, overrides: { 'market.simulatedSymbols': 40, 'workers.count': 4, 'queue.maxRunning': 4, 'memory.softMb': 8_192 } })
const meter = new BusyMeter()
let symbols: string[] = []

async function runOne(filename: string, source: Uint8Array, request: object): Promise<Upshot> {
  const { scanner, diagnostics } = await host.saveScanner({ filename, source })
  if (scanner === null) return { refused: diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code), run: null, rows: [], log: [] }
  const { id } = host.submitRun({ scannerId: scanner.id, prefilter: false, symbols, dates: [DATE], ...request })
  const run = await ended(id)
  const log: Upshot['log'] = []
  for (const event of host.events(id)) if (event.type === 'log') log.push({ level: event.level, symbol: event.symbol, text: event.text.slice(0, 20_000) })
  return { refused: null, run, rows: [...host.rows(id)], log: log.slice(0, 20_000) }
}

function ended(id: string): Promise<Run> {
  return new Promise((resolve) => {
    const look = (): boolean => {
      const run = host.run(id)
      if (run.status !== 'completed' && run.status !== 'failed' && run.status !== 'cancelled') return false
      stop()
      resolve(run)
      return true
    }
    let stop = (): void => {}
    stop = host.watch(id, (events) => void (events.some(({ type }) => type === 'end') && look()))
    look()
  })
}

const runHonest = (): Promise<Upshot[]> => Promise.all(HONEST.map((text, at) => runOne(`honest-${at}.js`, Buffer.from(text), { limits: { workers: 1 } })))

async function carryOut({ id, files }: Job): Promise<Report> {
  meter.restart()
  const [upshots, honest] = await Promise.all([
    Promise.all(files.map(({ filename, sourceBase64, params, limits }) => runOne(filename, Buffer.from(sourceBase64, 'base64'), { limits, ...(params !== undefined && { params }) }))),
    runHonest(),
  ])
  return { id, upshots, honest, busyMs: meter.longestMs() }
}

async function chooseSymbols(): Promise<void> {
  symbols = (await host.symbols({ cursor: undefined, limit: 40 })).items.map(({ symbol }) => symbol)
  const { rows } = (await runHonest())[0]!
  const long = rows.filter(({ status, data }) => status === 'hit' && (data as { n: number }).n > 500).map(({ symbol }) => symbol)
  const others = long.filter((symbol) => symbol !== 'NVDA')
  symbols = [...others.slice(0, 5), 'NVDA', ...others.slice(5, 11)]
}

process.on('message', (message: Job | 'close') => {
  if (message === 'close') void host.close().then(() => process.exit(0))
  else void carryOut(message).then((report) => process.send!(report))
})
process.on('exit', () => rmSync(home, { recursive: true, force: true }))
process.on('disconnect', () => process.exit(0))
await chooseSymbols()
const alone: Report = { id: 0, upshots: [], honest: await runHonest(), busyMs: 0 }
process.send!(alone)
