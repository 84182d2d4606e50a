import { Worker } from 'node:worker_threads'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { readError } from './byte-source.ts'
import { DECODER, type DecodeReply, type DecodeRequest, type PackedColumn } from './parquet-decode.ts'

/** Some of the rows of a Parquet file; `columns` holds their values by column name. */
export interface ParquetRows {
  /** Rows of the file before these. */
  readonly rowStart: number
  readonly rows: number
  readonly columns: ReadonlyMap<string, ArrayLike<unknown>>
}

/** An open Parquet file, to be closed by the caller. */
export interface ParquetTable {
  /** Of all columns, in their order. */
  readonly names: readonly string[]
  /** The rows with some of their columns, a row group at a time and no more than `atMost` of its rows at once. */
  pieces(wanted: readonly string[], atMost?: number): AsyncGenerator<ParquetRows>
  close(): void
}

/**
 * Opens a Parquet file. Throws `import_file_truncated` where it is damaged, which reading it does as well.
 *
 * A single wrong bit can have a decoder run for hours or fill all memory, so it works in a thread with bounds of its own.
 */
export async function openParquet(file: string, onBytes: (bytes: number) => void): Promise<ParquetTable> {
  const decoder = takeDecoder()
  const ask = async (request: DecodeRequest, values: number): Promise<DecodeReply> => {
    const reply = await decoder.ask(request, values)
    onBytes(reply.bytes)
    if (!('problem' in reply)) return reply
    const known = readError(file, Object.assign(new Error(reply.problem), { code: reply.code }))
    throw known instanceof StrikescanError ? known : new StrikescanError('import_file_truncated', { file, cause: reply.problem.slice(0, 200) })
  }
  try {
    const header = (await ask({ open: file }, 0)) as Extract<DecodeReply, { names: unknown }>
    return {
      names: header.names,
      async *pieces(wanted, atMost = Infinity) {
        let groupStart = 0
        for (const rows of header.groups) {
          for (let rowStart = groupStart; rowStart < groupStart + rows; ) {
            const rowEnd = Math.min(groupStart + rows, rowStart + atMost)
            const { columns } = (await ask({ wanted, rowStart, rowEnd }, rows * wanted.length)) as Extract<DecodeReply, { columns: unknown }>
            yield { rowStart, rows: rowEnd - rowStart, columns: new Map([...columns].map(([name, column]) => [name, unpacked(column)])) }
            rowStart = rowEnd
          }
          groupStart += rows
        }
      },
      close: () => decoder.giveBack(),
    }
  } catch (error) {
    decoder.giveBack()
    throw error
  }
}

function unpacked(column: PackedColumn): ArrayLike<unknown> {
  if (column instanceof Float64Array || !('places' in column)) return column
  const { values, places } = column
  return Array.from(places, (place) => values[place])
}

/** Values are decoded some millions a second: what takes this much longer does not end. */
const CPU_MS = 1_000
const VALUES_PER_MS = 200
const LOOK_EVERY_MS = 200
const MEMORY_MB = 2_048

/** A thread that waits for the next file: they often come by the hundred. */
let spare: Decoder | null = null

function takeDecoder(): Decoder {
  const decoder = spare ?? new Decoder()
  spare = null
  return decoder
}

/** The thread that decodes, from the asking side. */
class Decoder {
  readonly #worker: Worker
  #answer: ((reply: DecodeReply) => void) | null = null
  #end: string | null = null

  constructor() {
    this.#worker = new Worker(new URL(import.meta.url.replace(/parquet-file(\.\w+)$/, 'parquet-decode$1')), { workerData: DECODER, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } })
    this.#worker.on('message', (reply: DecodeReply) => this.#reply(reply))
    this.#worker.on('error', (error: NodeJS.ErrnoException) => this.#over(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'its values take more memory than they can' : error.message))
    this.#worker.on('exit', () => this.#over('it could not be decoded'))
    this.#worker.unref()
  }

  /** @param values how many there are to decode, at most */
  async ask(request: DecodeRequest, values: number): Promise<DecodeReply> {
    if (this.#end !== null) return { bytes: 0, problem: this.#end, code: '' }
    this.#worker.ref()
    const before = await this.#cpuMs()
    const watch = setInterval(() => {
      void this.#cpuMs().then((cpuMs) => {
        if (cpuMs - before > CPU_MS + values / VALUES_PER_MS) this.#over('decoding it does not end')
      })
    }, LOOK_EVERY_MS)
    try {
      return await new Promise<DecodeReply>((resolve) => {
        this.#answer = resolve
        this.#worker.postMessage(request)
      })
    } finally {
      clearInterval(watch)
      this.#worker.unref()
    }
  }

  /** For another file, where it is still of use. */
  giveBack(): void {
    if (this.#end === null && spare === null && this.#answer === null) spare = this
    else this.#over('it was given up')
  }

  async #cpuMs(): Promise<number> {
    try {
      const { user, system } = await this.#worker.cpuUsage()
      return (user + system) / 1_000
    } catch {
      // It is not running yet, or not any more.
      return 0
    }
  }

  #over(problem: string): void {
    this.#end ??= problem
    this.#reply({ bytes: 0, problem: this.#end, code: '' })
    void this.#worker.terminate()
  }

  #reply(reply: DecodeReply): void {
    const answer = this.#answer
    this.#answer = null
    answer?.(reply)
  }
}
