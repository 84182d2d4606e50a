import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createSimulatedNews } from '../../plugins/providers/simulated/news/source.ts'
import { serveSimulated } from '../../api/simulate/server.ts'
import { gatherScript, openSimulatedOptions, type RunRequest } from '../../runtime/host.ts'
import { openTestHost, type Hosted, type TestHost } from './support/hosting.ts'
import { barsOf } from './support/market-bars.ts'
import { startVendorServer, type VendorServer } from './support/vendor-server.ts'

/** Every example as a user has it, hosted byte for byte unmodified; its rows stand beside it in `examples/expected`. */
const EXAMPLES: Record<string, Partial<RunRequest>> = {
  'gap-and-go.ts': { universe: 'all', from: '2026-09-01' },
  'rsi-reversal.js': { universe: 'all', from: '2026-11-02' },
  'bollinger-squeeze.cjs': { universe: 'all', from: '2026-11-02' },
  'volume-surge.ts': { universe: 'all', from: '2026-09-01' },
  'relative-strength-rank.js': { universe: 'all' },
  'second-day-continuation.js': { universe: 'all', from: '2026-09-01' },
  'yahoo-breakout.cjs': {},
  'tradier-pullback.ts': {},
  'alpaca-inside-day.mjs': {},
  'yf2-oversold.mjs': {},
  'slow-correlation.js': {},
  'polygon-gap-report.js': {},
  'tradier-put-premium.mjs': {},
  'news-gap.mjs': {},
  'momentum/scan.mjs': {},
}
/** Those that run in plain Node too, over HTTP: through `fetch`, axios, node-fetch, and in several files. */
const IN_NODE = ['yahoo-breakout.cjs', 'tradier-pullback.ts', 'alpaca-inside-day.mjs', 'news-gap.mjs', 'momentum/scan.mjs']

/** Those whose clients are not installed here, or whose sleeps are too long: a plain reading of the bars comes to the same. */
const READ_PLAINLY = { 'polygon-gap-report.js': 'polygonGapReport', 'slow-correlation.js': 'slowCorrelation', 'yf2-oversold.mjs': 'yf2Oversold' }

const SYMBOLS = 60
const folder = fileURLToPath(new URL('../../examples/', import.meta.url))
const run = promisify(execFile)

