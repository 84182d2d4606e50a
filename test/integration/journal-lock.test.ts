import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { ownTime } from '../own-time.ts'
import { openTestHost } from './support/hosting.ts'

/** Takes the right to write the journal, and gives it back when its standard input ends. */
const HOLDER = `
  const { DatabaseSync } = require('node:sqlite')
  const db = new DatabaseSync(process.argv[1], { timeout: 10_000 })
  db.exec('BEGIN IMMEDIATE')
  console.log('held')
  const letGo = () => { db.exec('COMMIT'); db.close(); process.exit(0) }
  process.stdin.on('end', letGo).resume()
  setTimeout(letGo, 20_000)
`

/** Another process that holds the journal of a state folder; gives the way to have it let go. */
async function holdJournal(home: string): Promise<() => Promise<void>> {
  const holder = spawn(process.execPath, ['--no-warnings', '-e', HOLDER, join(home, 'journal.db')], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exit = once(holder, 'exit')
  await once(holder.stdout, 'data')
  return async () => {
    holder.stdin.end()
    await exit
  }
}

/** Calls back with the longest time for which this process served nobody, in milliseconds; what it waited for a processor meanwhile does not count. */
function watchTurns(): () => number {
  let [last, longest] = [ownTime(), 0]
  const look = (): void => {
    const now = ownTime()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(look, 5)
  return () => {
    clearInterval(timer)
    look()
    return longest
  }
}

const BUSY = 'export function scan() { let sum = 0; for (let at = 0; at < 1e7; at++) sum += at; return sum < 0 }'

it('a process that holds the journal keeps neither a server from serving nor a run from its end', async () => {
  const test = await openTestHost({ 'workers.count': 1, 'spare.workers': 0, 'spare.intakes': 0, 'market.simulatedSymbols': 24 })
  const { host } = test
  try {
    host.recover()
    await host.market()
    const { scanner } = await host.saveScanner({ filename: 'scan.mjs', source: new TextEncoder().encode(BUSY) })
    const scan = { scannerId: scanner!.id, prefilter: false as const, split: 'always' as const }
    const { id } = host.submitRun(scan)
    await expect.poll(() => host.run(id).ledger.miss, { timeout: 60_000 }).toBeGreaterThan(0)
    const letGo = await holdJournal(test.home)
    const turns = watchTurns()
    const codeOf = (work: () => unknown): unknown => {
      try {
        return work()
      } catch (error) {
        return (error as { code?: unknown }).code
      }
    }
    const refusals = [codeOf(() => host.submitRun(scan)), codeOf(() => host.hideScanner(scanner!.id))]
    await pause(1_500)
    const longest = turns()
    await letGo()
    expect(refusals).toEqual(['journal_busy', 'journal_busy'])
    // A tenth of a second is for one try; a machine that has much to do adds to it. It was all the time for which the journal was held.
    expect(longest).toBeLessThan(1_000)
    await expect.poll(() => host.run(id).status, { timeout: 60_000 }).toBe('completed')
    const { detected, miss } = host.run(id).ledger
    expect([detected, [...host.rows(id)].length]).toEqual([24, 24])
    expect(miss).toBe(24)
    expect(host.submitRun(scan).status).toBe('queued')
  } finally {
    await test.close()
  }
})

it('a run that waits stays in the queue where the journal can not be told that it is paused', async () => {
  const test = await openTestHost({ 'workers.count': 1, 'spare.workers': 0, 'spare.intakes': 0, 'queue.maxRunning': 1, 'market.simulatedSymbols': 24 })
  const { host } = test
  try {
    host.recover()
    await host.market()
    const { scanner } = await host.saveScanner({ filename: 'scan.mjs', source: new TextEncoder().encode(BUSY) })
    const first = host.submitRun({ scannerId: scanner!.id, prefilter: false, split: 'always' })
    const second = host.submitRun({ scannerId: scanner!.id, symbols: ['KO'], prefilter: false })
    await expect.poll(() => host.run(first.id).status).toBe('running')
    const letGo = await holdJournal(test.home)
    expect(() => host.pause(second.id)).toThrow(expect.objectContaining({ code: 'journal_busy' }))
    expect(host.run(second.id).status).toBe('queued')
    await letGo()
    host.cancel(first.id)
    await expect.poll(() => host.run(second.id).status, { timeout: 60_000 }).toBe('completed')
  } finally {
    await test.close()
  }
})

it('a run that was told to pause and then to go on while the journal was held does so once it is free, and nobody waits for it', async () => {
  const test = await openTestHost({ 'workers.count': 1, 'spare.workers': 0, 'spare.intakes': 0, 'market.simulatedSymbols': 24 })
  const { host } = test
  try {
    host.recover()
    await host.market()
    const { scanner } = await host.saveScanner({ filename: 'scan.mjs', source: new TextEncoder().encode(BUSY) })
    const { id } = host.submitRun({ scannerId: scanner!.id, prefilter: false, split: 'always' })
    await expect.poll(() => host.run(id).ledger.miss, { timeout: 60_000 }).toBeGreaterThan(0)
    const letGo = await holdJournal(test.home)
    const turns = watchTurns()
    host.pause(id)
    host.resume(id)
    await pause(1_500)
    const longest = turns()
    await letGo()
    expect(longest).toBeLessThan(1_000)
    await expect.poll(() => host.run(id).status, { timeout: 60_000 }).toBe('completed')
    expect([...host.rows(id)]).toHaveLength(24)
  } finally {
    await test.close()
  }
})

it('explorations are taken in, explored and ended while a process holds the journal now and then, and nobody waits for it', async () => {
  const test = await openTestHost({ 'workers.count': 1, 'spare.workers': 0, 'spare.intakes': 0, 'market.simulatedSymbols': 200, 'explore.provider': 'simulated' })
  const { host } = test
  try {
    host.recover()
    await host.market()
    const { items } = await host.symbols({ limit: 200 })
    const strategies = items.map(({ symbol }) => ({ ticker: symbol, strategy: 'Long Call' }))
    const letGo = await holdJournal(test.home)
    let turns = watchTurns()
    const submitted = host.submitExploration({ strategies })
    await pause(500)
    const registering = turns()
    await letGo()
    const { id } = await submitted
    await expect.poll(() => [...host.explorationRows(id)].length, { timeout: 60_000 }).toBeGreaterThan(0)
    const letGoAgain = await holdJournal(test.home)
    turns = watchTurns()
    await pause(800)
    const exploring = turns()
    await letGoAgain()
    // Whoever waited for the journal would do so for ten seconds, since nobody of this process could have it let go.
    expect([registering, exploring].map((ms) => ms < 2_000), `${registering}, ${exploring} ms`).toEqual([true, true])
    await expect.poll(() => host.run(id).status, { timeout: 60_000 }).toBe('completed')
    expect([...host.explorationRows(id)]).toHaveLength(strategies.length)
  } finally {
    await test.close()
  }
})
