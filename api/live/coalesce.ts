import type { RunEvent } from '../../runtime/host.ts'

/**
 * An event as a watcher gets it. Where it stands for more than one, `seqFrom` is the first of them and `seq` the last;
 * `logsDropped` counts the log lines of that range that were left out.
 */
export type LiveMessage = RunEvent & { seqFrom?: number; logsDropped?: number }

/**
 * Fewer messages in place of `events`, a stretch of a run's log without a gap, for a watcher that fell behind.
 *
 * Left out is what a later event of the stretch makes stale: run states before the last, plain samples of a worker
 * before its last, changes of a symbol and date before the last, and log lines, which are counted. `symbols` events that
 * become neighbours are joined. What stays keeps its number, so at every point where the watcher may break off, all that
 * it has not got is either stale or has a higher number: reading on with `after=` loses nothing.
 * The ranges of the messages join without a gap, and the last event always stays.
 */
export function coalesce(events: readonly RunEvent[]): LiveMessage[] {
  const kept = withoutStale(events)
  const messages: LiveMessage[] = []
  let before = (events[0]?.seq ?? 1) - 1
  let logsDropped = 0
  for (const [place, event] of kept.entries()) {
    if (event === null) {
      if (events[place]!.type === 'log') logsDropped++
      continue
    }
    const last = messages.at(-1)
    const isJoined = event.type === 'symbols' && last?.type === 'symbols'
    const seqFrom = isJoined ? (last.seqFrom ?? last.seq) : before + 1
    const dropped = logsDropped + (isJoined ? (last.logsDropped ?? 0) : 0)
    const body = isJoined ? { ...event, symbols: [...last.symbols, ...event.symbols] } : event
    const message: LiveMessage = { ...body, ...(seqFrom < event.seq && { seqFrom }), ...(dropped > 0 && { logsDropped: dropped }) }
    if (isJoined) messages[messages.length - 1] = message
    else messages.push(message)
    before = event.seq
    logsDropped = 0
  }
  return messages
}

/** The events with null in place of those that are stale, and `symbols` without changes that are. */
function withoutStale(events: readonly RunEvent[]): (RunEvent | null)[] {
  const told = new Set<string>()
  const sampled = new Set<number>()
  let hasState = false
  const kept: (RunEvent | null)[] = new Array<RunEvent | null>(events.length).fill(null)
  for (let place = events.length - 1; place >= 0; place--) {
    const event = events[place]!
    const isLast = place === events.length - 1
    if (event.type === 'run') {
      if (!hasState) kept[place] = event
      hasState = true
    } else if (event.type === 'worker') {
      // A note tells of something that happened once; a later sample does not say it again.
      if (!sampled.has(event.id) || event.note !== null) kept[place] = event
      sampled.add(event.id)
    } else if (event.type === 'symbols') {
      const symbols = latestChanges(event.symbols, told)
      if (symbols.length > 0 || isLast) kept[place] = { ...event, symbols }
    } else if (event.type !== 'log' || isLast) {
      kept[place] = event
    }
  }
  return kept
}

type Changes = Extract<RunEvent, { type: 'symbols' }>['symbols']

/** Changes of symbols and dates that `told` does not have yet, which are added to it. */
function latestChanges(changes: Changes, told: Set<string>): Changes {
  const latest: Changes = []
  for (const change of changes.toReversed()) {
    const key = `${change.date} ${change.symbol}`
    if (told.has(key)) continue
    told.add(key)
    latest.push(change)
  }
  return latest.reverse()
}
