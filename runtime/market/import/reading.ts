import { StrikescanError } from '../../errors/strikescan-error.ts'
import { expandPaths, type SkippedFile } from './paths.ts'
import type { ImportProgress } from './report.ts'

/** What the reading of files has in common, whatever they hold. */
export interface ImportReading {
  readonly signal: AbortSignal | undefined
  readonly warnings: string[]
  /** Names of files whose last line has no line end. */
  readonly openEnded: string[]
  /** Called after every piece of a file. */
  onBytes(bytes: number): void
}

/**
 * Reads the files of an import one after the other and tells how far it is.
 *
 * @param rows the account of the rows read, whatever takes them
 * @param begin makes what all files are read with
 * @param readFile takes one file
 * @returns what `begin` made, and the progress, which then stands at the merging
 * @throws import_… where a path is none, or where no file has a row
 */
export async function readAll<Context extends ImportReading>(
  paths: readonly string[],
  signal: AbortSignal | undefined,
  rows: { readonly rowsRead: number },
  onProgress: (progress: ImportProgress) => void,
  begin: (reading: ImportReading) => Context,
  readFile: (path: string, context: Context) => Promise<void>,
): Promise<{ context: Context; progress: ImportProgress }> {
  const { files, skipped } = expandPaths(paths)
  const read = { files: 0, firstOther: null as unknown }
  const progress: ImportProgress = {
    stage: 'reading', file: '', bytesRead: 0, bytesTotal: files.reduce((sum, file) => sum + file.bytes, 0), rowsRead: 0, symbolsDone: 0, symbolsTotal: 0,
  }
  const context = begin({
    signal,
    warnings: [],
    openEnded: [],
    onBytes(bytes) {
      progress.bytesRead += bytes
      progress.rowsRead = rows.rowsRead
      onProgress({ ...progress })
    },
  })
  for (const { path, isNamed } of files) {
    progress.file = path
    const rowsBefore = rows.rowsRead
    try {
      await readFile(path, context)
      read.files++
    } catch (error) {
      const why = isNamed || rows.rowsRead > rowsBefore ? null : whyOther(error)
      if (why === null) throw error
      read.firstOther ??= error
      skipped.push({ path, why })
    }
  }
  if (read.files === 0) throw read.firstOther
  context.warnings.push(...leftOut(skipped), ...cutOff(context.openEnded))
  if (rows.rowsRead === 0) throw new StrikescanError('import_no_rows', { file: paths.join(', ') })
  return { context, progress: { ...progress, stage: 'merging', file: '', bytesRead: progress.bytesTotal, rowsRead: rows.rowsRead } }
}

const OTHER_CONTENT: ReadonlySet<string> = new Set(['import_not_bars', 'import_not_chains', 'import_not_news'])

/** How a file is told to hold something else altogether; null where it may be such data that is damaged, or whose columns have to be named. */
function whyOther(error: unknown): string | null {
  if (!(error instanceof StrikescanError)) return null
  if (OTHER_CONTENT.has(error.code)) return `it looks like ${error.details['looksLike']}`
  if (error.code === 'import_file_empty') return 'it is empty'
  return error.code === 'import_json_shape' ? 'it is JSON without a list of bars' : null
}

/** Files that are named for each reason. */
const NAMED = 5

/** Sentences on what was left out, those of one reason together; a folder may hold any number of them. */
function leftOut(skipped: readonly SkippedFile[]): string[] {
  return [...Map.groupBy(skipped, ({ why }) => why)].flatMap(([why, those]) => {
    const named = those.slice(0, NAMED).map(({ path }) => `${path} was left out: ${why}.`)
    const more = those.length - named.length
    return more > 0 ? [...named, `${more} more ${more === 1 ? 'file was' : 'files were'} left out: ${why}.`] : named
  })
}

/** A number that was cut in two is still a number. */
function cutOff(openEnded: readonly string[]): string[] {
  const [first] = openEnded
  if (first === undefined) return []
  const those = openEnded.length === 1 ? `${first} has` : `${first} and ${openEnded.length - 1} more have`
  return [`${those} no line end after the last line: where a file was cut off, the last value of its last row may be wrong.`]
}
