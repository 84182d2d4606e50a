import type { WorkerEnd } from '../pool/worker-process.ts'
import type { ExecutorEvents } from './executor.ts'
import type { Slot } from './slot.ts'
import { rowsOf } from './units.ts'

type LogEvents = Pick<ExecutorEvents, 'log' | 'dropped'>

/**
 * Tells of the log lines that a worker dropped since it was last asked. Between two requests it is silent: they belong
 * to what it did before.
 */
export function tellDropped(slot: Slot, events: LogEvents): void {
  const { dropped } = slot.process.unsent()
  const lines = (dropped - slot.droppedLogs) >>> 0
  slot.droppedLogs = dropped
  if (lines > 0) events.dropped(lines)
}

/**
 * Tells what the script of a worker that is gone said last and was not sent. Of one that was only let go, another does
 * the rest and says it again.
 */
export function tellLastWords(slot: Slot, end: WorkerEnd, events: LogEvents): void {
  tellDropped(slot, events)
  if (slot.check === null || (end.kind === 'killed' && end.cause === 'stopped')) return
  const { waiting, lines } = slot.process.unsent()
  const { unit, item } = slot.process.progress()
  const isAtItem = slot.unit?.id === unit && item >= 0 && item < rowsOf(slot.unit)
  for (const line of lines) events.log({ ...line, item: isAtItem ? item : -1 }, slot.unit)
  if (waiting > lines.length) events.dropped(waiting - lines.length)
}
