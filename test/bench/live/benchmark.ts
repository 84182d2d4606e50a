import { median } from '../measure/statistics.ts'
import { benchFanOut, type FanOutMeasure } from './fan-out.ts'
import type { WatcherCounts } from './processes.ts'
import { runServed, startServer, type ServedRun } from './served-run.ts'

export interface LiveOptions extends WatcherCounts {
  readonly symbols: number
  readonly rounds: number
  /** How long the played run takes. */
  readonly playedMs: number
  readonly timeoutMs: number
  /** State folder of the server; made where it is not there. */
  readonly home: string
  readonly onProgress?: (text: string) => void
}

export interface LiveResult extends WatcherCounts {
  readonly symbols: number
  readonly rounds: number
  readonly playedMs: number
  /** The same played run, sent to the watchers in three ways, and to nobody. */
  readonly fanOut: readonly FanOutMeasure[]
  /** A run of `strikescan serve` without watchers, and with them; medians, and the fastest of each against each other. */
  readonly served: { readonly unwatchedMs: number; readonly watchedMs: number; readonly ratio: number; readonly fastestRatio: number; readonly p50Ms: number; readonly p99Ms: number; readonly watched: ServedRun; readonly unwatched: ServedRun }
}

/** Fan-out of a run to many watchers: against the library's limit and the naive way, and in the server as it is. */
export async function benchLive(options: LiveOptions): Promise<LiveResult> {
  const { symbols, rounds, playedMs, watchers, stalled, timeoutMs, home, onProgress = () => {} } = options
  const fanOut = await benchFanOut({ ...options, onProgress })
  const server = await startServer(home, symbols, timeoutMs)
  const unwatched: ServedRun[] = []
  const watched: ServedRun[] = []
  try {
    for (let round = -1; round < rounds; round++) {
      onProgress(round < 0 ? 'served: warming up' : `served: round ${round + 1} of ${rounds}`)
      const alone = await runServed(server, null, timeoutMs)
      if (round < 0) continue
      unwatched.push(alone)
      watched.push(await runServed(server, { watchers, stalled }, timeoutMs))
    }
  } finally {
    await server.end()
  }
  const middle = (runs: readonly ServedRun[]): ServedRun => runs.toSorted((a, b) => a.runMs - b.runMs)[runs.length >> 1]!
  const of = (read: (run: ServedRun) => number, runs: readonly ServedRun[]): number => median(runs.map(read))
  const fastest = (runs: readonly ServedRun[]): number => Math.min(...runs.map(({ runMs }) => runMs))
  const unwatchedMs = of(({ runMs }) => runMs, unwatched)
  const watchedMs = of(({ runMs }) => runMs, watched)
  return {
    symbols, rounds, playedMs, watchers, stalled, fanOut,
    served: { unwatchedMs, watchedMs, ratio: watchedMs / unwatchedMs, fastestRatio: fastest(watched) / fastest(unwatched), p50Ms: of((run) => run.seen!.p50Ms, watched), p99Ms: of((run) => run.seen!.p99Ms, watched), watched: middle(watched), unwatched: middle(unwatched) },
  }
}
