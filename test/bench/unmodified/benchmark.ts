import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

import { openHost, type Run } from '../../../runtime/host.ts'
import { checkHosted, type PlainHit } from './hits.ts'
import { startVendorServer } from '../../integration/support/vendor-server.ts'
import { median } from '../measure/statistics.ts'
import { dayFromIso } from '../../../runtime/market/days.ts'
import type { GuestBars } from '../../../runtime/guest/fetch/types.ts'
import type { BenchMarket } from '../scan/markets.ts'

export interface UnmodifiedResult {
  symbols: number
  dates: number
  rounds: number
  /** The script's own work in plain Node: no pauses, no network, each answer's text in memory, which the script parses as it does with any. */
  computeMs: number
  /** The same where nothing is parsed: each answer is made of objects of its own; and where all share those in memory. */
  unparsedComputeMs: number
  sharedComputeMs: number
  /** In a server, whose processes stand by: the whole run, and its executing stage. */
  served: HostedTimes
  /** The same where every process is started for the run. */
  started: HostedTimes
  /** As the author ran it, from a few requests over HTTP with its pauses, times all of them. */
  authorMs: number
  authorRequests: number
}

export interface HostedTimes {
  wholeMs: number
  executingMs: number
}

export interface UnmodifiedOptions {
  symbols: number
  dates: number
  rounds: number
  scratch: string
  onProgress?: (text: string) => void
}

const SCRIPT = fileURLToPath(new URL('scanner.js', import.meta.url))
const COMPUTE = new URL('compute-preload.mjs', import.meta.url).href
const AUTHOR = new URL('../../integration/support/plain-preload.mjs', import.meta.url).href
const TELL_HITS = "\nprocess.on('exit', () => process.stdout.write(`HITS ${JSON.stringify(results)}\\n`))\n"
const LATENCY_MS = 50
/** Processes that stand by are replaced, and got ready, a moment after they were taken. */
const REFILL_MS = 1_800
const run = promisify(execFile)

type Bar = { date: string; open: number; high: number; low: number; close: number; volume: number }

