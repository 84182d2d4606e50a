/*
 * npm run bench [-- NAME…] [--rounds N] [--dates N] [--megabytes N] [--json]
 * Runs the benchmarks, or those named, each with its limit, Strikescan and the peers on the same work in turns.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

import { benchDates } from './dates/benchmark.ts'
import { benchExplore } from './explore/benchmark.ts'
import { benchGreeks } from './greeks/benchmark.ts'
import { benchImport } from './import/benchmark.ts'
import { benchIndicators } from './indicators.ts'
import { benchLive } from './live/benchmark.ts'
import { describeMachine } from './measure/machine.ts'
import { datesText, exploreText, greeksText, importText, indicatorsText, liveText, machineText, scaleText, scanText, startText, unmodifiedText } from './report.ts'
import { benchScale } from './scale/benchmark.ts'
import { benchContainment, containmentText } from './scan/containment.ts'
import { benchScan, type ScanResult } from './scan/benchmark.ts'
import { realMarket, simulatedMarket } from './scan/markets.ts'
import { benchStart } from './start/benchmark.ts'
import { benchUnmodified } from './unmodified/benchmark.ts'
import { readWords, type Wishes } from './words.ts'

const ROUNDS = 5
const START_ROUNDS = 9
/** Many, since a difference of a few percent is looked for. */
const CONTAINMENT_ROUNDS = 25
const PROCESS_TIMEOUT_MS = 120_000
const SIMULATED_SYMBOLS = 5000
const UNMODIFIED_SYMBOLS = 300
/** Few, since each goes through many rows; and over how many dates `dates` goes. */
const DATES_ROUNDS = 3
const DATES = 100
const SCALE_DATES = 20
/** The larger of two files; what a quarter of it takes is printed beside it. */
const IMPORT_MEGABYTES = 1_000
const IMPORT_ROUNDS = 1
const IMPORT_TIMEOUT_MS = 600_000
const LIVE = { watchers: 1000, stalled: 1, rounds: 5, playedMs: 5000 }

const EXPLORE = { tickers: 500, peerTickers: 50, latencyMs: 60, requestsPerSecond: 10, timeoutMs: 600_000 }

/** Gives what `--json` prints, and the text for people. `scratch` is an empty folder. */
type Benchmark = (scratch: string, wishes: Wishes) => Promise<{ result: unknown; text: string }>

const say = (text: string): void => void process.stderr.write(`${text}\n`)

