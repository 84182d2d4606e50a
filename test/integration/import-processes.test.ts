import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { fileOf, HEADER, linesOf, newFolder, newStore } from '../unit/market/bar-files.ts'

const CHILD = fileURLToPath(new URL('import-child.ts', import.meta.url))

function start(home: string, pauseAt: string, ...paths: string[]) {
  const child = spawn(process.execPath, [CHILD, home, pauseAt, ...paths], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(output)))
  const paused = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
  return { child, ended, paused }
}

/** Bars of `symbols` symbols over `days` days from `first`. */
function manyBars(symbols: number, days: number, first: string): string {
  const lines = [HEADER]
  for (let day = 0; day < days; day++) {
    const date = new Date(Date.parse(first) + day * 86_400_000).toISOString().slice(0, 10)
    for (let symbol = 0; symbol < symbols; symbol++) lines.push(`S${symbol},${date},10,12,9,11,${symbol + day}`)
  }
  return lines.join('\n')
}

test.each(['reading', 'merging'])('SIGKILL while %s leaves the store as it was and free for the next import', async (stage) => {
  const home = newFolder()
  const store = newStore(home)
  const before = (await store.importBars([fileOf('first.csv', manyBars(200, 5, '2016-01-01'))])).snapshot
  const second = fileOf('second.csv', manyBars(200, 50, '2016-02-01'))
  const { child, ended, paused } = start(home, stage, second)
  await paused
  expect(store.current()!.id).toBe(before)
  const busy = await store.importBars([second], { lockWaitMs: 60 }).catch((error: unknown) => error)
  expect(busy).toMatchObject({ code: 'store_busy', message: expect.stringContaining(`process ${child.pid} `) })
  child.kill('SIGKILL')
  await ended
  const reopened = newStore(home)
  expect(reopened.current()!.id).toBe(before)
  expect(linesOf(reopened.current())).toHaveLength(1000)
  expect(readdirSync(join(home, 'market', 'temporary'))).toEqual([])
  expect(readdirSync(join(home, 'market', 'snapshots'))).toEqual([before])
  await reopened.importBars([second], { lockWaitMs: 0 })
  expect(linesOf(reopened.current())).toHaveLength(11_000)
})

test('SIGKILL at any moment leaves either the old store or the new one', async () => {
  const second = fileOf('second.csv', manyBars(400, 200, '2016-02-01'))
  const first = fileOf('first.csv', manyBars(400, 2, '2016-01-01'))
  const sample = newStore()
  const oldId = (await sample.importBars([first])).snapshot!
  const newId = (await sample.importBars([second])).snapshot!
  const home = newFolder()
  await newStore(home).importBars([first])
  const began = performance.now()
  const spare = newFolder()
  await newStore(spare).importBars([first])
  await start(spare, '', second).ended
  const whole = performance.now() - began
  for (let step = 1; step <= 8; step += process.env['TEST_LONG'] === '1' ? 1 : 2) {
    const { child, ended } = start(home, '', second)
    await sleep((whole * step) / 8.5)
    child.kill('SIGKILL')
    await ended
    const store = newStore(home)
    const id = store.current()!.id
    expect([oldId, newId]).toContain(id)
    expect(linesOf(store.current())).toHaveLength(id === oldId ? 800 : 80_800)
    expect(readdirSync(join(home, 'market', 'temporary'))).toEqual([])
    if (id === newId) break
  }
})

test('two processes that import at once both get in, one after the other', async () => {
  const home = newFolder()
  const [a, b] = [fileOf('a.csv', manyBars(100, 40, '2016-01-01')), fileOf('b.csv', manyBars(120, 40, '2016-01-21'))]
  const reports = await Promise.all([start(home, '', a).ended, start(home, '', b).ended])
  for (const report of reports) expect(JSON.parse(report)).toMatchObject({ rowsRejected: 0, unchanged: false })
  const store = newStore(home)
  const one = newStore()
  expect(store.current()!.id).toBe((await one.importBars([b, a])).snapshot)
})
