import { fileURLToPath } from 'node:url'

import { median } from '../measure/statistics.ts'
import { gapsOf, LineProcess, startWatchers, type WatcherCounts } from './processes.ts'
import type { WatchersResult } from './watchers.ts'

const SERVER = fileURLToPath(new URL('fan-out-server.ts', import.meta.url))
const WAYS = {
  idle: 'nobody watches',
  limit: 'ws, corked: the limit of the library',
  strikescan: 'strikescan',
  naive: 'ws, one write per event and watcher',
} as const

interface Played {
  events: number
  runMs: number
  cpuMs: number
  loopDelayP99Ms: number
  rssBeforeBytes: number
  rssBytes: number
}

/** Medians over the rounds; delays from an event's instant to a watcher, in milliseconds. */
export interface FanOutMeasure {
  readonly name: string
  readonly runMs: number
  /** Of the process that sends. */
  readonly cpuMs: number
  readonly loopDelayP99Ms: number
  readonly rssGrowthBytes: number
  readonly microsecondsPerMessage: number | null
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly messages: number
  /** Of all rounds, since one is too many. */
  readonly gaps: number
}

/** Plays a run to watchers in each way in turn. */
export async function benchFanOut(options: WatcherCounts & { symbols: number; rounds: number; playedMs: number; timeoutMs: number; onProgress: (text: string) => void }): Promise<FanOutMeasure[]> {
  const seen = new Map<string, { played: Played; watched: WatchersResult | null }[]>()
  for (let round = 0; round < options.rounds; round++) {
    for (const way of Object.keys(WAYS)) {
      options.onProgress(`fan-out: round ${round + 1} of ${options.rounds}, ${way}`)
      seen.set(way, [...(seen.get(way) ?? []), await play(way, options)])
    }
  }
  const idleCpuMs = median(seen.get('idle')!.map(({ played }) => played.cpuMs))
  return Object.entries(WAYS).map(([way, name]) => measure(name, seen.get(way)!, idleCpuMs))
}

async function play(way: string, options: WatcherCounts & { symbols: number; playedMs: number; timeoutMs: number }): Promise<{ played: Played; watched: WatchersResult | null }> {
  const server = new LineProcess([SERVER, way, String(options.symbols), String(options.playedMs)], options.timeoutMs)
  try {
    const { port, path } = await server.json<{ port: number; path: string }>()
    const watchers = way === 'idle' ? null : await startWatchers(port, path, options, options.timeoutMs)
    try {
      server.say('go')
      const played = await server.json<Played>()
      return { played, watched: watchers === null ? null : await watchers.result }
    } finally {
      await watchers?.end()
    }
  } finally {
    await server.end()
  }
}

function measure(name: string, rounds: readonly { played: Played; watched: WatchersResult | null }[], idleCpuMs: number): FanOutMeasure {
  const of = (read: (played: Played) => number): number => median(rounds.map(({ played }) => read(played)))
  const watched = rounds.flatMap((round) => round.watched ?? [])
  const known = (read: (watched: WatchersResult) => number): number | null => (watched.length === 0 ? null : median(watched.map(read)))
  const messages = known((one) => one.messages) ?? 0
  const cpuMs = of((played) => played.cpuMs)
  return {
    name,
    runMs: of((played) => played.runMs),
    cpuMs,
    loopDelayP99Ms: of((played) => played.loopDelayP99Ms),
    rssGrowthBytes: of((played) => played.rssBytes - played.rssBeforeBytes),
    microsecondsPerMessage: messages === 0 ? null : ((cpuMs - idleCpuMs) * 1_000) / messages,
    p50Ms: known((one) => one.p50Ms),
    p99Ms: known((one) => one.p99Ms),
    messages,
    gaps: watched.reduce((sum, one) => sum + gapsOf(one), 0),
  }
}
