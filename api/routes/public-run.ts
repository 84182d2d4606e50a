import { basename } from 'node:path'

import { faultOf, withoutFolders, type Run } from '../../runtime/host.ts'

/** A run as the server shows it: runs of the command line name their file by its path on this machine, of which the last part is told. */
export const publicRun = (run: Run): Run => ({ ...run, filename: basename(run.filename), error: publicError(run.error) })

/** What failed on this machine is told without the places of its files. */
function publicError(error: Run['error']): Run['error'] {
  if (error === null || faultOf(error.code) !== 'system') return error
  return { ...error, message: withoutFolders(error.message), hint: withoutFolders(error.hint) }
}
