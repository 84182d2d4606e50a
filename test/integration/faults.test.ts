import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Row, RunEvent } from '../../runtime/host.ts'
import { command, startCommand } from './support/command-line.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'

/** Slow enough for faults to meet it half-way, and random enough for a doubled or mixed-up row to show. */
const slow = (steps: string) => `
export function scan(symbol, bars) {
  let sum = 0
  for (let i = 0; i < (${steps}); i++) sum += Math.sqrt(i)
  console.log('looked at', symbol)
  return Math.random() < 0.3 ? { score: Math.random(), sum, last: bars.at(-1).close } : null
}`
const SLOW = slow('4e5')
const SLOWER = slow('3e6')

/** What must be the same however often workers died; who did the work, and when, may differ. */
const essence = (rows: Iterable<Row>) => [...rows].map(({ symbol, date, status, reason, score, data }) => ({ symbol, date, status, reason, score, data }))

let test: TestHost
beforeAll(async () => {
  test = await openTestHost({ 'market.simulatedSymbols': 300 })
})
afterAll(() => test.close())

describe('workers that die', () => {
  // The long suite has 200 such kills as well.
  it.runIf(process.env.TEST_LONG === '1')('loses no row and doubles none when workers are killed at random moments', async () => {
    const clean = await test.run(SLOWER)
    let kills = 0
    let lastKill = performance.now()
    const handle = test.host.startRun({ filename: 'scan.js', source: new TextEncoder().encode(SLOWER), prefilter: false })
    handle.subscribe((event) => {
      // So far apart that no symbol meets two: a row is tried twice, not for ever.
      if (event.type !== 'worker' || event.symbol === null || performance.now() - lastKill < 400) return
      lastKill = performance.now()
      kills++
      process.kill(event.pid, 'SIGKILL')
    })
    const run = await handle.done
    expect(run.status).toBe('completed')
    expect(kills).toBeGreaterThan(0)
    expect(essence(test.host.rows(handle.id))).toEqual(essence(clean.rows))
  })

  // Apart, since a bomb needs long where the machine is slow, and a hang takes all the time that it is given.
  it.each([
    ['hang or hide in what they throw', 1_500, `
        if (symbol === 'AAPL') for (;;) {}
        if (symbol === 'NVDA') throw { get message() { for (;;) {} }, get stack() { for (;;) {} } }`, { AAPL: /^timed_out$/, NVDA: /^(failed|timed_out)$/ }],
    ['take all memory', 60_000, `
        if (symbol === 'MSFT') { const kept = []; for (;;) kept.push(new Float64Array(1e6).fill(1)) }`, { MSFT: /^out_of_memory$/ }],
  ])('names the symbols at fault that %s, and finishes all others', async (_, symbolTimeoutMs, misdeeds, faults: Record<string, RegExp>) => {
    const scanner = (body: string) => `export function scan(symbol, bars) { ${body}
        return bars.at(-1).close > 20 ? bars.at(-1).close : null
      }`
    const honest = await test.run(scanner(''))
    const { run, rows } = await test.run(scanner(misdeeds), { limits: { symbolTimeoutMs, memoryMb: 256, workers: 2 } })
    expect(run.status).toBe('completed')
    const status = new Map(rows.map((row) => [row.symbol, row.status]))
    for (const [symbol, outcome] of Object.entries(faults)) expect(status.get(symbol)).toMatch(outcome)
    const others = (all: Row[]) => essence(all.filter(({ symbol }) => !(symbol in faults)))
    expect(others(rows)).toEqual(others(honest.rows))
  })

  it('finds the symbol at fault of a script that takes its symbols at once', async () => {
    const script = `
      const SYMBOLS = ['AAPL']
      async function main() {
        const results = []
        for (const symbol of SYMBOLS) {
          const response = await fetch('https://api.polygon.io/v2/aggs/ticker/' + symbol + '/range/1/day/2026-01-01/2026-12-31')
          const { results: bars } = await response.json()
          if (symbol === 'TSLA') for (;;) {}
          while (symbol === 'ADBE') await fetch('https://api.polygon.io/v2/aggs/ticker/ADBE/prev')
          if (symbol === 'AMD') throw new Error('no good')
          if (bars && bars.length > 5) results.push({ symbol, close: bars.at(-1).c })
        }
        return results
      }
      main()`
    const symbols = ['AAPL', 'MSFT', 'TSLA', 'NVDA', 'AMD', 'GOOG', 'META', 'ADBE']
    const { run, rows } = await test.run(script, { symbols, limits: { symbolTimeoutMs: 500 } })
    expect(run.split?.mode).toBe('batch')
    expect(Object.fromEntries(rows.map(({ symbol, status }) => [symbol, status]))).toEqual({
      AAPL: 'hit', MSFT: 'hit', TSLA: 'timed_out', NVDA: 'hit', AMD: 'failed', GOOG: 'hit', META: 'hit', ADBE: 'timed_out',
    })
    expect(rows.find(({ symbol }) => symbol === 'AMD')!.reason).toContain('no good')
  })
})

describe('results', () => {
  it('fails the rows of hits that are too much together, and loses none', async () => {
    const { rows } = await test.run(`export function main(symbols) { return symbols.map((symbol) => ({ symbol, blob: 'x'.repeat(60_000) })) }`, { split: 'never' })
    expect(rows).toHaveLength(300)
    const hits = rows.filter(({ status }) => status === 'hit')
    const failed = rows.filter(({ status, error }) => status === 'failed' && error?.code === 'result_too_large')
    expect(hits.length).toBeGreaterThan(100)
    expect(hits.length + failed.length).toBe(rows.filter(({ status }) => status !== 'no_data').length)
  })
})

