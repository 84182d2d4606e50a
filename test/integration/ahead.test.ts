import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { endAhead, startAhead, takeAhead } from '../../runtime/ahead.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'

const SCRIPT = 'export function scan(symbol, bars) { return bars.length > 3 ? { score: bars.at(-1).close } : null }'

describe('workers that are started ahead', () => {
  let first: TestHost
  let kept: string
  let used: { folder: string; dataLimitMb: number; workers: number }

  const names = () => ({ flag: first.home, env: {}, cwd: '/' })
  const file = () => join(first.home, 'cache', 'workers.json')

  beforeAll(async () => {
    first = await openTestHost()
    await first.run(SCRIPT, { limits: { workers: 2 } })
    kept = readFileSync(file(), 'utf8')
    used = JSON.parse(kept)
  })
  afterAll(() => first.close())

  afterEach(() => {
    endAhead()
    writeFileSync(file(), kept)
  })

  it('are as many as the last run used, over its data, and wait for requests', async () => {
    startAhead(names())
    const taken = Array.from({ length: used.workers + 1 }, () => takeAhead(used.folder, used.dataLimitMb))
    expect(taken.map((spare) => spare !== null)).toEqual([...Array<boolean>(used.workers).fill(true), false])
    const ready = taken.slice(0, -1).map((spare) => new Promise<void>((resolve) => spare!.process.adopt(1, { frame: () => resolve(), ended: () => {} })))
    await Promise.all(ready)
    for (const spare of taken) spare?.process.kill({ kind: 'killed', cause: 'stopped' })
  })

  it('give the rows that others give', async () => {
    const { rows: expected } = await first.run(SCRIPT)
    startAhead(names())
    const spare = takeAhead(used.folder, used.dataLimitMb)
    expect(spare?.process.isAlive).toBe(true)
    spare!.process.kill({ kind: 'killed', cause: 'stopped' })
    const { rows, run } = await first.run(SCRIPT)
    expect(run.status).toBe('completed')
    expect(run.ledger.hit).toBeGreaterThan(10)
    expect(rows.map(({ symbol, status, score }) => ({ symbol, status, score }))).toEqual(expected.map(({ symbol, status, score }) => ({ symbol, status, score })))
  })

  it('are ended, not used, where the data or the limit is another', async () => {
    startAhead(names())
    expect(takeAhead(`${used.folder}0`, used.dataLimitMb)).toBeNull()
    await delay(50)
    expect(takeAhead(used.folder, used.dataLimitMb)).toBeNull()
    startAhead(names())
    expect(takeAhead(used.folder, used.dataLimitMb + 1)).toBeNull()
    expect(takeAhead(used.folder, used.dataLimitMb)).toBeNull()
  })

  it.each([
    ['damaged', () => '{"folder":'],
    ['of another kind', () => '[]'],
    ['for data outside the state folder', () => JSON.stringify({ ...used, folder: '/etc' })],
    ['for data that is gone', () => JSON.stringify({ ...used, folder: join(first.home, 'market', 'gone') })],
    ['for too many', () => JSON.stringify({ ...used, workers: 100_000 })],
  ])('are none where what was kept is %s', (_, text) => {
    writeFileSync(file(), text())
    startAhead(names())
    expect(takeAhead(used.folder, used.dataLimitMb)).toBeNull()
  })
})
