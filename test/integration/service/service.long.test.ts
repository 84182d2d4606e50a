import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

import { openHost, type Run, type RunEvent } from '../../../runtime/host.ts'

type Host = Awaited<ReturnType<typeof openHost>>

const opened: { host: Host; home: string }[] = []
const SETTINGS = { 'market.simulatedSymbols': 300, 'workers.count': 2, 'queue.maxRunning': 2, 'batch.maxSymbols': 10, 'batch.targetMs': 20 }
const QUICK = 'export function scan(symbol, bars) { return bars.at(-1).close > bars.at(-1).open }'
/** Some 15 ms a symbol. */
const SLOW = 'export function scan(symbol, bars) { let x = 0; for (let i = 0; i < 3e6; i++) x += Math.sqrt(i); return x > 0 && bars.at(-1).close > bars.at(-1).open }'
const ENDLESS = 'export function scan() { for (;;) {} }'

async function open(settings: Record<string, unknown> = {}, home = mkdtempSync(join(tmpdir(), 'strikescan-service-'))): Promise<Host> {
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

async function upload(host: Host, source: string, filename = 'scan.js'): Promise<string> {
  const { scanner, diagnostics } = await host.saveScanner({ filename, source: new TextEncoder().encode(source) })
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return scanner!.id
}

/** Waits until the run is so; fails after some seconds. */
async function until(host: Host, id: string, isSo: (run: Run) => boolean, ms = 30_000): Promise<Run> {
  const ends = performance.now() + ms
  for (;;) {
    const run = host.run(id)
    if (isSo(run)) return run
    if (performance.now() > ends) throw new Error(`after ${ms} ms the run is ${run.status} at ${run.stage}: ${run.message}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

const isOver = ({ status }: Run): boolean => status === 'completed' || status === 'failed' || status === 'cancelled'

/** Every row once, in order, and events without a gap. */
function expectSound(host: Host, run: Run, symbols: number): void {
  const rows = [...host.rows(run.id)]
  expect(rows).toHaveLength(symbols)
  expect(new Set(rows.map(({ symbol, date }) => `${symbol} ${date}`)).size).toBe(symbols)
  const { detected, ...counts } = run.ledger
  expect([detected, Object.values(counts).reduce((sum, count) => sum + count, 0)]).toEqual([symbols, symbols])
  const events = [...host.events(run.id)]
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at + 1))
  expect(events.at(-1)).toMatchObject({ type: 'end', run: { status: run.status } })
  expect(events.filter(({ type }) => type === 'end')).toHaveLength(1)
  const percents = events.flatMap((event) => (event.type === 'run' ? [event.percent] : []))
  expect(percents).toEqual(percents.toSorted((one, other) => one - other))
}

describe('scanners', () => {
  it('the same bytes are one scanner, new bytes under one name its next version, hidden ones stay readable', async () => {
    const host = await open()
    const first = await host.saveScanner({ filename: 'gap.js', source: new TextEncoder().encode(QUICK) })
    const again = await host.saveScanner({ filename: 'other.js', source: new TextEncoder().encode(QUICK) })
    const second = await host.saveScanner({ filename: 'gap.js', source: new TextEncoder().encode(`${QUICK}\n`) })
    const elsewhere = await host.saveScanner({ filename: 'rsi.js', source: new TextEncoder().encode(`${QUICK}\n\n`) })
    expect([first, again, second, elsewhere].map(({ scanner, isNew }) => [scanner!.report.filename, scanner!.version, isNew])).toEqual([
      ['gap.js', 1, true],
      ['other.js', 1, false],
      ['gap.js', 1, true],
      ['rsi.js', 1, true],
    ])
    const page = host.scanners({ limit: 2 })
    expect(page.items.map(({ id }) => id)).toEqual([elsewhere.scanner!.id, second.scanner!.id])
    expect(host.scanners({ limit: 2, cursor: page.next! })).toEqual({ items: [again.scanner], next: null })
    expect(() => host.scanners({ limit: 2, cursor: 'x' })).toThrow(expect.objectContaining({ code: 'cursor_invalid' }))

    const run = host.submitRun({ scannerId: first.scanner!.id, symbols: host.scanners({ limit: 1 }).items.map(() => 'NONE') })
    host.hideScanner(first.scanner!.id)
    expect(host.scanners({ limit: 9 }).items).toHaveLength(2)
    expect(host.scanner(first.scanner!.id)).toEqual({ ...again.scanner, deleted: true })
    expect(Buffer.from(host.scannerSource(first.scanner!.id).source).toString()).toBe(QUICK)
    await until(host, run.id, isOver)
    expect(Buffer.from(host.source(run.id)).toString()).toBe(QUICK)
    expect((await host.saveScanner({ filename: 'gap.js', source: new TextEncoder().encode(QUICK) })).isNew).toBe(false)
    expect(host.scanners({ limit: 9 }).items).toHaveLength(3)
  })

  it('a file that can not run is not stored', async () => {
    const host = await open()
    const { scanner, diagnostics } = await host.saveScanner({ filename: 'bad.js', source: new TextEncoder().encode('export function scan( {') })
    expect([scanner, diagnostics.some(({ severity }) => severity === 'error'), host.scanners({ limit: 9 }).items]).toEqual([null, true, []])
  })
})

describe('the queue', () => {
  it('refuses what the run would refuse, before it is a run', async () => {
    const host = await open()
    const scannerId = await upload(host, "import { defineScanner } from 'strikescan'\nexport default defineScanner({ params: { min: { default: 1, min: 0, max: 9 } }, scan: () => null })")
    const refused: [object, string][] = [
      [{ dates: ['2026-13-01'] }, 'dates_invalid'],
      [{ from: '2026-02-01', to: '2026-01-01' }, 'dates_inverted'],
      [{ dates: ['1950-01-01'], asOf: '1949-01-01' }, 'as_of_before_dates'],
      [{ from: '1950-01-01', to: '1950-02-01' }, 'dates_none'],
      [{ symbols: [' ', ''] }, 'symbols_none'],
      [{ params: { min: 10 } }, 'param_invalid'],
      [{ params: { mni: 1 } }, 'param_invalid'],
      [{ prefilter: { minPrice: 9, maxPrice: 1 } }, 'prefilter_price_range'],
      [{ limits: { workers: 0 } }, 'limit_bad_value'],
    ]
    for (const [request, code] of refused) expect(() => host.submitRun({ scannerId, ...request }), code).toThrow(expect.objectContaining({ code }))
    expect(() => host.submitRun({ scannerId: 'none' })).toThrow(expect.objectContaining({ code: 'scanner_unknown' }))
    expect(host.runs({ limit: 9 }).items).toEqual([])
  })

  it('is bounded, gives scanners turns, and keeps the total of workers', async () => {
    const host = await open({ 'queue.maxQueued': 4, 'queue.maxRunning': 1 })
    const [one, other] = [await upload(host, SLOW), await upload(host, `// other\n${QUICK}`)]
    const request = { universe: 'all', prefilter: false } as const
    const first = host.submitRun({ scannerId: one, ...request })
    await until(host, first.id, ({ status }) => status === 'running')
    const waiting = [one, one, one, other].map((scannerId) => host.submitRun({ scannerId, ...request }))
    expect(waiting.map(({ status, startedAt }) => [status, startedAt])).toEqual(waiting.map(() => ['queued', null]))
    expect(() => host.submitRun({ scannerId: other, ...request })).toThrow(expect.objectContaining({ code: 'queue_full' }))
    expect(host.state()).toMatchObject({ ready: true, queued: 4, running: 1 })
    // Waiting ones are given up without a worker, and their watchers hear of it.
    const heard: RunEvent[] = []
    host.watch(waiting[2]!.id, (events) => void heard.push(...events))
    host.cancel(waiting[2]!.id)
    expect((await until(host, waiting[2]!.id, isOver, 1_000)).startedAt).toBeNull()
    expect(heard.map(({ type }) => type)).toEqual(['run', 'end'])
    host.cancel(first.id)
    await until(host, first.id, isOver, 1_000)
    // The other scanner's turn comes before the second of the one that had its first.
    const done = await until(host, waiting[3]!.id, isOver)
    expect(done.status).toBe('completed')
    expect(done.timings['queued']).toBeGreaterThan(0)
    expect(host.run(waiting[1]!.id).startedAt).toBeNull()
    for (const { id } of waiting.slice(0, 2)) host.cancel(id)
    for (const { id } of waiting.slice(0, 2)) await until(host, id, isOver, 2_000)
  })

  it('runs at once share the workers: never more than there may be', async () => {
    const host = await open()
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.push(host.submitRun({ scannerId: await upload(host, `// ${n}\n${SLOW}`), universe: 'all', prefilter: false, limits: { workers: 2 } }).id)
    let most = 0
    let both = 0
    const watching = setInterval(() => {
      const busy = host.state().workers.filter(({ runId }) => runId !== null)
      most = Math.max(most, busy.length)
      if (new Set(busy.map(({ runId }) => runId)).size === 2) both++
    }, 5)
    const runs = await Promise.all(ids.map((id) => until(host, id, isOver, 60_000)))
    clearInterval(watching)
    expect(runs.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
    for (const run of runs) expectSound(host, run, 300)
    expect(most).toBe(2)
    expect(both).toBeGreaterThan(5)
  })
})

describe('pause, resume and cancel', () => {
  it.each(['pause', 'cancel'] as const)('%s takes effect within a second in the middle of an endless loop', async (what) => {
    const host = await open({ 'limits.symbolTimeoutMs': 20_000 })
    const { id } = host.submitRun({ scannerId: await upload(host, ENDLESS), universe: 'all', prefilter: false, split: 'always' })
    await until(host, id, ({ stage }) => stage === 'executing')
    await new Promise((resolve) => setTimeout(resolve, 200))
    const asked = performance.now()
    host[what](id)
    const run = await until(host, id, ({ status }) => status !== 'running', 2_000)
    expect(performance.now() - asked).toBeLessThan(1_000)
    expect(run.status).toBe(what === 'pause' ? 'paused' : 'cancelled')
    expect(host.state().workers.filter(({ runId }) => runId !== null)).toEqual([])
    if (what === 'pause') {
      host.cancel(id)
      await until(host, id, isOver, 1_000)
    }
    const { ledger } = host.run(id)
    expect(ledger.cancelled + ledger.noData).toBe(300)
    expectSound(host, host.run(id), 300)
    expect(() => host.resume(id)).toThrow(expect.objectContaining({ code: 'run_finished' }))
  })

  it('a paused run goes on where it was, also in a process to come, and only when it is told to', async () => {
    const host = await open()
    const { id } = host.submitRun({ scannerId: await upload(host, SLOW), universe: 'all', prefilter: false })
    await until(host, id, ({ ledger }) => ledger.hit + ledger.miss > 20)
    host.pause(id)
    const paused = await until(host, id, ({ status }) => status === 'paused', 1_000)
    expect(() => host.resume('run-none')).toThrow(expect.objectContaining({ code: 'run_unknown' }))
    expect(() => host.run(id.slice(0, 8))).toThrow(expect.objectContaining({ code: 'run_unknown' }))
    expect(host.pause(id).status).toBe('paused')
    await host.close()
    const next = await open({}, opened[0]!.home)
    expect(next.run(id)).toMatchObject({ status: 'paused', percent: paused.percent })
    next.resume(id)
    expect(() => next.resume(id)).toThrow(expect.objectContaining({ code: 'run_not_paused' }))
    expectSound(next, await until(next, id, isOver, 60_000), 300)
  })

  it('resumed at once after a pause, it goes on', async () => {
    const host = await open()
    const { id } = host.submitRun({ scannerId: await upload(host, SLOW), universe: 'all', prefilter: false })
    await until(host, id, ({ stage }) => stage === 'executing')
    host.pause(id)
    host.resume(id)
    const run = await until(host, id, isOver, 60_000)
    expect(run.status).toBe('completed')
    expectSound(host, run, 300)
  })
})

describe('nothing is lost', () => {
  it('runs go on after the process is killed: every row once, numbers of events without a gap', async () => {
    const home = mkdtempSync(join(tmpdir(), 'strikescan-service-'))
    const child = spawn(process.execPath, [fileURLToPath(new URL('child.ts', import.meta.url)), home, '3', SLOW], { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
    while (!said.includes('submitted')) {
      expect(child.exitCode, said).toBeNull()
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.on('close', resolve))

    const host = await openHost({ home, env: {}, overrides: SETTINGS })
    opened.push({ host, home })
    const ids = said.trim().split('\n').slice(0, 3)
    const before = ids.map((id) => host.run(id))
    expect(before.map(({ status }) => status)).toEqual(['interrupted', 'interrupted', 'queued'])
    const seen = before.map(({ id }) => host.lastSeq(id))
    const order: string[] = []
    host.observe({ runStarted: ({ id }) => void order.push(id) })
    const heard = new Map<string, number[]>(ids.map((id) => [id, []]))
    for (const id of ids) host.watch(id, (events) => heard.get(id)!.push(...events.map(({ seq }) => seq)))
    expect(host.recover()).toBe(3)
    expect(host.recover()).toBe(0)
    const runs = []
    for (const id of ids) runs.push(await until(host, id, isOver, 90_000))
    for (const [at, run] of runs.entries()) {
      expect(run.status).toBe('completed')
      expectSound(host, run, 300)
      // Who had seen everything up to the death misses nothing, and hears nothing twice.
      expect(heard.get(run.id)).toEqual([...host.events(run.id, seen[at])].map(({ seq }) => seq))
    }
    expect(order).toEqual(ids)
  })

  it('draining leaves runs to the next process, and takes no new ones', async () => {
    const host = await open()
    const scannerId = await upload(host, SLOW)
    const ids = [scannerId, await upload(host, `// 2\n${SLOW}`), scannerId].map((each) => host.submitRun({ scannerId: each, universe: 'all', prefilter: false }).id)
    await until(host, ids[0]!, ({ ledger }) => ledger.hit + ledger.miss > 10)
    const asked = performance.now()
    const draining = host.drain(2_000)
    expect(() => host.submitRun({ scannerId })).toThrow(expect.objectContaining({ code: 'host_draining' }))
    expect(host.state()).toMatchObject({ ready: false, draining: true })
    await draining
    expect(performance.now() - asked).toBeLessThan(3_000)
    const next = await openHost({ home: opened[0]!.home, env: {}, overrides: SETTINGS })
    opened.push({ host: next, home: opened[0]!.home })
    expect(ids.map((id) => next.run(id).status)).toEqual(['queued', 'queued', 'queued'])
    expect(next.recover()).toBe(3)
    for (const id of ids) expectSound(next, await until(next, id, isOver, 90_000), 300)
  })
})

describe('pruning', () => {
  it('forgets finished runs alone, with their rows and events', async () => {
    const host = await open()
    const scannerId = await upload(host, QUICK)
    const ids: string[] = []
    for (let n = 0; n < 3; n++) {
      const { id } = host.submitRun({ scannerId, universe: 'all', prefilter: false })
      if (n === 0) host.pause(id)
      else await until(host, id, isOver)
      ids.push(id)
    }
    host.hideScanner(await upload(host, `${QUICK}\n// unused`))
    expect(await host.prune({ keep: 1 })).toMatchObject({ runs: 1, scanners: 1 })
    expect(host.runs({ limit: 9 }).items.map(({ id, status }) => [id, status])).toEqual([[ids[2], 'completed'], [ids[0], 'paused']])
    expect(() => host.rows(ids[1]!)).toThrow(expect.objectContaining({ code: 'run_unknown' }))
    expectSound(host, host.run(ids[2]!), 300)
    expect(await host.prune({ olderThanDays: 1 })).toMatchObject({ runs: 0 })
    host.resume(ids[0]!)
    expect((await until(host, ids[0]!, isOver)).status).toBe('completed')
  })
})
