import type { WatchState } from '../pool/limits.ts'
import type { ReplyCheck } from '../pool/reply-check.ts'
import type { WorkerProcess } from '../pool/worker-process.ts'
import type { Unit } from './units.ts'

/** A worker of a run, and what it is at. */
export interface Slot {
  process: WorkerProcess
  state: 'starting' | 'waiting' | 'loading' | 'probing' | 'idle' | 'busy'
  unit: Unit | null
  /** What its replies are held against; null until it is sent a script. */
  check: ReplyCheck | null
  /** The guest's code that the process has already, null for none. */
  guestCore: string | null
  dispatchedAt: number
  asked: boolean
  watch: WatchState
  rssBytes: number
  afterUnit: 'collect' | 'recycle' | null
  /** When it was last asked to give memory back, null for never. */
  collectedAt: number | null
  /** When it is killed, busy or not, since the run holds more workers than it may; null for never. */
  retiresAt: number | null
}

/** Whom a run that must let workers go lets go first. */
export const RETIREMENT: Record<Slot['state'], number> = { starting: 0, waiting: 1, loading: 2, idle: 3, busy: 4, probing: 5 }
