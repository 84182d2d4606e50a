import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createSimulatedMarket } from '../../../plugins/providers/simulated/market.ts'
import { barsToColumns, ta, type Bar, type ScanLog } from '../../../sdk/index.ts'

/** The examples in plain Node, against their references, on every symbol and date of a small simulated market. */

const examples = new URL('../../../examples/', import.meta.url)
const references = new URL('../../fixtures/reference/', import.meta.url)

type Hit = Record<string, unknown>
type Scan = (symbol: string, bars: Bar[], context?: object) => Hit | null | false

const example = async (file: string) => (await import(/* @vite-ignore */ new URL(file, examples).href)) as Record<string, never>
const reference = async (file: string, name: string) => ((await import(/* @vite-ignore */ new URL(file, references).href)) as Record<string, never>)[name] as never as Scan

const market = createSimulatedMarket({ seed: 3, symbols: 240, years: 1.6 })
const history = new Map<string, Bar[]>()
for (const bars of market.bars()) {
  history.set(
    bars.symbol,
    Array.from(bars.day, (day, i) => ({
      date: new Date(day * 86_400_000).toISOString().slice(0, 10),
      open: bars.open[i]!,
      high: bars.high[i]!,
      low: bars.low[i]!,
      close: bars.close[i]!,
      volume: bars.volume[i]!,
    })),
  )
}

const silence = Object.assign(() => {}, { debug() {}, info() {}, warn() {}, error() {} }) satisfies ScanLog

/** Every symbol on its last `dates` bars, with the bars up to the date and at most `lookback` of them. */
function* cases(dates: number, lookback = Infinity): Generator<[string, Bar[], Bar[]]> {
  for (const [symbol, bars] of history) {
    for (let end = bars.length; end > Math.max(bars.length - dates, 0); end--) {
      const upTo = bars.slice(0, end)
      yield [symbol, upTo, upTo.slice(Math.max(0, end - lookback))]
    }
  }
}

/** Equal but for the last digits, which depend on the order of summation. */
function expectClose(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number') expect(Math.abs((actual as number) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
  else if (expected !== null && typeof expected === 'object') {
    expect(Object.keys(actual as object).sort()).toEqual(Object.keys(expected).sort())
    for (const [key, value] of Object.entries(expected)) expectClose((actual as Hit)[key], value)
  } else expect(actual).toBe(expected)
}

function compare(scan: Scan, expected: Scan, dates: number, lookback?: number): number {
  let hits = 0
  for (const [symbol, upTo, seen] of cases(dates, lookback)) {
    const want = expected(symbol, upTo)
    const got = scan(symbol, seen, { date: upTo.at(-1)!.date, ta, params: {}, log: silence }) || null
    expect(got === null, `${symbol} ${upTo.at(-1)!.date}`).toBe(want === null)
    if (want === null) continue
    expectClose(got, want)
    hits++
  }
  return hits
}

