/** Why a watcher's connection ended. */
export type CloseCause = 'finished' | 'left' | 'dead' | 'abuse' | 'failed' | 'closing'

/** What the live side is doing now and has done since it began, for metrics. Bytes, events and milliseconds. */
export interface LiveStats {
  watchers: { webSocket: number; eventStream: number }
  /** Runs that somebody watches. */
  runs: number
  /** Watchers that do not take what is written to them just now, and what they have not taken. */
  behind: number
  backlogBytes: number
  /** How far the last of them is behind the run. */
  mostEventsBehind: number
  /** Encoded events held for all watchers together. */
  heldBytes: number
  accepted: number
  refused: number
  closed: Record<CloseCause, number>
  messages: number
  bytes: number
  /** Messages sent that stand for several events, the events they stand for, and log lines left out among these. */
  coalescedMessages: number
  coalescedEvents: number
  logsDropped: number
  /** Pages read from the journal, for watchers that replay or are behind. */
  pages: number
  /** Turns in which news went to watchers, and the event-loop time they took. */
  fanOut: { turns: number; totalMs: number; mostMs: number }
}

/** Told after each round in which news went to all watchers of a run who could take it: the age of the oldest of the events, in milliseconds. */
export type DeliveryListener = (ageMs: number) => void

/** What only grows. */
export type Counters = Omit<LiveStats, 'watchers' | 'runs' | 'behind' | 'backlogBytes' | 'mostEventsBehind' | 'heldBytes'>

export function emptyCounters(): Counters {
  return {
    accepted: 0,
    refused: 0,
    closed: { finished: 0, left: 0, dead: 0, abuse: 0, failed: 0, closing: 0 },
    messages: 0,
    bytes: 0,
    coalescedMessages: 0,
    coalescedEvents: 0,
    logsDropped: 0,
    pages: 0,
    fanOut: { turns: 0, totalMs: 0, mostMs: 0 },
  }
}
