import { crc32 } from 'node:zlib'
import type { OptionContract } from '../../../sdk/options/chain.ts'
import { formatOccSymbol } from '../../../sdk/options/occ-symbol.ts'
import { isoFromDay } from '../days.ts'
import { LISTED, MULTIPLIER, QUOTE, QUOTE_FIELDS, RECORD_WIDTH, ROOT, STORED_WIDTH, STRIKE, TERMS, unpackTerms, VOLUME } from './contract-record.ts'
import type { SortedContracts } from './merge.ts'
import { timeOf, type StatedRecording } from './recording.ts'

const RECORDING_FORMAT = 1
const BYTES = 8
const FIRST_GREEK = QUOTE + QUOTE_FIELDS.indexOf('delta')
const GREEKS_AT = QUOTE + QUOTE_FIELDS.indexOf('greeksAt')

/** The part of a stored recording that holds one expiration: all its columns, one after the other, as doubles. */
export interface StoredExpiration {
  /** Last trading day, days since 1970-01-01. */
  readonly day: number
  readonly contracts: number
  readonly crc32: number
}

/** What stands before the blocks of a stored recording. */
export interface RecordingHeader {
  readonly format: number
  readonly stated: StatedRecording
  readonly day: number
  readonly asOf: number
  readonly underlyingPrice: number | null
  readonly optionVolume: number | null
  readonly contracts: number
  readonly roots: readonly string[]
  /** Columns of the record that are stored: those with a value. */
  readonly columns: readonly number[]
  readonly expirations: readonly StoredExpiration[]
}

/** A recording as bytes: the header's length (32 bits), the header as JSON padded to a multiple of 8 bytes, then the blocks. Equal content gives equal bytes. */
export function encodeRecording(stated: StatedRecording, contracts: SortedContracts, roots: readonly string[]): { header: RecordingHeader; headerBytes: number; bytes: Uint8Array } {
  const { records, expirations, count } = contracts
  const used = new Set<number>()
  for (let row = 0; row < count; row++) used.add(records[row * RECORD_WIDTH + ROOT]!)
  const usedRoots = [...used].sort((a, b) => (roots[a]! < roots[b]! ? -1 : 1))
  const newRootId = new Map(usedRoots.map((id, index) => [id, index]))
  const columns = Array.from({ length: STORED_WIDTH }, (_, column) => column).filter((column) => {
    for (let row = 0; row < count; row++) if (!Number.isNaN(records[row * RECORD_WIDTH + column])) return true
    return false
  })
  const blocks = new Float64Array(count * columns.length)
  const stored: StoredExpiration[] = []
  let volume: number | null = null
  for (let first = 0, at = 0; first < count; ) {
    let end = first
    while (end < count && expirations[end] === expirations[first]) end++
    const begin = at
    for (const column of columns) {
      for (let row = first; row < end; row++) {
        const value = records[row * RECORD_WIDTH + column]!
        // One NaN for all: others have other bytes.
        blocks[at++] = column === ROOT ? newRootId.get(value)! : Number.isNaN(value) ? Number.NaN : value
        if (column === VOLUME && !Number.isNaN(value)) volume = (volume ?? 0) + value
      }
    }
    stored.push({ day: expirations[first]!, contracts: end - first, crc32: crc32(new Uint8Array(blocks.buffer, begin * BYTES, (at - begin) * BYTES)) })
    first = end
  }
  const header: RecordingHeader = {
    format: RECORDING_FORMAT,
    stated: inOrder(stated),
    ...timeOf(stated),
    optionVolume: volume,
    contracts: count,
    roots: usedRoots.map((id) => roots[id]!),
    columns,
    expirations: stored,
  }
  const text = Buffer.from(JSON.stringify(header))
  const headerBytes = Math.ceil((4 + text.length) / BYTES) * BYTES
  const bytes = Buffer.alloc(headerBytes + blocks.byteLength, ' ')
  bytes.writeUInt32LE(text.length, 0)
  text.copy(bytes, 4)
  bytes.set(new Uint8Array(blocks.buffer), headerBytes)
  return { header, headerBytes, bytes }
}

