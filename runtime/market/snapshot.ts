import { fstatSync, openSync, closeSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { expectedBytes, parseSnapshotIndex, type SnapshotFlags, type SnapshotIndex } from './snapshot-index.ts'
import { SnapshotReader } from './snapshot-reader.ts'

export const BARS_FILE = 'bars.bin'
export const INDEX_FILE = 'index.json'

/** Frozen bars of a market, in a folder that never changes. */
export class Snapshot {
  readonly folder: string
  readonly index: SnapshotIndex
  /** Days (since 1970-01-01) that are market sessions, ascending. */
  readonly sessions: Int32Array<ArrayBuffer>
  /** Days on which the exchange was open and few symbols have bars, ascending. */
  readonly thinSessions: Int32Array<ArrayBuffer>
  readonly barCount: number
  readonly #positions: Map<string, number>

  constructor(folder: string, index: SnapshotIndex) {
    this.folder = folder
    this.index = index
    this.sessions = Int32Array.from(index.sessions)
    this.thinSessions = Int32Array.from(index.thinSessions ?? [])
    this.barCount = index.counts.reduce((sum, count) => sum + count, 0)
    this.#positions = new Map(index.symbols.map((symbol, position) => [symbol, position]))
  }

  get id(): string {
    return this.index.id
  }

  get provider(): string {
    return this.index.provider
  }

  /** True where no bar was ever traded. */
  get simulated(): boolean {
    return this.index.simulated
  }

  /** Ascending by UTF-16 code units. */
  get symbols(): readonly string[] {
    return this.index.symbols
  }

  get flags(): SnapshotFlags {
    return this.index.flags
  }

  /** Path of the file whose open descriptor a `SnapshotReader` takes. */
  get barsPath(): string {
    return join(this.folder, BARS_FILE)
  }

  /** Position of a symbol in `symbols`, or -1. Symbols are upper case. */
  indexOf(symbol: string): number {
    return this.#positions.get(symbol) ?? -1
  }

  /** A reader with a descriptor of its own, to be closed by its `close`. */
  openReader(): SnapshotReader {
    return new SnapshotReader({ barsFd: openChecked(this.folder, this.index), index: this.index })
  }
}

/** The snapshot in a folder. Throws `snapshot_damaged` where a file is missing, unreadable or of the wrong size. */
export function openSnapshot(folder: string): Snapshot {
  let text: string
  try {
    text = readFileSync(join(folder, INDEX_FILE), 'utf8')
  } catch (cause) {
    throw new StrikescanError('snapshot_damaged', { folder, what: 'index.json cannot be read' }, { cause })
  }
  const index = parseSnapshotIndex(text, folder)
  if (index.id !== basename(folder)) {
    throw new StrikescanError('snapshot_damaged', { folder, what: `index.json belongs to snapshot ${index.id}` })
  }
  closeSync(openChecked(folder, index))
  return new Snapshot(folder, index)
}

function openChecked(folder: string, index: SnapshotIndex): number {
  let fd: number
  try {
    fd = openSync(join(folder, BARS_FILE), 'r')
  } catch (cause) {
    throw new StrikescanError('snapshot_damaged', { folder, what: `${BARS_FILE} cannot be read` }, { cause })
  }
  const size = fstatSync(fd).size
  const expected = expectedBytes(index)
  if (size !== expected) {
    closeSync(fd)
    throw new StrikescanError('snapshot_damaged', { folder, what: `${BARS_FILE} has ${size} bytes instead of ${expected}` })
  }
  return fd
}
