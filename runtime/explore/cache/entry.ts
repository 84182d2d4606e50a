import { hash } from 'node:crypto'
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

import type { OptionChain, OptionExpirations } from '../../../sdk/options/chain.ts'
import { COLUMN_NAMES, fromColumns, toColumns } from './contract-columns.ts'
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
  /** True where the answer has nothing in it. */
  readonly isEmpty: boolean
  readonly bytes: Uint8Array
}

/** To be raised when the bytes change in a way that the names of columns do not show. */
const LAYOUT = 2

/*
 * Bytes of an entry: 4 that say what it is, 8 that say in which format, 16 of the SHA-256 of what follows, then JSON under Zstandard.
 */
const MAGIC = Buffer.from('SSOC')
const FORMAT = hash('sha256', JSON.stringify([LAYOUT, COLUMN_NAMES]), 'buffer').subarray(0, 8)
const DIGEST_BYTES = 16
const HEAD_BYTES = MAGIC.length + FORMAT.length + DIGEST_BYTES

/** Far above the largest chain; below what a forged entry could blow up to. */
const MAX_TEXT_BYTES = 64 * 1_048_576
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** The bytes of an entry: compact, and damage to any of them shows. Null where the answer holds what is not of its type, such as NaN. */
export function encodeEntry({ key, fetchedAt, value }: CacheEntry): EncodedEntry | null {
  const plain = key.kind === 'chain' ? plainChain(value as OptionChain) : plainExpirations(value)
  if (plain === null) return null
  const body = zstdCompressSync(Buffer.from(JSON.stringify({ key: keyText(key), fetchedAt, value: plain })), COMPRESSION)
  return { key, fetchedAt, isEmpty: isEmptyAnswer(value), bytes: Buffer.concat([MAGIC, FORMAT, digest(body), body]) }
}

/** Whether an answer has nothing in it. */
export function isEmptyAnswer(value: CacheEntry['value']): boolean {
  return ('dates' in value ? value.dates : value.contracts).length === 0
}

/** The entry of a key from its bytes, or why there is none: `outdated` is another version's format. */
export function decodeEntry(key: EntryKey, bytes: Uint8Array): CacheEntry | 'damaged' | 'outdated' {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.length < HEAD_BYTES || !buffer.subarray(0, MAGIC.length).equals(MAGIC)) return 'damaged'
  if (!buffer.subarray(MAGIC.length, MAGIC.length + FORMAT.length).equals(FORMAT)) return 'outdated'
  const body = buffer.subarray(HEAD_BYTES)
  if (!digest(body).equals(buffer.subarray(HEAD_BYTES - DIGEST_BYTES, HEAD_BYTES))) return 'damaged'
  try {
    const said = JSON.parse(zstdDecompressSync(body, { maxOutputLength: MAX_TEXT_BYTES }).toString()) as { key: unknown; fetchedAt: unknown; value: unknown }
    if (said.key !== keyText(key) || !isNumber(said.fetchedAt)) return 'damaged'
    const value = key.kind === 'chain' ? chainOf(said.value) : plainExpirations(said.value)
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
  const { ticker, dates, asOf } = fields(value)
  if (typeof ticker !== 'string' || !isNumber(asOf) || !Array.isArray(dates) || !dates.every(isText)) return null
  return { ticker, dates, asOf }
}

/** A chain with its contracts as columns. */
interface PlainChain extends Omit<OptionChain, 'contracts'> {
  readonly columns: readonly unknown[]
}

function plainChain(chain: OptionChain): PlainChain | null {
  const columns = Array.isArray(chain.contracts) ? toColumns(chain.contracts) : null
  const frame = chainFrame(chain)
  return columns && frame && { ...frame, columns }
}

function chainOf(value: unknown): OptionChain | null {
  const frame = chainFrame(value)
  const contracts = fromColumns(fields(value).columns)
  return frame && contracts && { ...frame, contracts }
}

function chainFrame(value: unknown): Omit<OptionChain, 'contracts'> | null {
  const { ticker, expiration, underlyingPrice, asOf, delayMinutes, refused } = fields(value)
  if (typeof ticker !== 'string' || typeof expiration !== 'string' || !isNumber(asOf) || !isNumber(delayMinutes)) return null
  if (underlyingPrice !== null && !isNumber(underlyingPrice)) return null
  if (!Array.isArray(refused) || !refused.every(isRefusal)) return null
  return { ticker, expiration, underlyingPrice, asOf, delayMinutes, refused: refused.map(({ reason, count }) => ({ reason, count })) }
}

function isRefusal(value: unknown): value is { reason: string; count: number } {
  const { reason, count } = fields(value)
  return typeof reason === 'string' && isNumber(count)
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const fields = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {})
