import type { WorkerEnd } from '../pool/worker-process.ts'
import type { Run } from '../scan/run.ts'

export type KilledBecause = 'deadline' | 'memory' | 'lost' | 'outside' | 'stopped'

/** What has happened since the process began, for metrics. Called synchronously; must not throw. */
export interface HostObserver {
  runQueued?(run: Run): void
  runStarted?(run: Run, queuedMs: number): void
  /** Also called for a run that is paused. */
  runEnded?(run: Run, runMs: number): void
  workerKilled?(cause: KilledBecause): void
}

/** Why a worker with a script in it is gone; null where it left as it should. */
export function causeOf(end: WorkerEnd, wasWorking: boolean): KilledBecause | null {
  switch (end.kind) {
    case 'killed':
      if (end.cause === 'stopped') return wasWorking ? 'stopped' : null
      return end.cause === 'timeout' ? 'deadline' : 'memory'
    case 'out_of_memory':
      return 'memory'
    case 'broke':
      return 'lost'
    case 'exited':
      // Nobody of ours sent the signal: the system, or somebody at a terminal.
      return end.detail.startsWith('signal ') ? 'outside' : 'lost'
  }
}