/** A self-running script with a pause after each request: hosted, as pure compute, and as its author ran it. */
export async function benchUnmodified(market: BenchMarket, options: UnmodifiedOptions): Promise<UnmodifiedResult> {
  const { rounds, scratch, onProgress = () => {} } = options
  const host = await openHost({ home: market.home, overrides: {}, env: {} })
  host.recover()
  const computes = { shared: [] as number[], own: [] as number[], text: [] as number[] }
  const hosted = { served: [] as HostedTimes[], started: [] as HostedTimes[] }
  try {
    const symbols = (await host.symbols({ limit: options.symbols } as never)).items.map(({ symbol }) => symbol)
    const bars = new Map<string, Bar[]>()
    for (const symbol of symbols) bars.set(symbol, await host.bars(symbol, { from: '2026-01-02' }))
    const dates = [...new Set([...bars.values()].flatMap((list) => list.map(({ date }) => date)))].sort().slice(-options.dates)
    const script = prepared(scratch, symbols, dates)
    writeFileSync(join(scratch, 'bars.json'), JSON.stringify([...bars].map(([symbol, list]) => [symbol, list.map(polygonBar)])))
    for (let round = -1; round < rounds; round++) {
      onProgress(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
      const answered = { shared: 0, own: 0, text: 0 }
      let hits: PlainHit[] = []
      for (const answers of ['shared', 'own', 'text'] as const) ({ ms: answered[answers], hits } = await computeOf(script, scratch, answers))
      // Hosted, a symbol without a bar of the date is told so; the plain script scans what is older.
      const run = { host, symbols, dates, hits: hits.filter(({ symbol, date }) => bars.get(symbol)!.some((bar) => bar.date === date)) }
      const times = { served: await served(run), started: await started(run) }
      if (round < 0) continue
      hosted.served.push(times.served)
      hosted.started.push(times.started)
      for (const answers of ['shared', 'own', 'text'] as const) computes[answers].push(answered[answers])
    }
    onProgress('as its author ran it')
    const author = await asAuthor(scratch, bars, symbols.slice(0, 2), dates.slice(-2))
    const perRequest = author.ms / author.requests
    return { symbols: symbols.length, dates: dates.length, rounds, computeMs: median(computes.text), unparsedComputeMs: median(computes.own), sharedComputeMs: median(computes.shared), served: medians(hosted.served), started: medians(hosted.started), authorMs: perRequest * symbols.length * dates.length, authorRequests: author.requests }
  } finally {
    await host.close()
  }
}

interface Hosted {
  host: Awaited<ReturnType<typeof openHost>>
  symbols: string[]
  dates: string[]
  /** What the script finds in plain Node. */
  hits: readonly PlainHit[]
}

/** As a server carries a run out, with processes that stand by. */
async function served({ host, symbols, dates, hits }: Hosted): Promise<HostedTimes> {
  const { scanner } = await host.saveScanner({ filename: 'scanner.js', source: readFileSync(SCRIPT) })
  await new Promise((resolve) => setTimeout(resolve, REFILL_MS))
  const from = performance.now()
  const { id } = host.submitRun({ scannerId: scanner!.id, symbols, dates, prefilter: false })
  await new Promise<void>((resolve) => void host.watch(id, (events) => events.some(({ type }) => type === 'end') && resolve()))
  const wholeMs = performance.now() - from
  checkHosted(host.run(id), host.rows(id, { status: 'hit' }), hits)
  return timesOf(host.run(id), wholeMs)
}

/** As a command line does, less the start of its own process. */
async function started({ host, symbols, dates, hits }: Hosted): Promise<HostedTimes> {
  const from = performance.now()
  const run = await host.startRun({ filename: 'scanner.js', source: readFileSync(SCRIPT), symbols, dates, prefilter: false }).done
  const wholeMs = performance.now() - from
  checkHosted(run, host.rows(run.id, { status: 'hit' }), hits)
  return timesOf(run, wholeMs)
}

const timesOf = ({ timings }: Pick<Run, 'timings'>, wholeMs: number): HostedTimes => ({ wholeMs, executingMs: timings.executing! })

const medians = (times: HostedTimes[]): HostedTimes => ({ wholeMs: median(times.map(({ wholeMs }) => wholeMs)), executingMs: median(times.map(({ executingMs }) => executingMs)) })

/** Milliseconds of the script alone, see compute-preload.mjs, and what it found. */
async function computeOf(script: string, scratch: string, answers: 'shared' | 'own' | 'text'): Promise<{ ms: number; hits: PlainHit[] }> {
  const { stdout } = await run(process.execPath, ['--import', COMPUTE, script], { env: { TZ: 'UTC', BENCH_BARS: join(scratch, 'bars.json'), BENCH_ANSWERS: answers } })
  return { ms: Number(/COMPUTE ([\d.]+)/.exec(stdout)![1]), hits: JSON.parse(/HITS (.*)/.exec(stdout)![1]!) as PlainHit[] }
}

/** The script with its author's own lists, as long as they are here; once its time is taken it says what it found. */
function prepared(scratch: string, symbols: string[], dates: string[]): string {
  const text = readFileSync(SCRIPT, 'utf8')
  const file = join(scratch, `scanner-${symbols.length}.js`)
  writeFileSync(file, text.replace(/const SYMBOLS = .*/, `const SYMBOLS = ${JSON.stringify(symbols)}`).replace(/const DATES = .*/, `const DATES = ${JSON.stringify(dates)}`) + TELL_HITS)
  return file
}

async function asAuthor(scratch: string, bars: Map<string, Bar[]>, symbols: string[], dates: string[]): Promise<{ ms: number; requests: number }> {
  const server = await startVendorServer(new Map([...bars].map(([symbol, list]) => [symbol, columnsOf(list)])), LATENCY_MS)
  try {
    const started = performance.now()
    await run(process.execPath, ['--import', pathToFileURL(fileURLToPath(AUTHOR)).href, prepared(scratch, symbols, dates)], { env: { TZ: 'UTC', VENDOR_PORT: String(server.port) } })
    return { ms: performance.now() - started, requests: server.requests() }
  } finally {
    await server.close()
  }
}

function polygonBar({ date, open, high, low, close, volume }: Bar): object {
  return { t: Date.parse(date) + 5 * 3_600_000, o: open, h: high, l: low, c: close, v: volume }
}

function columnsOf(list: Bar[]): GuestBars {
  const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array => Float64Array.from(list, (bar) => bar[name])
  return { length: list.length, day: Int32Array.from(list, ({ date }) => dayFromIso(date)), open: column('open'), high: column('high'), low: column('low'), close: column('close'), volume: column('volume') }
}
