import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { measureProcess, type ProcessCost } from '../measure/process.ts'
import { runUncached, type PeerCost } from './peer.ts'
import { liquidTickers, startSimulated } from './simulated.ts'

export interface ExploreResult {
  tickers: number
  rows: number
  latencyMs: number
  requestsPerSecond: number
  /** With nothing cached, then again with all of it; what of the rows was a success. */
  cold: ExploreCost
  warm: ExploreCost
  /** Requests of the cold run ÷ the rate at which they may be made. */
  limitMs: number
  /** The same calls by a bare loop that parses the answers and throws them away. */
  bare: ProcessCost
  /** One strategy at a time, uncached, over the first of the tickers; `scaledMs` is its wall time for all of them. */
  peer: PeerCost & { tickers: number; scaledMs: number }
}

export interface ExploreCost extends ProcessCost {
  calls: number
  /** Of them, those for prices of a hundred tickers each. */
  priceCalls: number
  /** All others ÷ tickers. */
  callsPerTicker: number
  retries: number
  success: number
}

export interface ExploreOptions {
  tickers: number
  /** Of them, those that the peer does. */
  peerTickers: number
  latencyMs: number
  requestsPerSecond: number
  timeoutMs: number
  /** Empty folder for files and state. */
  scratch: string
  onProgress?: (text: string) => void
}

const BARE = fileURLToPath(new URL('bare.ts', import.meta.url))
const LAUNCHER = fileURLToPath(new URL('../../../api/cli/strikescan.js', import.meta.url))
const STRATEGIES = ['Long Call', 'Cash-Secured Put']
const TOKEN = 'benchmark-token'

/** Explores liquid tickers of the simulated market over its API, as users do: from the command line, files written at the end. */
export async function benchExplore(options: ExploreOptions): Promise<ExploreResult> {
  const { latencyMs, requestsPerSecond, peerTickers, scratch, onProgress = () => {} } = options
  const tickers = await liquidTickers(options.tickers)
  const file = join(scratch, 'strategies.csv')
  writeFileSync(file, ['Ticker,Strategy,Horizon', ...tickers.flatMap((ticker) => STRATEGIES.map((strategy) => `${ticker},${strategy},MEDIUM`)), ''].join('\n'))
  // A little above the pace: a bare loop that comes late on a busy machine makes up for it, and must not be refused for that.
  const server = await startSimulated(['--latency-ms', String(latencyMs), '--rate', String(Math.ceil(requestsPerSecond * 66)), '--home', join(scratch, 'server')])
  try {
    // In the repository the first command after a change builds itself, which no installed one does.
    await measureProcess([process.execPath, LAUNCHER, 'config'], { timeoutMs: options.timeoutMs })
    onProgress(`cold, about ${Math.ceil((2 * tickers.length) / requestsPerSecond)} s`)
    const cold = await explore(file, server.url, options, tickers.length)
    onProgress('warm')
    const warm = await explore(file, server.url, options, tickers.length)
    onProgress('bare calls')
    const bare = await askBare(tickers, server.url, options)
    onProgress(`peer over ${peerTickers} tickers`)
    const peer = await runUncached({ tickers: tickers.slice(0, peerTickers), strategies: STRATEGIES, url: server.url, token: `${TOKEN}-peer`, requestsPerSecond })
    return {
      tickers: tickers.length,
      rows: tickers.length * STRATEGIES.length,
      latencyMs,
      requestsPerSecond,
      cold,
      warm,
      bare,
      limitMs: (cold.calls * 1_000) / requestsPerSecond,
      peer: { ...peer, tickers: peerTickers, scaledMs: (peer.wallMs * tickers.length) / peerTickers },
    }
  } finally {
    await server.stop()
  }
}

async function askBare(tickers: readonly string[], url: string, { scratch, requestsPerSecond, timeoutMs }: ExploreOptions): Promise<ProcessCost> {
  const file = join(scratch, 'tickers.json')
  writeFileSync(file, JSON.stringify(tickers))
  const { stdout: _, ...cost } = await measureProcess([process.execPath, BARE, url, `${TOKEN}-bare`, String(requestsPerSecond), file], { timeoutMs })
  return cost
}

async function explore(file: string, url: string, { scratch, requestsPerSecond, timeoutMs }: ExploreOptions, tickers: number): Promise<ExploreCost> {
  const command = [process.execPath, LAUNCHER, 'explore', file, '--home', join(scratch, 'home'), '--out', join(scratch, 'explored.csv'), '--json']
  const env = {
    STRIKESCAN_EXPLORE_PROVIDER: 'tradier',
    STRIKESCAN_TRADIER_URL: url,
    STRIKESCAN_TRADIER_TOKEN: TOKEN,
    STRIKESCAN_EXPLORE_REQUESTS_PER_SECOND: String(requestsPerSecond),
  }
  const { stdout, ...cost } = await measureProcess(command, { timeoutMs, env })
  const { run } = JSON.parse(stdout) as { run: { explore: { calls: number; priceCalls: number; retries: number; rows: number; byStatus: Record<string, number> } } }
  const { calls, priceCalls, retries, rows, byStatus } = run.explore
  if (rows !== tickers * STRATEGIES.length) throw new Error(`${rows} rows came of ${tickers * STRATEGIES.length}`)
  return { ...cost, calls, priceCalls, callsPerTicker: (calls - priceCalls) / tickers, retries, success: byStatus.Success ?? 0 }
}
