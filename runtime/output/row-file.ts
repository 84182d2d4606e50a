import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { shownPath, systemProblem } from '../errors/system-problem.ts'
import type { Row } from '../scan/row.ts'
import { scanLayout, type RowFileOptions, type RowLayout } from './columns.ts'
import { newDraft, removeOrphanedDrafts } from './drafts.ts'
import { encodeTable, formatOfPath, type RowFormat } from './formats.ts'

export interface RowFileReport {
  path: string
  format: RowFormat
  rows: number
  bytes: number
}

/**
 * Proves, before a run, that its row file can be written: known format, existing folder, no folder or device of that name.
 * @throws output_unknown_format, output_not_writable
 */
export function checkRowFile(path: string): void {
  formatOfPath(path)
  const target = targetOf(path)
  try {
    // The dot makes a plain file in the folder's place an error.
    accessSync(`${dirname(target)}/.`, constants.W_OK)
  } catch (cause) {
    throw fileError(path, cause)
  }
  const existing = statSync(target, { throwIfNoEntry: false })
  if (existing && !existing.isFile()) throw new StrikescanError('output_not_writable', { path, problem: 'it exists and is not a file' })
}

/** Writes a scan's rows: see `writeTable`. */
export const writeRowFile = (path: string, rows: Iterable<Row>, options: RowFileOptions): Promise<RowFileReport> =>
  writeTable(path, rows, scanLayout(options))

/**
 * Writes rows to a CSV, Parquet, JSON or NDJSON file, by the end of its name, at constant memory. The file appears whole
 * or not at all: a reader never sees half of it, and one that was there before stays until the new one is complete. What a
 * process that was killed has left of an earlier try is removed.
 * @throws output_unknown_format, output_not_writable, output_disk_full
 */
export async function writeTable<T>(path: string, rows: Iterable<T>, layout: RowLayout<T>): Promise<RowFileReport> {
  checkRowFile(path)
  const format = formatOfPath(path)
  const target = targetOf(path)
  const draft = newDraft(target)
  await removeOrphanedDrafts(target)
  const counted = new CountedRows(rows)
  let bytes = 0
  try {
    const file = await open(draft, 'wx')
    try {
      for await (const piece of encodeTable(format, counted, layout)) {
        await file.writeFile(piece)
        bytes += piece.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, target)
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => {})
    throw (cause as NodeJS.ErrnoException).syscall ? fileError(path, cause) : cause
  }
  return { path, format, rows: counted.count, bytes }
}

class CountedRows<T> implements Iterable<T> {
  count = 0
  readonly rows: Iterable<T>

  constructor(rows: Iterable<T>) {
    this.rows = rows
  }

  *[Symbol.iterator](): Generator<T> {
    for (const row of this.rows) {
      this.count++
      yield row
    }
  }
}

/** Renaming onto a link would replace the link: the file it names is written instead. */
function targetOf(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

function fileError(path: string, cause: unknown): StrikescanError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error'
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StrikescanError('output_disk_full', { path }, { cause })
  const isThere = statSync(dirname(resolve(path)), { throwIfNoEntry: false })?.isDirectory() === true
  const problem = systemProblem(cause, {
    ENOENT: isThere ? 'the system lets no file be made there' : 'its folder does not exist',
    ENOTDIR: 'its folder is a file',
  })
  return new StrikescanError('output_not_writable', { path: shownPath(path), problem }, { cause })
}
