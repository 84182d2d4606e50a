import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { Spares, type SpareKind } from '../../../../runtime/pool/spares.ts'
import type { WorkerEnd, WorkerListener, WorkerProcess } from '../../../../runtime/pool/worker-process.ts'

class FakeProcess {
  isAlive = true
  sent: string[] = []
  readonly listener: WorkerListener
  constructor(listener: WorkerListener) {
    this.listener = listener
  }
  giveWay(): void {}
  answer(): void {
    this.listener.frame({ type: 1, payload: Buffer.alloc(0) })
  }
  kill(end: WorkerEnd): void {
    this.isAlive = false
    this.listener.ended(end)
  }
}

let started: FakeProcess[] = []
beforeEach(() => {
  vi.useFakeTimers()
  started = []
})
afterEach(() => void vi.useRealTimers())

/** Ready after `answers`, the first of which is answered with something to do. */
function spares(answers: number, mayBeTakenEarly: boolean, count = 1): Spares {
  const kind: SpareKind = {
    start: (listener) => {
      started.push(new FakeProcess(listener))
      return started.at(-1) as unknown as WorkerProcess
    },
    warmUp: (process, seen) => {
      ;(process as unknown as FakeProcess).sent.push(`after ${seen}`)
      return seen === answers
    },
    mayBeTakenEarly,
  }
  const kept = new Spares(count, kind)
  kept.fill()
  return kept
}

describe('processes that stand by', () => {
  it('are ready once they are warm, are given away once, and are replaced', () => {
    const kept = spares(2, true)
    started[0]!.answer()
    started[0]!.answer()
    expect(started[0]!.sent).toEqual(['after 0', 'after 1', 'after 2'])
    expect(kept.take()).toMatchObject({ process: started[0], isReady: true })
    expect(kept.take()).toBe(null)
    vi.advanceTimersByTime(500)
    expect(kept.take()).toMatchObject({ process: started[1], isReady: false })
  })

  it('are not taken before they are warm where an answer would go to the wrong one', () => {
    const kept = spares(1, false)
    expect(kept.take()).toBe(null)
    started[0]!.answer()
    expect(kept.take()).toMatchObject({ isReady: true })
  })

  it('that never become ready are ended and replaced', () => {
    const kept = spares(1, false)
    vi.advanceTimersByTime(31_000)
    expect(started[0]!.isAlive).toBe(false)
    vi.advanceTimersByTime(5_000)
    started[1]!.answer()
    expect(kept.take()).toMatchObject({ process: started[1] })
    vi.advanceTimersByTime(60_000)
    expect(started[1]!.isAlive).toBe(true)
  })

  it('that die while they stand by are replaced after a while, not at once', () => {
    spares(1, true)
    started[0]!.kill({ kind: 'exited', detail: 'exit code 1' })
    vi.advanceTimersByTime(4_000)
    expect(started).toHaveLength(1)
    vi.advanceTimersByTime(2_000)
    expect(started).toHaveLength(2)
  })

  it('are ended when nobody will want them any more', () => {
    const kept = spares(1, true, 2)
    vi.advanceTimersByTime(1_000)
    kept.close()
    vi.advanceTimersByTime(60_000)
    expect(started.map(({ isAlive }) => isAlive)).toEqual([false, false])
    expect(kept.take()).toBe(null)
  })

  it('are started one after the other, so that nothing waits for more than one start', () => {
    const kept = spares(1, true, 3)
    expect(started).toHaveLength(1)
    vi.advanceTimersByTime(1_000)
    expect(started).toHaveLength(3)
    kept.take()
    kept.take()
    vi.advanceTimersByTime(1_000)
    expect(started).toHaveLength(5)
    kept.close()
  })
})
