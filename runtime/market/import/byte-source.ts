import { createReadStream, type ReadStream } from 'node:fs'
import { pipeline, Readable, type Duplex } from 'node:stream'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { StrikescanError } from '../../errors/strikescan-error.ts'

export type Chunks = AsyncIterable<Uint8Array>

const READ_BYTES = 1 << 20
const DECOMPRESSED_BYTES = 1 << 19
const HEAD_BYTES = 4096
const MAX_LAYERS = 4

/** An open file, to be destroyed by the caller, whether or not it was read to its end. */
export function openFile(path: string): ReadStream {
  const file = createReadStream(path, { highWaterMark: READ_BYTES })
  // Whoever reads meets the error; a file that is not read (any more) has none to report.
  file.on('error', () => {})
  return file
}

/** The bytes of a file as they are read. Stops with `import_cancelled` once the signal is aborted. */
export async function* fileChunks(file: ReadStream, onBytes: (bytes: number) => void, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of file) {
    if (signal?.aborted) throw new StrikescanError('import_cancelled')
    onBytes(chunk.length)
    yield chunk
  }
}

/** The first bytes of a stream (up to 4096; fewer only where it ends) and the whole stream, these bytes included. */
async function peek(chunks: Chunks): Promise<{ head: Uint8Array; chunks: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let length = 0
  while (length < HEAD_BYTES) {
    const { value, done } = await iterator.next()
    if (done) break
    first.push(value)
    length += value.length
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* first
    for (;;) {
      const { value, done } = await iterator.next()
      if (done) return
      yield value
    }
  }
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), chunks: whole() }
}

/** What the first bytes of a stream say of it. */
type Kind = 'empty' | 'gzip' | 'zstd' | 'zip' | 'parquet' | 'tar' | 'csv' | 'json' | 'utf16le' | 'utf16be' | { other: string; mend: string }

const FOREIGN: readonly { bytes: readonly number[]; other: string; mend: string }[] = [
  { bytes: [0x25, 0x50, 0x44, 0x46], other: 'a PDF document', mend: 'export the table as CSV' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], other: 'an old Excel workbook', mend: 'save the sheet as CSV' },
  { bytes: [0x42, 0x5a, 0x68], other: 'a bzip2 archive', mend: 'unpack it first' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], other: 'an xz archive', mend: 'unpack it first' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], other: 'a 7-Zip archive', mend: 'unpack it first' },
  { bytes: [0x52, 0x61, 0x72, 0x21], other: 'a RAR archive', mend: 'unpack it first' },
  { bytes: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31], other: 'an Arrow file', mend: 'write it as Parquet' },
]

/** Tells what a stream holds from its first bytes, whatever its name. */
function kindOf(head: Uint8Array): Kind {
  const starts = (...bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte)
  if (head.length === 0) return 'empty'
  if (starts(0x1f, 0x8b)) return 'gzip'
  if (starts(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd'
  if (starts(0x50, 0x4b, 0x03, 0x04) || starts(0x50, 0x4b, 0x05, 0x06)) return 'zip'
  if (starts(0x50, 0x41, 0x52, 0x31)) return 'parquet'
  if (latin1(head.subarray(257, 262)) === 'ustar') return 'tar'
  if (starts(0xff, 0xfe)) return 'utf16le'
  if (starts(0xfe, 0xff)) return 'utf16be'
  const foreign = FOREIGN.find(({ bytes }) => starts(...bytes))
  if (foreign) return foreign
  if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return { other: 'a binary file', mend: 'convert it first' }
  const text = latin1(head).replace(/^\u00ef\u00bb\u00bf/, '').trimStart()
  if (text === '') return head.length < HEAD_BYTES ? 'empty' : 'csv'
  if (text.startsWith('[') || text.startsWith('{')) return 'json'
  // A header of MetaStock files, <TICKER>,<DTYYYYMMDD>,…, begins like a web page.
  if (text.startsWith('<') && !/^<\w+>[,;\t|]/.test(text)) return { other: 'a web page or XML', mend: 'fetch the file itself; a login or error page was saved instead' }
  return 'csv'
}

type Layer = 'gzip' | 'zstd' | 'utf16le' | 'utf16be'

/** A stream without its layers of compression and encoding. */
export interface Unpacked {
  readonly kind: Exclude<Kind, Layer>
  readonly chunks: Chunks
  /** How many layers it had. */
  readonly layers: number
}

/** Takes off all layers of compression and encoding that a stream has. One with more than any file needs is of a kind of its own: some unpack to themselves. */
export async function unpacked(packed: Chunks): Promise<Unpacked> {
  let { head, chunks } = await peek(packed)
  for (let layers = 0; ; layers++) {
    const kind = kindOf(head)
    if (kind !== 'gzip' && kind !== 'zstd' && kind !== 'utf16le' && kind !== 'utf16be') return { kind, chunks, layers }
    if (layers === MAX_LAYERS) return { kind: { other: 'a file packed in itself', mend: 'unpack it first' }, chunks, layers }
    ;({ head, chunks } = await peek(withoutLayer(kind, chunks)))
  }
}

function withoutLayer(layer: Layer, chunks: Chunks): Chunks {
  switch (layer) {
    case 'gzip':
      return through(chunks, createGunzip({ chunkSize: DECOMPRESSED_BYTES }))
    case 'zstd':
      return through(chunks, createZstdDecompress({ chunkSize: DECOMPRESSED_BYTES }))
    case 'utf16le':
      return utf8From(chunks, 'utf-16le')
    case 'utf16be':
      return utf8From(chunks, 'utf-16be')
  }
}

/** UTF-16 text as UTF-8 bytes. */
async function* utf8From(chunks: Chunks, encoding: 'utf-16le' | 'utf-16be'): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }))
  yield Buffer.from(decoder.decode())
}

function through(chunks: Chunks, transform: Duplex): Chunks {
  // The reader of the transform meets every error of the pipeline.
  pipeline(Readable.from(chunks), transform, () => {})
  return transform
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** The registry's error for what reading a file threw; errors of the registry come back as they are. */
export function readError(file: string, error: unknown): unknown {
  if (error instanceof StrikescanError || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT') return new StrikescanError('import_path_missing', { file }, { cause: error })
  if (['EACCES', 'EPERM', 'EIO', 'EISDIR', 'ELOOP', 'EMFILE', 'ENAMETOOLONG', 'ENXIO'].includes(code)) {
    return new StrikescanError('import_file_unreadable', { file, cause: error.message }, { cause: error })
  }
  if (code === 'Z_BUF_ERROR') return new StrikescanError('import_file_truncated', { file, cause: 'the compressed data ends too early' }, { cause: error })
  if (code.startsWith('Z_') || code.startsWith('ZSTD')) return new StrikescanError('import_file_truncated', { file, cause: error.message }, { cause: error })
  return error
}
