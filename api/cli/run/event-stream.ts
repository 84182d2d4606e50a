import type { Host, RunEvent } from '../host-types.ts'
import type { Sink } from '../terminal.ts'

export interface EventStream {
  /** An event as it happens. */
  event(event: RunEvent): void
  /** Writes what is still missing, once the run is over. */
  finish(): Promise<void>
}

/**
 * A run's events as NDJSON, each once and in order. While the reader is behind, nothing is queued here: what it missed
 * is read from the run's journal when it has caught up, so memory stays bounded however slow it is.
 */
export function streamEvents(sink: Sink, host: Host, runId: () => string): EventStream {
  let last = 0
  /** The one that reads the journal; while it does, live events pass by. */
  let catchingUp: Promise<void> | null = null

  const write = (event: RunEvent): boolean => {
    last = event.seq
    return sink.write(`${JSON.stringify(event)}\n`)
  }
  const catchUp = async (): Promise<void> => {
    await sink.drained()
    for (let before = -1; before !== last && !sink.closed; ) {
      before = last
      for (const event of host.events(runId(), last)) {
        if (!write(event)) await sink.drained()
        if (sink.closed) break
      }
    }
    catchingUp = null
  }

  return {
    event(event) {
      if (catchingUp || sink.closed || event.seq <= last) return
      // A gap means that events passed by; a false write that more should not follow at once.
      if (event.seq !== last + 1 || !write(event)) catchingUp = catchUp()
    },
    async finish() {
      await catchingUp
      await catchUp()
    },
  }
}
