import type { DatabaseSync } from 'node:sqlite'

import type { IntakeReport } from '../scan/run.ts'

export interface StoredScanner {
  id: string
  sha256: string
  filename: string
  source: Uint8Array
  createdAt: string
}

/** A scanner that intake has looked at. */
export interface ScannerRecord {
  readonly id: string
  /** Counts from 1 among the scanners of one filename, in the order in which they came. */
  readonly version: number
  readonly createdAt: string
  /** Deleted ones are listed and run no more; their runs stay. */
  readonly deleted: boolean
  readonly report: IntakeReport
}

interface Found {
  number: number
  id: string
  version: number
  createdAt: string
  hidden: number
  report: string
}

const RECORD = 'number, id, version, created_at AS createdAt, hidden, report'

/** Scanners in the journal's database, addressed by the hash of their bytes. */
export class ScannerTable {
  readonly #db: DatabaseSync

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Keeps a scanner's bytes under their hash; the same bytes again are the same scanner. */
  save(scanner: StoredScanner): { isNew: boolean } {
    const result = this.#db
      .prepare('INSERT OR IGNORE INTO scanners (id, sha256, filename, source, created_at) VALUES (?, ?, ?, ?, ?)')
      .run(scanner.id, scanner.sha256, scanner.filename, scanner.source, scanner.createdAt)
    return { isNew: result.changes === 1 }
  }

  find(id: string): StoredScanner | null {
    const found = this.#db.prepare('SELECT id, sha256, filename, source, created_at AS createdAt FROM scanners WHERE id = ?').get(id)
    return (found as unknown as StoredScanner | undefined) ?? null
  }

  /** Keeps what intake said of a scanner, and with it the scanner's name and version; what is kept already stays. */
  keepReport(id: string, report: IntakeReport): void {
    this.#keep(id, report, '')
  }

  /** The same, and a scanner that has another name has this one from now on. */
  keepName(id: string, report: IntakeReport): void {
    this.#keep(id, report, report.filename)
  }

  /** @param name one that takes the place of any other; none where it is empty */
  #keep(id: string, report: IntakeReport, name: string): void {
    this.#db
      .prepare(`
        UPDATE scanners SET report = ?1, filename = ?2, version = 1 + (SELECT coalesce(max(version), 0) FROM scanners WHERE filename = ?2)
        WHERE id = ?3 AND (report IS NULL OR (?4 <> '' AND filename <> ?4))`)
      .run(JSON.stringify(report), report.filename, id, name)
  }

  /** A scanner that was looked at, hidden or not. */
  record(id: string): ScannerRecord | null {
    const found = this.#db.prepare(`SELECT ${RECORD} FROM scanners WHERE id = ? AND report IS NOT NULL`).get(id)
    return found === undefined ? null : recordOf(found as unknown as Found)
  }

  /** Newest first, from before a number on. */
  listed(before: number, limit: number): { number: number; record: ScannerRecord }[] {
    const found = this.#db.prepare(`SELECT ${RECORD} FROM scanners WHERE number < ? AND hidden = 0 AND report IS NOT NULL ORDER BY number DESC LIMIT ?`).all(before, limit)
    return (found as unknown as Found[]).map((each) => ({ number: each.number, record: recordOf(each) }))
  }

  /** Takes a scanner out of the list, or back into it. False where there is none. */
  setHidden(id: string, isHidden: boolean): boolean {
    return this.#db.prepare('UPDATE scanners SET hidden = ? WHERE id = ?').run(isHidden ? 1 : 0, id).changes === 1
  }

  /** Forgets the hidden ones that no run is of. */
  removeUnused(): number {
    return Number(this.#db.prepare('DELETE FROM scanners WHERE (hidden = 1 OR report IS NULL) AND id NOT IN (SELECT scanner_id FROM runs WHERE scanner_id IS NOT NULL)').run().changes)
  }
}

function recordOf({ id, version, createdAt, hidden, report }: Found): ScannerRecord {
  return { id, version, createdAt, deleted: hidden !== 0, report: JSON.parse(report) as IntakeReport }
}
