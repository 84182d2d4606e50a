import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import pidusage from 'pidusage'
import { describe, expect, it } from 'vitest'

import { sampleProcesses } from '../../../../runtime/pool/samples.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const openFiles = (): number => readdirSync('/proc/self/fd').length

describe('samples of processes', () => {
  it('say what pidusage and Node say of memory, and tell a busy process from an idle one', async () => {
    const busy = spawn(process.execPath, ['-e', 'for (const end = Date.now() + 30_000; Date.now() < end; );'])
    const idle = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 1e6)'])
    try {
      await pause(300)
      const pids = [busy.pid!, idle.pid!]
      await sampleProcesses(pids)
      await pause(400)
      const samples = await sampleProcesses([...pids, process.pid])
      const { memory } = await pidusage(idle.pid!)
      expect(samples.get(idle.pid!)!.rssBytes / memory).toBeCloseTo(1, 1)
      expect(samples.get(process.pid)!.rssBytes / process.memoryUsage.rss()).toBeCloseTo(1, 1)
      expect(samples.get(busy.pid!)!.cpuPercent).toBeGreaterThan(samples.get(idle.pid!)!.cpuPercent)
      expect(samples.get(busy.pid!)!.cpuPercent).toBeLessThan(130)
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
