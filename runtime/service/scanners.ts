import { createHash } from 'node:crypto'

import { StrikescanError } from '../errors/strikescan-error.ts'
import { allSymbols } from '../intake/lists/list-shares.ts'
import type { Journal } from '../journal/journal.ts'
import type { ScannerRecord, StoredScanner } from '../journal/scanner-table.ts'
import type { IntakeReport } from '../scan/run.ts'
import { mapPage, numberOfCursor, pageOf, type Page, type PageQuery } from './cursors.ts'
import type { ScriptReader } from './script-reader.ts'

export interface ScannerUpload {
  /** Null where the file can not run: nothing was stored, and `diagnostics` say why. */
  readonly scanner: ScannerRecord | null
  /** False where the same bytes were stored before. */
  readonly isNew: boolean
  readonly diagnostics: IntakeReport['diagnostics']
}

/** The scanners of a state folder: the bytes as they came, under their hash, with what intake said of them. */
export class Scanners {
  readonly #journal: Journal
  readonly #reader: ScriptReader

  constructor(journal: Journal, reader: ScriptReader) {
    this.#journal = journal
    this.#reader = reader
  }

  /** Reads an upload and keeps it where it can run. Bytes that are there already have this name from now on, and are listed again where they were deleted. */
  async save({ filename, source }: { filename: string; source: Uint8Array }): Promise<ScannerUpload> {
    const { scanners } = this.#journal
    const known = scanners.record(idOf(source))
    if (known !== null && known.report.filename === filename) {
      await this.#journal.whenFree(() => scanners.setHidden(known.id, false))
      return { scanner: this.record(known.id), isNew: false, diagnostics: known.report.diagnostics }
    }
    // A name says whether a script is TypeScript: what was made of it under another need not hold.
    const { report, plan, diagnostics } = await this.#reader.read({ filename, source })
    if (report === null || plan === null || diagnostics.some(({ severity }) => severity === 'error')) return { scanner: null, isNew: false, diagnostics }
    const isNew = await this.#journal.whenFree(() => this.#journal.transaction(() => {
      const kept = this.keep(filename, source)
      scanners.keepName(kept.id, report)
      scanners.setHidden(kept.id, false)
      return kept.isNew
    }))
    return { scanner: this.record(idOf(source)), isNew, diagnostics }
  }

  /** Keeps the bytes of a script without looking at them. */
  keep(filename: string, source: Uint8Array): StoredScanner & { isNew: boolean } {
    const sha256 = hashOf(source)
    const scanner = { id: idOf(source), sha256, filename, source, createdAt: new Date().toISOString() }
    return { ...scanner, ...this.#journal.scanners.save(scanner) }
  }

  list({ cursor, limit }: PageQuery): Page<ScannerRecord> {
    const found = this.#journal.scanners.listed(numberOfCursor(cursor, Number.MAX_SAFE_INTEGER), limit + 1)
    return mapPage(pageOf(found, limit, ({ number }) => String(number)), ({ record }) => record)
  }

  /** @throws scanner_unknown */
  record(id: string): ScannerRecord {
    return this.#journal.scanners.record(id) ?? unknown(id)
  }

  /** One that a new run may be of. @throws scanner_unknown, scanner_deleted */
  runnable(id: string): ScannerRecord {
    const record = this.record(id)
    if (record.deleted) throw new StrikescanError('scanner_deleted', { scanner: id, file: record.report.filename })
    return record
  }

  /** @throws scanner_unknown */
  source(id: string): { filename: string; source: Uint8Array } {
    const { filename, source } = this.#journal.scanners.find(id) ?? unknown(id)
    return { filename, source }
  }

  /**
   * What a scanner says of its own of the symbols that it wants: its list, null where it has none, and its screen.
   * @throws scanner_unknown
   */
  async wishes(id: string): Promise<{ symbols: string[] | null; universe: IntakeReport['universe'] }> {
    const { symbols, universe } = this.record(id).report
    if (symbols.count === symbols.sample.length) return { symbols: symbols.count === 0 ? null : symbols.sample, universe }
    const { plan } = await this.#reader.read(this.source(id))
    return { symbols: plan === null ? null : allSymbols(plan), universe }
  }

  /** @throws scanner_unknown */
  hide(id: string): void {
    if (!this.#journal.scanners.setHidden(id, true)) unknown(id)
  }
}

const hashOf = (source: Uint8Array): string => createHash('sha256').update(source).digest('hex')

/** The beginning of its hash: short enough to type. */
const idOf = (source: Uint8Array): string => hashOf(source).slice(0, 16)

function unknown(id: string): never {
  throw new StrikescanError('scanner_unknown', { scanner: id.slice(0, 80) })
}
