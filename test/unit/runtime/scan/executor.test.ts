import { setTimeout as pause } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { realSurroundings } from '../../../../runtime/pool/surroundings.ts'
import { WorkerProcess } from '../../../../runtime/pool/worker-process.ts'
import { Executor, WorkersUnusable } from '../../../../runtime/scan/executor.ts'
import { encodeJsonFrame } from '../../../../runtime/worker/frames.ts'
import { REPLY, type LoadRequest } from '../../../../runtime/worker/protocol.ts'
import { FakeWorker, SCANNER } from '../../../hostile/support/fake-worker.ts'

const LOADED = encodeJsonFrame(REPLY.loaded, { ok: true, scanner: SCANNER })
const LOAD = { guest: { core: 'x', web: null }, limits: { rowBytes: 1_000, logLines: 10, logBytes: 1_000 } } as LoadRequest

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(5)
}

it('a worker that is still at its first load gets what changed meanwhile as well', async () => {
  const loads: number[] = []
  const workers: FakeWorker[] = []
  const executor = new Executor({
    settings: { workers: 2, symbolTimeoutMs: 60_000, loadTimeoutMs: 60_000, memoryMb: 512, softMemoryMb: 4_096, batchTargetMs: 50 },
    files: [],
    events: { worker: () => {}, log: () => {}, dropped: () => {}, note: () => {}, files: () => {}, ask: () => Promise.resolve('') },
    surroundings: {
      ...realSurroundings,
      sampleProcesses: async () => new Map(),
      startWorker: (id, dataLimitMb, files, listener) =>
        new WorkerProcess(id, 'scan', dataLimitMb, files, listener, () => {
          const place = workers.length
          // The second takes its time.
          const worker = new FakeWorker({ at: 'load', says: () => ((loads[place] = (loads[place] ?? 0) + 1), place === 0 || loads[place] > 1 ? [LOADED] : []) })
          workers.push(worker)
          return worker.asChild
        }),
    },
  })
  try {
    executor.start()
    await executor.load(LOAD)
    await until(() => loads[1] === 1)
    executor.reload()
    await until(() => loads[0] === 2)
    expect(loads).toEqual([2, 1])
    workers[1]!.replies.write(LOADED)
    await until(() => loads[1] === 2)
    // It is at rest then, and not loaded a third time.
    await pause(30)
    expect(loads).toEqual([2, 2])
  } finally {
    executor.stop()
  }
})

it('says what it was given up for also to who has it work only then', async () => {
  const executor = new Executor({
    settings: { workers: 1, symbolTimeoutMs: 60_000, loadTimeoutMs: 60_000, memoryMb: 512, softMemoryMb: 4_096, batchTargetMs: 50 },
    files: [],
    events: { worker: () => {}, log: () => {}, dropped: () => {}, note: () => {}, files: () => {}, ask: () => Promise.resolve('') },
  })
  const problem = new WorkersUnusable('no processes')
  executor.abort(problem)
  await expect(executor.execute({} as never)).rejects.toBe(problem)
  await expect(executor.load(LOAD)).rejects.toBe(problem)
  await expect(executor.probe()).rejects.toBe(problem)
})
