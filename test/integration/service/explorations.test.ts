import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

import { openHost, type ExplorationRow, type RowStatus, type Run } from '../../../runtime/host.ts'
import { ownTime } from '../../own-time.ts'

type Host = Awaited<ReturnType<typeof openHost>>

const PATIENCE_MS = 60_000
const opened: { host: Host; home: string }[] = []
// Nothing stands by: what is tried here are the runs, each on a host of its own.
const SETTINGS = { 'market.simulatedSymbols': 60, 'workers.count': 2, 'spare.workers': 0, 'spare.intakes': 0 }

async function open(settings: Record<string, unknown> = {}, home = mkdtempSync(join(tmpdir(), 'strikescan-explore-'))): Promise<Host> {
  const host = await openHost({ home, env: {}, overrides: { ...SETTINGS, ...settings } })
  opened.push({ host, home })
  host.recover()
  await host.market()
  return host
}

afterEach(async () => {
  for (const { host } of opened) await host.close()
  for (const { home } of opened.splice(0)) rmSync(home, { recursive: true, force: true })
})

async function until(host: Host, id: string, isSo: (run: Run) => boolean): Promise<Run> {
  const ends = performance.now() + PATIENCE_MS
  for (;;) {
    const run = host.run(id)
    if (isSo(run)) return run
    if (performance.now() > ends) throw new Error(`after ${PATIENCE_MS} ms the run is ${run.status} at ${run.stage}: ${run.message}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const isOver = ({ status }: Run): boolean => status === 'completed' || status === 'failed' || status === 'cancelled'

function allRows(host: Host, id: string): ExplorationRow[] {
  const rows: ExplorationRow[] = []
  for (let cursor: string | undefined; ; ) {
    const { items, next } = host.explorationPage(id, { limit: 7, cursor })
    rows.push(...items)
    if (next === null) return rows
    cursor = next
  }
}

/** Strategies of the market's symbols. */
async function strategies(host: Host, count: number): Promise<Record<string, string | number | null>[]> {
  const { items } = await host.symbols({ limit: 60 })
  return Array.from({ length: count }, (_, at) => ({ Ticker: items[at % items.length]!.symbol, Strategy: at % 2 === 0 ? 'Long Call' : 'Iron Condor', Note: `n${at}`, dteMin: null }))
}

describe('explorations in the queue', () => {
  it('every record comes back as one row, page by page, with its own columns', async () => {
    const host = await open()
    const records = await strategies(host, 30)
    const queued = await host.submitExploration({ strategies: records })
    expect(queued.market).toEqual({ source: 'simulated', simulated: true, snapshot: '', asOf: null })
    expect([queued.kind, queued.status, queued.startedAt]).toEqual(['exploration', 'queued', null])
    const run = await until(host, queued.id, isOver)
    expect(run.status).toBe('completed')
    expect(run.timings['queued']).toBeGreaterThanOrEqual(0)
    expect(host.explorationColumns(run.id)).toEqual(['Ticker', 'Strategy', 'Note', 'dteMin'])
    const rows = allRows(host, run.id)
    expect(rows.map(({ input }) => input.columns['Note'])).toEqual(records.map(({ Note }) => Note))
    expect([...host.explorationRows(run.id)]).toEqual(rows)
    const { ticker } = rows[3]!.input
    expect(host.explorationPage(run.id, { limit: 100, ticker: ticker.toLowerCase() }).items).toEqual(rows.filter(({ input }) => input.ticker === ticker))
    expect(host.explorationPage(run.id, { limit: 100, ticker: "' or 1 --" }).items).toEqual([])
    const events = [...host.events(run.id)]
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
  })

  it('records that are no strategies are refused and leave no run', async () => {
    const host = await open()
    await expect(host.submitExploration({ strategies: [{ foo: 1 }] })).rejects.toThrow(expect.objectContaining({ code: 'strategies_columns_missing' }))
    expect(host.runs({ limit: 9 }).items).toEqual([])
  })

  it.each(['pause', 'cancel'] as const)('%s takes effect within a second while hits are explored', async (what) => {
    const host = await open()
    const source = 'export function scan(symbol, bars) { return { score: 1, direction: "bullish", strategies: ["Long Call", "Iron Condor", "Calendar", "Long Straddle", "LEAP Call"] } }'
    const { scanner } = await host.saveScanner({ filename: 'all.js', source: new TextEncoder().encode(source) })
    const { id } = host.submitRun({ scannerId: scanner!.id, universe: 'all', prefilter: false, explore: true })
    await until(host, id, ({ stage, message }) => stage === 'exploring' && message.startsWith('Exploring'))
    const asked = ownTime()
    host[what](id)
    const stopped = await until(host, id, ({ status }) => status !== 'running')
    expect(ownTime() - asked).toBeLessThan(1_000)
    if (what === 'pause') {
      expect(stopped.status).toBe('paused')
      host.resume(id)
      expect((await until(host, id, isOver)).status).toBe('completed')
    } else expect(stopped.status).toBe('cancelled')
    const hits = host.run(id).ledger.hit
    expect(allRows(host, id)).toHaveLength(5 * hits)
  })

  it('of hits are of the market of their bars, unless the settings take them to another, which is said', async () => {
    const home = mkdtempSync(join(tmpdir(), 'strikescan-explore-'))
    const host = await open({}, home)
    const { symbol } = (await host.symbols({ limit: 1 })).items[0]!
    const file = join(home, 'chain.csv')
    // Around $5,000, which the shares are worth in no simulated market.
    const rows = [-50, 0, 50].flatMap((off) => [`c,${5_000 + off},${100 - off / 2},${101 - off / 2}`, `p,${5_000 + off},${100 + off / 2},${101 + off / 2}`])
    writeFileSync(file, `quote_date,ticker,expiration,right,strike,bid,ask\n${rows.map((row) => `2026-11-20,${symbol},2026-12-24,${row}\n`).join('')}`)
    await host.importChains([file])
    expect(await host.chain(symbol)).toMatchObject({ source: 'files', simulated: false })
    const { scanner } = await host.saveScanner({ filename: 'all.js', source: new TextEncoder().encode('export function scan(symbol, bars) { return { strategies: ["Long Call"] } }') })
    const explored = async (on: Host) => {
      const { id } = on.submitRun({ scannerId: scanner!.id, symbols: [symbol], prefilter: false, explore: true })
      const { explore, warnings } = await until(on, id, isOver)
      const [row] = allRows(on, id)
      return { provider: explore!.provider, said: warnings.map(({ code }) => code), outcome: row!.outcome, closed: row!.input.columns['Close'] }
    }
    expect(await explored(host)).toMatchObject({ provider: 'simulated', said: [] })
    await host.close()
    const other = await explored(await open({ 'explore.provider': 'files' }, home))
    expect(other).toMatchObject({ provider: 'files', said: ['explored_in_other_market'], closed: expect.stringMatching(/^\d/), outcome: { explorationStatus: 'Success', selectedStrike: 5_000, dataQuality: ['spot_inferred'] } })
    expect(other.outcome.underlyingPriceUsed).toBeCloseTo(5_000, -2)
  })

  describe('of hits, resumed with other settings', () => {
    const source = 'export function scan(symbol, bars) { return { direction: "bullish", strategies: ["Long Call", "Iron Condor", "Calendar", "Diagonal"] } }'
    const begin = async (host: Host, scannerId: string): Promise<string> => host.submitRun({ scannerId, symbols: (await host.symbols({ limit: 16 })).items.map(({ symbol }) => symbol), prefilter: false, explore: true }).id
    const pausedWhileExploring = async (): Promise<{ home: string; id: string }> => {
      const home = mkdtempSync(join(tmpdir(), 'strikescan-explore-'))
      const host = await open({ 'explore.workers': 1 }, home)
      const { scanner } = await host.saveScanner({ filename: 'all.js', source: new TextEncoder().encode(source) })
      const id = await begin(host, scanner!.id)
      await until(host, id, ({ stage, explore }) => stage === 'exploring' && Object.keys(explore?.byStatus ?? {}).length > 0)
      host.pause(id)
      await until(host, id, ({ status }) => status === 'paused')
      await host.close()
      return { home, id }
    }
    const outcomes = (host: Host, id: string) => allRows(host, id).map(({ position, input, outcome: { explorationStatus, explorationReason, sampledExpiration } }) => [position, input.ticker, input.strategy, explorationStatus, explorationReason, sampledExpiration])

    it('go on with those over rows that they began with, and say so', async () => {
      const { home, id } = await pausedWhileExploring()
      const host = await open({ 'explore.horizon': 'LEAP' }, home)
      expect(host.run(id).explore).toMatchObject({ provider: 'simulated', simulated: true })
      host.resume(id)
      const run = await until(host, id, isOver)
      expect(run.status).toBe('completed')
      expect([...host.events(id)].flatMap((event) => (event.type === 'log' ? [event.text] : []))).toContain('goes on with the settings it began with: explore.horizon=SHORT (now LEAP)')
      const straight = await begin(host, run.scannerId!)
      await until(host, straight, isOver)
      await host.close()
      const other = await open({}, home)
      const whole = await begin(other, run.scannerId!)
      await until(other, whole, isOver)
      expect(outcomes(other, id)).toEqual(outcomes(other, whole))
      expect(outcomes(other, id)).not.toEqual(outcomes(other, straight))
    })

    it('wait for them to be mended where their chains cannot be had, and lose no row', async () => {
      const { home, id } = await pausedWhileExploring()
      const before = await open({ 'explore.provider': 'files' }, home)
      before.resume(id)
      const refused = await until(before, id, ({ error }) => error !== null)
      expect([refused.status, refused.error!.code]).toEqual(['paused', 'explore_no_chains'])
      await before.close()
      const host = await open({}, home)
      host.resume(id)
      const run = await until(host, id, isOver)
      expect([run.status, run.error]).toEqual(['completed', null])
      expect(allRows(host, id)).toHaveLength(4 * run.ledger.hit)
    })
  })

  it('cancelled while it is paused, what was not explored is a row that says so', async () => {
    const host = await open()
    const { id } = await host.submitExploration({ strategies: await strategies(host, 40) })
    host.pause(id)
    expect(host.run(id).status).toBe('paused')
    host.cancel(id)
    const run = await until(host, id, isOver)
    expect(run.status).toBe('cancelled')
    expect(allRows(host, id).map(({ outcome }) => outcome.explorationStatus)).toEqual(Array.from({ length: 40 }, () => 'Cancelled'))
  })
})

describe('views of the market', () => {
  it('symbols by prefix and page by page, bars, and chains with the errors of those that are not there', async () => {
    const host = await open()
    const all = (await host.symbols({ limit: 100 })).items
    const paged = []
    for (let cursor: string | undefined; ; ) {
      const { items, next } = await host.symbols({ limit: 11, cursor })
      paged.push(...items)
      if (next === null) break
      cursor = next
    }
    expect(paged).toEqual(all)
    expect(all).toHaveLength(60)
    const letter = all[20]!.symbol[0]!
    expect((await host.symbols({ limit: 100, prefix: letter.toLowerCase() })).items).toEqual(all.filter(({ symbol }) => symbol.startsWith(letter)))
    const { symbol, bars: count, firstDate, lastDate } = all.find(({ bars }) => bars > 300)!
    const bars = await host.bars(symbol.toLowerCase(), {})
    expect([bars.length, bars[0]!.date, bars.at(-1)!.date]).toEqual([count, firstDate, lastDate])
    expect((await host.bars(symbol, { from: bars[5]!.date, to: bars[9]!.date })).map(({ date }) => date)).toEqual(bars.slice(5, 10).map(({ date }) => date))
    await expect(host.bars('NO.SUCH', {})).rejects.toMatchObject({ code: 'symbol_unknown' })
    const { source, simulated, expirations, underlying, chain } = await host.chain(symbol)
    expect([source, simulated, expirations.length > 0]).toEqual(['simulated', true, true])
    expect(chain).toMatchObject({ ticker: symbol, expiration: expirations[0] })
    expect(underlying).toEqual({ price: (chain as { underlyingPrice: number }).underlyingPrice, source: 'chain' })
    await expect(host.chain(symbol, '2001-01-01')).rejects.toMatchObject({ code: 'expiration_unknown' })
    await expect(host.chain('NO.SUCH')).rejects.toMatchObject({ code: 'chain_none' })
  })

  it('the preview is the funnel that the run has', async () => {
    const host = await open()
    const prefilter = { minVolume: 500_000, minPrice: 5, limit: 12, activateAbove: 0 }
    const preview = await host.previewPrefilter({ prefilter })
    const { scanner } = await host.saveScanner({ filename: 'hit.js', source: new TextEncoder().encode('export function scan() { return true }') })
    const { id, market } = host.submitRun({ scannerId: scanner!.id, universe: 'all', prefilter })
    expect(market).toEqual({ source: 'simulated', simulated: true, snapshot: '', asOf: null })
    const run = await until(host, id, isOver)
    expect(preview.funnel).toEqual(run.prefilter)
    expect(preview.kept.toSorted()).toEqual([...host.rows(id, { status: 'hit' })].map(({ symbol }) => symbol).toSorted())
    await expect(host.previewPrefilter({ prefilter: { minPrice: -1 } })).rejects.toMatchObject({ code: 'prefilter_bad_value' })
  })

  it('the preview of a scanner is of its own symbols and screen, as its run is', async () => {
    const host = await open()
    const symbols = (await host.symbols({ limit: 40 })).items.map(({ symbol }) => symbol)
    const upload = (filename: string, source: string) => host.saveScanner({ filename, source: new TextEncoder().encode(source) })
    const { scanner: listed } = await upload('listed.js', `const SYMBOLS = ${JSON.stringify(symbols)}\nfunction main() { for (const symbol of SYMBOLS) symbol }\nmain()`)
    expect((await host.previewPrefilter({ scannerId: listed!.id })).funnel).toMatchObject({ in: 40 })
    expect((await host.previewPrefilter({ scannerId: listed!.id, universe: 'all' })).funnel).toMatchObject({ in: 60 })
    const { scanner: screened } = await upload('screened.ts', "import { defineScanner } from 'strikescan'\nexport default defineScanner({ lookback: 7, universe: { minVolume: 500_000, limit: 9, activateAbove: 0 }, scan: () => null })")
    const preview = await host.previewPrefilter({ scannerId: screened!.id, prefilter: { minPrice: 5 } })
    expect(preview.funnel.settings).toMatchObject({ minVolume: 500_000, minPrice: 5, limit: 9 })
    const { id } = host.submitRun({ scannerId: screened!.id, universe: 'all', prefilter: { minPrice: 5 } })
    expect(await until(host, id, isOver)).toMatchObject({ prefilter: preview.funnel, lookback: 7 })
    await expect(host.previewPrefilter({ scannerId: 'none' })).rejects.toMatchObject({ code: 'scanner_unknown' })
  })

  it('rows by page, status, date and symbol are those of the whole', async () => {
    const host = await open()
    const source = 'export function scan(symbol, bars) { if (symbol < "F") throw new Error("no"); return bars.at(-1).close > bars.at(-1).open }'
    const { scanner } = await host.saveScanner({ filename: 'mixed.js', source: new TextEncoder().encode(source) })
    const dates = (await host.bars((await host.symbols({ limit: 60 })).items.find(({ bars }) => bars > 300)!.symbol, {})).slice(-4).map(({ date }) => date)
    const { id } = host.submitRun({ scannerId: scanner!.id, universe: 'all', prefilter: false, dates })
    await until(host, id, isOver)
    const rows = [...host.rows(id)]
    expect(rows).toHaveLength(240)
    const filters: { symbol?: string; date?: string; status?: readonly RowStatus[] }[] = [{}, { status: ['hit', 'failed'] as const }, { date: dates[2]! }, { date: dates[1]!, status: ['miss'] as const }, { status: ['out_of_memory'] as const }, { symbol: rows[0]!.symbol }, { symbol: rows.at(-1)!.symbol, date: dates[3]! }, { symbol: rows[120]!.symbol, status: ['hit', 'miss'] as const }, { symbol: 'NO"SUCH' }]
    for (const filter of filters) {
      const paged = []
      for (let cursor: string | undefined; ; ) {
        const { items, next } = await host.rowPage(id, { limit: 9, cursor, ...filter })
        expect(items.length).toBeLessThanOrEqual(9)
        paged.push(...items)
        if (next === null) break
        cursor = next
      }
      const wanted = rows.filter(({ symbol, status, date }) => (filter.status === undefined || filter.status.includes(status)) && (filter.date === undefined || filter.date === date) && (filter.symbol === undefined || filter.symbol === symbol))
      expect(paged).toEqual(wanted)
    }
    await expect(host.rowPage(id, { limit: 9, cursor: '-1' })).rejects.toThrow(expect.objectContaining({ code: 'cursor_invalid' }))
  })
})
