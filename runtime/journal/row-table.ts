import type { DatabaseSync, StatementSync } from 'node:sqlite'

import { ROW_STATUSES, type Row, type RowStatus } from '../scan/row.ts'
import { maskOf, positionsOf, RowChunkReader, type RowChunk } from './row-chunk.ts'

/** Positions that are put in order at once, and characters of outcomes that may be in memory for it. */
const WINDOW_POSITIONS = 131_072
const WINDOW_CHARACTERS = 32 * 2 ** 20
const ROWS_PER_TURN = 500
const BODY = 'positions, statuses, numbers, symbols, dates, outcomes'

type ChunkBody = Pick<RowChunk, 'positions' | 'statuses' | 'numbers' | 'symbols' | 'dates' | 'outcomes'>

/** The chunks of rows in the journal's database. Where a position occurs twice, its first row is the one that counts. */
export class RowTable {
  readonly #insert: StatementSync
  readonly #one: StatementSync
  readonly #places: StatementSync
  readonly #extent: StatementSync
  readonly #between: StatementSync

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(`INSERT INTO row_chunks (run, first, last, status_mask, text_length, ${BODY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    this.#one = db.prepare(`SELECT ${BODY} FROM row_chunks WHERE id = ?`)
    this.#places = db.prepare('SELECT positions, statuses FROM row_chunks WHERE run = ? ORDER BY id')
    this.#extent = db.prepare('SELECT max(last) AS last, sum(text_length) AS characters FROM row_chunks WHERE run = ?')
    this.#between = db.prepare(`SELECT id FROM row_chunks WHERE run = ? AND first <= ? AND last >= ? AND (status_mask & ?) <> 0 ORDER BY id`)
  }

  /** Gives the chunk's number. */
  insert(run: number, chunk: RowChunk): number {
    const { first, last, statusMask, positions, statuses, numbers, symbols, dates, outcomes } = chunk
    return Number(this.#insert.run(run, first, last, statusMask, outcomes.length, positions, statuses, numbers, symbols, dates, outcomes).lastInsertRowid)
  }

  chunk(id: number): RowChunkReader {
    return new RowChunkReader(this.#one.get(id) as unknown as ChunkBody)
  }

  /** Calls `visit` for every position that has its row, once, with the row's status. */
  eachSettled(run: number, visit: (position: number, status: RowStatus) => void): void {
    let seen = new Uint8Array(0)
    for (const { positions, statuses } of this.#places.iterate(run) as Iterable<unknown> as Iterable<ChunkBody>) {
      const places = positionsOf(positions)
      for (let at = 0; at < places.length; at++) {
        const position = places[at]!
        if (position >= seen.length) seen = longer(seen, position)
        if (seen[position] === 1) continue
        seen[position] = 1
        visit(position, ROW_STATUSES[statuses[at]!]!)
      }
    }
  }

  /** Rows of these statuses, or all where none is named, by position. A window of positions is put in order at a time. */
  *inOrder(run: number, statuses: readonly RowStatus[]): Generator<Row> {
    for (const row of this.paced(run, statuses)) if (row !== undefined) yield row
  }

  /** The same for a reader who serves others as well: undefined stands where these may have a turn, some milliseconds apart. */
  *paced(run: number, statuses: readonly RowStatus[]): Generator<Row | undefined> {
    const { last, characters } = this.#extent.get(run) as { last: number | null; characters: number | null }
    if (last === null) return
    const mask = maskOf(statuses.length === 0 ? ROW_STATUSES : statuses)
    const share = Math.max(1, (characters ?? 0) / WINDOW_CHARACTERS)
    const size = Math.max(1, Math.min(WINDOW_POSITIONS, Math.ceil((last + 1) / share)))
    for (let from = 0; from <= last; from += size) {
      let given = 0
      for (const row of yield* this.#window(run, from, Math.min(size, last + 1 - from), mask)) {
        if (row === null) continue
        yield row
        if (++given % ROWS_PER_TURN === 0) yield undefined
      }
    }
  }

  /** Rows at `size` positions from `from` on, null where there is none of a status in `mask`. */
  *#window(run: number, from: number, size: number, mask: number): Generator<undefined, (Row | null)[]> {
    const rows = new Array<Row | null>(size).fill(null)
    // By number: who has a turn between two chunks may write, and must not find a query open.
    for (const { id } of this.#between.all(run, from + size - 1, from, mask) as { id: number }[]) {
      yield undefined
      const reader = this.chunk(id)
      for (let at = 0; at < reader.count; at++) {
        const place = reader.position(at) - from
        if (place < 0 || place >= size || (mask & (1 << reader.statusNumber(at))) === 0) continue
        rows[place] ??= reader.row(at)
      }
    }
    return rows
  }
}

function longer(seen: Uint8Array<ArrayBuffer>, position: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(2 * seen.length, position + 1, 1024))
  larger.set(seen)
  return larger
}
