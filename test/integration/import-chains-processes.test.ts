import { spawn } from 'node:child_process'
import { chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { CBOE_HEADER, cboeRow, contractsOf, fileOf, newFolder, newStore } from '../unit/runtime/market/chains/chain-files.ts'

const CHILD = fileURLToPath(new URL('import-chains-child.ts', import.meta.url))

function start(home: string, pauseAt: string, ...paths: string[]) {
  const child = spawn(process.execPath, [CHILD, home, pauseAt, ...paths], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(output)))
  const paused = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()))
  return { child, ended, paused }
}

/** A folder with one recording each of `tickers` tickers, of `strikes` contracts. */
function recordings(tickers: number, strikes: number, time: string): string {
  const folder = newFolder()
  for (let ticker = 0; ticker < tickers; ticker++) {
    const name = `T${String.fromCharCode(65 + ticker)}`
    const rows = Array.from({ length: strikes }, (_, strike) => cboeRow(`${name}260814C${String((strike + 1) * 1000).padStart(8, '0')}`))
    fileOf(`${name}_chain_${time}.csv`, [CBOE_HEADER, ...rows].join('\n'), folder)
  }
  return folder
}

test.each(['reading', 'merging'])('SIGKILL while %s leaves the store as it was and free for the next import', async (stage) => {
  const home = newFolder()
  const store = newStore(home)
  const { snapshot } = await store.importChains([recordings(4, 10, '20260807_194024')])
  const second = recordings(4, 100, '20260810_194443')
  const { child, ended, paused } = start(home, stage, second)
  await paused
  const busy = await store.importChains([second], { lockWaitMs: 60 }).catch((error: unknown) => error)
  expect(busy).toMatchObject({ code: 'store_busy', message: expect.stringContaining(`process ${child.pid} `) })
  expect(contractsOf(store, 'TA')).toHaveLength(10)
  child.kill('SIGKILL')
  await ended
  const reopened = newStore(home)
  expect(reopened.summary()!.snapshot).toBe(snapshot)
  expect(readdirSync(join(reopened.folder, 'temporary'))).toEqual([])
  expect(readdirSync(join(reopened.folder, 'packs'))).toHaveLength(1)
  await reopened.importChains([second], { lockWaitMs: 0 })
  expect(contractsOf(reopened, 'TA')).toHaveLength(100)
})

test('SIGKILL at any moment leaves either the old store or the new one', async () => {
  const first = recordings(4, 10, '20260807_194024')
  const second = recordings(20, 1000, '20260810_194443')
  const sample = newStore()
  const oldId = (await sample.importChains([first])).snapshot!
  const newId = (await sample.importChains([second])).snapshot!
  const home = newFolder()
  await newStore(home).importChains([first])
  const spare = newFolder()
  await newStore(spare).importChains([first])
  const began = performance.now()
  await start(spare, '', second).ended
  const whole = performance.now() - began
  for (let step = 1; step <= 8; step += process.env['TEST_LONG'] === '1' ? 1 : 2) {
    const { child, ended } = start(home, '', second)
    await sleep((whole * step) / 8.5)
    child.kill('SIGKILL')
    await ended
    const store = newStore(home)
    const id = store.summary()!.snapshot
    expect([oldId, newId]).toContain(id)
    expect(contractsOf(store, 'TB')).toHaveLength(id === oldId ? 10 : 1000)
    expect(readdirSync(join(store.folder, 'temporary'))).toEqual([])
    expect(readdirSync(join(store.folder, 'packs'))).toHaveLength(id === oldId ? 1 : 2)
    if (id === newId) break
  }
})

test('two processes that import at once both get in, one after the other', async () => {
  const home = newFolder()
  const [a, b] = [recordings(6, 200, '20260807_194024'), recordings(6, 250, '20260810_194443')]
  const reports = await Promise.all([start(home, '', a).ended, start(home, '', b).ended])
  for (const report of reports) expect(JSON.parse(report)).toMatchObject({ rowsRejected: 0, unchanged: false })
  const one = newStore()
  expect(newStore(home).summary()!.snapshot).toBe((await one.importChains([b, a])).snapshot)
})

test.skipIf(process.getuid?.() === 0)('a read-only folder is said', async () => {
  const home = newFolder()
  chmodSync(home, 0o500)
  expect(() => newStore(home)).toThrow(expect.objectContaining({ code: 'store_unwritable' }))
})
