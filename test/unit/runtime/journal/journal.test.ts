import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { Journal, newRunId } from '../../../../runtime/journal/journal.ts'
import { isProcessAlive, processToken } from '../../../../runtime/journal/owner.ts'
import type { RunEvent } from '../../../../runtime/scan/run.ts'
import { chunkOf, rowOf, runOf } from '../scan/support.ts'

let home = ''
let journal: Journal
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'strikescan-journal-'))
  journal = Journal.open(home)
})
afterEach(() => {
  journal.close()
  rmSync(home, { recursive: true, force: true })
})

const reopen = (): void => {
  journal.close()
  journal = Journal.open(home)
}
const scanner = (values: object = {}) => ({ id: 's1', sha256: 'ab', filename: 'gap.js', source: Buffer.from([0, 255, 13, 10]), createdAt: '2026-11-20T00:00:00.000Z', ...values })
const event = (seq: number): RunEvent => ({ seq, at: '2026-11-20T00:00:00.000Z', runId: 'run-1', type: 'log', level: 'info', symbol: null, text: `line ${seq}` })
const create = (id = 'run-1'): number => {
  journal.scanners.save(scanner())
  return journal.createRun(runOf({ id }), { seed: 'x' })
}
function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing was refused'
}

describe('scanners', () => {
  it('are kept byte by byte, once', () => {
    expect([journal.scanners.save(scanner()).isNew, journal.scanners.save(scanner()).isNew]).toEqual([true, false])
    reopen()
    expect(Buffer.from(journal.scanners.find('s1')!.source)).toEqual(Buffer.from([0, 255, 13, 10]))
    expect(journal.scanners.find('s2')).toBeNull()
  })
})

describe('runs', () => {
  it('are found by their id, a unique beginning, or as the last one', () => {
    create('run-aa1')
    create('run-ab2')
    expect(['run-aa1', 'run-aa', 'last', 'run-a', 'run-', 'run-zz', "run-a' OR 1=1", '%'].map((id) => journal.run(id)?.id ?? null)).toEqual(['run-aa1', 'run-aa1', 'run-ab2', null, null, null, null, null])
    expect(journal.runs().map(({ id }) => id)).toEqual(['run-ab2', 'run-aa1'])
    expect(journal.runs(1)).toHaveLength(1)
  })

  it('keep their state and their plan', () => {
    const number = create()
    journal.savePlan(number, { scope: 1 })
    journal.record(number, { state: runOf({ id: 'run-1', status: 'completed', percent: 100 }) })
    reopen()
    expect(journal.run('run-1')).toMatchObject({ status: 'completed', plan: { scope: 1 }, state: { percent: 100 } })
  })

  it('have ids of their own', () => {
    const ids = Array.from({ length: 1_000 }, newRunId)
    expect(new Set(ids).size).toBe(1_000)
    expect(ids[0]).toMatch(/^run-[0-9a-f]{16}$/)
  })
})