describe('examples, unmodified', () => {
  let test: TestHost
  let vendors: VendorServer
  const hosted = new Map<string, Promise<Hosted>>()
  const runHosted = (file: string): Promise<Hosted> => {
    const path = join(folder, file)
    const found = hosted.get(file) ?? test.run(gatherScript(path, readFileSync(path)), { filename: basename(file), ...EXAMPLES[file] })
    hosted.set(file, found)
    return found
  }

  beforeAll(async () => {
    test = await openTestHost({ 'market.simulatedSymbols': SYMBOLS })
    vendors = await startVendorServer(await barsOf(test), 0, createSimulatedNews({ seed: 1, symbols: SYMBOLS }))
  })
  afterAll(async () => {
    await vendors.close()
    await test.close()
  })

  it.each(Object.keys(EXAMPLES))('%s gives its expected rows', async (file) => {
    const { run: result, rows } = await runHosted(file)
    expect(result.error).toBeNull()
    expect(result.status).toBe('completed')
    expect(rows.filter(({ status }) => status !== 'hit' && status !== 'miss' && status !== 'no_data')).toEqual([])
    const text = rows.filter(({ status }) => status === 'hit').map(({ symbol, date, score, direction }) => `${symbol},${date},${score === null ? '' : Number(score.toPrecision(12))},${direction ?? ''}\n`).join('')
    await expect(`symbol,date,score,direction\n${text}`).toMatchFileSnapshot(join(folder, 'expected', `${file.replace('/', '-')}.csv`))
    expect(text).not.toBe('')
    const path = join(folder, file)
    if (file !== 'momentum/scan.mjs') expect(createHash('sha256').update(test.host.source(result.id)).digest('hex')).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'))
  })

  it('are checked against rows that stand beside them, and none is left out', () => {
    for (const file of Object.keys(EXAMPLES)) expect(existsSync(join(folder, 'expected', `${file.replace('/', '-')}.csv`)), file).toBe(true)
  })

  it('stand in the README beside them, with the request that gives the expected rows and their number', () => {
    const text = readFileSync(join(folder, 'README.md'), 'utf8')
    const stated = [...text.matchAll(/^\| `(\S+)` \| .+? \| (.+?) \| (\d+) \| \d+ \|$/gm)].map(([, file, request, count]) => [file, request!.replaceAll('`', ''), Number(count)])
    const asked = ({ universe, from }: Partial<RunRequest>): string => [universe && `--universe ${universe as string}`, from && `--from ${from}`].filter(Boolean).join(' ') || 'none'
    const hits = (file: string): number => readFileSync(join(folder, 'expected', `${file.replace('/', '-')}.csv`), 'utf8').trim().split('\n').length - 1
    expect(stated).toEqual(Object.entries(EXAMPLES).map(([file, request]) => [file, asked(request), hits(file)]))
    expect(text).toContain(`STRIKESCAN_MARKET_SIMULATED_SYMBOLS=${SYMBOLS} `)
    const scripts = readdirSync(folder).filter((name) => /\.([cm]?js|ts)$/.test(name))
    expect(Object.keys(EXAMPLES)).toEqual(expect.arrayContaining(scripts))
  })

  it.each(Object.entries(READ_PLAINLY))('%s finds what a plain reading of the bars finds', async (file, name) => {
    const references = (await import(/* @vite-ignore */ new URL('../fixtures/reference/short-lists.js', import.meta.url).href)) as Record<string, (history: Map<string, unknown>) => Record<string, unknown>[]>
    const history = new Map<string, unknown>()
    for (const { symbol } of (await test.host.symbols({ limit: 1_000 } as never)).items) history.set(symbol, await test.host.bars(symbol, {}))
    const expected = references[name]!(history)
    expect(expected.length).toBeGreaterThan(0)
    const { rows } = await runHosted(file)
    const here = rows.filter(({ status }) => status === 'hit').map(({ symbol, date, score, direction, data }) => ({ symbol, date, score, direction, ...(data as object | null) }) as Record<string, unknown>)
    const placeOf = ({ symbol, date }: Record<string, unknown>): string => `${String(symbol)} ${String(date)}`
    expect(here.map(placeOf).sort()).toEqual(expected.map(placeOf).sort())
    for (const one of expected) {
      const found = here.find((hit) => placeOf(hit) === placeOf(one))!
      for (const [field, value] of Object.entries(one)) {
        // The report's own score is a text in percent.
        const seen = typeof value === 'number' && typeof found[field] === 'string' ? Number.parseFloat(found[field]) : found[field]
        if (typeof value === 'number') expect(seen, `${file} ${placeOf(one)} ${field}`).toBeCloseTo(value, 9)
        else expect(seen).toBe(value)
      }
    }
  })

  it('tradier-put-premium.mjs finds in plain Node, over the simulated API of options, what it finds here', async () => {
    const simulated = await serveSimulated(await openSimulatedOptions({ seed: 1, symbols: SYMBOLS }), { host: '127.0.0.1', port: 0, latencyMs: 0, rate: null, token: null, faults: [], seed: 1 })
    try {
      const inNode = await hitsInNode(join(folder, 'tradier-put-premium.mjs'), vendors.port, { 'api.tradier.com': simulated.url })
      expect(inNode.length).toBeGreaterThan(5)
      const { rows } = await runHosted('tradier-put-premium.mjs')
      const here = rows.filter(({ status }) => status === 'hit').map(({ data }) => data as { score: number })
      expect(here.sort((a, b) => b.score - a.score)).toEqual(inNode)
    } finally {
      await simulated.close()
    }
  })

  it.each(IN_NODE)('%s finds in plain Node, over HTTP, what it finds here', async (file) => {
    const inNode = await hitsInNode(join(folder, file), vendors.port)
    expect(inNode.length).toBeGreaterThan(0)
    const { rows } = await runHosted(file)
    const here = rows.filter(({ status }) => status === 'hit').map(({ data }) => data)
    const sorted = (hits: unknown[]): string[] => hits.map((hit) => JSON.stringify(hit)).sort()
    expect(sorted(here)).toEqual(sorted(inNode))
  })
})

/** Runs a script as its author does, in an empty folder; its hits are what it shows as a table or writes to a file. */
async function hitsInNode(path: string, port: number, elsewhere: Record<string, string> = {}): Promise<unknown[]> {
  const cwd = mkdtempSync(join(tmpdir(), 'strikescan-plain-'))
  const preload = pathToFileURL(fileURLToPath(new URL('support/plain-preload.mjs', import.meta.url))).href
  const keys = { POLYGON_API_KEY: 'key', TRADIER_TOKEN: 'token', APCA_API_KEY_ID: 'id', APCA_API_SECRET_KEY: 'secret' }
  try {
    const { stdout } = await run(process.execPath, ['--no-warnings', '--import', preload, path], { cwd, env: { TZ: 'UTC', VENDOR_PORT: String(port), VENDOR_SLEEPS: '0', VENDOR_ELSEWHERE: JSON.stringify(elsewhere), ...keys } })
    const table = stdout.split('\n').findLast((line) => line.startsWith('TABLE '))
    return JSON.parse(table === undefined ? readFileSync(join(cwd, 'hits.json'), 'utf8') : table.slice(6)) as unknown[]
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}
