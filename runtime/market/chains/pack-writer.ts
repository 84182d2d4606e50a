import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { withStoreErrors } from '../durable-files.ts'

/** Writes recordings one after the other into one file, so that an import of many costs one flush to the disk. */
export class PackWriter {
  readonly #path: string
  readonly #fd: number
  readonly #hash = createHash('sha256')
  #open = true
  length = 0

  constructor(path: string) {
    this.#path = path
    this.#fd = withStoreErrors(path, () => openSync(path, 'wx'))
  }

  /** Appends bytes and gives where they begin. */
  append(bytes: Uint8Array): number {
    const offset = this.length
    withStoreErrors(this.#path, () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done, bytes.length - done)
    })
    this.#hash.update(bytes)
    this.length += bytes.length
    return offset
  }

  /** Flushes the file to the disk and gives the name of its content. */
  finish(): string {
    withStoreErrors(this.#path, () => fsyncSync(this.#fd))
    this.close()
    return this.#hash.digest('hex').slice(0, 32)
  }

  close(): void {
    if (this.#open) closeSync(this.#fd)
    this.#open = false
  }
}
