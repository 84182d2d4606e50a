import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { tarMembers, zipMembers, type ArchiveMember } from './archives.ts'
import { fileChunks, openFile, readError, unpacked, type Chunks, type Unpacked } from './byte-source.ts'

/** Archives in archives, at most: some hold themselves. */
const MAX_ARCHIVES = 4

/** Reads the tables that an import is about, once they are out of whatever they were packed in. `sha256` is that of the file on disk. */
export interface TableReader {
  readonly signal: AbortSignal | undefined
  readonly warnings: string[]
  onBytes(bytes: number): void
  readCsv(name: string, sha256: string, chunks: Chunks): Promise<void>
  readJson(name: string, sha256: string, chunks: Chunks): Promise<void>
  readParquet(path: string, sha256: string): Promise<void>
  /** True for a member of an archive that is no table, by the last part of its name. */
  skips(member: string): boolean
  /** The error for a file that holds no such table. */
  foreign(name: string, looksLike: string, mend: string): StrikescanError
  /** An error of the readers as this import words it. */
  worded(name: string, error: unknown): unknown
}

/** Reads one file, or all members of an archive. What it is written in is told by the content, not by the name. */
export async function readTables(path: string, reader: TableReader): Promise<void> {
  const file = openFile(path)
  try {
    const before = stateOf(path)
    const sha256 = await hashOf(path, reader.signal)
    const content = await unpacked(fileChunks(file, reader.onBytes, reader.signal))
    // Both are read from their end, so only as they lie on the disk.
    if (content.kind === 'zip' && content.layers === 0) await readMembers(path, sha256, zipMembers(path), reader, 1)
    else if (content.kind === 'parquet' && content.layers === 0) await reader.readParquet(path, sha256)
    else await readContent(path, sha256, content, reader, 0)
    if (stateOf(path) !== before) throw new StrikescanError('import_file_changed', { file: path })
  } catch (error) {
    throw reader.worded(path, readError(path, error))
  } finally {
    file.destroy()
  }
}

async function readContent(name: string, sha256: string, { kind, chunks }: Unpacked, reader: TableReader, archives: number): Promise<void> {
  switch (kind) {
    case 'empty':
      throw new StrikescanError('import_file_empty', { file: name })
    case 'csv':
      return reader.readCsv(name, sha256, chunks)
    case 'json':
      return reader.readJson(name, sha256, chunks)
    case 'tar':
      if (archives === MAX_ARCHIVES) throw reader.foreign(name, 'an archive packed in itself', 'unpack it first')
      return readMembers(name, sha256, tarMembers(chunks, name), reader, archives + 1)
    case 'zip':
    case 'parquet':
      throw reader.foreign(name, `a ${kind} file inside another file`, 'unpack the outer one first')
    default:
      throw reader.foreign(name, kind.other, kind.mend)
  }
}

/** Reads the members that hold such tables; other members are named in the warnings, unless none holds any. */
async function readMembers(archive: string, sha256: string, members: AsyncIterable<ArchiveMember>, reader: TableReader, archives: number): Promise<void> {
  const foreign = reader.foreign(archive, '', '').code
  let read = 0
  let firstForeign: unknown = null
  for await (const member of members) {
    const base = basename(member.name)
    if (base.startsWith('.') || member.name.startsWith('__MACOSX/') || reader.skips(base)) continue
    const name = `${archive}/${member.name}`
    try {
      await readContent(name, sha256, await unpacked(member.chunks), reader, archives)
      read++
    } catch (error) {
      const known = reader.worded(name, readError(name, error))
      if (!(known instanceof StrikescanError) || known.code !== foreign) throw known
      firstForeign ??= known
      reader.warnings.push(`${name} was left out: it looks like ${known.details['looksLike']}.`)
    }
  }
  if (read > 0) return
  if (firstForeign !== null) throw firstForeign
  throw new StrikescanError('import_file_empty', { file: archive })
}

/** Changes with a file's content: a file that is still being written would end at half a number. */
function stateOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of fileChunks(openFile(path), () => {}, signal)) hash.update(chunk)
  return hash.digest('hex')
}