describe('the event log', () => {
  it('is numbered without a gap, replays the same, and its percent never falls', async () => {
    const live: RunEvent[] = []
    const handle = test.host.startRun({ filename: 'scan.js', source: new TextEncoder().encode(SLOW), prefilter: false })
    handle.subscribe((event) => void live.push(event))
    const run = await handle.done
    expect(live.map(({ seq }) => seq)).toEqual(live.map((_, index) => index + 1))
    expect([...test.host.events(handle.id, 0)]).toEqual(live)
    const percents = live.filter((event) => event.type === 'run').map(({ percent }) => percent)
    expect(percents).toEqual(percents.toSorted((a, b) => a - b))
    expect(live.at(-1)).toMatchObject({ type: 'end', run: { id: run.id, status: 'completed', percent: 100 } })
    const last = new Map<string, string>()
    for (const event of live) if (event.type === 'symbols') for (const { symbol, status } of event.symbols) last.set(symbol, status)
    for (const row of test.host.rows(handle.id)) expect(last.get(row.symbol)).toBe(row.status)
  })
})

describe('the command line', () => {
  let folder: string
  let clean: string
  const run = (...args: string[]) => ['run', join(folder, 'slow.js'), '--no-prefilter', '--symbol-timeout-ms', '60000', '--home', folder, ...args]
  const resume = (id: string, ...args: string[]) => command(['run', '--resume', id, '--home', folder, ...args])
  const newest = async () => (JSON.parse((await command(['runs', '--limit', '1', '--json', '--home', folder])).out) as [{ id: string }])[0].id
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'strikescan-test-'))
    // The last symbol takes as long as all others together: what is to meet a run half-way has that time to come, and no run pays more.
    const last = (await test.run('export const scan = () => true')).rows.findLast(({ status }) => status === 'hit')!.symbol
    writeFileSync(join(folder, 'slow.js'), slow(`symbol === '${last}' ? 1e8 : 1e5`))
    writeFileSync(join(folder, 'endless.js'), 'export function scan() { for (;;) {} }')
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ 'market.simulatedSymbols': 300 }))
    const finished = await command(run('--out', join(folder, 'clean.csv')))
    expect(finished.code).toBe(0)
    clean = readFileSync(join(folder, 'clean.csv'), 'utf8')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  // The long suite kills it at more places.
  it.each(process.env.TEST_LONG === '1' ? [0.05, 0.3, 0.6, 0.8] : [0.05, 0.6])('resumes a run whose process was killed after %s of its rows, to the same bytes', async (share) => {
    let settled = 0
    const { child, done } = startCommand(run('--events'), {
      onOut: (text) => {
        settled += text.split('"status":"miss"').length - 1
        if (settled >= share * 200) child.kill('SIGKILL')
      },
    })
    const killed = await done
    expect(killed.signal).toBe('SIGKILL')
    const out = join(folder, `resumed-${share}.csv`)
    const resumed = await resume('last', '--out', out)
    expect(resumed.code, resumed.err).toBe(0)
    expect(readFileSync(out, 'utf8')).toBe(clean)
  })

  it('stops at an interrupt with code 130 and goes on from there', async () => {
    let asked = false
    const { child, done } = startCommand(run('--events'), {
      onOut: (text) => {
        if (!asked && text.includes('"status":"miss"')) asked = child.kill('SIGINT')
      },
    })
    const stopped = await done
    expect(stopped.code).toBe(130)
    expect(stopped.err).toContain('--resume')
    const out = join(folder, 'interrupted.csv')
    expect((await resume('last', '--out', out)).code).toBe(0)
    expect(readFileSync(out, 'utf8')).toBe(clean)
  })

  it('writes the same bytes whatever the number of workers, in every format', async () => {
    const files = (workers: number) => ['csv', 'parquet', 'json'].map((format) => join(folder, `w${workers}.${format}`))
    for (const workers of [1, 3]) {
      const finished = await command(run('--workers', String(workers), ...files(workers).flatMap((file) => ['--out', file])))
      expect(finished.code, finished.err).toBe(0)
    }
    files(1).forEach((file, index) => expect(readFileSync(file).equals(readFileSync(files(3)[index]!)), file).toBe(true))
    expect(readFileSync(files(1)[0]!, 'utf8')).toBe(clean)
  })

  it('refuses to resume a run that another process carries out, and one that is finished', async () => {
    const finished = await command(run())
    expect(finished.code, finished.err).toBe(0)
    const again = await resume(await newest())
    expect([again.code, again.err]).toEqual([2, expect.stringContaining('run_finished')])
    let refused: ReturnType<typeof command> | null = null
    const { child, done } = startCommand(['run', join(folder, 'endless.js'), '--symbols', 'AAPL', '--symbol-timeout-ms', '100000', '--events', '--home', folder], {
      onOut: (text) => {
        if (refused !== null || !text.includes('"stage":"executing"')) return
        refused = newest().then(resume)
        void refused.then(() => child.kill('SIGINT'))
      },
    })
    expect((await done).code).toBe(130)
    const { code, err } = await refused!
    expect([code, err]).toEqual([2, expect.stringContaining('run_busy')])
  })
})
