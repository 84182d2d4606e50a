/*
 * npm run bench [-- NAME] [--json]
 * Runs the benchmarks, or the one named, each with its limit, Strikescan and the peers on the same work in turns.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { benchExplore } from './explore/benchmark.ts'
import { benchGreeks } from './greeks/benchmark.ts'
import { benchIndicators } from './indicators.ts'
import { benchLive } from './live/benchmark.ts'
import { describeMachine } from './measure/machine.ts'
import { exploreText, greeksText, indicatorsText, liveText, machineText, scanText, startText, unmodifiedText } from './report.ts'
import { benchContainment, containmentText } from './scan/containment.ts'
import { benchScan, type ScanResult } from './scan/benchmark.ts'
import { realMarket, simulatedMarket } from './scan/markets.ts'
import { benchStart } from './start/benchmark.ts'
import { benchUnmodified } from './unmodified/benchmark.ts'

const ROUNDS = 5
const START_ROUNDS = 9
/** Many, since a difference of a few percent is looked for. */
const CONTAINMENT_ROUNDS = 25
const PROCESS_TIMEOUT_MS = 120_000
const SIMULATED_SYMBOLS = 5000
const UNMODIFIED_SYMBOLS = 300
const LIVE = { watchers: 1000, stalled: 1, rounds: 5, playedMs: 5000 }

const EXPLORE = { tickers: 500, peerTickers: 50, latencyMs: 60, requestsPerSecond: 10, timeoutMs: 600_000 }

/** Gives what `--json` prints, and the text for people. */
type Benchmark = (scratch: string) => Promise<{ result: unknown; text: string }>

const say = (text: string): void => void process.stderr.write(`${text}\n`)

const BENCHMARKS: Record<string, Benchmark> = {
  async scan(scratch) {
    const results: ScanResult[] = []
    const skipped: string[] = []
    const bench = async (market: Awaited<ReturnType<typeof realMarket>>): Promise<void> => {
      if (market === null) return void skipped.push('skipped: the real bars are not beside the repository (../shared/data/daily_bars/pystock)\n')
      const onProgress = (text: string): void => say(`scan, ${market.name}: ${text}`)
      results.push(await benchScan(market, { rounds: ROUNDS, timeoutMs: PROCESS_TIMEOUT_MS, scratch, onProgress }))
    }
    await bench(await realMarket(join(scratch, 'real')))
    await bench(await simulatedMarket(join(scratch, 'simulated'), SIMULATED_SYMBOLS))
    return { result: results, text: [...results.map(scanText), ...skipped].join('\n') }
  },
  async containment(scratch) {
    const market = await simulatedMarket(join(scratch, 'simulated'), SIMULATED_SYMBOLS)
    const result = await benchContainment(market, { rounds: CONTAINMENT_ROUNDS, scratch })
    return { result, text: containmentText(result) }
  },
  async start(scratch) {
    const market = await simulatedMarket(join(scratch, 'simulated'), SIMULATED_SYMBOLS)
    const result = await benchStart(market, { rounds: START_ROUNDS, timeoutMs: PROCESS_TIMEOUT_MS, onProgress: (text) => say(`start: ${text}`) })
    return { result, text: startText(result) }
  },
  async explore(scratch) {
    const result = await benchExplore({ ...EXPLORE, scratch, onProgress: (text) => say(`explore: ${text}`) })
    return { result, text: exploreText(result) }
  },
  async live(scratch) {
    const result = await benchLive({ ...LIVE, symbols: SIMULATED_SYMBOLS, timeoutMs: PROCESS_TIMEOUT_MS, home: join(scratch, 'served'), onProgress: (text) => say(`live: ${text}`) })
    return { result, text: liveText(result) }
  },
  async unmodified(scratch) {
    const market = await simulatedMarket(join(scratch, 'simulated'), UNMODIFIED_SYMBOLS)
    const result = await benchUnmodified(market, { symbols: UNMODIFIED_SYMBOLS, dates: 20, rounds: ROUNDS, scratch, onProgress: (text) => say(`unmodified: ${text}`) })
    return { result, text: unmodifiedText(result) }
  },
  async greeks() {
    const result = await benchGreeks({ rounds: ROUNDS, onProgress: (text) => say(`greeks: ${text}`) })
    return { result, text: greeksText(result) }
  },
  async indicators() {
    const result = benchIndicators()
    return { result, text: indicatorsText(result) }
  },
}

async function main(args: string[]): Promise<number> {
  const isJson = args.includes('--json')
  const names = args.filter((arg) => arg !== '--json')
  const unknown = names.find((name) => !Object.hasOwn(BENCHMARKS, name))
  if (unknown !== undefined) {
    say(`error: no benchmark is called ${unknown}; there are ${Object.keys(BENCHMARKS).join(', ')}`)
    return 2
  }
  const machine = describeMachine()
  const command = `npm run bench${args.length === 0 ? '' : ` -- ${args.join(' ')}`}`
  if (!isJson) process.stdout.write(`${machineText(machine, command)}\n`)
  const results: Record<string, unknown> = {}
  for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
    const scratch = mkdtempSync(join(tmpdir(), 'strikescan-bench-'))
    try {
      const { result, text } = await BENCHMARKS[name]!(scratch)
      results[name] = result
      if (!isJson) process.stdout.write(`${text}\n`)
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  }
  if (isJson) process.stdout.write(`${JSON.stringify({ machine, command, results })}\n`)
  return 0
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(`error: ${(error as Error).message}`)
  return 1
})
