import type { Hash } from 'node:crypto'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { blockBytes } from './block.ts'

/** The version of the files that this code writes and reads. */
export const SNAPSHOT_FORMAT = 1

/** Bars kept in a snapshot that deserve a look; nothing is left out for them. */
export interface SnapshotFlags {
  readonly zeroVolume: number
  readonly highLowOrder: number
  readonly nonSession: number
}

/** What `index.json` says of the blocks in `bars.bin`; arrays with one entry per symbol are in the order of the blocks. */
export interface SnapshotIndex {
  readonly formatVersion: typeof SNAPSHOT_FORMAT
  /** First 16 hexadecimal digits of the SHA-256 over the content. */
  readonly id: string
  /** Where the bars come from: a provider's name, or `import`. */
  readonly provider: string
  readonly simulated: boolean
  /** Ascending by UTF-16 code units. */
  readonly symbols: readonly string[]
  /** Bars per symbol, at least 1. */
  readonly counts: readonly number[]
  /** Days since 1970-01-01. */
  readonly firstDays: readonly number[]
  readonly lastDays: readonly number[]
  /** Days that are market sessions, ascending; see `sessionDays`. */
  readonly sessions: readonly number[]
  /** Days on which the exchange was open and few symbols have bars, ascending; see `thinSessionDays`. Left out by older writers. */
  readonly thinSessions?: readonly number[]
  readonly flags: SnapshotFlags
}

/** The index in `text`, checked for version and shape. Throws `snapshot_damaged` or `snapshot_version`, naming `folder`. */
export function parseSnapshotIndex(text: string, folder: string): SnapshotIndex {
  const damaged = (what: string, cause?: unknown) => new StrikescanError('snapshot_damaged', { folder, what }, { cause })
  let value: Record<string, unknown>
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damaged('index.json is not readable JSON', error)
  }
  if (typeof value !== 'object' || value === null) throw damaged('index.json holds no object')
  if (value['formatVersion'] !== SNAPSHOT_FORMAT) {
    throw new StrikescanError('snapshot_version', { folder, version: String(value['formatVersion']), known: SNAPSHOT_FORMAT })
  }
  const symbols = value['symbols']
  const sound =
    typeof value['id'] === 'string' &&
    typeof value['provider'] === 'string' &&
    typeof value['simulated'] === 'boolean' &&
    Array.isArray(symbols) &&
    symbols.every((symbol, index) => typeof symbol === 'string' && (index === 0 || symbols[index - 1] < symbol)) &&
    [value['counts'], value['firstDays'], value['lastDays']].every((list) => isIntegers(list) && list.length === symbols.length) &&
    (value['counts'] as number[]).every((count) => count > 0) &&
    isIntegers(value['sessions']) &&
    isIntegers(value['thinSessions'] ?? []) &&
    typeof value['flags'] === 'object'
  if (!sound) throw damaged('index.json lacks fields or holds wrong ones')
  return value as unknown as SnapshotIndex
}

/** What is hashed behind the blocks' bytes for the id: equal content has an equal id, whatever way it came in. */
export function hashedText({ provider, simulated, symbols, counts }: Pick<SnapshotIndex, 'provider' | 'simulated' | 'symbols' | 'counts'>): string {
  return JSON.stringify({ format: SNAPSHOT_FORMAT, provider, simulated, symbols, counts })
}

/** The id that a hash over blocks and text comes to. */
export const idOf = (hash: Hash): string => hash.digest('hex').slice(0, 16)

/** Every day on which the exchange was open as far as the bars tell, ascending. */
export function openDays({ sessions, thinSessions = [] }: Pick<SnapshotIndex, 'sessions' | 'thinSessions'>): readonly number[] {
  return thinSessions.length === 0 ? sessions : [...sessions, ...thinSessions].sort((one, other) => one - other)
}

/** Bytes that `bars.bin` must have. */
export function expectedBytes(index: SnapshotIndex): number {
  return index.counts.reduce((sum, count) => sum + blockBytes(count), 0)
}

function isIntegers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isInteger(entry))
}
