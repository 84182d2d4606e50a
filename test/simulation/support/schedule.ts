import fc from 'fast-check'

/** What a symbol's scan does, wherever and whenever it is carried out. */
export type Deed = 'hit' | 'miss' | 'slow' | 'throws' | 'isolate_oom' | 'hangs' | 'eats' | 'exits' | 'native_oom' | 'garbage'

export interface RunSpec {
  /** Virtual milliseconds after the start at which it is asked for. */
  at: number
  mode: 'batches' | 'tried' | 'ordered' | 'divided' | 'together'
  deeds: Deed[]
  dates: number
  /** Milliseconds of an ordinary symbol. */
  symbolMs: number
  rank: 'none' | 'keeps' | 'throws' | 'hangs'
  explore: boolean
  /** Its lists are only known once it is loaded. */
  probes: boolean
  prefilter: boolean
  /** Null for the default, which is far away. */
  timeoutMs: number | null
}

export type Fault =
  | { kind: 'kill_worker' | 'kill_workers' | 'half_frame'; at: number; which: number }
  | { kind: 'stall_worker'; at: number; which: number; ms: number }
  | { kind: 'starts_fail'; at: number; how: 'throws' | 'refused' | 'dies' | 'slow' | 'hangs'; count: number }
  | { kind: 'disk_full' | 'disk_locked'; at: number; ms: number }
  | { kind: 'kill_server' | 'drain_server'; at: number; ms: number }
  | { kind: 'kill_server_at_write'; at: number; writes: number; ms: number }
  | { kind: 'set_clock'; at: number; ms: number }
  | { kind: 'freeze'; at: number; ms: number }
  | { kind: 'provider'; at: number; ms: number; how: 'stalls' | 'unavailable' | 'rate_limited' | 'malformed' | 'slow' }
  | { kind: 'pause' | 'resume' | 'cancel'; at: number; run: number }

/** All that one schedule is: plain data, so that a failing one can be made smaller and shown. */
export interface Schedule {
  seed: number
  workers: number
  maxRunning: number
  spares: boolean
  runs: RunSpec[]
  faults: Fault[]
}

const pick = <const T>(...values: [weight: number, value: T][]): fc.Arbitrary<T> => fc.oneof(...values.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })))
const ms = (most: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: most })

/** Most deeds are honest: a run of nothing but attacks says little of the honest rows beside them. */
const deeds = pick<Deed>([30, 'hit'], [20, 'miss'], [4, 'slow'], [4, 'throws'], [2, 'isolate_oom'], [2, 'hangs'], [2, 'eats'], [2, 'exits'], [1, 'native_oom'], [2, 'garbage'])

const runs: fc.Arbitrary<RunSpec> = fc.record({
  at: ms(1_500),
  mode: pick([6, 'batches'], [2, 'tried'], [2, 'ordered'], [3, 'divided'], [1, 'together']),
  deeds: fc.array(deeds, { minLength: 1, maxLength: 14 }),
  dates: pick([6, 1], [2, 2], [1, 3]),
  symbolMs: pick([3, 1], [3, 7], [3, 30], [1, 90]),
  rank: pick([10, 'none'], [2, 'keeps'], [1, 'throws'], [1, 'hangs']),
  explore: pick([4, false], [1, true]),
  probes: pick([3, false], [1, true]),
  prefilter: pick([5, false], [1, true]),
  timeoutMs: pick<number | null>([12, null], [1, 400], [1, 2_000]),
})

const faults: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: pick([4, 'kill_worker'], [1, 'kill_workers'], [2, 'half_frame']), at: ms(4_000), which: ms(7) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stall_worker' as const), at: ms(4_000), which: ms(7), ms: ms(300) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('starts_fail' as const), at: ms(2_000), how: pick([1, 'throws'], [1, 'refused'], [1, 'dies'], [1, 'slow'], [1, 'hangs']), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: pick([1, 'disk_full'], [1, 'disk_locked']), at: ms(4_000), ms: ms(500) }) },
  { weight: 4, arbitrary: fc.record({ kind: pick([2, 'kill_server'], [1, 'drain_server']), at: ms(4_000), ms: ms(500) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('kill_server_at_write' as const), at: ms(3_000), writes: ms(30), ms: ms(500) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('set_clock' as const), at: ms(4_000), ms: fc.integer({ min: -90_000_000, max: 90_000_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('freeze' as const), at: ms(4_000), ms: ms(20_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('provider' as const), at: ms(4_000), ms: ms(3_000), how: pick([1, 'stalls'], [1, 'unavailable'], [1, 'rate_limited'], [1, 'malformed'], [1, 'slow']) }) },
  { weight: 4, arbitrary: fc.record({ kind: pick([2, 'pause'], [2, 'resume'], [1, 'cancel']), at: ms(4_000), run: ms(2) }) },
)

export const schedules: fc.Arbitrary<Schedule> = fc.record({
  seed: fc.integer({ min: 0, max: 0xffffffff }),
  workers: fc.integer({ min: 1, max: 3 }),
  maxRunning: fc.integer({ min: 1, max: 3 }),
  spares: fc.boolean(),
  runs: fc.array(runs, { minLength: 1, maxLength: 3 }),
  faults: fc.array(faults, { maxLength: 6 }),
})
