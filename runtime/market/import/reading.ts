import { StrikescanError } from '../../errors/strikescan-error.ts'
import { expandPaths } from './paths.ts'
import type { ImportProgress } from './report.ts'

/** What the reading of files has in common, whatever they hold. */
export interface ImportReading {
  readonly signal: AbortSignal | undefined
  readonly warnings: string[]
  /** Called after every piece of a file. */
  onBytes(bytes: number): void
}

/**
 * Reads the files of an import one after the other and tells how far it is.
 *
 * @param rows the account of the rows read, whatever takes them
 * @param begin makes what all files are read with
 * @param read takes one file
 * @returns what `begin` made, and the progress, which then stands at the merging
 * @throws import_… where a path is none, or where no file has a row
 */
export async function readAll<Context extends ImportReading>(
  paths: readonly string[],
  signal: AbortSignal | undefined,
  rows: { readonly rowsRead: number },
  onProgress: (progress: ImportProgress) => void,
  begin: (reading: ImportReading) => Context,
  read: (path: string, context: Context) => Promise<void>,
): Promise<{ context: Context; progress: ImportProgress }> {
  const { files, skipped } = expandPaths(paths)
  const progress: ImportProgress = {
    stage: 'reading', file: '', bytesRead: 0, bytesTotal: files.reduce((sum, file) => sum + file.bytes, 0), rowsRead: 0, symbolsDone: 0, symbolsTotal: 0,
  }
  const context = begin({
    signal,
    warnings: skipped.map((path) => `${path} was left out: its name is not that of a data file.`),
    onBytes(bytes) {
      progress.bytesRead += bytes
      progress.rowsRead = rows.rowsRead
      onProgress({ ...progress })
    },
  })
  for (const { path } of files) {
    progress.file = path
    await read(path, context)
  }
  if (rows.rowsRead === 0) throw new StrikescanError('import_no_rows', { file: paths.join(', ') })
  return { context, progress: { ...progress, stage: 'merging', file: '', bytesRead: progress.bytesTotal, rowsRead: rows.rowsRead } }
}
