import { writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { systemProblem } from '../../../runtime/errors/system-problem.ts'
import { errorLine } from '../errors.ts'
import type { Run, Runtime } from '../host-types.ts'
import type { Terminal } from '../terminal.ts'
import { count, counted, oneLine } from '../text.ts'

const NAMES_SHOWN = 10

/**
 * Hands out the files that a run's script wrote. Their names are plain relative ones; nothing that is there already is written over.
 * False where one could not be read or written, which has been said.
 */
export function copyArtifacts(terminal: Terminal, runtime: Runtime, read: (path: string) => Uint8Array, files: NonNullable<Run['files']>, folder: string): boolean {
  const copied: string[] = []
  for (const { path } of files) {
    try {
      copyOne(runtime, read(path), join(folder, path), relative(terminal.cwd, join(folder, path)))
      copied.push(path)
    } catch (error) {
      if (!(error instanceof StrikescanError)) throw error
      terminal.err.write(`${errorLine(error)}\n`)
    }
  }
  terminal.err.write(files.length === 0 ? 'the script of this run wrote no files\n' : `wrote ${counted(copied.length, 'file')} of the script to ${oneLine(folder)}${namesOf(copied)}\n`)
  return copied.length === files.length
}

function namesOf(paths: readonly string[]): string {
  const named = paths.slice(0, NAMES_SHOWN).map(oneLine).join(', ')
  return paths.length === 0 ? '' : `: ${named}${paths.length > NAMES_SHOWN ? `, … ${count(paths.length - NAMES_SHOWN)} more` : ''}`
}

function copyOne(runtime: Runtime, content: Uint8Array, target: string, shown: string): void {
  try {
    runtime.makeFolder(dirname(target))
    writeFileSync(target, content, { flag: 'wx' })
  } catch (cause) {
    throw new StrikescanError('artifacts_not_copied', { file: shown, problem: systemProblem(cause, { EEXIST: 'a file is there already', ENOENT: 'the system lets no folder be made there' }) }, { cause })
  }
}
