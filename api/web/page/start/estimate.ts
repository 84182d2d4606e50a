import type { Row, Run, Scanner } from '../server/types.ts'

/** What an earlier run tells of the next. */
export interface Experience {
  readonly run: Run
  /** Of the rows that its script looked at, some that stand together. */
  readonly rows: readonly Row[]
  /** Whether it was of the same scanner. */
  readonly isOwn: boolean
}

export interface Estimate {
  /** Symbols that the script will look at, on one date. */
  readonly symbols: number
  readonly dates: number
  /** Null where there is no run to judge by. */
  readonly batches: number | null
  /** Calls for option chains; 0 without exploration, null where there is no run to judge by. */
  readonly calls: number | null
  readonly durationMs: number | null
}

/** Calls for a hit where no earlier exploration says it: its expirations and one chain. */
const CALLS_A_HIT = 2

/** What a run will be, judged by the last one of the same scanner, or of another where it never ran. */
export function estimate(input: {
  kept: number
  dates: number
  explores: boolean
  scanner: Scanner
  experience: Experience | null
}): Estimate {
  const { kept, dates, explores, scanner, experience } = input
  const base = { symbols: kept, dates }
  const nothing = { ...base, batches: scanner.split.mode === 'whole' ? 1 : null, calls: explores ? null : 0, durationMs: null }
  const looked = experience === null ? 0 : lookedAt(experience.run)
  if (experience === null || experience.rows.length === 0 || looked === 0) return nothing
  const { run, rows } = experience
  const scale = (kept * dates) / looked
  const batches = (new Set(rows.flatMap(({ batchId }) => (batchId === null ? [] : [batchId]))).size * looked) / rows.length
  const hits = run.ledger.hit * scale
  const callsAHit = run.explore === null || run.ledger.hit === 0 ? CALLS_A_HIT : run.explore.calls / run.ledger.hit
  const { queued: _, executing = 0, exploring = 0, ...fixed } = run.timings
  const before = Object.values(fixed).reduce((sum, ms) => sum + ms, 0)
  const exploringMs = !explores ? 0 : exploring > 0 ? exploring * scale : 0
  return {
    ...base,
    batches: scanner.split.mode === 'whole' ? 1 : Math.max(1, Math.round(batches * scale)),
    calls: explores ? Math.round(hits * callsAHit) : 0,
    durationMs: before + executing * scale + exploringMs,
  }
}

/** Rows that the script looked at. */
const lookedAt = ({ ledger: { hit, miss, failed, timedOut, outOfMemory } }: Run): number => hit + miss + failed + timedOut + outOfMemory
