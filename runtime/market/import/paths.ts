import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { readError } from './byte-source.ts'

const DATA_FILE = /\.(csv|tsv|txt|gz|tgz|zst|zip|tar|parquet|json|ndjson|jsonl)$/i

/** A file to import, with its size in bytes. */
export interface InputFile {
  readonly path: string
  readonly bytes: number
}

/**
 * The files that paths stand for: files as named, folders as the data files below them in order of their names. What a
 * folder holds besides is named in `skipped`; dot-files are passed over.
 */
export function expandPaths(paths: readonly string[]): { files: InputFile[]; skipped: string[] } {
  if (paths.length === 0) throw new StrikescanError('import_nothing_named')
  const files: InputFile[] = []
  const skipped: string[] = []
  for (const path of paths) {
    const before = files.length
    const stat = statOf(path)
    if (stat.isFile()) files.push({ path, bytes: stat.size })
    else if (!stat.isDirectory()) throw new StrikescanError('import_file_unreadable', { file: path, cause: 'it is neither a file nor a folder' })
    else {
      collect(path, files, skipped)
      if (files.length === before) throw new StrikescanError('import_folder_empty', { file: path })
    }
  }
  return { files, skipped }
}

function collect(folder: string, files: InputFile[], skipped: string[]): void {
  const entries = readable(folder, () => readdirSync(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue
    const path = join(folder, entry.name)
    // A linked folder is not entered: it could lead back up.
    if (entry.isDirectory()) collect(path, files, skipped)
    else if (DATA_FILE.test(entry.name) && statOf(path).isFile()) files.push({ path, bytes: statOf(path).size })
    else skipped.push(path)
  }
}

function statOf(path: string) {
  return readable(path, () => statSync(path))
}

function readable<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw readError(file, error)
  }
}
