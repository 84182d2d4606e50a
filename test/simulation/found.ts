import type { RunSpec, Schedule } from './support/schedule.ts'

const run = (spec: Partial<RunSpec>): RunSpec => ({
  at: 0, mode: 'batches', deeds: ['miss'], dates: 1, symbolMs: 7, rank: 'none', explore: false, probes: false, prefilter: false, timeoutMs: null, ...spec,
})
const schedule = (parts: Partial<Schedule>): Schedule => ({ seed: 0, workers: 1, maxRunning: 1, spares: false, runs: [run({})], faults: [], ...parts })

/** Schedules that once went wrong, as small as they could be made. */
export const FOUND: Record<string, Schedule> = {
  'a run whose turn comes, or that stops, while the disk is full stayed queued for ever': schedule({ faults: [{ kind: 'disk_full', at: 0, ms: 40 }] }),
  'one process that could not be started broke the run off': schedule({ runs: [run({ at: 1 })], faults: [{ kind: 'starts_fail', at: 0, how: 'throws', count: 1 }] }),
  'a process that hung at its start was waited for until the deadline of the run': schedule({ faults: [{ kind: 'starts_fail', at: 0, how: 'hangs', count: 1 }] }),
  'a worker that died while it was asked for its lists was waited for until the deadline of the run': schedule({
    runs: [run({ probes: true })],
    faults: Array.from({ length: 60 }, (_, at) => ({ kind: 'kill_worker', at, which: 0 }) as const),
  }),
  'a worker that was dead when it was given a symbol counted as lost at it': schedule({
    workers: 2, runs: [run({ deeds: ['hangs', 'exits'], probes: true })], faults: [{ kind: 'kill_workers', at: 106, which: 0 }],
  }),
  'a machine that stood still had honest symbols timed out': schedule({ runs: [run({ mode: 'together', deeds: ['slow'], symbolMs: 30 })], faults: [{ kind: 'freeze', at: 60, ms: 20_000 }] }),
  'a worker that broke the protocol in a trial had a script run whole': schedule({ runs: [run({ mode: 'tried', deeds: ['garbage', 'hit'], symbolMs: 90, rank: 'keeps' }), run({ deeds: ['hit'], symbolMs: 1 })] }),
  'a symbol that was among those of a lost process counted as lost at once when its own was killed': schedule({
    runs: [run({ mode: 'divided', deeds: ['exits', 'hangs', 'hit'], dates: 2, symbolMs: 1 })], faults: [{ kind: 'kill_worker', at: 1219, which: 0 }],
  }),
}
