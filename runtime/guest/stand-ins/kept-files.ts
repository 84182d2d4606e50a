export type Content = string | Uint8Array

/** Characters and bytes of all files that a script wrote together. */
const MAX_SIZE = 64 * 2 ** 20
/** What a file takes besides its content, so that empty ones are not without an end. */
const SIZE_OF_ONE = 256

/**
 * The files that came with a script, and those it wrote, which it may read again. Of more than memory is for, those that were written longest
 * ago go first, as of a cache on a disk that is cleared: a script that looks for one makes it anew.
 */
export class KeptFiles {
  readonly #came: Map<string, Content>
  readonly #written = new Map<string, Content>()
  readonly #note: (code: string, text: string) => void
  #size = 0

  constructor(came: readonly { path: string; text: string }[], note: (code: string, text: string) => void) {
    this.#came = new Map(came.map(({ path, text }) => [path, text]))
    this.#note = note
  }

  get(path: string): Content | undefined {
    return this.#written.get(path) ?? this.#came.get(path)
  }

  has(path: string): boolean {
    return this.get(path) !== undefined
  }

  /** Keeps a file whole, in place of the one of that name. */
  set(path: string, content: Content): void {
    this.#forget(path)
    this.#written.set(path, content)
    this.#size += sizeOf(path, content)
    if (this.#size <= MAX_SIZE) return
    for (const oldest of this.#written.keys()) {
      if (this.#size <= MAX_SIZE || oldest === path) break
      this.#forget(oldest)
      this.#note('files_forgotten', `of the files that the script wrote, those beyond ${MAX_SIZE / 2 ** 20} MB in all, the oldest first, are not there to be read again, such as ${oldest.slice(-80)}`)
    }
  }

  /** True where there was such a file. */
  delete(path: string): boolean {
    return this.#forget(path) || this.#came.delete(path)
  }

  paths(): string[] {
    return [...new Set([...this.#came.keys(), ...this.#written.keys()])]
  }

  #forget(path: string): boolean {
    const content = this.#written.get(path)
    if (content === undefined) return false
    this.#size -= sizeOf(path, content)
    return this.#written.delete(path)
  }
}

const sizeOf = (path: string, content: Content): number => SIZE_OF_ONE + path.length + content.length
