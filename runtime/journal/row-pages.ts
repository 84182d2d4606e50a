import { LRUCache } from 'lru-cache'
import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { ROW_STATUSES, type Row, type RowStatus } from '../scan/row.ts'
import { maskOf, positionsOf, RowChunkReader, type RowChunk } from './row-chunk.ts'

export interface RowFilter {
  readonly status?: readonly RowStatus[] | undefined
  readonly date?: string | undefined
  /** As it stands in the run: trimmed and upper-cased. */
  readonly symbol?: string | undefined
}

export interface RowPage {
  readonly rows: Row[]
  /** Position behind which the next page begins, null where there is none. */
  readonly next: number | null
}

const KEPT_BYTES = 32 * 2 ** 20
/** Characters' worth of one row beside its outcome. */
const ROW_BYTES = 64
const LARGEST_WINDOW = 16_384
/** Chunks that a page may unpack; where it has not found enough rows by then it is a short one. */
const CHUNKS_PER_PAGE = 48
const BODY = 'positions, statuses, numbers, symbols, dates, outcomes'

type ChunkBody = Pick<RowChunk, 'positions' | 'statuses' | 'numbers' | 'symbols' | 'dates' | 'outcomes'>

/**
 * Rows of a run page by page, in the order asked for. A page looks at the places of the chunks that overlap it, which is
 * quick, and unpacks only those that have rows in it; unpacked ones are kept for the pages that follow.
 */
export class RowPages {
  readonly #overlapping: StatementSync
  readonly #chunk: StatementSync
  readonly #last: StatementSync
  readonly #place: StatementSync
  readonly #readers = new LRUCache<number, RowChunkReader>({ maxSize: KEPT_BYTES })

  constructor(db: DatabaseSync) {
    this.#overlapping = db.prepare('SELECT id, positions FROM row_chunks WHERE run = ? AND first <= ? AND last >= ? AND (status_mask & ?) <> 0 ORDER BY id')
    this.#chunk = db.prepare(`SELECT ${BODY} FROM row_chunks WHERE id = ?`)
    this.#last = db.prepare('SELECT max(last) AS last FROM row_chunks WHERE run = ?')
    // Rows stand symbol by symbol, so a symbol's place among those asked for gives the places of its rows.
    this.#place = db.prepare("SELECT json_array_length(plan, '$.scope.dates') AS dates, (SELECT key FROM json_each(plan, '$.scope.symbols') WHERE value = ? LIMIT 1) AS place FROM runs WHERE number = ?")
  }

  /**
   * Rows behind a position (-1: from the first). A page may be short, or empty, and still have one behind it. It yields where others may
   * have a turn: a page of a run over many dates takes rows of many chunks.
   */
  *page(run: number, after: number, limit: number, filter: RowFilter): Generator<undefined, RowPage> {
    const { first, last } = this.#extent(run, filter.symbol)
    const mask = maskOf(filter.status === undefined || filter.status.length === 0 ? ROW_STATUSES : filter.status)
    const found: { position: number; row: Row }[] = []
    let unpacked = 0
    let from = Math.max(first, after + 1)
    for (let size = Math.min(limit, last - first + 1) + 1; from <= last && found.length <= limit; size = Math.min(LARGEST_WINDOW, 2 * size)) {
      if (unpacked >= CHUNKS_PER_PAGE) return { rows: found.map(({ row }) => row), next: from - 1 }
      unpacked += yield* this.#window(run, from, Math.min(last, from + size - 1), mask, filter.date ?? null, found)
      from += size
    }
    const rows = found.slice(0, limit)
    return { rows: rows.map(({ row }) => row), next: found.length > limit ? rows.at(-1)!.position : null }
  }

  /** The first and the last position at which rows can be: of the run, or of one symbol of it. The last is -1 where there are none. */
  #extent(run: number, symbol: string | undefined): { first: number; last: number } {
    const last = (this.#last.get(run) as { last: number | null }).last ?? -1
    if (symbol === undefined) return { first: 0, last }
    const { dates, place } = (this.#place.get(symbol, run) ?? { dates: null, place: null }) as { dates: number | null; place: number | null }
    if (dates === null || place === null) return { first: 0, last: -1 }
    return { first: place * dates, last: Math.min(last, (place + 1) * dates - 1) }
  }

  /** Adds the rows from one position to another, both included; gives the number of chunks unpacked for it. */
  *#window(run: number, from: number, to: number, mask: number, date: string | null, found: { position: number; row: Row }[]): Generator<undefined, number> {
    const places = new Map<number, { reader: RowChunkReader; at: number }>()
    let unpacked = 0
    for (const { id, positions } of this.#overlapping.all(run, to, from, mask) as unknown as { id: number; positions: Uint8Array }[]) {
      const inside = placesWithin(positionsOf(positions), from, to)
      if (inside.length === 0) continue
      let reader = this.#readers.get(id)
      if (reader === undefined) {
        reader = this.#unpack(id)
        unpacked++
        yield undefined
      }
      // Where a position occurs twice, its first row is the one that counts.
      for (const at of inside) if (!places.has(reader.position(at))) places.set(reader.position(at), { reader, at })
    }
    for (const position of [...places.keys()].sort((a, b) => a - b)) {
      const { reader, at } = places.get(position)!
      if ((mask & (1 << reader.statusNumber(at))) === 0 || (date !== null && reader.change(at).date !== date)) continue
      found.push({ position, row: reader.row(at) })
    }
    return unpacked
  }

  #unpack(id: number): RowChunkReader {
    const body = this.#chunk.get(id) as unknown as ChunkBody
    const reader = new RowChunkReader(body)
    this.#readers.set(id, reader, { size: 1 + reader.count * ROW_BYTES + 2 * body.outcomes.length })
    return reader
  }
}

function placesWithin(positions: Uint32Array, from: number, to: number): number[] {
  const places: number[] = []
  for (let at = 0; at < positions.length; at++) if (positions[at]! >= from && positions[at]! <= to) places.push(at)
  return places
}
