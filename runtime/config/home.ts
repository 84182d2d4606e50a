import { lstatSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { shownPath, systemProblem } from '../errors/system-problem.ts'
import { makeFolder } from './make-folder.ts'

/** The file operations that the state folder needs; replaced in tests. */
export interface FolderAccess {
  makeFolder(path: string): void
  writeFile(path: string, text: string): void
  removeFile(path: string): void
}

const nodeAccess: FolderAccess = {
  makeFolder,
  writeFile: (path, text) => writeFileSync(path, text),
  removeFile: (path) => rmSync(path, { force: true }),
}

/** The state folder's absolute path: `--home`, else `STRIKESCAN_HOME`, else `.strikescan` in the current folder. */
export function resolveHome(options: { flag?: string | undefined; env: Record<string, string | undefined>; cwd: string }): string {
  return resolve(options.cwd, options.flag || options.env['STRIKESCAN_HOME'] || '.strikescan')
}

/**
 * Creates the state folder where it is missing and proves that files can be written in it.
 * @throws home_not_a_folder, home_not_writable, home_disk_full, home_unusable
 */
export function prepareHome(home: string, access: FolderAccess = nodeAccess): void {
  const probe = join(home, `.probe-${process.pid}`)
  try {
    access.makeFolder(home)
    // Some full disks still create files: only written bytes prove that there is room.
    access.writeFile(probe, 'probe'.repeat(1_000))
    access.removeFile(probe)
  } catch (cause) {
    try {
      access.removeFile(probe)
    } catch {
      // The first failure is the one to report.
    }
    throw homeError(home, cause)
  }
}

function homeError(path: string, cause: unknown): StrikescanError {
  const { code } = cause as NodeJS.ErrnoException
  const home = shownPath(path)
  if (code === 'EEXIST' || code === 'ENOTDIR') {
    return new StrikescanError('home_not_a_folder', { home, path: shownPath(firstNonFolder(path)) }, { cause })
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new StrikescanError('home_not_writable', { home, problem: systemProblem(cause) }, { cause })
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') return new StrikescanError('home_disk_full', { home }, { cause })
  return new StrikescanError('home_unusable', { home, problem: systemProblem(cause, NO_PLACE) }, { cause })
}

/** Parts of the system that look like folders take nothing new, and say that they are not there. */
const NO_PLACE = { ENOENT: 'the system lets no folder be made there' }

/** The part of the path that stands in the way. */
function firstNonFolder(home: string): string {
  for (let path = home; dirname(path) !== path; path = dirname(path)) {
    try {
      if (lstatSync(path).isFile() || !statSync(path).isDirectory()) return path
    } catch {
      // Not there: the obstacle is further up.
    }
  }
  return home
}
