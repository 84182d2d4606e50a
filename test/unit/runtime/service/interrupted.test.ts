import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openHost, type Host } from '../../../../runtime/host.ts'
import { Journal } from '../../../../runtime/journal/journal.ts'
import { isProcessAlive, processToken } from '../../../../runtime/journal/owner.ts'
import type { Run } from '../../../../runtime/scan/run.ts'
import { runOf } from '../scan/support.ts'

/** How runs stand in the journal, and whose they are: a process that lives, one that is dead, or nobody's. */
const LEFT: { id: string; status: Run['status']; owner: 'dead' | 'living' | null; place?: number; shown: Run['status'] }[] = [
  { id: 'run-died', status: 'running', owner: 'dead', shown: 'interrupted' },
  { id: 'run-dead-of-a-server', status: 'running', owner: 'dead', place: -4, shown: 'interrupted' },
  { id: 'run-dead-at-its-start', status: 'queued', owner: 'dead', shown: 'interrupted' },
  { id: 'run-unsaved', status: 'running', owner: null, shown: 'interrupted' },
  { id: 'run-living', status: 'running', owner: 'living', shown: 'running' },
  { id: 'run-waiting', status: 'queued', owner: 'dead', place: 3, shown: 'queued' },
  { id: 'run-handed-back', status: 'queued', owner: null, place: -5, shown: 'queued' },
  { id: 'run-paused', status: 'paused', owner: null, shown: 'paused' },
  { id: 'run-done', status: 'completed', owner: null, shown: 'completed' },
]

describe('a run whose process is dead', () => {
  const home = mkdtempSync(join(tmpdir(), 'strikescan-interrupted-'))
  const living = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 120_000)'])
  let host: Host
  beforeAll(async () => {
    const journal = Journal.open(home)
    journal.scanners.save({ id: 's1', sha256: 'ab', filename: 'gap.js', source: new TextEncoder().encode('export const scan = () => true'), createdAt: '2026-11-20T00:00:00.000Z' })
    for (const { id, status } of LEFT) journal.createRun(runOf({ id, status, scannerId: 's1', etaMs: 5_000 }), { request: {}, seed: 's', snapshot: null, scope: null })
    journal.close()
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    const db = new DatabaseSync(join(home, 'journal.db'))
    for (const { id, owner, place = null } of LEFT) {
      const pid = owner === null ? null : owner === 'dead' ? dead : living.pid!
      db.prepare('UPDATE runs SET owner_pid = ?, owner_token = ?, queue_place = ? WHERE id = ?').run(pid, pid === null ? null : processToken(pid), place, id)
    }
    db.close()
    host = await openHost({ home, env: {}, overrides: { 'market.simulatedSymbols': 20 } })
  })
  afterAll(async () => {
    living.kill('SIGKILL')
    await host.drain(0)
    rmSync(home, { recursive: true, force: true })
  })
  const listed = (status?: Run['status'], limit = 100): string[] => host.runs({ limit, status }).items.map(({ id }) => id)

  it('is shown as interrupted, wherever it is shown', () => {
    const shown = Object.fromEntries(LEFT.map((run) => [run.id, run.shown]))
    expect(Object.fromEntries(host.runs({ limit: 100 }).items.map(({ id, status }) => [id, status]))).toEqual(shown)
    for (const { id, shown: status } of LEFT) expect([host.run(id).status, host.findRun(id.slice(0, -1)).status]).toEqual([status, status])
    expect(host.run('run-dead-of-a-server')).toMatchObject({ message: 'its process ended before it did', etaMs: null })
  })

  it('is found by that, a page at a time', () => {
    expect(listed('running')).toEqual(['run-living'])
    expect(listed('queued')).toEqual(['run-handed-back', 'run-waiting'])
    expect(listed('interrupted')).toEqual(['run-unsaved', 'run-dead-at-its-start', 'run-dead-of-a-server', 'run-died'])
    const first = host.runs({ limit: 3, status: 'interrupted' })
    expect(first.items).toHaveLength(3)
    expect(host.runs({ limit: 3, status: 'interrupted', cursor: first.next! })).toMatchObject({ items: [{ id: 'run-died' }], next: null })
  })

  it('can be resumed and cancelled, and is no run to be replayed', async () => {
    await expect(host.startReplay('run-dead-of-a-server')).rejects.toThrow(expect.objectContaining({ code: 'replay_not_over', message: expect.stringContaining('interrupted') as string }))
    expect(host.resume('run-dead-of-a-server').status).toBe('queued')
    expect(() => host.resume('run-living')).toThrow(expect.objectContaining({ code: 'run_not_paused' }))
    host.cancel('run-unsaved')
    await expect.poll(() => host.run('run-unsaved').status, { timeout: 20_000 }).toBe('cancelled')
  })

  it.runIf(process.platform === 'linux')('is dead although nobody has asked yet how it ended', () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
    const token = processToken(child.pid!)
    expect(isProcessAlive(child.pid!, token)).toBe(true)
    child.kill('SIGKILL')
    // Without a turn of the event loop the child stays listed by the kernel.
    const giveUpAt = Date.now() + 10_000
    while (isProcessAlive(child.pid!, token) && Date.now() < giveUpAt) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    expect(isProcessAlive(child.pid!, token)).toBe(false)
    expect(processToken(child.pid!)).toBe(token)
  })
})
