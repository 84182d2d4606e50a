import { open, type FileHandle } from 'node:fs/promises'
import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { parquetMetadataAsync, parquetRead, parquetSchema, type AsyncBuffer, type ColumnData, type FileMetaData } from 'hyparquet'

/** What the thread that decodes is asked, one after the other: to open a file, then for rows of it. */
export type DecodeRequest = { open: string } | { wanted: readonly string[]; rowStart: number; rowEnd: number }
/** What it answers; `bytes` is how many of the file it has read for it. */
export type DecodeReply =
  | { bytes: number; names: string[]; groups: number[] }
  | { bytes: number; columns: Map<string, PackedColumn> }
  | { bytes: number; problem: string; code: string }

/** Values as they are cheap to hand to another thread: numbers as they are, others each once with their places, or just a list. */
export type PackedColumn = Float64Array<ArrayBuffer> | { values: unknown[]; places: Uint16Array<ArrayBuffer> } | unknown[]

/** Says that a thread is for this, so that the module is of no effect anywhere else. */
export const DECODER = 'parquet-decoder'

/** hyparquet itself knows no compression and Snappy. */
const compressors = {
  GZIP: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)),
  ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)),
  BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliDecompressSync(bytes)),
}

/** Counts of units up to here survive the library's rounding, so that they can be told exactly. */
const EXACT_UNITS = 2 ** 50

/** A mark at the beginning of a value is a part of it. */
const text = new TextDecoder('utf-8', { ignoreBOM: true })
const parsers = { stringFromBytes: (bytes: Uint8Array | undefined) => bytes && text.decode(bytes) }

if (!isMainThread && workerData === DECODER) serve()

function serve(): void {
  let file: OpenFile | null = null
  const answer = async (request: DecodeRequest): Promise<DecodeReply> => {
    let bytes = 0
    const count = (): number => (bytes = file?.takeBytes() ?? bytes)
    try {
      if ('open' in request) {
        await file?.close()
        file = await OpenFile.at(request.open)
        const { names, groups } = file
        return { bytes: count(), names, groups }
      }
      const values = await file!.read(request.wanted, request.rowStart, request.rowEnd)
      return { bytes: count(), columns: new Map([...values].map(([name, column]) => [name, packed(column)])) }
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException
      return { bytes: count(), problem: typeof message === 'string' ? message : 'unreadable', code: code ?? '' }
    }
  }
  parentPort!.on('message', (request: DecodeRequest) => void answer(request).then((reply) => parentPort!.postMessage(reply, 'columns' in reply ? buffersOf(reply.columns) : [])))
}

function packed(column: unknown[]): PackedColumn {
  if (column.every((value) => typeof value === 'number')) return Float64Array.from(column)
  const known = new Map<unknown, number>()
  const places = new Uint16Array(column.length)
  for (const [row, value] of column.entries()) {
    let place = known.get(value)
    if (place === undefined) {
      if (known.size > 0xffff) return column
      known.set(value, (place = known.size))
    }
    places[row] = place
  }
  return { values: [...known.keys()], places }
}

function buffersOf(columns: ReadonlyMap<string, PackedColumn>): ArrayBuffer[] {
  return [...columns.values()].flatMap((column) => (column instanceof Float64Array ? [column.buffer] : 'places' in column ? [column.places.buffer] : []))
}

class OpenFile {
  readonly #handle: FileHandle
  #source: AsyncBuffer | null = null
  #metadata: FileMetaData | null = null
  /** Columns that hold decimal numbers count in tenths, hundredths, …: so many of them make one. */
  #units: [name: string, perOne: number][] = []
  #bytes = 0
  names: string[] = []
  /** Rows of each row group. */
  groups: number[] = []

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  static async at(path: string): Promise<OpenFile> {
    const file = new OpenFile(await open(path, 'r'))
    try {
      await file.#readHeader()
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  }

  close(): Promise<void> {
    return this.#handle.close()
  }

  /** Bytes read since the last time. */
  takeBytes(): number {
    const bytes = this.#bytes
    this.#bytes = 0
    return bytes
  }

  /** The values of some columns in some rows, by name. */
  async read(wanted: readonly string[], rowStart: number, rowEnd: number): Promise<Map<string, unknown[]>> {
    const result = new Map(wanted.map((name) => [name, new Array<unknown>(rowEnd - rowStart)]))
    const found = new Map(wanted.map((name) => [name, 0]))
    const onChunk = ({ columnName, columnData, rowStart: first }: ColumnData) => {
      const target = result.get(columnName)!
      const from = Math.max(first, rowStart)
      const end = Math.min(first + columnData.length, rowEnd)
      for (let row = from; row < end; row++) target[row - rowStart] = columnData[row - first]
      found.set(columnName, found.get(columnName)! + Math.max(0, end - from))
    }
    await parquetRead({ file: this.#source!, metadata: this.#metadata!, columns: [...wanted], rowStart, rowEnd, compressors, parsers, onChunk })
    for (const [name, values] of found) if (values !== rowEnd - rowStart) throw new Error(`column ${name} has ${values} of ${rowEnd - rowStart} values`)
    for (const [name, perOne] of this.#units) roundDecimals(result.get(name) ?? [], perOne)
    return result
  }

  async #readHeader(): Promise<void> {
    const byteLength = (await this.#handle.stat()).size
    const slice = (start: number, end = byteLength): Promise<ArrayBuffer> => {
      const reading = this.#slice(start, end, byteLength)
      // The library asks for several places at once and listens to the first that fails: the others would end the process.
      reading.catch(() => {})
      return reading
    }
    this.#source = { byteLength, slice }
    const metadata = await parquetMetadataAsync(this.#source)
    for (const element of metadata.schema) {
      // Newer writers may state it in the newer way alone, of which the library takes no notice.
      if (element.logical_type?.type === 'DECIMAL' && element.converted_type === undefined) Object.assign(element, { converted_type: 'DECIMAL', scale: element.logical_type.scale })
    }
    const elements = parquetSchema(metadata).children.map(({ element }) => element)
    this.#metadata = metadata
    this.#units = elements.filter(({ converted_type }) => converted_type === 'DECIMAL').map(({ name, scale = 0 }) => [name, 10 ** scale])
    this.names = elements.map(({ name }) => name)
    this.groups = metadata.row_groups.map(({ num_rows }) => Number(num_rows))
    if (!this.names.every((name) => typeof name === 'string') || !this.groups.every((rows) => Number.isSafeInteger(rows) && rows >= 0)) throw new Error('its schema is unreadable')
  }

  async #slice(start: number, end: number, byteLength: number): Promise<ArrayBuffer> {
    if (!(start >= 0 && end >= start && end <= byteLength)) throw new Error('it names a place outside of itself')
    const bytes = new Uint8Array(end - start)
    const { bytesRead } = await this.#handle.read(bytes, 0, bytes.length, start)
    if (bytesRead < bytes.length) throw new Error('the file ends too early')
    this.#bytes += bytesRead
    return bytes.buffer
  }
}

/** The library multiplies by a hundredth, which no binary number is: 1.15 would come as 1.1500000000000001. */
function roundDecimals(values: unknown[], perOne: number): void {
  for (const [row, value] of values.entries()) {
    const units = typeof value === 'number' ? value * perOne : Number.NaN
    if (Math.abs(units) <= EXACT_UNITS) values[row] = Math.round(units) / perOne
  }
}