const BENCHMARKS: Record<string, Benchmark> = {
  async scan(scratch, { rounds = ROUNDS }) {
    const results: ScanResult[] = []
    const skipped: string[] = []
    const bench = async (market: Awaited<ReturnType<typeof realMarket>>): Promise<void> => {
      if (market === null) return void skipped.push('skipped: the real bars are not beside the repository (../shared/data/daily_bars/pystock)\n')
      const onProgress = (text: string): void => say(`scan, ${market.name}: ${text}`)
      results.push(await benchScan(market, { rounds, timeoutMs: PROCESS_TIMEOUT_MS, scratch, onProgress }))
    }
    await bench(await realMarket(join(scratch, 'real')))
    await bench(await simulatedMarket(join(scratch, 'simulated'), SIMULATED_SYMBOLS))
    return { result: results, text: [...results.map(scanText), ...skipped].join('\n') }
  },
  async dates(scratch, { rounds = DATES_ROUNDS, dates = DATES }) {
    const market = (await realMarket(join(scratch, 'home'))) ?? (await simulatedMarket(join(scratch, 'home'), SIMULATED_SYMBOLS))
    const result = await benchDates(market, { dates, rounds, timeoutMs: PROCESS_TIMEOUT_MS, scratch, onProgress: (text) => say(`dates: ${text}`) })
    return { result, text: datesText(result) }
  },
  async containment(scratch, { rounds = CONTAINMENT_ROUNDS }) {
    const market = await simulatedMarket(join(scratch, 'simulated'), SIMULATED_SYMBOLS)
    const result = await benchContainment(market, { rounds, scratch })
    return { result, text: containmentText(result) }
  },
  async start(scratch, { rounds = START_ROUNDS }) {
    const market = await simulatedMarket(join(scratch, 'simulated'), SIMULATED_SYMBOLS)
    const result = await benchStart(market, { rounds, timeoutMs: PROCESS_TIMEOUT_MS, onProgress: (text) => say(`start: ${text}`) })
    return { result, text: startText(result) }
  },
  async explore(scratch) {
    const result = await benchExplore({ ...EXPLORE, scratch, onProgress: (text) => say(`explore: ${text}`) })
    return { result, text: exploreText(result) }
  },
  async live(scratch, { rounds = LIVE.rounds }) {
    const result = await benchLive({ ...LIVE, rounds, symbols: SIMULATED_SYMBOLS, timeoutMs: PROCESS_TIMEOUT_MS, home: join(scratch, 'served'), onProgress: (text) => say(`live: ${text}`) })
    return { result, text: liveText(result) }
  },
  async unmodified(scratch, { rounds = ROUNDS }) {
    const market = await simulatedMarket(join(scratch, 'simulated'), UNMODIFIED_SYMBOLS)
    const result = await benchUnmodified(market, { symbols: UNMODIFIED_SYMBOLS, dates: 20, rounds, scratch, onProgress: (text) => say(`unmodified: ${text}`) })
    return { result, text: unmodifiedText(result) }
  },
  async import(scratch, { rounds = IMPORT_ROUNDS, megabytes = IMPORT_MEGABYTES }) {
    const result = await benchImport({ megabytes, rounds, timeoutMs: IMPORT_TIMEOUT_MS, scratch, onProgress: (text) => say(`import: ${text}`) })
    return { result, text: importText(result) }
  },
  async scale(scratch, { rounds = DATES_ROUNDS, dates = SCALE_DATES }) {
    const market = await simulatedMarket(join(scratch, 'simulated'), SIMULATED_SYMBOLS)
    const result = await benchScale(market, { dates, rounds, cores: availableParallelism(), timeoutMs: PROCESS_TIMEOUT_MS, scratch, onProgress: (text) => say(`scale: ${text}`) })
    return { result, text: scaleText(result) }
  },
  async greeks(_, { rounds = ROUNDS }) {
    const result = await benchGreeks({ rounds, onProgress: (text) => say(`greeks: ${text}`) })
    return { result, text: greeksText(result) }
  },
  async indicators(_, { rounds }) {
    const result = benchIndicators(rounds === undefined ? {} : { rounds })
    return { result, text: indicatorsText(result) }
  },
}

async function main(args: string[]): Promise<number> {
  let words
  try {
    words = readWords(args, Object.keys(BENCHMARKS))
  } catch (error) {
    say(`error: ${(error as Error).message}`)
    return 2
  }
  const { names, isJson, wishes } = words
  const machine = describeMachine()
  const command = `npm run bench${args.length === 0 ? '' : ` -- ${args.join(' ')}`}`
  if (!isJson) process.stdout.write(`${machineText(machine, command)}\n`)
  const results: Record<string, unknown> = {}
  for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
    const scratch = mkdtempSync(join(tmpdir(), 'strikescan-bench-'))
    const clear = (): void => rmSync(scratch, { recursive: true, force: true })
    process.once('exit', clear)
    try {
      const { result, text } = await BENCHMARKS[name]!(scratch, wishes)
      results[name] = result
      if (!isJson) process.stdout.write(`${text}\n`)
    } finally {
      process.off('exit', clear)
      clear()
    }
  }
  if (isJson) process.stdout.write(`${JSON.stringify({ machine, command, results })}\n`)
  return 0
}

// What is under way, processes and files, is cleared away at the exit.
process.on('SIGINT', () => process.exit(130)).on('SIGTERM', () => process.exit(143))
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  say(`error: ${(error as Error).message}`)
  return 1
})
