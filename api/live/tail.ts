import type { Chunk } from './chunk.ts'

/** The latest events of a run, encoded, up to a number of bytes: what a watcher that is a moment late gets without the journal. */
export class Tail {
  readonly #limit: number
  #chunks: Chunk[] = []
  #weight = 0

  /** @param limit bytes; the latest chunk stays whatever its size */
  constructor(limit: number) {
    this.#limit = limit
  }

  get weight(): number {
    return this.#weight
  }

  /** Takes the chunk that follows. One that does not follow the last begins the tail anew. */
  push(chunk: Chunk): void {
    if (this.#chunks.length > 0 && this.#chunks.at(-1)!.lastSeq + 1 !== chunk.firstSeq) {
      this.#chunks = []
      this.#weight = 0
    }
    this.#chunks.push(chunk)
    this.#weight += chunk.weight
    let drop = 0
    while (this.#weight > this.#limit && drop < this.#chunks.length - 1) this.#weight -= this.#chunks[drop++]!.weight
    if (drop > 0) this.#chunks.splice(0, drop)
  }

  /** Chunks with every event past `seq`, at most `most` of them; none where some are here no longer. */
  after(seq: number, most: number): readonly Chunk[] {
    const newest = this.#chunks.at(-1)
    if (newest === undefined || newest.lastSeq <= seq || this.#chunks[0]!.firstSeq > seq + 1) return []
    // Almost every watcher waits for the newest chunk alone.
    let place = this.#chunks.length - 1
    while (this.#chunks[place]!.firstSeq > seq + 1) place--
    return this.#chunks.slice(place, place + most)
  }
}
