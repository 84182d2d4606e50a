import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { runDoctor, type Run } from '../../runtime/host.ts'
import { command } from './support/command-line.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'

/** Rows that would differ with another seed, another market, another screen or another split. */
const SCAN = `
export const params = { least: 0.3 }
export function scan(symbol, bars, { params }) {
  if (symbol === 'KO') throw new Error('no ' + bars.length)
  return Math.random() < params.least ? { score: Math.random(), direction: 'bullish', bars: bars.length, last: bars.at(-1).close } : null
}`

describe('a run that is replayed', () => {
  let test: TestHost
  beforeAll(async () => void (test = await openTestHost()))
  afterAll(() => test.close())
  const again = async (id: string): Promise<Run> => (await test.host.startReplay(id)).done

  it('comes to the same rows, of the same script, market and wishes', async () => {
    const first = await test.run(SCAN, { universe: 'all', dates: ['2026-09-11', '2026-11-20'], params: { least: 0.6 }, prefilter: { activateAbove: 10, limit: 40 }, filename: 'scan.mjs' })
    const replay = await again(first.id)
    expect(replay).toMatchObject({ status: 'completed', replayOf: first.id, market: first.run.market, ledger: first.run.ledger, prefilter: first.run.prefilter, split: first.run.split, scannerId: first.run.scannerId })
    const comparison = test.host.compareReplay(replay)
    expect(comparison).toEqual({ rows: 120, same: 120, differences: [] })
    // Of the original, not of the replay: one of a replay is a replay too.
    expect(test.host.compareReplay(await again(replay.id)).same).toBe(120)
  })

  it('was asked for what its run tells, which can be asked for again', async () => {
    const wishes = { symbols: ['KO', 'AAPL'], dates: ['2026-11-20'], params: { least: 0.9 }, prefilter: false as const, split: 'always' as const, limits: { timeoutMs: 90_000, workers: 1 } }
    const first = await test.run(SCAN, { ...wishes, filename: 'scan.mjs' })
    expect(test.host.requestOf(first.id)).toEqual({ scannerId: first.run.scannerId, ...wishes })
    const { id } = test.host.submitRun(test.host.requestOf(first.id))
    await expect.poll(() => test.host.run(id).status, { timeout: 60_000 }).toBe('completed')
    expect(test.host.requestOf(id)).toEqual(test.host.requestOf(first.id))
    expect(test.host.run(id).ledger).toEqual(first.run.ledger)
    const exploration = await test.host.submitExploration({ strategies: [{ ticker: 'AAPL', strategy: 'Long Call' }] })
    expect(() => test.host.requestOf(exploration.id)).toThrowError(expect.objectContaining({ code: 'run_no_scan' }))
    expect(() => test.host.requestOf('run-none')).toThrowError(expect.objectContaining({ code: 'run_unknown' }))
    await expect.poll(() => test.host.run(exploration.id).status, { timeout: 60_000 }).toBe('completed')
    await expect(again(exploration.id)).rejects.toThrowError(expect.objectContaining({ code: 'replay_no_scan' }))
    // What cannot be replayed is passed over by `last`, which is the newest of those that can; elsewhere it is the newest of all.
    expect([test.host.findRun('last').id, (await again('last')).replayOf]).toEqual([exploration.id, id])
  })

  it('is none where the state folder has no run that can be replayed', async () => {
    const empty = await openTestHost()
    await expect(empty.host.startReplay('last')).rejects.toThrowError(expect.objectContaining({ code: 'run_none_to_replay' }))
    await empty.close()
  })

  it('looks at the market as it was, whatever was imported since', async () => {
    const first = await test.run(SCAN, { symbols: ['AAPL', 'MSFT'], filename: 'scan.mjs' })
    const folder = mkdtempSync(join(tmpdir(), 'strikescan-replay-'))
    writeFileSync(join(folder, 'bars.csv'), 'symbol,date,open,high,low,close,volume\nAAPL,2026-11-20,1,1,1,1,100\nMSFT,2026-11-20,2,2,2,2,100\n')
    await test.host.importBars([join(folder, 'bars.csv')])
    rmSync(folder, { recursive: true })
    expect((await test.run(SCAN, { symbols: ['AAPL'], filename: 'scan.mjs' })).run.market.simulated).toBe(false)
    const replay = await again(first.id)
    expect(replay.market).toEqual(first.run.market)
    expect(test.host.compareReplay(replay)).toMatchObject({ rows: 2, same: 2 })
  })

  it('of a run that ended early has all its rows, and says which came out otherwise', async () => {
    // It comes no further than MSFT, however late it is told to end.
    const source = new TextEncoder().encode(`export function scan(symbol) { if (symbol === 'MSFT') for (;;); return symbol.length }`)
    const handle = test.host.startRun({ filename: 'scan.mjs', source, symbols: ['MSFT', 'AAPL'], dates: ['2026-11-20'], prefilter: false, limits: { workers: 1, symbolTimeoutMs: 1_500 } })
    const started = Promise.withResolvers<void>()
    handle.subscribe((event) => event.type === 'run' && event.stage === 'executing' && started.resolve())
    await started.promise
    handle.cancel()
    const first = await handle.done
    expect(first.status).toBe('cancelled')
    const { rows, same, differences } = test.host.compareReplay(await again(first.id))
    expect([rows, rows - same]).toEqual([first.ledger.detected, first.ledger.cancelled])
    expect(differences.find(({ symbol }) => symbol === 'MSFT')).toMatchObject({ before: { status: 'cancelled' }, after: { status: 'timed_out' } })
    expect(differences.find(({ symbol }) => symbol === 'AAPL')).toMatchObject({ fields: ['status', 'reason', 'score'], before: { status: 'cancelled' }, after: { status: 'hit' } })
    const [replay] = test.host.runs({ limit: 1 }).items
    expect(await test.host.replayComparison(replay!.id)).toEqual({ rows, same, differences })
    await expect(test.host.replayComparison(first.id)).rejects.toThrowError(expect.objectContaining({ code: 'replay_none' }))
  })

  it('is refused where there is nothing to replay', async () => {
    const before = await test.run(SCAN, { symbols: ['AAPL'], filename: 'scan.mjs' })
    const handle = test.host.startRun({ filename: 'scan.mjs', source: new TextEncoder().encode('export function scan() { for (;;); }'), symbols: ['KO', 'AAPL'], prefilter: false, split: 'always' })
    const begun = Promise.withResolvers<void>()
    handle.subscribe((event) => event.type === 'run' && event.stage === 'executing' && begun.resolve())
    await begun.promise
    await expect(test.host.startReplay(handle.id)).rejects.toThrowError(expect.objectContaining({ code: 'replay_not_over' }))
    handle.interrupt()
    expect((await handle.done).status).toBe('paused')
    await expect(test.host.submitReplay(handle.id)).rejects.toThrowError(expect.objectContaining({ code: 'replay_not_over' }))
    const [newest] = test.host.runs({ limit: 1 }).items
    expect([newest!.id, test.host.findRun('last').id]).toEqual([handle.id, handle.id])
    const failed = await test.run('throw new Error("boom"); export const scan = () => 1', { universe: 'all', filename: 'scan.mjs' })
    await expect(test.host.startReplay(failed.id)).rejects.toThrowError(expect.objectContaining({ code: 'replay_not_planned' }))
    expect((await again('last')).replayOf).toBe(before.id)
    await expect(test.host.startReplay('run-none')).rejects.toThrowError(expect.objectContaining({ code: 'run_unknown' }))
    await expect(test.host.submitReplay('last')).rejects.toThrowError(expect.objectContaining({ code: 'run_unknown' }))
  })
})

