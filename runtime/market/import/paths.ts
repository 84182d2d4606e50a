import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { readError } from './byte-source.ts'

const DATA_FILE = /\.(csv|tsv|txt|gz|tgz|zst|zip|tar|parquet|json|ndjson|jsonl)$/i

/** What is about data rather than data, whatever its ending says. */
const ABOUT_DATA = /^(readme|licen[cs]e|copying|notice|changelog|authors)\b/i

/** A file to import, with its size in bytes. */
export interface InputFile {
  readonly path: string
  readonly bytes: number
  /** Whether it was named itself: others come with their folder, and what is no data among them is left out. */
  readonly isNamed: boolean
}

/** What a folder holds besides data, and how it was told. */
export interface SkippedFile {
  readonly path: string
  readonly why: string
}

/**
 * The files that paths stand for: files as named, folders as the data files below them in order of their names. What a
 * folder holds besides is named in `skipped`.
 */
export function expandPaths(paths: readonly string[]): { files: InputFile[]; skipped: SkippedFile[] } {
  if (paths.length === 0) throw new StrikescanError('import_nothing_named')
  const files: InputFile[] = []
  const skipped: SkippedFile[] = []
  for (const path of paths) {
    const before = files.length
    const stat = statOf(path)
    if (stat.isFile()) files.push({ path, bytes: stat.size, isNamed: true })
    else if (!stat.isDirectory()) throw new StrikescanError('import_file_unreadable', { file: path, cause: 'it is neither a file nor a folder' })
    else {
      collect(path, files, skipped)
      if (files.length === before) throw new StrikescanError('import_folder_empty', { file: path })
    }
  }
  return { files, skipped }
}

function collect(folder: string, files: InputFile[], skipped: SkippedFile[]): void {
  const entries = readable(folder, () => readdirSync(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || entry.name === '__MACOSX') skipped.push({ path, why: 'it is hidden' })
    // A linked folder is not entered: it could lead back up.
    else if (entry.isDirectory()) collect(path, files, skipped)
    else if (!DATA_FILE.test(entry.name) || ABOUT_DATA.test(entry.name)) skipped.push({ path, why: 'its name is not that of a data file' })
    else if (!statOf(path).isFile()) skipped.push({ path, why: 'it is no file, or a link to a folder' })
    else files.push({ path, bytes: statOf(path).size, isNamed: false })
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
