import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import pidusage from 'pidusage'
import { describe, expect, it } from 'vitest'

import { sampleProcesses } from '../../../../runtime/pool/samples.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
/** A process that says when it has started, and then does its work. */
const start = (work: string) => spawn(process.execPath, ['-e', `require('node:fs').writeSync(1, 'ready'); ${work}`], { stdio: ['ignore', 'pipe', 'inherit'] })
const openFiles = (): number => readdirSync('/proc/self/fd').length

describe('samples of processes', () => {
  it('say what pidusage and Node say of memory, and tell a busy process from an idle one', async () => {
    const [busy, idle] = [start('for (const end = Date.now() + 30_000; Date.now() < end; );'), start('setTimeout(() => {}, 1e6)')]
    try {
      for (const child of [busy, idle]) await once(child.stdout, 'data')
      const pids = [busy.pid!, idle.pid!]
      await sampleProcesses(pids)
      const found = { busy: 0, idle: 0 }
      // Where the machine has much to do, a busy process may have nothing of it for a while.
      for (let looks = 0; looks < 20 && found.busy <= found.idle; looks++) {
        await pause(400)
        const samples = await sampleProcesses(pids)
        Object.assign(found, { busy: samples.get(busy.pid!)!.cpuPercent, idle: samples.get(idle.pid!)!.cpuPercent })
      }
      expect(found.busy).toBeGreaterThan(found.idle)
      expect(found.busy).toBeLessThan(130)
      const own = (await sampleProcesses([process.pid])).get(process.pid)!
      expect(own.rssBytes / process.memoryUsage.rss()).toBeCloseTo(1, 1)
      const idling = (await sampleProcesses([idle.pid!])).get(idle.pid!)!
      expect(idling.rssBytes / (await pidusage(idle.pid!)).memory).toBeCloseTo(1, 1)
    } finally {
      for (const child of [busy, idle]) child.kill('SIGKILL')
      pidusage.clear()
    }
  })

  it.skipIf(process.platform !== 'linux')('leave out processes that are gone, and hold no descriptor', async () => {
    const before = openFiles()
    for (let round = 0; round < 5; round++) {
      const child = spawn('sleep', ['60'], { stdio: 'ignore' })
      expect((await sampleProcesses([child.pid!])).has(child.pid!)).toBe(true)
      child.kill('SIGKILL')
      await once(child, 'close')
      expect((await sampleProcesses([child.pid!, 0])).size).toBe(0)
    }
    expect(openFiles()).toBeLessThanOrEqual(before)
  })
})
