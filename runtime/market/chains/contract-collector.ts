import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { StrikescanError } from '../../errors/strikescan-error.ts'
import { withStoreErrors } from '../durable-files.ts'
import { WHOLE_ROW, type Culprit } from '../import/culprit.ts'
import { FILE, LINE, RECORD_WIDTH, ROOT } from './contract-record.ts'
import { larger, recordingKey, type StatedRecording } from './recording.ts'
import type { ChainRejectReason, RejectedContract } from './report.ts'

const RECORDS_IN_MEMORY = 1 << 19
const FIRST_RECORDS = 4
/** So many recordings are looked at: with fewer rows each than this on average, they are no recordings of chains. */
const MANY_RECORDINGS = 20_000
const FEWEST_ROWS = 4
const SAMPLES_PER_REASON = 5
const SAMPLE_TEXT_LENGTH = 200
const PRICES_PER_RECORDING = 64

/** Rows of one file by outcome. */
export interface ChainFileTally {
  readonly name: string
  rowsRead: number
  rowsRejected: number
}

/** The rows of one recording: the last ones in memory, earlier ones in the temporary file. */
interface Group {
  readonly stated: StatedRecording
  readonly prices: Map<number, number>
  records: Float64Array
  used: number
  readonly spilled: { position: number; records: number }[]
}

/**
 * Takes the rows of an import as they come, grouped by recording: half a million in memory, earlier ones in a temporary
 * file, so that memory use does not grow with the number of rows.
 */
export class ContractCollector {
  readonly roots: string[] = []
  readonly files: ChainFileTally[] = []
  readonly reasons: Partial<Record<ChainRejectReason, number>> = {}
  readonly samples: RejectedContract[] = []
  rowsRead = 0
  rowsRejected = 0
  readonly #rootIds = new Map<string, number>()
  readonly #groups = new Map<string, Group>()
  readonly #temporary: string
  readonly #recordsInMemory: number
  #spillFile = -1
  #spilledBytes = 0
  #inMemory = 0

  /** @param temporary an existing folder */
  constructor(temporary: string, recordsInMemory = RECORDS_IN_MEMORY) {
    this.#temporary = temporary
    this.#recordsInMemory = recordsInMemory
  }

  /** Begins a file: the rows that follow are its rows. */
  beginFile(name: string): ChainFileTally {
    const tally = { name, rowsRead: 0, rowsRejected: 0 }
    this.files.push(tally)
    return tally
  }

