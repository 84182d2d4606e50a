import { normalSymbol } from './values.ts'

/** Numbers for symbols, in the order in which they are first met. Lookup by raw bytes makes no string for a symbol already known. */
export class SymbolTable {
  readonly names: string[] = []
  readonly #ids = new Map<string, number>()
  /** Open addressing over the raw spellings met; a slot holds the entry's number + 1. */
  #slots = new Int32Array(1 << 14)
  #entryHash = new Int32Array(1 << 12)
  #entryStart = new Int32Array((1 << 12) + 1)
  #entryId = new Int32Array(1 << 12)
  #entries = 0
  #bytes = new Uint8Array(1 << 16)

  /** The number of a symbol given as text in any case, or -1 where the text can be no symbol. */
  idOfText(text: string): number {
    const symbol = normalSymbol(text)
    if (symbol === '') return -1
    let id = this.#ids.get(symbol)
    if (id === undefined) {
      id = this.names.length
      this.names.push(symbol)
      this.#ids.set(symbol, id)
    }
    return id
  }

  /** The number of the symbol whose spelling is `data[start, end)`, whose hash (any function of the bytes) is `hash`. */
  idOfBytes(data: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1
    let slot = (hash ^ (hash >>> 15)) & mask
    for (;;) {
      const entry = this.#slots[slot]! - 1
      if (entry < 0) return this.#learn(data, start, end, hash, slot)
      if (this.#entryHash[entry] === hash && this.#sameBytes(entry, data, start, end)) return this.#entryId[entry]!
      slot = (slot + 1) & mask
    }
  }

  #sameBytes(entry: number, data: Uint8Array, start: number, end: number): boolean {
    let at = this.#entryStart[entry]!
    if (this.#entryStart[entry + 1]! - at !== end - start) return false
    for (let position = start; position < end; position++) if (this.#bytes[at++] !== data[position]) return false
    return true
  }

  #learn(data: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const id = this.idOfText(Buffer.from(data.buffer, data.byteOffset + start, end - start).toString('utf8'))
    // What can be no symbol is not worth remembering: a hostile file has no end of it.
    if (id < 0) return id
    if (2 * (this.#entries + 1) > this.#slots.length || this.#entries + 1 >= this.#entryHash.length) {
      this.#grow()
      slot = this.#freeSlot(hash)
    }
    const entry = this.#entries++
    const at = this.#entryStart[entry]!
    while (at + end - start > this.#bytes.length) this.#bytes = enlarged(this.#bytes, new Uint8Array(2 * this.#bytes.length))
    this.#bytes.set(data.subarray(start, end), at)
    this.#entryHash[entry] = hash
    this.#entryId[entry] = id
    this.#entryStart[entry + 1] = at + end - start
    this.#slots[slot] = entry + 1
    return id
  }

  #grow(): void {
    const capacity = 2 * this.#entryHash.length
    this.#entryHash = enlarged(this.#entryHash, new Int32Array(capacity))
    this.#entryId = enlarged(this.#entryId, new Int32Array(capacity))
    this.#entryStart = enlarged(this.#entryStart, new Int32Array(capacity + 1))
    this.#slots = new Int32Array(4 * capacity)
    for (let entry = 0; entry < this.#entries; entry++) this.#slots[this.#freeSlot(this.#entryHash[entry]!)] = entry + 1
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1
    let slot = (hash ^ (hash >>> 15)) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    return slot
  }
}

function enlarged<T extends Uint8Array | Int32Array>(old: T, fresh: T): T {
  fresh.set(old)
  return fresh
}
