import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { FAULTS } from '../../api/simulate/faults.ts'
import type { ExplorationRow } from '../../runtime/host.ts'
import { command } from './support/command-line.ts'
import { openTestHost } from './support/hosting.ts'
import { startSimulatedApi } from './support/simulated-api.ts'

const STATUSES = new Set(['Success', 'Low_Liquidity', 'Not_Viable', 'No_Chain_Data', 'No_Expirations', 'API_Error', 'Chain_Fetch_Failed', 'Timed_Out'])
const QUICK = ['--set', 'explore.requestTimeoutMs=300', '--set', 'explore.tickerTimeoutMs=1200', '--set', 'explore.maxHoldMs=500', '--set', 'explore.attempts=2']

let folder: string
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'strikescan-explore-faults-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function writeRows(name: string, lines: readonly string[]): string {
  const file = join(folder, name)
  writeFileSync(file, ['Ticker,Strategy,N,Horizon', ...lines.map((line) => `${line},MEDIUM`), ''].join('\n'))
  return file
}

async function explore(file: string, settings: readonly string[], name: string, code = 0) {
  const finished = await command(['explore', file, '--home', join(folder, name), ...settings, ...QUICK, '--json'])
  expect(finished.code, finished.err).toBe(code)
  const { run, exploration } = JSON.parse(finished.out) as { run: { explore: { calls: number; rows: number } }; exploration: { N: string; Ticker: string; explorationStatus: string; explorationReason: string; apiCalls: number }[] }
  return { run, rows: exploration, err: finished.err }
}

describe('a provider that fails', { timeout: 120_000 }, () => {
  it('in every way there is, each for a ticker of its own, touches no other ticker and is said in the log', async () => {
    const tickers = ['AAPL', 'MSFT', 'NVDA', 'QQQ', 'IWM', 'DIA', 'VTI', 'VOO', 'XLK', 'XLF', 'XLE', 'XLV', 'XLU', 'SMH', 'ARKK', 'EEM', 'TLT', 'HYG', 'GLD', 'SLV', 'USO', 'TQQQ', 'SQQQ']
    // These two ask to hold back all calls, and are heeded.
    const faults = Object.keys(FAULTS).filter((fault) => fault !== '429' && fault !== '503')
    expect(tickers.length).toBeGreaterThanOrEqual(faults.length)
    const api = await startSimulatedApi(['--faults', faults.map((fault, place) => `${fault}@${tickers[place]}=1`).join(',')])
    try {
      const named = ['SPY', ...tickers.slice(0, faults.length)]
      const file = writeRows('faults.csv', [...named, ...named].map((ticker, place) => `${ticker},${place < named.length ? 'Long Call' : 'Iron Condor'},${place}`))
      const { rows, err } = await explore(file, api.settings, 'faults')
      expect(rows.map(({ N }) => Number(N))).toEqual([...named, ...named].map((_, place) => place))
      for (const { Ticker, explorationStatus, explorationReason } of rows) {
        const fault = faults[tickers.indexOf(Ticker)] ?? 'none'
        expect(STATUSES, `${fault}: ${explorationReason}`).toContain(explorationStatus)
        expect(explorationReason, fault).not.toBe('')
        if (!['none', 'huge', 'nan', 'expired'].includes(fault)) expect(explorationStatus, `${fault}: ${explorationReason}`).toMatch(/^(?:API_Error|Chain_Fetch_Failed|Timed_Out)$/)
      }
      expect(rows.filter(({ Ticker }) => Ticker === 'SPY').map(({ explorationStatus }) => explorationStatus)).toEqual(['Success', 'Success'])
      // What failed for one row of a ticker is not asked again for the next.
      for (const { apiCalls, explorationStatus } of rows.slice(named.length)) if (explorationStatus === 'API_Error') expect(apiCalls).toBe(0)
      expect(err).toMatch(/\[warn [A-Z]+\] (?:API_Error|Timed_Out|Chain_Fetch_Failed): /)
    } finally {
      await api.close()
    }
  })

  it('at random and often still gives every row, in order', async () => {
    const spec = 'html=0.06,half=0.06,empty=0.06,reset=0.06,drop=0.06,500=0.06,429=0.03,gzip=0.06,nan=0.06,wrong-ticker=0.06,bare-nan=0.03'
    const api = await startSimulatedApi(['--faults', spec])
    try {
      const tickers = ['AAPL', 'MSFT', 'NVDA', 'QQQ', 'IWM', 'DIA', 'VTI', 'VOO', 'XLK', 'XLF', 'XLE', 'XLV', 'XLU', 'SMH', 'SPY']
      const lines = ['Long Call', 'Calendar', 'Cash-Secured Put'].flatMap((strategy, round) => tickers.map((ticker, place) => `${ticker},${strategy},${round * tickers.length + place}`))
      const { rows, run } = await explore(writeRows('random.csv', lines), api.settings, 'random')
      expect(rows.map(({ N }) => Number(N))).toEqual(lines.map((_, place) => place))
      for (const { explorationStatus, explorationReason } of rows) expect(STATUSES, explorationReason).toContain(explorationStatus)
      expect(rows.some(({ explorationStatus }) => explorationStatus === 'Success')).toBe(true)
      expect(run.explore.rows).toBe(lines.length)
    } finally {
      await api.close()
    }
  })

  it('to be reached is not tried for every ticker, and the setting to look at is named', async () => {
    const api = await startSimulatedApi(['--faults', 'reset=1'])
    try {
      const tickers = Array.from({ length: 200 }, (_, at) => `T${String.fromCharCode(65 + at % 26, 65 + Math.floor(at / 26))}`)
      const { run, rows } = await explore(writeRows('down.csv', tickers.map((ticker, place) => `${ticker},Long Call,${place}`)), api.settings, 'down', 1)
      expect(rows.map(({ Ticker }) => Ticker)).toEqual(tickers)
      for (const row of rows) expect(row).toMatchObject({ explorationStatus: 'API_Error', explorationReason: expect.stringContaining('; setting tradier.url: ') })
      expect(run.explore.calls).toBeLessThan(40)
    } finally {
      await api.close()
    }
  })

  it('to answer at all ends twenty tickers by their limit', async () => {
    const api = await startSimulatedApi(['--faults', 'hang=1'])
    try {
      const tickers = ['AAPL', 'MSFT', 'NVDA', 'QQQ', 'IWM', 'DIA', 'VTI', 'VOO', 'XLK', 'XLF', 'XLE', 'XLV', 'XLU', 'SMH', 'ARKK', 'EEM', 'TLT', 'HYG', 'GLD', 'SLV']
      const { rows } = await explore(writeRows('hang.csv', tickers.map((ticker, place) => `${ticker},Long Call,${place}`)), api.settings, 'hang', 1)
      expect(rows.map(({ explorationStatus }) => explorationStatus)).toEqual(tickers.map(() => 'Timed_Out'))
    } finally {
      await api.close()
    }
  })
})