describe('examples give the rows of their references', () => {
  it('gap-and-go.ts', async () => {
    const { default: scanner } = (await example('gap-and-go.ts')) as never as { default: { lookback: number; scan(context: object): Hit | null } }
    const params = { minGap: 0.03, minRelativeVolume: 1.5, maxRsi: 85 }
    const scan: Scan = (symbol, bars) => scanner.scan({ symbol, date: bars.at(-1)!.date, bars: barsToColumns(bars), ta, params, log: silence })
    expect(compare(scan, await reference('gap-and-go.js', 'gapAndGo'), 60, scanner.lookback)).toBeGreaterThan(20)
  })

  it('rsi-reversal.js', async () => {
    const { default: scan, lookback } = await example('rsi-reversal.js')
    expect(compare(scan as never, await reference('rsi-reversal.js', 'rsiReversal'), 60, lookback)).toBeGreaterThan(10)
  })

  it('bollinger-squeeze.cjs', async () => {
    const { default: exported } = (await example('bollinger-squeeze.cjs')) as never as { default: { scan: Scan } }
    expect(compare(exported.scan, await reference('bollinger-squeeze.js', 'bollingerSqueeze'), 25)).toBeGreaterThan(10)
  })

  it('volume-surge.ts', async () => {
    const { scan, lookback } = await example('volume-surge.ts')
    expect(compare(scan as never, await reference('volume-surge.js', 'volumeSurge'), 60, lookback)).toBeGreaterThan(20)
  })

  it('second-day-continuation.js, as a plain script over a Polygon-shaped API', async () => {
    const check = await reference('second-day-continuation.js', 'secondDayContinuation')
    const source = readFileSync(new URL('second-day-continuation.js', examples), 'utf8')
    const dates = history.get('SPY')!.slice(-6).map((bar) => bar.date)
    const script = source
      .replace(/const SYMBOLS = .*/, `const SYMBOLS = ${JSON.stringify([...history.keys()])}`)
      .replace(/const DATES = .*/, `const DATES = ${JSON.stringify(dates)}`)
    const results = await runScript(script)
    const expected: Hit[] = []
    for (const date of dates) {
      for (const [symbol, bars] of history) {
        const upTo = bars.filter((bar) => bar.date <= date)
        const hit = upTo.at(-1)?.date === date ? check(symbol, upTo) : null
        if (hit) expected.push(hit)
      }
    }
    expect(expected.length).toBeGreaterThan(0)
    expect(results).toEqual(expected)
  })

  it('relative-strength-rank.js, over a Yahoo-shaped API', async () => {
    const { main } = (await example('relative-strength-rank.js')) as never as { main(symbols: string[], dates: string[]): Promise<Hit[]> }
    const rank = (await reference('relative-strength-rank.js', 'relativeStrengthRank')) as never as (bars: [string, Bar[]][], date: string) => Hit[]
    const dates = history.get('SPY')!.slice(-2).map((bar) => bar.date)
    const original = globalThis.fetch
    globalThis.fetch = answer as typeof fetch
    try {
      const hits = await main([...history.keys()], dates)
      const expected = dates.flatMap((date) => rank([...history], date))
      expect(expected.length).toBeGreaterThan(20)
      expectClose(hits, expected)
      expect(await main([], dates)).toEqual([])
      expect(await main(['SPY'], ['2026-11-20'])).toMatchObject([{ symbol: 'SPY', score: 100 }])
    } finally {
      globalThis.fetch = original
    }
  })
})

/** Runs a self-running script to its end, and gives what it put into `results`. Its sleeps cost nothing. */
function runScript(source: string): Promise<Hit[]> {
  return new Promise((resolve, reject) => {
    const console = { log() {}, error: reject, table: resolve }
    const setTimeout = (callback: () => void) => queueMicrotask(callback)
    new Function('fetch', 'console', 'setTimeout', 'process', source)(answer, console, setTimeout, { env: { POLYGON_API_KEY: 'key' } })
  })
}

/** Daily bars in the shape of the API that the address names. */
async function answer(input: string): Promise<Response> {
  const url = new URL(input)
  if (url.host === 'api.polygon.io') {
    const [, , , , symbol, , , , from, to] = url.pathname.split('/') as string[]
    const found = history.get(symbol!)!.filter((bar) => bar.date >= from! && bar.date <= to!)
    const results = found.map((bar) => ({ t: Date.parse(bar.date) + 5 * 3_600_000, o: bar.open, h: bar.high, l: bar.low, c: bar.close, v: bar.volume }))
    return Response.json({ ticker: symbol, status: 'OK', ...(results.length > 0 && { results }) })
  }
  const time = (bar: Bar) => Date.parse(bar.date) / 1000 + 14.5 * 3600
  const within = (bar: Bar) => time(bar) >= Number(url.searchParams.get('period1')) && time(bar) < Number(url.searchParams.get('period2'))
  const found = history.get(url.pathname.split('/').at(-1)!)!.filter(within)
  const quote = [{ close: found.map((bar) => bar.close) }]
  return Response.json({ chart: { result: [{ meta: {}, timestamp: found.map(time), indicators: { quote } }], error: null } })
}
