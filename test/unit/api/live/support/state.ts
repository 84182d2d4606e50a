import type { LiveMessage } from '../../../../../api/live/coalesce.ts'

/** What somebody knows of a run who has heard its messages in order. */
export interface KnownState {
  symbols: Record<string, string>
  run: unknown
  workers: Record<number, unknown>
  notes: unknown[]
  explored: unknown[]
  end: unknown
  /** Lines seen and lines said to be left out, together. */
  logLines: number
}

/** Folds messages into what is known, and checks that they join without a gap and without doubles. */
export class Reader {
  lastSeq: number
  readonly state: KnownState = { symbols: {}, run: null, workers: {}, notes: [], explored: [], end: null, logLines: 0 }

  constructor(after = 0) {
    this.lastSeq = after
  }

  take(message: LiveMessage): void {
    const from = message.seqFrom ?? message.seq
    if (from !== this.lastSeq + 1 || message.seq < from) throw new Error(`after ${this.lastSeq} came ${from} to ${message.seq}`)
    this.lastSeq = message.seq
    const { state } = this
    state.logLines += message.logsDropped ?? 0
    if (message.type === 'symbols') for (const { symbol, date, status } of message.symbols) state.symbols[`${date} ${symbol}`] = status
    if (message.type === 'run') state.run = [message.status, message.percent, message.message, message.ledger]
    if (message.type === 'worker') state.workers[message.id] = [message.pid, message.rssBytes, message.symbol]
    if (message.type === 'worker' && message.note !== null) state.notes.push(message.note)
    if (message.type === 'explore') state.explored.push(message.row)
    if (message.type === 'end') state.end = message.run
    if (message.type === 'log') state.logLines++
  }
}

export function stateOf(messages: Iterable<LiveMessage>, after = 0): KnownState {
  const reader = new Reader(after)
  for (const message of messages) reader.take(message)
  return reader.state
}
