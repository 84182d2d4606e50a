import { lstatSync, readFileSync, realpathSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'

import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Run } from './run.ts'

/**
 * The bytes of a file that a run's script wrote, by its name in `run.files`. Only what the run lists is read, and only from within
 * the run's own folder.
 * @throws artifact_unknown, artifact_gone
 */
export function readArtifact(home: string, run: Run, path: string): Uint8Array {
  if (!(run.files ?? []).some((file) => file.path === path)) {
    throw new StrikescanError('artifact_unknown', { path: path.slice(0, 200), run: run.id })
  }
  try {
    const folder = realpathSync(join(home, 'artifacts', run.id))
    const file = realpathSync(join(folder, path))
    const inside = relative(folder, file)
    if (inside.startsWith('..') || isAbsolute(inside) || !lstatSync(file).isFile()) throw new Error('it is no file of the run')
    return readFileSync(file)
  } catch (cause) {
    const problem = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
    throw new StrikescanError('artifact_gone', { path, run: run.id, problem }, { cause })
  }
}
