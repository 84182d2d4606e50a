import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { readdirSync } from 'node:fs'
import { getPriority } from 'node:os'
import { describe, expect, it } from 'vitest'

import { WorkerProcess, type WorkerEnd } from '../../../../runtime/pool/worker-process.ts'

const openFiles = (): number => readdirSync('/proc/self/fd').length

describe.skipIf(process.platform !== 'linux')('a worker that can not be started', () => {
  it('for want of descriptors has no pipes and no number: its end is told, and nobody else is meant', async () => {
    const before = [openFiles(), getPriority(0)]
    const ends: WorkerEnd[] = []
    const child = Object.assign(new EventEmitter(), { pid: undefined, stdio: undefined, stdin: undefined, kill: () => false })
    const worker = new WorkerProcess(1, 'scan', 100, [], { frame: () => {}, ended: (end) => void ends.push(end) }, () => child as unknown as ChildProcess)
    worker.giveWay()
    worker.send(1, {})
    child.emit('error', new Error('spawn EMFILE'))
    child.emit('close', -24, null)
    worker.kill({ kind: 'killed', cause: 'stopped' })
    expect(ends).toEqual([{ kind: 'exited', detail: 'spawn EMFILE' }])
    expect([openFiles(), getPriority(0)]).toEqual(before)
  })

  it('since the attempt throws leaves no descriptor', () => {
    const before = openFiles()
    const start = (): WorkerProcess =>
      new WorkerProcess(1, 'scan', 100, [], { frame: () => {}, ended: () => {} }, () => {
        throw new Error('spawn EACCES')
      })
    expect(start).toThrow('EACCES')
    expect(openFiles()).toBe(before)
  })
})