  /** The group of a recording, made where it is new. Throws `import_chain_times` where nearly every row has a recording of its own. */
  recording(stated: StatedRecording): Group {
    const key = `${stated.ticker}\n${recordingKey(stated)}`
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = { stated: { ...stated }, prices: new Map(), records: new Float64Array(0), used: 0, spilled: [] }
      this.#groups.set(key, group)
      if (this.#groups.size > MANY_RECORDINGS && this.rowsRead < FEWEST_ROWS * this.#groups.size) {
        throw new StrikescanError('import_chain_times', { file: this.files.at(-1)!.name, recordings: this.#groups.size, rows: this.rowsRead })
      }
    } else {
      group.stated.recordedAt = larger(group.stated.recordedAt, stated.recordedAt)
      group.stated.livePrice = larger(group.stated.livePrice, stated.livePrice)
    }
    return group
  }

  /** Takes a row of the current file; `tradedAt` and `price` NaN where it states none. */
  add(group: Group, record: Float64Array, root: string, line: number, tradedAt: number, price: number): void {
    record[ROOT] = this.rootId(root)
    record[FILE] = this.files.length - 1
    record[LINE] = line
    if ((group.used + 1) * RECORD_WIDTH > group.records.length) {
      const grown = new Float64Array(Math.max(2 * group.records.length, FIRST_RECORDS * RECORD_WIDTH))
      grown.set(group.records)
      group.records = grown
    }
    group.records.set(record, group.used++ * RECORD_WIDTH)
    if (!Number.isNaN(tradedAt)) group.stated.newestTrade = larger(group.stated.newestTrade, tradedAt)
    this.addPrice(group, price)
    this.#count()
    if (++this.#inMemory >= this.#recordsInMemory) this.#spill()
  }

  /** Takes a statement of the underlying's price; NaN for none. */
  addPrice(group: Group, price: number): void {
    if (!Number.isNaN(price) && (group.prices.has(price) || group.prices.size < PRICES_PER_RECORDING)) group.prices.set(price, (group.prices.get(price) ?? 0) + 1)
  }

  rootId(root: string): number {
    let id = this.#rootIds.get(root)
    if (id === undefined) {
      id = this.roots.length
      this.roots.push(root)
      this.#rootIds.set(root, id)
    }
    return id
  }

  /** Counts a refused row of the current file and keeps the first few of each reason as samples. */
  reject(line: number, reason: ChainRejectReason, text: string, culprit: Culprit = WHOLE_ROW): void {
    this.#count()
    this.refuse(this.files.length - 1, line, reason, text, culprit)
  }

  /** Refuses a row that was counted as read before. */
  refuse(file: number, line: number, reason: ChainRejectReason, text: string, culprit: Culprit = WHOLE_ROW): void {
    const tally = this.files[file]!
    this.rowsRejected++
    tally.rowsRejected++
    const count = (this.reasons[reason] ?? 0) + 1
    this.reasons[reason] = count
    if (count <= SAMPLES_PER_REASON) this.samples.push({ file: tally.name, line, reason, ...culprit, text: text.slice(0, SAMPLE_TEXT_LENGTH) })
  }

  /** The recordings in order of ticker and time, each with its rows one after the other. */
  *recordings(): Generator<{ stated: StatedRecording; records: Float64Array }> {
    const groups = [...this.#groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
    for (const group of groups) {
      if (group.used === 0 && group.spilled.length === 0) continue
      group.stated.statedPrice = commonest(group.prices)
      yield { stated: group.stated, records: this.#recordsOf(group) }
      group.records = new Float64Array(0)
    }
  }

  get recordingCount(): number {
    return this.#groups.size
  }

  /** Closes the temporary file; its folder is the caller's to remove. */
  close(): void {
    if (this.#spillFile >= 0) closeSync(this.#spillFile)
    this.#spillFile = -1
  }

  #count(): void {
    this.rowsRead++
    this.files.at(-1)!.rowsRead++
  }

  #spill(): void {
    withStoreErrors(this.#temporary, () => {
      if (this.#spillFile < 0) this.#spillFile = openSync(join(this.#temporary, 'rows'), 'w+')
      for (const group of this.#groups.values()) {
        if (group.used === 0) continue
        const bytes = new Uint8Array(group.records.buffer, 0, group.used * RECORD_WIDTH * 8)
        for (let done = 0; done < bytes.length; ) done += writeSync(this.#spillFile, bytes, done, bytes.length - done, this.#spilledBytes + done)
        group.spilled.push({ position: this.#spilledBytes, records: group.used })
        this.#spilledBytes += bytes.length
        group.records = new Float64Array(0)
        group.used = 0
      }
    })
    this.#inMemory = 0
  }

  #recordsOf(group: Group): Float64Array {
    const inMemory = group.records.subarray(0, group.used * RECORD_WIDTH)
    if (group.spilled.length === 0) return inMemory
    const total = group.spilled.reduce((sum, { records }) => sum + records, group.used)
    const records = new Float64Array(total * RECORD_WIDTH)
    let at = 0
    for (const part of group.spilled) {
      const bytes = new Uint8Array(records.buffer, at * 8, part.records * RECORD_WIDTH * 8)
      for (let done = 0; done < bytes.length; ) {
        const read = readSync(this.#spillFile, bytes, done, bytes.length - done, part.position + done)
        if (read === 0) throw new Error(`The temporary file in ${this.#temporary} ends too early.`)
        done += read
      }
      at += part.records * RECORD_WIDTH
    }
    records.set(inMemory, at)
    return records
  }
}

export type { Group as CollectedRecording }

/** The price that most rows state; of equally common ones the higher, so that the order of rows does not matter. */
function commonest(prices: ReadonlyMap<number, number>): number | null {
  let best: number | null = null
  let most = 0
  for (const [price, rows] of prices) {
    if (rows > most || (rows === most && best !== null && price > best)) {
      best = price
      most = rows
    }
  }
  return best
}
