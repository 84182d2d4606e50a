import type { Progress } from '../worker/cell.ts'
import type { KillCause } from './worker-process.ts'

export interface WatchLimits {
  /** Milliseconds that a worker may stay at one step. */
  symbolTimeoutMs: number
  /** Resident bytes of one worker. */
  memoryBytes: number
}

/** What the watch remembers of one worker between looks. */
export interface WatchState {
  step: number
  /** When the current step was first seen, in milliseconds of the watch's clock. */
  stepSince: number
  /** The last few samples of resident bytes, oldest first. */
  samples: number[]
  warned: boolean
}

export type WatchVerdict = { action: 'none' } | { action: 'warn'; rssBytes: number } | { action: 'kill'; cause: KillCause }

const SAMPLES = 3
const WARN_SHARE = 0.8

/** For a worker that begins at `now`, in milliseconds of the watch's clock. */
export function newWatchState(now: number): WatchState {
  return { step: -1, stepSince: now, samples: [], warned: false }
}

/**
 * What to do about a worker at `now`, in milliseconds of a monotonic clock, from its progress and its resident memory:
 * killed where it stays too long at one step, where the mean of the last samples passes the limit, or where one sample
 * passes twice the limit (a mean alone would let a fast eater through); warned once at 80%. Pure but for `state`, which
 * it brings up to date. The rule for memory is that of QuantConnect Lean's Isolator.
 */
export function watch(
  state: WatchState,
  now: number,
  progress: Progress,
  isBusy: boolean,
  rssBytes: number | null,
  limits: WatchLimits,
): WatchVerdict {
  if (progress.step !== state.step || !isBusy) {
    state.step = progress.step
    state.stepSince = now
  }
  if (now - state.stepSince > limits.symbolTimeoutMs) return { action: 'kill', cause: 'timeout' }
  if (rssBytes === null) return { action: 'none' }
  state.samples = [...state.samples, rssBytes].slice(-SAMPLES)
  const mean = state.samples.reduce((sum, sample) => sum + sample, 0) / state.samples.length
  if (rssBytes > 2 * limits.memoryBytes || (state.samples.length === SAMPLES && mean > limits.memoryBytes)) {
    return { action: 'kill', cause: 'memory' }
  }
  if (rssBytes > WARN_SHARE * limits.memoryBytes && !state.warned) {
    state.warned = true
    return { action: 'warn', rssBytes }
  }
  return { action: 'none' }
}

export type SoftVerdict = 'none' | 'collect' | 'recycle'

/**
 * What to do about the workers' memory as a whole: over the soft limit the largest is asked to let go of what it can;
 * one that stays the largest after that is replaced.
 */
export function softLimit(totalBytes: number, softBytes: number, largestWasCollected: boolean): SoftVerdict {
  if (totalBytes <= softBytes) return 'none'
  return largestWasCollected ? 'recycle' : 'collect'
}
