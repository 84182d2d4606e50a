import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Attack } from './attack.ts'
import type { Job, Report, Upshot } from './host-process.ts'
import { treeMb } from './process-tree.ts'

/** What came of attacks that ran at once. */
export interface Wave extends Omit<Report, 'id'> {
  /** Most that the host and all its workers held meanwhile; null where the system does not tell. */
  peakMb: number | null
}

const LIMITS = { symbolTimeoutMs: 15_000, memoryMb: 256, workers: 1, timeoutMs: 60_000 }
/** Of those that are to run into it; the others have time, however busy the machine is. */
const SHORT_MS = 600
const LOOK_MS = 50
const program = fileURLToPath(new URL('host-process.ts', import.meta.url))

/** A host that attacks are sent to, from outside of it. */
export class AttackedHost {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, PromiseWithResolvers<Report>>()
  #isOver = false
  #lastId = 0
  /** What the honest scanners come to where nobody attacks. */
  alone: Upshot[] = []

  constructor() {
    this.#child = fork(program, [], { execArgv: ['--no-node-snapshot'], env: {} })
    this.#child.on('message', (report: Report) => this.#waiting.get(report.id)?.resolve(report))
    this.#child.on('exit', () => {
      this.#isOver = true
      for (const { reject } of this.#waiting.values()) reject(new Error('the host is gone'))
    })
  }

  /** Waits until it has run its honest scanners. */
  async ready(): Promise<void> {
    this.alone = (await this.#report(0)).honest
  }

  get isAlive(): boolean {
    return !this.#isOver && this.#child.connected
  }

  /** Runs attacks at once, beside the honest scanners. */
  async suffer(attacks: readonly Attack[]): Promise<Wave> {
    const id = ++this.#lastId
    const job: Job = {
      id,
      files: attacks.map(({ name, source, params, limits, isEndless }) => ({
        filename: name.split('/').at(-1)!,
        sourceBase64: source.toString('base64'),
        ...(params !== undefined && { params }),
        limits: { ...LIMITS, ...(isEndless && { symbolTimeoutMs: SHORT_MS }), ...limits },
      })),
    }
    let peakMb: number | null = null
    const look = setInterval(() => (peakMb = Math.max(peakMb ?? 0, treeMb(this.#child.pid!) ?? 0)), LOOK_MS)
    try {
      const answer = this.#report(id)
      this.#child.send(job)
      return { ...(await answer), peakMb }
    } finally {
      clearInterval(look)
    }
  }

  /** Resident MB of the host and its workers now. */
  treeMb(): number | null {
    return treeMb(this.#child.pid!)
  }

  async close(): Promise<void> {
    if (!this.isAlive) return
    const over = once(this.#child, 'exit')
    this.#child.send('close')
    await over
  }

  async #report(id: number): Promise<Report> {
    const waiting = Promise.withResolvers<Report>()
    this.#waiting.set(id, waiting)
    try {
      return await waiting.promise
    } finally {
      this.#waiting.delete(id)
    }
  }
}
