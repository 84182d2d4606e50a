import { median, medianKnown } from '../measure/statistics.ts'
import { benchFanOut, type FanOutMeasure } from './fan-out.ts'
import { gapsOf, type WatcherCounts } from './processes.ts'
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
  /** A run of `strikescan serve` without watchers, and with them: medians. */
  readonly served: {
    readonly unwatchedMs: number
    readonly watchedMs: number
    /** Medians of the ratios within each pair of runs, one after the other: of the runs' time, of that without what workers waited for a processor, and of the workers' own time. */
    readonly ratio: number
    readonly ownRatio: number | null
    readonly workerCpuRatio: number | null
    /** CPU that the server takes for a message to one watcher. */
    readonly microsecondsPerMessage: number
    readonly p50Ms: number
    readonly p99Ms: number
    /** When the server has written the event, before the watcher has read it. */
    readonly deliveryP99Ms: number | null
    /** Of all rounds: messages that came, and events that were missed. */
    readonly messages: number
    readonly gaps: number
    /** The run of median time. */
    readonly watched: ServedRun
    readonly unwatched: ServedRun
  }
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
      // Which of a pair comes first changes, so that a machine that gets busier, or warmer, favours neither.
      const isWatchedFirst = round % 2 === 0
      const pair: Partial<Record<'watched' | 'unwatched', ServedRun>> = {}
      for (const isWatched of [isWatchedFirst, !isWatchedFirst]) pair[isWatched ? 'watched' : 'unwatched'] = await runServed(server, isWatched ? { watchers, stalled } : null, timeoutMs)
      if (round < 0) continue
      watched.push(pair.watched!)
      unwatched.push(pair.unwatched!)
    }
  } finally {
    await server.end()
  }
  const middle = (runs: readonly ServedRun[]): ServedRun => runs.toSorted((a, b) => a.runMs - b.runMs)[runs.length >> 1]!
  const of = (read: (run: ServedRun) => number, runs: readonly ServedRun[]): number => median(runs.map(read))
  const ratios = (read: (run: ServedRun) => number | null): (number | null)[] => watched.map((run, place) => {
    const [one, other] = [read(run), read(unwatched[place]!)]
    return one === null || other === null ? null : one / other
  })
  return {
    symbols, rounds, playedMs, watchers, stalled, fanOut,
    served: {
      unwatchedMs: of(({ runMs }) => runMs, unwatched),
      watchedMs: of(({ runMs }) => runMs, watched),
      ratio: medianKnown(ratios(({ runMs }) => runMs))!,
      ownRatio: medianKnown(ratios(({ ownMs }) => ownMs)),
      workerCpuRatio: medianKnown(ratios(({ workerCpuMs }) => workerCpuMs)),
      microsecondsPerMessage: median(watched.map((run, place) => ((run.serverCpuMs - unwatched[place]!.serverCpuMs) * 1_000) / run.seen!.messages)),
      p50Ms: of((run) => run.seen!.p50Ms, watched),
      p99Ms: of((run) => run.seen!.p99Ms, watched),
      deliveryP99Ms: medianKnown(watched.map(({ deliveryP99Ms }) => deliveryP99Ms)),
      messages: watched.reduce((sum, { seen }) => sum + seen!.messages, 0),
      gaps: watched.reduce((sum, { seen }) => sum + gapsOf(seen!), 0),
      watched: middle(watched),
      unwatched: middle(unwatched),
    },
  }
}
