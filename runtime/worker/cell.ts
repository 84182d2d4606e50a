import { readSync, writeSync } from 'node:fs'

import type { LogEntry } from './protocol.ts'

/**
 * The progress cell: a small file, shared by one worker and its parent through a descriptor, that says which item the
 * worker is at, and what its script said that is not sent yet. A positioned write costs little and survives a SIGKILL,
 * so the parent knows the symbol at fault exactly, and its last words, even of a worker that can no longer speak.
 */
const PROGRESS_BYTES = 16
const FLAG = { at: 16, bytes: 4 } as const
/**
 * How many lines wait and how many bytes of text are kept of them, then the text: to the end of the largest file that a
 * worker may write.
 */
const WORDS = { at: 20, header: 8, room: 484 } as const

/** Characters of a line that are kept: of most, and of one of characters that JSON writes with six bytes each. */
const LONGEST = 400
const LONGEST_ESCAPED = 64

export interface Progress {
  /** Rises with every step; a parent that sees the same value for too long has a hung worker. */
  step: number
  /** Number of the unit that is worked on, 0 for none. */
  unit: number
  /** Index, within the unit, of the item that is worked on; -1 where no single item is known. */
  item: number
}

export type SaidLine = Pick<LogEntry, 'level' | 'text'>

/** Log lines of a worker that it did not send. */
export interface Unsent {
  /** Beyond the limits of a script, in all that the process did so far; counts from 0 again behind 2^32. */
  dropped: number
  /** Those that waited to be sent at the end: how many, and the last of them, oldest first, as far as there is room. */
  waiting: number
  lines: SaidLine[]
}

/** The worker's side. */
export class ProgressWriter {
  readonly #fd: number
  /** Step, unit, item, and lines dropped. */
  readonly #bytes = new Int32Array(PROGRESS_BYTES / 4)
  readonly #flag = new Int32Array(1)
  #waiting = 0
  #words: Buffer[] = []
  #unfinished: Buffer | null = null

  constructor(fd: number) {
    this.#fd = fd
  }

  at(unit: number, item: number): void {
    this.#bytes[0] = (this.#bytes[0]! + 1) | 0
    this.#bytes[1] = unit
    this.#bytes[2] = item
    this.#write()
  }

  /** Counts a log line that will never be sent. */
  dropped(): void {
    this.#bytes[3] = (this.#bytes[3]! + 1) | 0
    this.#write()
  }

  /** Keeps a log line in sight of the parent until `sent`. */
  waits(line: SaidLine): void {
    this.#waiting++
    this.#words.push(fitted(line))
    this.#writeWords()
  }

  /** Keeps the beginning of a line that its script has not ended yet in sight of the parent; empty once it has. */
  unfinished(text: string): void {
    this.#unfinished = text === '' ? null : fitted({ level: 'info', text })
    this.#writeWords()
  }

  /** No whole line waits any more: it was sent, or will be said again by whoever does again what it belongs to. */
  sent(): void {
    if (this.#waiting === 0) return
    this.#waiting = 0
    this.#words = []
    this.#writeWords()
  }

  /** True where the parent asks for the rest of this unit back. */
  yieldAsked(unit: number): boolean {
    readSync(this.#fd, this.#flag, 0, FLAG.bytes, FLAG.at)
    return this.#flag[0] === unit
  }

  #writeWords(): void {
    const last = this.#unfinished === null ? [] : [this.#unfinished]
    const size = (): number => [...this.#words, ...last].reduce((sum, { byteLength }) => sum + byteLength, 0)
    while (size() > WORDS.room) this.#words.shift()
    const text = Buffer.concat([...this.#words, ...last])
    const all = Buffer.allocUnsafe(WORDS.header + text.byteLength)
    all.writeUInt32LE(this.#waiting + last.length, 0)
    all.writeUInt32LE(text.byteLength, 4)
    all.set(text, WORDS.header)
    writeSync(this.#fd, all, 0, all.byteLength, WORDS.at)
  }

  #write(): void {
    writeSync(this.#fd, this.#bytes, 0, PROGRESS_BYTES, 0)
  }
}

/** The parent's side. */
export class ProgressReader {
  readonly #fd: number
  readonly #bytes = new Int32Array(PROGRESS_BYTES / 4)

  constructor(fd: number) {
    this.#fd = fd
    const empty = new Uint8Array(WORDS.at + WORDS.header)
    writeSync(fd, empty, 0, empty.byteLength, 0)
  }

  read(): Progress {
    readSync(this.#fd, this.#bytes, 0, PROGRESS_BYTES, 0)
    return { step: this.#bytes[0]!, unit: this.#bytes[1]!, item: this.#bytes[2]! }
  }

  /** What a script of this worker said and nobody was sent. A process that a script has taken over may have written anything here. */
  unsent(): Unsent {
    const all = Buffer.alloc(WORDS.at + WORDS.header + WORDS.room)
    readSync(this.#fd, all, 0, all.byteLength, 0)
    const dropped = all.readUInt32LE(PROGRESS_BYTES - 4)
    const text = all.subarray(WORDS.at + WORDS.header).subarray(0, all.readUInt32LE(WORDS.at + 4))
    const lines = text
      .toString('utf8')
      .split('\n')
      .flatMap((words) => readLine(words) ?? [])
    return { dropped, waiting: Math.max(lines.length, all.readUInt32LE(WORDS.at)), lines }
  }

  /** Asks the worker to stop after the current item of `unit` and hand the rest back. */
  askYield(unit: number): void {
    writeSync(this.#fd, new Int32Array([unit]), 0, FLAG.bytes, FLAG.at)
  }
}

/** A line as it fits into the cell. */
function fitted(line: SaidLine): Buffer {
  const words = wordsOf(line, LONGEST)
  return words.byteLength > WORDS.room ? wordsOf(line, LONGEST_ESCAPED) : words
}

function wordsOf({ level, text }: SaidLine, most: number): Buffer {
  const kept = text.length > most ? `${text.slice(0, most)}… [cut at ${most} characters]` : text
  return Buffer.from(`${JSON.stringify([level, kept])}\n`)
}

function readLine(words: string): SaidLine | null {
  try {
    const [level, text] = JSON.parse(words) as unknown[]
    const isLevel = level === 'debug' || level === 'info' || level === 'warn' || level === 'error'
    return isLevel && typeof text === 'string' ? { level, text } : null
  } catch {
    return null
  }
}