describe('rows', () => {
  const rich = rowOf({
    status: 'failed', reason: "it's", score: -0.5, direction: 'bearish', data: { a: [1, null, 'ü'] }, strategies: ['Long Put'], batchId: 3, workerId: 2, attempt: 2, queueMs: 1.5, dataMs: 0, scriptMs: 9,
    error: { code: 'script_threw', message: 'm', hint: 'h', line: 3, column: 1, frame: '>' },
  })

  it('come back as they were, in the order asked for', () => {
    const number = create()
    journal.record(number, { chunk: chunkOf([[2, rich], [0, rowOf({ data: 0, score: 0 })], [1, rowOf({ data: false })]]) })
    reopen()
    expect([...journal.rows(number)]).toEqual([rowOf({ data: 0, score: 0 }), rowOf({ data: false }), rich])
    expect([...journal.rows(number, { status: ['failed'] })]).toEqual([rich])
    expect([...journal.rows(number, { status: ['failed', 'miss'] })]).toHaveLength(3)
    expect([...journal.rows(number, { status: ['hit'] })]).toEqual([])
  })

  it('come in order from chunks that lie between each other, as dates do', () => {
    const number = create()
    const symbols = 300
    const dates = 4
    for (let date = 0; date < dates; date++) {
      journal.record(number, { chunk: chunkOf(Array.from({ length: symbols }, (_, symbol) => [symbol * dates + date, rowOf({ symbol: `S${symbol}`, date: `2026-11-0${date + 1}`, status: symbol % 100 === 0 ? 'hit' : 'miss' })])) })
    }
    const rows = [...journal.rows(number)]
    expect(rows.map(({ symbol, date }) => `${symbol} ${date}`)).toEqual(Array.from({ length: symbols * dates }, (_, at) => `S${Math.floor(at / dates)} 2026-11-0${(at % dates) + 1}`))
    expect([...journal.rows(number, { status: ['hit'] })]).toEqual(rows.filter(({ status }) => status === 'hit'))
    // With turns for others in between, who may write meanwhile.
    const paced = []
    for (const row of journal.pacedRows(number)) {
      if (row === undefined) journal.savePlan(number, { turns: paced.length })
      else paced.push(row)
    }
    expect(paced).toEqual(rows)
    expect([...journal.pacedRows(number)].filter((row) => row === undefined).length).toBeGreaterThanOrEqual(dates)
  })

  it('come in order from more than is put in order at once', () => {
    const number = create()
    const reason = 'x'.repeat(4 * 2 ** 20)
    for (const first of [0, 5]) journal.record(number, { chunk: chunkOf([0, 3, 1, 4, 2].map((each) => [first + each, rowOf({ symbol: `S${first + each}`, reason: `${reason}${first + each}` })])) })
    expect([...journal.rows(number)].map(({ symbol, reason: said }) => `${symbol} ${said.slice(reason.length)}`)).toEqual(Array.from({ length: 10 }, (_, at) => `S${at} ${at}`))
  })

  it('are written once: the first one stays', () => {
    const number = create()
    journal.record(number, { chunk: chunkOf([[0, rowOf({ status: 'hit' })]]) })
    journal.record(number, { chunk: chunkOf([[0, rowOf({ status: 'failed' })]]) })
    expect([...journal.rows(number)].map(({ status }) => status)).toEqual(['hit'])
    expect([...journal.countRows(number)]).toEqual([['hit', 1]])
  })

  it('are counted by status, and keep to their run', () => {
    const [first, second] = [create('run-1'), create('run-2')]
    journal.record(first, { chunk: chunkOf([0, 1, 2].map((position) => [position, rowOf({ status: position === 0 ? 'hit' : 'miss' })])) })
    journal.record(second, { chunk: chunkOf([[0, rowOf({ status: 'hit' })]]) })
    expect(journal.countRows(first)).toEqual(new Map([['hit', 1], ['miss', 2]]))
    const settled: [number, string][] = []
    journal.eachSettled(second, (position, status) => settled.push([position, status]))
    expect(settled).toEqual([[0, 'hit']])
  })

  it('come in pages, and a last page that is full names no further one', () => {
    const number = create()
    journal.record(number, { chunk: chunkOf([0, 1, 2, 3].map((position) => [position, rowOf({ status: position % 2 === 0 ? 'hit' : 'miss' })])) })
    const page = (after: number, limit: number, filter: Parameters<typeof journal.rowPage>[3] = {}) => {
      let step
      for (const steps = journal.rowPage(number, after, limit, filter); !(step = steps.next()).done;);
      return [step.value!.rows.length, step.value!.next]
    }
    expect([page(-1, 3), page(2, 3), page(-1, 2), page(1, 2), page(-1, 4), page(3, 4)]).toEqual([[3, 2], [1, null], [2, 1], [2, null], [4, null], [0, null]])
    expect([page(-1, 1, { status: ['hit'] }), page(0, 1, { status: ['hit'] })]).toEqual([[1, 0], [1, null]])
  })

  it('can be read while others are written', () => {
    const number = create()
    journal.record(number, { chunk: chunkOf([0, 1, 2].map((position) => [position, rowOf()])) })
    const reading = journal.rows(number)
    reading.next()
    journal.record(number, { chunk: chunkOf([[3, rowOf()]]) })
    expect([...reading].length).toBeGreaterThanOrEqual(2)
  })
})

