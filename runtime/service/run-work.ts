import type { ExplorationPlan } from '../explore/exploration-run.ts'
import type { Run, RunEvent } from '../scan/run.ts'
import type { StoredPlan } from '../scan/stored-plan.ts'

/** What carries one run out, whatever its kind. Made, then `carryOut` once. */
export interface RunWork {
  readonly run: Run
  subscribe(listener: (event: RunEvent) => void, afterSeq?: number): () => void
  cancel(): void
  interrupt(): void
  /** Leaves the run to another process, once what is under way is done, but after `graceMs` in any case. */
  handBack(graceMs: number): Promise<void>
  workers(): { pid: number; rssBytes: number }[]
  /** Never rejects. */
  carryOut(): Promise<Run>
}

export type RunPlan = StoredPlan | ExplorationPlan

/** A run under way, or just finished. */
export interface RunHandle {
  readonly id: string
  run(): Run
  /** Events after `afterSeq` (default: from the start), then each as it happens, in order of `seq`. Gives the way to stop. */
  subscribe(listener: (event: RunEvent) => void, afterSeq?: number): () => void
  readonly done: Promise<Run>
  /** Gives up: rows not reached become `cancelled`. */
  cancel(): void
  /** Stops and keeps what is done; `resumeRun` goes on from there. */
  interrupt(): void
}

export const isExploration = (plan: RunPlan): plan is ExplorationPlan => 'kind' in plan && plan.kind === 'exploration'

export const isOver = ({ status }: Run): boolean => status === 'completed' || status === 'failed' || status === 'cancelled'
