import { newWatchState, type WatchState } from '../pool/limits.ts'
import type { ReplyCheck } from '../pool/reply-check.ts'
import type { GuestCode } from '../worker/protocol.ts'
import type { WorkerProcess } from '../pool/worker-process.ts'
import type { Unit } from './units.ts'

/** A worker of a run, and what it is at. */
export interface Slot {
  process: WorkerProcess
  state: 'starting' | 'waiting' | 'loading' | 'probing' | 'idle' | 'busy'
  unit: Unit | null
  /** What its replies are held against; null until it is sent a script. */
  check: ReplyCheck | null
  /** What it is loading is out of date by now. */
  isLoadStale: boolean
  /** The guest's code that the process has already, null for none. */
  guest: GuestCode | null
  dispatchedAt: number
  /** Lines beyond the limit of its script that were counted so far. */
  droppedLogs: number
  /** When its script asked for something that it waits for, null where it does not. */
  askedAt: number | null
  asked: boolean
  watch: WatchState
  rssBytes: number
  afterUnit: 'collect' | 'recycle' | null
  /** When it was last asked to give memory back, null for never. */
  collectedAt: number | null
  /** When it is killed, busy or not, since the run holds more workers than it may; null for never. */
  retiresAt: number | null
}

/** The place of a worker that is about to start; its process is put in at once. */
export function newSlot(now: number): Slot {
  return {
    state: 'starting',
    unit: null,
    check: null,
    isLoadStale: false,
    guest: null,
    dispatchedAt: 0,
    droppedLogs: 0,
    askedAt: null,
    asked: false,
    watch: newWatchState(now),
    rssBytes: 0,
    afterUnit: null,
    collectedAt: null,
    retiresAt: null,
  } as unknown as Slot
}

/** Whom a run that must let workers go lets go first. */
export const RETIREMENT: Record<Slot['state'], number> = { starting: 0, waiting: 1, loading: 2, idle: 3, busy: 4, probing: 5 }

/** Whether the process has all of this code already. */
export function holdsGuest({ guest }: Slot, { core, web }: GuestCode): boolean {
  return guest !== null && guest.core === core && (web === null || guest.web === web)
}