describe('one step of a run', () => {
  it('is all or nothing', () => {
    const number = create()
    journal.record(number, { events: [{ event: event(1) }] })
    const state = runOf({ id: 'run-1', status: 'failed' })
    expect(() => journal.record(number, { chunk: chunkOf([[0, rowOf()]]), events: [{ event: event(2) }, { event: event(1) }], state })).toThrow()
    expect([...journal.rows(number)]).toEqual([])
    expect(journal.lastSeq(number)).toBe(1)
    expect(journal.run('run-1')!.status).toBe('queued')
    journal.record(number, { chunk: chunkOf([[0, rowOf()]]), events: [{ event: event(2) }], state })
    expect(journal.lastSeq(number)).toBe(2)
  })

  it('tells of its rows without writing them twice', () => {
    const number = create()
    const rows = [5, 3, 4].map((position): [number, ReturnType<typeof rowOf>] => [position, rowOf({ symbol: `S${position}`, status: position === 3 ? 'hit' : 'miss' })])
    const symbols = ['S9', 'S5', 'S3'].map((symbol) => ({ symbol, date: '2026-11-20', status: symbol === 'S9' ? ('running' as const) : symbol === 'S3' ? ('hit' as const) : ('miss' as const) }))
    const told: RunEvent = { seq: 1, at: '2026-11-20T00:00:00.000Z', runId: 'run-1', type: 'symbols', symbols }
    journal.record(number, { chunk: chunkOf(rows), events: [{ event: told, rows: { from: 0, to: 2 } }, { event: event(2) }, { event: { ...told, seq: 3, symbols: [{ symbol: 'S4', date: '2026-11-20', status: 'miss' }] }, rows: { from: 2, to: 3 } }] })
    reopen()
    expect([...journal.events(number)]).toEqual([told, event(2), { ...told, seq: 3, symbols: [{ symbol: 'S4', date: '2026-11-20', status: 'miss' }] }])
  })

  it('numbers its events within the run', () => {
    const number = create()
    journal.record(number, { events: [1, 2, 3].map((seq) => ({ event: event(seq) })) })
    expect([...journal.events(number)].map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect([...journal.events(number, 2)]).toEqual([event(3)])
    expect([...journal.events(number, 9)]).toEqual([])
    expect(journal.lastSeq(create('run-2'))).toBe(0)
  })
})

describe('who carries a run out', () => {
  const otherProcess = () => spawn(process.execPath, ['--eval', 'process.stdout.write("x"); setInterval(() => {}, 1000)'], { stdio: ['ignore', 'pipe', 'ignore'] })

  /** Marks the run as another process's. */
  function giveTo(pid: number, token: string | null): void {
    const db = new DatabaseSync(join(home, 'journal.db'))
    db.prepare('UPDATE runs SET owner_pid = ?, owner_token = ?').run(pid, token)
    db.close()
  }

  it('is one living process; its death frees the run', async () => {
    const number = create()
    const other = otherProcess()
    await once(other.stdout!, 'data')
    giveTo(other.pid!, processToken(other.pid!))
    expect(codeOf(() => journal.claimRun(number))).toBe('run_busy')
    other.kill('SIGKILL')
    await once(other, 'exit')
    expect(codeOf(() => journal.claimRun(number))).toBe('nothing was refused')
  })

  it.runIf(process.platform === 'linux')('is not a later process of the same number', async () => {
    const number = create()
    const other = otherProcess()
    await once(other.stdout!, 'data')
    giveTo(other.pid!, 'another start time')
    expect(codeOf(() => journal.claimRun(number))).toBe('nothing was refused')
    other.kill('SIGKILL')
    await once(other, 'exit')
  })

  it('may be nobody', () => {
    const number = create()
    journal.releaseRun(number)
    expect(codeOf(() => journal.claimRun(number))).toBe('nothing was refused')
  })

  it('is known by its start', () => {
    expect(isProcessAlive(process.pid, processToken(process.pid))).toBe(true)
    expect(isProcessAlive(2 ** 22 + 1, null)).toBe(false)
    expect(processToken(2 ** 22 + 1)).toBeNull()
  })
})

describe('a journal that cannot serve', () => {
  it.each([1, 99])('is one of version %d', (version) => {
    const db = new DatabaseSync(join(home, 'journal.db'))
    db.exec(`PRAGMA user_version = ${version}`)
    db.close()
    expect(codeOf(() => Journal.open(home))).toBe('journal_version')
  })

  it('is a file of something else', () => {
    const folder = join(home, 'other')
    Journal.open(folder).close()
    rmSync(join(folder, 'journal.db'))
    writeFileSync(join(folder, 'journal.db'), 'This is no database. '.repeat(500))
    expect(codeOf(() => Journal.open(folder))).toBe('journal_damaged')
  })

  it('stands where no folder can be', () => {
    writeFileSync(join(home, 'file'), '')
    expect(codeOf(() => Journal.open(join(home, 'file')))).toBe('journal_unusable')
  })

  it.runIf(process.getuid?.() !== 0 && process.platform !== 'win32')('stands where nothing may be written', () => {
    const folder = mkdtempSync(join(home, 'closed-'))
    chmodSync(folder, 0o500)
    expect(codeOf(() => Journal.open(folder))).toBe('journal_unusable')
  })
})

it('survives the death of its writer at any moment, whole steps only', async () => {
  const modules = ['../../../../runtime/journal/journal.ts', '../scan/support.ts'].map((path) => fileURLToPath(new URL(path, import.meta.url)))
  const program = `
    const [{ Journal }, { chunkOf, rowOf, runOf }] = await Promise.all(${JSON.stringify(modules)}.map((path) => import(path)))
    const journal = Journal.open(${JSON.stringify(home)})
    journal.scanners.save({ id: 's1', sha256: 'ab', filename: 'a', source: new Uint8Array(1), createdAt: '' })
    const number = journal.createRun(runOf({ id: 'run-9' }), {})
    for (let seq = 1; ; seq++) {
      journal.record(number, { chunk: chunkOf([0, 1, 2].map((each) => [seq * 3 + each, rowOf()])), events: [{ event: { seq } }] })
      if (seq === 20) process.stdout.write('x')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout!, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  reopen()
  const { number } = journal.run('run-9')!
  const steps = journal.lastSeq(number)
  expect(steps).toBeGreaterThanOrEqual(20)
  expect([...journal.events(number)].map(({ seq }) => seq)).toEqual(Array.from({ length: steps }, (_, at) => at + 1))
  expect(journal.countRows(number).get('miss')).toBe(steps * 3)
})
