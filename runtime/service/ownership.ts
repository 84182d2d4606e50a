import type { StoredRun } from '../journal/journal.ts'
import { isProcessAlive } from '../journal/owner.ts'
import type { RunOwner } from '../journal/run-list.ts'
import type { Run } from '../scan/run.ts'

type Owned = Pick<StoredRun, 'status' | 'place' | 'ownerPid' | 'ownerToken'>

/** True where another living process carries it out. A number that this process has now may have been another's. */
export function isOwnedElsewhere({ ownerPid, ownerToken }: RunOwner): boolean {
  return ownerPid !== null && ownerPid !== process.pid && isProcessAlive(ownerPid, ownerToken)
}

/**
 * Whether the process died that carried a run out: nobody could write that down. One that waits in a server's queue, or was handed back
 * to it, is none: the next server goes on with it.
 */
export function isInterrupted({ status, place, ownerPid, ownerToken }: Owned): boolean {
  const isBegun = status === 'running' || (status === 'queued' && ownerPid !== null && (place === null || place < 0))
  return isBegun && (ownerPid === null || !isProcessAlive(ownerPid, ownerToken))
}

/** A stored run as it is to be shown. */
export function shownRun(stored: Owned & Pick<StoredRun, 'state'>): Run {
  const { state } = stored
  if (!isInterrupted(stored)) return state
  return { ...state, status: 'interrupted', message: 'its process ended before it did', etaMs: null }
}