/** Reads a header. Throws where the bytes are none. */
export function decodeHeader(bytes: Uint8Array): RecordingHeader {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const length = buffer.readUInt32LE(0)
  const header = JSON.parse(buffer.toString('utf8', 4, 4 + length)) as RecordingHeader
  if (header.format !== RECORDING_FORMAT) throw new Error(`its format is ${header.format}`)
  return header
}

/** Where the block of an expiration lies behind the header, and how long it is; null where there is none. Bytes. */
export function blockOf(header: RecordingHeader, day: number): { offset: number; bytes: number; expiration: StoredExpiration } | null {
  let offset = 0
  for (const expiration of header.expirations) {
    const bytes = expiration.contracts * header.columns.length * BYTES
    if (expiration.day === day) return { offset, bytes, expiration }
    offset += bytes
  }
  return null
}

/** The contracts of a block. */
export function decodeContracts(header: RecordingHeader, expiration: StoredExpiration, block: Float64Array): OptionContract[] {
  const { contracts } = expiration
  const starts = new Int32Array(STORED_WIDTH).fill(-1)
  for (const [index, column] of header.columns.entries()) starts[column] = index * contracts
  const value = (column: number, row: number): number | null => {
    const start = starts[column]!
    const found = start < 0 ? Number.NaN : block[start + row]!
    return Number.isNaN(found) ? null : found
  }
  const expirationDate = isoFromDay(expiration.day)
  const listedDates = new Map<number, string>()
  return Array.from({ length: contracts }, (_, row): OptionContract => {
    const listed = value(LISTED, row)!
    let listedDate = listedDates.get(listed)
    if (listedDate === undefined) listedDates.set(listed, (listedDate = isoFromDay(listed)))
    const root = header.roots[value(ROOT, row)!]!
    const strike = value(STRIKE, row)!
    const terms = unpackTerms(value(TERMS, row)!)
    const at = (index: number) => value(QUOTE + index, row)
    const greek = (index: number) => value(FIRST_GREEK + index, row)
    const greeks = { delta: greek(0), gamma: greek(1), theta: greek(2), vega: greek(3), rho: greek(4) }
    const hasGreeks = Object.values(greeks).some((stated) => stated !== null)
    return {
      occ: formatOccSymbol({ root, expiration: listedDate, right: terms.right, strike }),
      root,
      ...terms,
      strike,
      expiration: expirationDate,
      multiplier: value(MULTIPLIER, row)!,
      bid: at(0),
      ask: at(1),
      bidSize: at(2),
      askSize: at(3),
      last: at(4),
      volume: at(5),
      openInterest: at(6),
      impliedVol: at(7),
      greeks: hasGreeks ? { ...greeks, updatedAt: value(GREEKS_AT, row) } : null,
      quotedAt: value(GREEKS_AT + 1, row),
    }
  })
}

/** A whole recording as sorted records again; `rootId` gives the numbers of roots. Contracts that expired before `day` are left out. */
export function decodeRecords(header: RecordingHeader, blocks: Float64Array, rootId: (root: string) => number, day: number): SortedContracts {
  const live = header.expirations.filter((expiration) => expiration.day >= day)
  const count = live.reduce((sum, { contracts }) => sum + contracts, 0)
  const records = new Float64Array(count * RECORD_WIDTH).fill(Number.NaN)
  const expirations = new Int32Array(count)
  const roots = header.roots.map(rootId)
  let start = 0
  let row = 0
  for (const expiration of header.expirations) {
    const { contracts } = expiration
    if (expiration.day >= day) {
      for (const [index, column] of header.columns.entries()) {
        for (let contract = 0; contract < contracts; contract++) {
          const value = blocks[start + index * contracts + contract]!
          records[(row + contract) * RECORD_WIDTH + column] = column === ROOT ? roots[value]! : value
        }
      }
      expirations.fill(expiration.day, row, row + contracts)
      row += contracts
    }
    start += contracts * header.columns.length
  }
  return { records, expirations, count }
}

/** The members in one order, so that equal content gives equal bytes. */
function inOrder({ ticker, source, capturedAt, day, delayMinutes, recordedAt, newestTrade, statedPrice, livePrice }: StatedRecording): StatedRecording {
  return { ticker, source, capturedAt, day, delayMinutes, recordedAt, newestTrade, statedPrice, livePrice }
}
