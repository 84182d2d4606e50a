import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { openHost, type Host } from '../../../../runtime/host.ts'
import { Journal } from '../../../../runtime/journal/journal.ts'
import type { Run } from '../../../../runtime/scan/run.ts'
import { runOf } from '../scan/support.ts'

const SOURCE = new TextEncoder().encode('export const scan = () => true')

let home = ''
let host: Host
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'strikescan-run-starter-'))
  host = await openHost({ home, env: {}, overrides: { 'market.simulatedSymbols': 20 } })
})
afterEach(async () => {
  await host.drain(0)
  await host.close()
  rmSync(home, { recursive: true, force: true })
})

/** Puts runs into the journal as a process left them that is there no more, or that still lives. */
function left(runs: (Partial<Run> & { id: string; owner?: number })[]): void {
  const journal = Journal.open(home)
  journal.scanners.save({ id: 's1', sha256: 'ab', filename: 'gap.js', source: SOURCE, createdAt: '2026-11-20T00:00:00.000Z' })
  for (const { owner, ...values } of runs) {
    const number = journal.createRun(runOf({ scannerId: values.kind === 'exploration' ? null : 's1', ...values }), values.kind === 'exploration' ? { kind: 'exploration', columns: [], rows: 0 } : { request: {}, seed: 's', snapshot: null, scope: null })
    if (owner === undefined) journal.releaseRun(number)
  }
  journal.close()
}

function codeOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'nothing was refused'
}

const ended = ({ id }: Run): Promise<Run> =>
  vi.waitFor(() => {
    const run = host.run(id)
    if (run.finishedAt === null) throw new Error(`still ${run.status}`)
    return run
  }, 20_000)

describe('the last run to be gone on with', () => {
  it('is the newest of its kind that was begun and is not over', async () => {
    left([{ id: 'run-1', status: 'paused' }, { id: 'run-2', status: 'running' }, { id: 'run-3', kind: 'exploration', status: 'paused' }, { id: 'run-4', status: 'completed' }, { id: 'run-5', status: 'failed' }])
    const handle = host.resumeRun('last')
    expect(handle.id).toBe('run-2')
    await handle.done
    const others = [host.resumeRun('last'), host.resumeExploration('last')]
    expect(others.map(({ id }) => id)).toEqual(['run-1', 'run-3'])
    await Promise.all(others.map(({ done }) => done))
  })

  it('is none that waits for its first turn, and none at all where all are over', () => {
    left([{ id: 'run-1', status: 'queued' }, { id: 'run-2', status: 'completed' }])
    const journal = Journal.open(home)
    journal.runList.enqueue(journal.run('run-1')!.number, 7, '2026-11-20T00:00:00.000Z')
    journal.close()
    expect([codeOf(() => host.resumeRun('last')), codeOf(() => host.resumeExploration('last'))]).toEqual(['run_none_to_resume', 'run_none_to_resume'])
  })

  it('is not one of the other kind, by whatever name', () => {
    left([{ id: 'run-1', status: 'paused' }, { id: 'run-2', kind: 'exploration', status: 'paused' }])
    expect([codeOf(() => host.resumeExploration('run-1')), codeOf(() => host.resumeRun('run-2'))]).toEqual(['run_other_kind', 'run_other_kind'])
  })
})

describe('a run that is named', () => {
  it('is refused with what there is', () => {
    expect([codeOf(() => host.findRun('last')), codeOf(() => host.findRun('run-1'))]).toEqual(['runs_none', 'run_unknown'])
    left(['aa1', 'aa2', 'ab3', 'ab4'].map((id) => ({ id: `run-${id}`, status: 'completed' })))
    expect(() => host.findRun('run-a')).toThrowError('Several runs begin with run-a: run-ab4, run-ab3, run-aa2, ….')
    expect(host.findRun('run-aa1').id).toBe('run-aa1')
  })

  it('is forgotten with its rows', () => {
    left([{ id: 'run-1', status: 'failed' }])
    host.forgetRun('run-1')
    expect([codeOf(() => host.findRun('run-1')), codeOf(() => host.forgetRun('run-1'))]).toEqual(['run_unknown', 'run_unknown'])
  })
})

describe('a scanner', () => {
  it('has the name that it was uploaded by last', async () => {
    const first = await host.saveScanner({ filename: 'gap.js', source: SOURCE })
    const second = await host.saveScanner({ filename: 'surge.js', source: SOURCE })
    expect([second.isNew, second.scanner]).toEqual([false, { ...first.scanner, report: { ...first.scanner!.report, filename: 'surge.js' } }])
    expect(host.scanners({ limit: 5 }).items.map(({ report, version }) => [report.filename, version])).toEqual([['surge.js', 1]])
    expect((await ended(host.submitRun({ scannerId: second.scanner!.id, symbols: ['NONE'] }))).filename).toBe('surge.js')
    // What is said of the bytes hangs on the name.
    const typed = new TextEncoder().encode('export const scan = (symbol: string) => symbol')
    const said = [await host.saveScanner({ filename: 'a.ts', source: typed }), await host.saveScanner({ filename: 'a.js', source: typed })]
    expect(said.map(({ scanner }) => scanner!.report.diagnostics.map(({ code }) => code))).toEqual([[], ['treated_as_typescript']])
  })

  it('is run no more once it was deleted, until it is uploaded again', async () => {
    const { scanner } = await host.saveScanner({ filename: 'gap.js', source: SOURCE })
    host.hideScanner(scanner!.id)
    expect([codeOf(() => host.submitRun({ scannerId: scanner!.id })), host.scanner(scanner!.id).deleted, host.scanners({ limit: 5 }).items]).toEqual(['scanner_deleted', true, []])
    expect((await host.saveScanner({ filename: 'gap.js', source: SOURCE })).scanner!.deleted).toBe(false)
    expect((await ended(host.submitRun({ scannerId: scanner!.id, symbols: ['NONE'] }))).status).toBe('completed')
  })
})