describe('the market that a run stood on', () => {
  let test: TestHost
  const folder = mkdtempSync(join(tmpdir(), 'strikescan-replay-'))
  const files = [join(folder, 'bars.csv')]
  beforeAll(async () => {
    test = await openTestHost()
    writeFileSync(files[0]!, 'symbol,date,open,high,low,close,volume\nAAPL,2026-11-20,1,1,1,1,100\nMSFT,2026-11-20,2,2,2,2,100\n')
    await test.host.importBars(files)
  })
  afterAll(async () => {
    await test.close()
    rmSync(folder, { recursive: true })
  })
  const same = async (id: string): Promise<void> => expect(test.host.compareReplay(await (await test.host.startReplay(id)).done)).toMatchObject({ rows: 2, same: 2 })
  const listed = (): string[] => test.host.runs({ limit: 100 }).items.map(({ id }) => id)

  it('stays when it is reset, until the run is forgotten', async () => {
    const { id, run } = await test.run(SCAN, { symbols: ['AAPL', 'MSFT'], filename: 'scan.mjs' })
    expect(await test.host.resetMarket()).toEqual({ snapshots: 1, runs: 1 })
    expect((await test.host.market()).simulated).toBe(true)
    await same(id)
    expect(await test.host.prune({ keep: 0 })).toMatchObject({ runs: 2, snapshots: 1 })
    expect(existsSync(join(test.home, 'market', 'snapshots', run.market.snapshot))).toBe(false)
    expect(await test.host.resetMarket()).toEqual({ snapshots: 0, runs: 0 })
  })

  it('is looked at before a replay, which a changed price refuses; importing the same files again mends it', async () => {
    await test.host.importBars(files)
    const { id, run } = await test.run(SCAN, { symbols: ['AAPL', 'MSFT'], filename: 'scan.mjs' })
    const bars = join(test.home, 'market', 'snapshots', run.market.snapshot, 'bars.bin')
    const bytes = readFileSync(bars)
    bytes[bytes.length - 9]! ^= 1
    writeFileSync(bars, bytes)
    const before = listed()
    await expect(test.host.startReplay(id)).rejects.toThrow(expect.objectContaining({ code: 'snapshot_damaged' }))
    await expect(test.host.submitReplay(id)).rejects.toThrow(expect.objectContaining({ code: 'snapshot_damaged' }))
    expect(listed()).toEqual(before)
    const found = async () => (await runDoctor({ home: test.home, env: {}, overrides: {} })).find(({ name }) => name === 'snapshots')
    expect(await found()).toMatchObject({ status: 'fail', hint: expect.stringContaining('market reset') as string })
    await test.host.resetMarket()
    expect((await test.host.importBars(files)).snapshot).toBe(run.market.snapshot)
    await same(id)
    expect(await found()).toMatchObject({ status: 'ok' })
  })

  it('is said to be gone where it is, and no run is begun, nor one gone on with', async () => {
    const endless = new TextEncoder().encode('export function scan() { for (;;); }')
    const handle = test.host.startRun({ filename: 'scan.mjs', source: endless, symbols: ['AAPL', 'MSFT'], prefilter: false, split: 'always', limits: { workers: 1 } })
    const begun = Promise.withResolvers<void>()
    handle.subscribe((event) => event.type === 'run' && event.stage === 'executing' && begun.resolve())
    await begun.promise
    handle.interrupt()
    await handle.done
    const { id } = await test.run(SCAN, { symbols: ['AAPL', 'MSFT'], filename: 'scan.mjs' })
    const before = listed()
    // As versions before did that kept nothing.
    const catalogue = new DatabaseSync(join(test.home, 'market', 'catalog.db'))
    catalogue.exec('DELETE FROM snapshots')
    catalogue.close()
    const gone = expect.objectContaining({ code: 'snapshot_gone', hint: expect.stringContaining('an import of the same files') as string })
    await expect(test.host.startReplay(id)).rejects.toThrow(gone)
    await expect(test.host.submitReplay(id)).rejects.toThrow(gone)
    expect(() => test.host.resumeRun(handle.id)).toThrow(gone)
    expect(() => test.host.resume(handle.id)).toThrow(gone)
    expect([listed(), test.host.run(handle.id).status]).toEqual([before, 'paused'])
    await test.host.importBars(files)
    await same(id)
  })
})

it('the command says so in one line, and ends with 0', async () => {
  const home = mkdtempSync(join(tmpdir(), 'strikescan-replay-'))
  try {
    writeFileSync(join(home, 'scan.mjs'), SCAN)
    const set = ['--home', home, '--set', 'market.simulatedSymbols=60']
    expect((await command(['run', join(home, 'scan.mjs'), '--symbols', 'AAPL,MSFT,KO', ...set])).code).toBe(0)
    const { code, out, err } = await command(['runs', 'replay', 'last', ...set])
    expect(code, err).toBe(0)
    expect(out).toMatch(/^The same: 3 of 3 rows of run-\w+ again, bit by bit \(scan\.mjs over the simulated market, snapshot \w{16}\)\.\nReplay: run-\w+\n$/)
    expect(err).toMatch(/^replaying run-\w+: scan\.mjs, begun 2\d{3}-\d\d-\d\d \d\d:\d\d UTC, completed\n/)
    const json = JSON.parse((await command(['runs', 'replay', 'last', '--json', ...set])).out) as { run: Run; same: number }
    expect([json.run.status, json.same, typeof json.run.replayOf]).toEqual(['completed', 3, 'string'])
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
})
