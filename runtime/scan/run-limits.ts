import type { Settings } from '../config/schema.ts'
import type { RunRequest } from './run.ts'

/** What a run may take: milliseconds, MB of one worker, and workers. */
export interface RunLimits {
  readonly timeoutMs: number
  readonly symbolTimeoutMs: number
  /** Milliseconds that the top level of a script may take. */
  readonly loadTimeoutMs: number
  readonly memoryMb: number
  readonly workers: number
}

const LOAD_TIMEOUT_MS = 10_000
/** Memory that a worker may hold beyond its resident limit before its own allocations fail: the engine reserves code space ahead. */
const DATA_HEADROOM_MB = 1100

/** Private memory in MB that a worker of this resident limit may have. */
export const dataLimitOf = (memoryMb: number): number => memoryMb + DATA_HEADROOM_MB

/** The limits that a request asks for, else those of the settings. */
export function limitsOf(asked: RunRequest['limits'], settings: Settings): RunLimits {
  const symbolTimeoutMs = asked?.symbolTimeoutMs ?? settings['limits.symbolTimeoutMs']
  return {
    timeoutMs: asked?.timeoutMs ?? settings['limits.timeoutMs'],
    symbolTimeoutMs,
    loadTimeoutMs: Math.max(symbolTimeoutMs, LOAD_TIMEOUT_MS),
    memoryMb: asked?.memoryMb ?? settings['limits.memoryMb'],
    workers: asked?.workers ?? settings['workers.count'],
  }
}
