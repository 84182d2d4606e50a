import type { CompanionSource } from './companions.ts'
import type { DataFile } from './plan.ts'

const SCRIPT = /\.[mc]?[jt]sx?$/i
/** What a script says that takes what stands in files. */
export const READS_CONTENT = /\b(readFile|readJson|createReadStream)(Sync)?\b|\bopen(Sync)?\s*\(/
/** What a script says that looks for files. */
const LOOKS_AT_FILES = /\b(readdir|exists|stat|lstat|access|copyFile)(Sync)?\b/
const isReading = (code: string): boolean => READS_CONTENT.test(code) || LOOKS_AT_FILES.test(code)

/** Whether a file of an upload is one that scripts read, and none that they run. */
export const isData = (path: string): boolean => !SCRIPT.test(path)

/** Whether any file of a script says that it reads files. */
export function readsFiles(code: string, sources: readonly CompanionSource[]): boolean {
  return isReading(code) || sources.some((source) => !isData(source.path) && isReading(source.code))
}

/**
 * The files of an upload that its script may read: under the paths that they have seen
 * from the script, which stands in `/`, and, where those are free, from the top of the upload, where its author may have started it.
 */
export function dataFilesOf(entryPath: string, sources: readonly CompanionSource[]): DataFile[] {
  const data = sources.filter(({ path }) => isData(path))
  const folder = entryPath.split('/').slice(0, -1)
  const found = new Map<string, string>()
  const below = (path: string): boolean => path.startsWith([...folder, ''].join('/'))
  for (const { path, code: text } of [...data.filter(({ path }) => below(path)), ...data.filter(({ path }) => !below(path))]) {
    for (const place of [seenFrom(folder, path), `/${path}`]) if (!found.has(place)) found.set(place, text)
  }
  return [...found].map(([path, text]) => ({ path, text }))
}

/** A path as it is resolved from a folder that stands in `/`: what leads above that folder ends there. */
function seenFrom(folder: readonly string[], path: string): string {
  const parts = path.split('/')
  let same = 0
  while (same < folder.length && parts[same] === folder[same]) same++
  return `/${parts.slice(same).join('/')}`
}