describe('explorations of one process', () => {
  it('at once share one fetch and one pace; one that is cancelled ends its rows and leaves the other alone', { timeout: 60_000 }, async () => {
    const api = await startSimulatedApi(['--latency-ms', '40'])
    const { host, close } = await openTestHost({ 'explore.provider': 'tradier', 'tradier.url': api.url, 'tradier.token': 'token-of-a-test', 'explore.requestsPerSecond': 20 })
    try {
      const tickers = ['SPY', 'AAPL', 'MSFT', 'QQQ', 'NVDA', 'IWM', 'DIA', 'XLK', 'GLD', 'TLT']
      const file = writeRows('shared.csv', tickers.map((ticker, place) => `${ticker},Long Call,${place}`))
      const started = performance.now()
      const [one, other, doomed] = await Promise.all([1, 2, 3].map(() => host.startExploration({ file, forceFull: false, refresh: false })))
      doomed!.cancel()
      const runs = await Promise.all([one!.done, other!.done, doomed!.done])
      expect(runs.map(({ status }) => status)).toEqual(['completed', 'completed', 'cancelled'])
      const seconds = (performance.now() - started) / 1_000
      const isOfPrices = ([path]: [string, number]): boolean => path.startsWith('/v1/markets/quotes?')
      const count = (asked: [string, number][]): number => asked.reduce((sum, [, times]) => sum + times, 0)
      const chains = [...api.asked].filter((asked) => !isOfPrices(asked))
      expect(count(chains)).toBe(chains.length)
      expect(chains.length).toBeLessThanOrEqual(2 * tickers.length)
      // Prices come with the first chain that an exploration itself fetches, for all of its tickers.
      expect(count([...api.asked].filter(isOfPrices))).toBeLessThanOrEqual(runs.length)
      expect(count([...api.asked]) / seconds).toBeLessThan(22)
      const outcomes = (id: string) => [...(host.explorationRows(id) as Iterable<ExplorationRow>)].map(({ outcome }) => outcome.explorationStatus)
      expect(outcomes(runs[0]!.id)).toEqual(tickers.map(() => 'Success'))
      expect(outcomes(runs[1]!.id)).toEqual(tickers.map(() => 'Success'))
      expect(outcomes(runs[2]!.id)).toEqual(tickers.map(() => 'Cancelled'))
    } finally {
      await close()
      await api.close()
    }
  })
})

describe('what the engine remembers', () => {
  it('skips on the second run what the first found illiquid or without options, unless the whole is asked for', async () => {
    const { host, close } = await openTestHost({ 'explore.provider': 'simulated', 'market.simulatedSymbols': 600 })
    try {
      const { items } = await host.symbols({ limit: 600 })
      const symbols = items.map(({ symbol }) => symbol).filter((_, place) => place % 3 === 0)
      const file = writeRows('history.csv', symbols.map((ticker, place) => `${ticker},Long Call,${place}`))
      const run = async (forceFull: boolean) => {
        const handle = await host.startExploration({ file, forceFull, refresh: false })
        const { explore } = await handle.done
        return { explore: explore!, skipped: explore!.byStatus.Skipped_Compute ?? 0 }
      }
      const first = await run(false)
      const second = await run(false)
      const forced = await run(true)
      expect(second.skipped).toBeGreaterThan(first.skipped)
      expect(forced.skipped).toBe(0)
      expect(second.explore.cache.hitRate).toBeGreaterThanOrEqual(0.8)
    } finally {
      await close()
    }
  })
})
