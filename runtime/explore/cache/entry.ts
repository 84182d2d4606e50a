import { hash } from 'node:crypto'

import type { OptionChain, OptionExpirations } from '../../../sdk/options/chain.ts'
import { COLUMN_NAMES, fromTable, toTable } from './contract-columns.ts'
import { keyText, type EntryKey } from './entry-key.ts'

/** An answer as it is kept. */
export interface CacheEntry {
  readonly key: EntryKey
  /** Epoch milliseconds at which the answer came: its age counts from here, whatever instant its quotes stand for. */
  readonly fetchedAt: number
  readonly value: OptionExpirations | OptionChain
}

/** An entry as the slower tiers keep it. */
export interface EncodedEntry {
  readonly key: EntryKey
  readonly fetchedAt: number
  /** As `isDoubtfulAnswer` says. */
  readonly isDoubtful: boolean
  readonly bytes: Uint8Array
}

/** To be raised when the bytes change in a way that the names of columns do not show. */
const LAYOUT = 3

/*
 * Bytes of an entry: 4 that say what it is, 8 that say in which format, 16 of the SHA-256 of what follows, then 4 with the length of a
 * text, the text, which is JSON with blanks behind it up to a multiple of 8, and the doubles of a chain as they stand in memory, low
 * byte first. Not compressed: that would take longer than all else that is done to keep an answer, for a third of the bytes.
 */
const MAGIC = Buffer.from('SSOC')
const FORMAT = hash('sha256', JSON.stringify([LAYOUT, COLUMN_NAMES]), 'buffer').subarray(0, 8)
const DIGEST_AT = MAGIC.length + FORMAT.length
const DIGEST_BYTES = 16
const BODY_AT = DIGEST_AT + DIGEST_BYTES
const TEXT_AT = BODY_AT + 4
const DOUBLE_BYTES = 8

/** The bytes of an entry: damage to any of them shows. Null where the answer holds what is not of its type, such as NaN. */
export function encodeEntry({ key, fetchedAt, value }: CacheEntry): EncodedEntry | null {
  const plain = key.kind === 'chain' ? plainChain(value as OptionChain) : { value: plainExpirations(value), numbers: NO_NUMBERS }
  if (plain === null || plain.value === null) return null
  const text = JSON.stringify({ key: keyText(key), fetchedAt, value: plain.value })
  const bytes = framed(text, plain.numbers)
  return { key, fetchedAt, isDoubtful: isDoubtfulAnswer(value), bytes }
}

function plainChain(chain: OptionChain): { value: object; numbers: Float64Array } | null {
  const table = Array.isArray(chain.contracts) ? toTable(chain.contracts) : null
  const frame = chainFrame(chain)
  if (table === null || frame === null) return null
  const { numbers, ...contracts } = table
  return { value: { ...frame, contracts }, numbers }
}

function framed(text: string, numbers: Float64Array): Uint8Array {
  const numbersAt = Math.ceil((TEXT_AT + Buffer.byteLength(text)) / DOUBLE_BYTES) * DOUBLE_BYTES
  // Memory of its own: a part of a pool would keep the whole of it.
  const bytes = Buffer.from(new ArrayBuffer(numbersAt + numbers.byteLength))
  bytes.set(MAGIC, 0)
  bytes.set(FORMAT, MAGIC.length)
  bytes.writeUInt32LE(numbersAt - TEXT_AT, BODY_AT)
  bytes.fill(' ', TEXT_AT + bytes.write(text, TEXT_AT), numbersAt)
  bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), numbersAt)
  bytes.set(digest(bytes.subarray(BODY_AT)), DIGEST_AT)
  return bytes
}

const NO_NUMBERS = new Float64Array(0)

/** Whether an answer may be one of passing trouble: there is nothing in it, or it is a list of expirations of which some were no dates to come. */
export function isDoubtfulAnswer(value: CacheEntry['value']): boolean {
  if (!('dates' in value)) return value.contracts.length === 0
  return value.dates.length === 0 || (value.refused ?? []).length > 0
}

/** The entry of a key from its bytes, or why there is none: `outdated` is another version's format. */
export function decodeEntry(key: EntryKey, bytes: Uint8Array): CacheEntry | 'damaged' | 'outdated' {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.length < TEXT_AT || !buffer.subarray(0, MAGIC.length).equals(MAGIC)) return 'damaged'
  if (!buffer.subarray(MAGIC.length, DIGEST_AT).equals(FORMAT)) return 'outdated'
  const numbersAt = TEXT_AT + buffer.readUInt32LE(BODY_AT)
  if (!digest(buffer.subarray(BODY_AT)).equals(buffer.subarray(DIGEST_AT, BODY_AT)) || numbersAt > buffer.length || (buffer.length - numbersAt) % DOUBLE_BYTES !== 0) return 'damaged'
  try {
    const said = JSON.parse(buffer.toString('utf8', TEXT_AT, numbersAt)) as { key: unknown; fetchedAt: unknown; value: unknown }
    if (said.key !== keyText(key) || !isNumber(said.fetchedAt)) return 'damaged'
    // Copied: they may lie anywhere in what was read.
    const value = key.kind === 'chain' ? chainOf(said.value, new Float64Array(new Uint8Array(buffer.subarray(numbersAt)).buffer)) : plainExpirations(said.value)
    return value === null ? 'damaged' : { key, fetchedAt: said.fetchedAt, value }
  } catch {
    // Whole by its digest and yet no entry: somebody else wrote it.
    return 'damaged'
  }
}

function digest(body: Uint8Array): Buffer {
  return hash('sha256', body, 'buffer').subarray(0, DIGEST_BYTES)
}

function plainExpirations(value: unknown): OptionExpirations | null {
  const { ticker, dates, asOf, refused } = fields(value)
  if (typeof ticker !== 'string' || !isNumber(asOf) || !Array.isArray(dates) || !dates.every(isText)) return null
  if (refused === undefined) return { ticker, dates, asOf }
  return Array.isArray(refused) && refused.every(isRefusal) ? { ticker, dates, asOf, refused: refused.map(plainRefusal) } : null
}

/** A chain without its contracts. */
type ChainFrame = Omit<OptionChain, 'contracts'>

function chainOf(value: unknown, numbers: Float64Array): OptionChain | null {
  const frame = chainFrame(value)
  const { occ, root, expiration, same } = fields(fields(value).contracts)
  const contracts = fromTable({ occ, root, expiration, same, numbers })
  return frame && contracts && { ...frame, contracts }
}

function chainFrame(value: unknown): ChainFrame | null {
  const { ticker, expiration, underlyingPrice, underlyingQuote, asOf, delayMinutes, refused } = fields(value)
  if (typeof ticker !== 'string' || typeof expiration !== 'string' || !isNumber(asOf) || !isNumber(delayMinutes)) return null
  if (underlyingPrice !== null && !isNumber(underlyingPrice)) return null
  if (underlyingQuote !== undefined && !isNumber(underlyingQuote)) return null
  if (!Array.isArray(refused) || !refused.every(isRefusal)) return null
  const quoted = underlyingQuote === undefined ? null : { underlyingQuote }
  return { ticker, expiration, underlyingPrice, ...quoted, asOf, delayMinutes, refused: refused.map(plainRefusal) }
}

function isRefusal(value: unknown): value is { reason: string; count: number } {
  const { reason, count } = fields(value)
  return typeof reason === 'string' && isNumber(count)
}

const plainRefusal = ({ reason, count }: { reason: string; count: number }) => ({ reason, count })
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const fields = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {})
