import { shareWorkers } from './worker-shares.ts'

/** One run's part of the worker processes. */
export interface WorkerLease {
  /** Processes that it may hold now; where it holds more it is to let some go. */
  readonly limit: number
  /** Says how many it has use for. */
  want(workers: number): void
  /** Takes room for a process; false where there is none at the moment. `onChange` is told when there may be again. */
  take(): boolean
  /** Gives the room of a process back that has ended. */
  giveBack(): void
  /** Called when the limit has changed, or room came free. */
  onChange(listener: () => void): void
  /** Ends the lease; room that is taken comes back with `giveBack`. */
  close(): void
}

interface Member {
  wanted: number
  limit: number
  used: number
  isOpen: boolean
  listener: () => void
}

/** The worker processes of all runs together: never more than `total` at once, shared evenly among the runs under way. */
export class WorkerBudget {
  readonly #total: number
  readonly #members: Member[] = []
  #used = 0

  constructor(total: number) {
    this.#total = total
  }

  /** A lease of up to `most` processes. */
  lease(most: number): WorkerLease {
    const member: Member = { wanted: most, limit: 0, used: 0, isOpen: true, listener: () => {} }
    this.#members.push(member)
    this.#share()
    return {
      get limit() {
        return member.limit
      },
      want: (workers) => {
        const wanted = Math.max(1, Math.min(most, workers))
        if (!member.isOpen || wanted === member.wanted) return
        member.wanted = wanted
        this.#share()
      },
      take: () => {
        if (!member.isOpen || member.used >= member.limit || this.#used >= this.#total) return false
        member.used++
        this.#used++
        return true
      },
      giveBack: () => {
        member.used--
        this.#used--
        this.#tell()
      },
      onChange: (listener) => {
        member.listener = listener
      },
      close: () => {
        if (!member.isOpen) return
        member.isOpen = false
        this.#members.splice(this.#members.indexOf(member), 1)
        this.#share()
      },
    }
  }

  #share(): void {
    const shares = shareWorkers(
      this.#total,
      this.#members.map(({ wanted }) => wanted),
    )
    this.#members.forEach((member, place) => (member.limit = shares[place]!))
    this.#tell()
  }

  /** All are told: of one that lets go, another takes. */
  #tell(): void {
    for (const { listener } of [...this.#members]) listener()
  }
}
