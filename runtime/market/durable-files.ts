import { closeSync, fsyncSync, mkdirSync, openSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { StrikescanError } from '../errors/strikescan-error.ts'

/** Makes a folder's entries (new, renamed and removed files) survive a power loss. */
export function syncFolder(folder: string): void {
  let fd: number
  try {
    fd = openSync(folder, 'r')
  } catch (error) {
    // Windows opens no folders; its renames are journalled by the file system.
    if (process.platform === 'win32') return
    throw error
  }
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Renames a finished folder into place and makes the rename survive a power loss. */
export function renameDurably(from: string, to: string): void {
  renameSync(from, to)
  syncFolder(dirname(to))
}

/** Creates a folder with its parents; a folder that cannot be written is one clear error. */
export function makeFolder(folder: string): void {
  withStoreErrors(folder, () => mkdirSync(folder, { recursive: true }))
}

/** Runs `work` and turns what a full disk or a read-only folder throws into the error that names `folder`. */
export function withStoreErrors<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw storeError(folder, error)
  }
}

/** The memory that connections share is a file beside the database, and there was no room to make it larger. */
const SQLITE_IOERR_SHMSIZE = 4874

/** The registry's error for a failed write below `folder`; errors of other kinds come back as they are. */
export function storeError(folder: string, error: unknown): unknown {
  if (error instanceof StrikescanError || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  const errcode = 'errcode' in error ? Number(error.errcode) : 0
  const sqlite = errcode & 0xff
  if (code === 'ENOSPC' || code === 'EDQUOT' || sqlite === 13 || errcode === SQLITE_IOERR_SHMSIZE) return new StrikescanError('store_disk_full', { folder }, { cause: error })
  // On a read-only disk a recursive mkdir fails with ENOENT.
  if (['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'].includes(code) || sqlite === 8 || sqlite === 10 || sqlite === 14 || sqlite === 23) {
    return new StrikescanError('store_unwritable', { folder, cause: error.message }, { cause: error })
  }
  if (sqlite === 11 || sqlite === 26) return new StrikescanError('store_catalogue_damaged', { folder, cause: error.message }, { cause: error })
  return error
}
