import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import yauzl from 'yauzl'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { readError, type Chunks } from './byte-source.ts'

/** One file in an archive; its bytes have to be read (or given up) before the next member is asked for. */
export interface ArchiveMember {
  readonly name: string
  readonly chunks: Chunks
}

/** The files in a zip archive, in their order, each checked against its CRC-32 and size. */
export async function* zipMembers(path: string): AsyncGenerator<ArchiveMember> {
  const archive = await orDamaged(path, () => yauzl.openPromise(path, { lazyEntries: true, autoClose: false }))
  try {
    const entries = archive.eachEntry()
    for (;;) {
      const { value: entry, done } = await orDamaged(path, () => entries.next())
      if (done) return
      if (entry.fileName.endsWith('/')) continue
      if (entry.isEncrypted()) {
        throw new StrikescanError('import_not_bars', { file: `${path}/${entry.fileName}`, looksLike: 'an encrypted zip member', mend: 'unpack the archive with its password first' })
      }
      if (/^xl\/|^\[Content_Types\]/.test(entry.fileName)) {
        throw new StrikescanError('import_not_bars', { file: path, looksLike: 'an Excel workbook', mend: 'save the sheet as CSV' })
      }
      const name = `${path}/${entry.fileName}`
      const stream = await orDamaged(name, () => archive.openReadStreamPromise(entry))
      try {
        yield { name: entry.fileName, chunks: checkedChunks(stream, entry.crc32, name) }
      } finally {
        // A member given up half-way would otherwise hold the archive open.
        stream.destroy()
      }
    }
  } finally {
    archive.close()
  }
}

async function* checkedChunks(stream: Readable, expected: number, name: string): AsyncGenerator<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]()
  let checksum = 0
  for (;;) {
    const { value, done } = await orDamaged(name, () => iterator.next())
    if (done) break
    checksum = crc32(value, checksum)
    yield value
  }
  if (checksum !== expected) throw new StrikescanError('import_file_truncated', { file: name, cause: 'its checksum does not match' })
}

async function orDamaged<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const known = readError(file, error)
    if (known !== error || !(error instanceof Error)) throw known
    // yauzl's words for names that would lead out of a folder: nothing is unpacked here, but such an archive is no honest one.
    if (/^(invalid relative path|absolute path|invalid characters in fileName)/.test(error.message)) {
      const looksLike = `an archive with a name in it that leads elsewhere (${error.message.replace(/^[^:]*: /, '').slice(0, MAX_NAME_SHOWN)})`
      throw new StrikescanError('import_not_bars', { file, looksLike, mend: 'unpack it and import the files' }, { cause: error })
    }
    throw new StrikescanError('import_file_truncated', { file, cause: error.message }, { cause: error })
  }
}

const BLOCK = 512
const MAX_NAME_SHOWN = 80
const MAX_NAME_BYTES = 1 << 20

/** The files in a tar stream: plain, GNU long names and pax paths. Throws `import_file_truncated` where it ends too early. */
export async function* tarMembers(chunks: Chunks, path: string): AsyncGenerator<ArchiveMember> {
  const bytes = new ByteQueue(chunks, path)
  let longName: string | null = null
  for (;;) {
    const header = await bytes.take(BLOCK)
    if (header.every((byte) => byte === 0)) {
      // Reading on to the end lets the decompressor check what follows.
      await bytes.drain()
      return
    }
    checkHeader(header, path)
    const type = fieldOf(header, 156, 1)
    const size = sizeOf(header, type, path)
    const padded = Math.ceil(size / BLOCK) * BLOCK
    if (type === 'L') longName = Buffer.from(await bytes.take(padded)).toString('utf8', 0, size).replace(/\0.*$/s, '')
    else if (type === 'x') longName = /\d+ path=(.*)\n/.exec(Buffer.from(await bytes.take(padded)).toString('utf8', 0, size))?.[1] ?? longName
    else if (type === '' || type === '0') {
      const prefix = fieldOf(header, 345, 155)
      const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + fieldOf(header, 0, 100)
      longName = null
      const member = bytes.member(size)
      yield { name, chunks: member }
      for await (const rest of member) void rest
      await bytes.take(padded - size)
    } else {
      await bytes.skip(padded)
    }
  }
}

/** The header's checksum is the sum of its bytes with the checksum's own field taken as spaces. */
function checkHeader(header: Uint8Array, path: string): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0)
  if (sum !== Number.parseInt(fieldOf(header, 148, 8), 8)) {
    throw new StrikescanError('import_file_truncated', { file: path, cause: 'a tar header does not match its checksum' })
  }
}

/** Bytes of what follows a header. A name that would fill the memory is none. */
function sizeOf(header: Uint8Array, type: string, path: string): number {
  const text = fieldOf(header, 124, 12)
  const size = /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN
  const most = type === 'L' || type === 'x' ? MAX_NAME_BYTES : Number.MAX_SAFE_INTEGER
  if (size <= most) return size
  throw new StrikescanError('import_file_truncated', { file: path, cause: 'a tar header states no size that can be' })
}

function fieldOf(header: Uint8Array, start: number, length: number): string {
  return Buffer.from(header.subarray(start, start + length)).toString('utf8').replace(/\0.*$/s, '').trim()
}

/** Takes a stream apart into pieces of given lengths. */
class ByteQueue {
  readonly #iterator: AsyncIterator<Uint8Array>
  readonly #path: string
  #chunk: Uint8Array = new Uint8Array(0)

  constructor(chunks: Chunks, path: string) {
    this.#iterator = chunks[Symbol.asyncIterator]()
    this.#path = path
  }

  async take(length: number): Promise<Uint8Array> {
    const result = new Uint8Array(length)
    for (let done = 0; done < length; ) {
      const piece = await this.#piece(length - done)
      result.set(piece, done)
      done += piece.length
    }
    return result
  }

  async skip(length: number): Promise<void> {
    for (let done = 0; done < length; ) done += (await this.#piece(length - done)).length
  }

  /** The next `length` bytes as they come; iterating again goes on where it stopped. */
  member(length: number): Chunks {
    let left = length
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      if (left === 0) return { value: undefined, done: true }
      const piece = await this.#piece(left)
      left -= piece.length
      return { value: piece, done: false }
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }

  async drain(): Promise<void> {
    while (!(await this.#iterator.next()).done);
  }

  async #piece(atMost: number): Promise<Uint8Array> {
    while (this.#chunk.length === 0) {
      const { value, done } = await this.#iterator.next()
      if (done) throw new StrikescanError('import_file_truncated', { file: this.#path, cause: 'the tar archive ends too early' })
      this.#chunk = value
    }
    const piece = this.#chunk.subarray(0, atMost)
    this.#chunk = this.#chunk.subarray(piece.length)
    return piece
  }
}
