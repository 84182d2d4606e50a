import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { command, startCommand } from './support/command-line.ts'
import { startSimulatedApi, type SimulatedApi } from './support/simulated-api.ts'

const TICKERS = ['SPY', 'AAPL', 'MSFT', 'QQQ', 'NVDA', 'IWM', 'DIA', 'XLK', 'GLD', 'TLT', 'SMH', 'XLF', 'EEM', 'SLV', 'HYG', 'USO']
const STRATEGIES = ['Long Call', 'Iron Condor', 'Calendar', 'Long Call', 'LEAP Put']
const WORKERS = 8

let folder: string
let api: SimulatedApi
let file: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strikescan-explore-resume-'))
  file = join(folder, 'strategies.csv')
  const rows = STRATEGIES.flatMap((strategy, round) => TICKERS.map((ticker, place) => `${ticker},${strategy},"row ${round * TICKERS.length + place}\nof its own"`))
  writeFileSync(file, ['Ticker,Strategy,Note', ...rows, ''].join('\n'))
  api = await startSimulatedApi(['--latency-ms', '100'])
})
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true, force: true })
})

const repeated = () => [...api.asked.values()].reduce((sum, times) => sum + times - 1, 0)

/** Starts a command and ends it once the API was asked `calls` more questions. */
async function endAfter(calls: number, signal: 'SIGKILL' | 'SIGINT', args: string[]) {
  const before = [...api.asked.values()].reduce((sum, times) => sum + times, 0)
  const { child, done } = startCommand(args)
  const watch = setInterval(() => {
    if ([...api.asked.values()].reduce((sum, times) => sum + times, 0) >= before + calls) child.kill(signal)
  }, 5)
  const finished = await done
  clearInterval(watch)
  return finished
}

describe('an exploration that is broken off', { timeout: 60_000 }, () => {
  it.each([[[]], [['--refresh']]])('ends with the same bytes after kills and interrupts, and repeats no call but those in flight (%j)', async (flags) => {
    const [home, whole] = [join(folder, `home${flags.length}`), join(folder, `whole${flags.length}`)]
    const [out, expected] = [join(folder, `out${flags.length}.csv`), join(folder, `expected${flags.length}.csv`)]
    api.asked.clear()
    const begun = ['--home', home, ...api.settings, '--out', out]
    expect((await endAfter(12, 'SIGKILL', ['explore', file, ...flags, ...begun])).signal).toBe('SIGKILL')
    expect((await endAfter(12, 'SIGINT', ['explore', '--resume', 'last', ...begun])).code).toBe(130)
    expect((await endAfter(12, 'SIGKILL', ['explore', '--resume', 'last', ...begun])).signal).toBe('SIGKILL')
    const finished = await command(['explore', '--resume', 'last', ...begun, '--json'])
    expect(finished.code, finished.err).toBe(0)
    // After each break, what eight workers had in flight; and the prices of tickers that have no chain yet, which are one call.
    expect(repeated()).toBeLessThanOrEqual(3 * (WORKERS + 1))

    const { rows, tickers } = JSON.parse(finished.out).run.explore as { rows: number; tickers: number }
    expect([rows, tickers]).toEqual([TICKERS.length * STRATEGIES.length, TICKERS.length])
    // Rows hand over the size of their ticker's batch, not of what was left of it.
    const sizes = (JSON.parse(finished.out).exploration as { parallelBatchSize: number }[]).map(({ parallelBatchSize }) => parallelBatchSize)
    expect(new Set(sizes)).toEqual(new Set([STRATEGIES.length]))

    const straight = await command(['explore', file, '--home', whole, ...api.settings, '--out', expected])
    expect(straight.code, straight.err).toBe(0)
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(expected, 'utf8'))
  })

  it('goes on with the settings over rows that it began with, and says so; those of pace are taken as they are then', async () => {
    const [home, out] = [join(folder, 'changed'), join(folder, 'changed.csv')]
    const begun = ['--home', home, ...api.settings, '--out', out]
    expect((await endAfter(12, 'SIGKILL', ['explore', file, ...begun])).signal).toBe('SIGKILL')
    const changes = ['explore.horizon=LEAP', 'explore.dividendYield=0.02', 'liquidity.spreadShort=0.001,0.002,0.003,0.004', 'explore.requestsPerSecond=150'].flatMap((change) => ['--set', change])
    const finished = await command(['explore', '--resume', 'last', ...begun, ...changes])
    expect(finished.code, finished.err).toBe(0)
    expect(finished.err).toContain('[warn] goes on with the settings it began with: explore.horizon=SHORT (now LEAP), explore.dividendYield=0 (now 0.02), liquidity.spreadShort=0.02,0.05,0.1,0.25 (now 0.001,0.002,0.003,0.004)\n')
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(join(folder, 'expected0.csv'), 'utf8'))
  })

  it('is not continued over another source: it says what it began with, and stays as it is', async () => {
    const [home, out] = [join(folder, 'elsewhere'), join(folder, 'elsewhere.csv')]
    const begun = ['--home', home, ...api.settings, '--out', out]
    expect((await endAfter(12, 'SIGINT', ['explore', file, ...begun])).code).toBe(130)
    for (const change of ['explore.provider=simulated', 'tradier.url=http://127.0.0.1:1']) {
      const refused = await command(['explore', '--resume', 'last', ...begun, '--set', change])
      expect([refused.code, refused.out]).toEqual([2, ''])
      expect(refused.err).toContain(`error [explore_source_changed]: `)
      expect(refused.err).toContain(`began with explore.provider=tradier tradier.url=${api.url}, and the settings now give explore.provider=${change.includes('simulated') ? 'simulated' : 'tradier'} `)
    }
    const finished = await command(['explore', '--resume', 'last', ...begun])
    expect(finished.code, finished.err).toBe(0)
    expect(readFileSync(out, 'utf8')).toBe(readFileSync(join(folder, 'expected0.csv'), 'utf8'))
  })

  it('asks nothing again on the same day, in two processes over one state folder at once', async () => {
    const home = join(folder, 'whole0')
    api.asked.clear()
    const outs = ['one.csv', 'other.csv'].map((name) => join(folder, name))
    const both = await Promise.all(outs.map((out) => command(['explore', file, '--home', home, ...api.settings, '--out', out])))
    expect(both.map(({ code, err }) => [code, err.includes('error')])).toEqual([[0, false], [0, false]])
    expect(api.asked.size).toBe(0)
    expect(readFileSync(outs[0]!, 'utf8')).toBe(readFileSync(outs[1]!, 'utf8'))
  })
})
