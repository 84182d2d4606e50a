import type { Frame } from '../worker/frames.ts'
import { mostAsks } from '../worker/chain-answer.ts'
import { largestRowText, MAX_NOTES, type GuestLimits, type LogEntry, type NoteEntry } from '../worker/protocol.ts'
import { parseReply, type WorkerReply } from '../worker/replies.ts'

/** Frames with a script's files that one unit may bring: those of its run, and those written before it. */
const FILES_OF_A_UNIT = 2

/**
 * Holds what a worker says against what it was asked. Beyond the shape of each frame it keeps count, since a process that a script has
 * taken over may send as many well-formed ones as it likes: never more log lines than a script may write, one report of
 * notes and two of files for a unit, questions for its rows, and lines of items that are the unit's own. Throws a
 * RangeError at what no honest worker sends.
 */
export class ReplyCheck {
  readonly #limits: GuestLimits
  readonly #notes = new Set<string>()
  #lines = 0
  #characters = 0
  #files = 0
  #reports = 0
  #asks = 0

  constructor(limits: GuestLimits) {
    this.#limits = limits
    this.begin()
  }

  /** A request goes out, within whose work the script may write as much as it may. */
  begin(): void {
    // What was written while the script was loaded may come after its first unit was sent.
    const { logLines, logBytes } = this.#limits
    this.#lines = Math.min(2 * logLines, this.#lines + logLines)
    this.#characters = Math.min(2 * logBytes, this.#characters + logBytes)
    this.#files = FILES_OF_A_UNIT
    this.#reports = 1
    this.#asks = 0
  }

  /** @param items of the unit that the worker is at; null where it is at none */
  take(frame: Frame, items: number | null): WorkerReply {
    const reply = parseReply(frame, { items: items ?? 0, rowCharacters: largestRowText(this.#limits) })
    if (reply.type === 'logs') this.#takeLogs(reply.entries, items)
    if (reply.type === 'notes') this.#takeNotes(reply.entries, items)
    if (reply.type === 'files' && (items === null || --this.#files < 0)) throw new RangeError('files that no unit can have written')
    if (reply.type === 'ask' && ++this.#asks > mostAsks(items ?? 0)) throw new RangeError('more questions than a script may ask')
    return reply
  }

  #takeLogs(entries: readonly LogEntry[], items: number | null): void {
    this.#lines -= entries.length
    for (const { item, text } of entries) {
      this.#characters -= text.length
      if (item >= (items ?? 0)) throw new RangeError('a log line of an item that is not of the unit')
    }
    if (this.#lines < 0 || this.#characters < 0) throw new RangeError('more log lines than a script may write')
  }

  #takeNotes(entries: readonly NoteEntry[], items: number | null): void {
    if (items === null || --this.#reports < 0) throw new RangeError('notes out of turn')
    for (const { code } of entries) this.#notes.add(code)
    if (this.#notes.size > MAX_NOTES) throw new RangeError('more kinds of notes than there are')
  }
}
