import { JSONParse, JSONStringify, listPush, mapDelete, MapConstructor, mapForEach, mapGet, mapSet, newList, stringIndexOf, stringSlice, stringTrim } from '../language/intrinsics.ts'
import { rowsOfCsv } from './csv.ts'
import { FILE_KINDS, fileKind, type FileKind } from './file-kind.ts'
import type { WrittenFile as SentFile } from '../../worker/protocol.ts'
import { symbolOf } from './identity.ts'
import { isArray } from '../language/kinds.ts'

type WrittenFile = Omit<SentFile, 'isList'>

const MAX_FILES = 64
/** Characters of all files of one run together. */
const MAX_TEXT = 2 * 1024 * 1024
const MAX_PRINTED = 10_000

/** What a script wrote to files and printed as JSON: both may be how it reports its hits, and the files are kept for its user. */
export class Written {
  readonly #files = new MapConstructor<string, WrittenFile>()
  readonly #printed: string[] = newList()
  readonly #note: (code: string, text: string) => void
  #left = MAX_TEXT
  #printedLeft = MAX_TEXT
  #isPrintedCut = false
  #count = 0

  constructor(note: (code: string, text: string) => void) {
    this.#note = note
  }

  /**
   * Keeps a file whole in place of the one of that name. Of more than may be kept, what scripts keep besides their hits goes first, and then the
   * oldest: what came out is mostly written last. That is said.
   */
  write(path: string, text: string, base64: boolean): void {
    this.remove(path)
    for (let i = FILE_KINDS.length - 1; i >= 0 && text.length <= MAX_TEXT && !this.#hasRoomFor(text); i--) {
      const kind = FILE_KINDS[i]!
      this.#dropOldest(kind, text)
      if (fileKind(path) === kind) break
    }
    if (!this.#hasRoomFor(text)) return this.#sayDropped()
    this.#count++
    this.#left -= text.length
    mapSet(this.#files, path, { path, text, base64 })
  }

  #hasRoomFor(text: string): boolean {
    return text.length <= this.#left && this.#count < MAX_FILES
  }

  #dropOldest(kind: FileKind, text: string): void {
    const paths = newList<string>()
    mapForEach(this.#files, (_, path) => {
      if (fileKind(path) === kind) listPush(paths, path)
    })
    for (let i = 0; i < paths.length && !this.#hasRoomFor(text); i++) {
      this.remove(paths[i]!)
      this.#sayDropped()
    }
  }

  #sayDropped(): void {
    this.#note('artifacts_dropped', `files that the script wrote beyond ${MAX_FILES} files or ${MAX_TEXT} characters in all are not kept`)
  }

  /** Forgets a file. */
  remove(path: string): void {
    const before = mapGet(this.#files, path)
    if (before === undefined) return
    this.#left += before.text.length
    this.#count--
    mapDelete(this.#files, path)
  }

  /** Remembers a printed text that may be JSON. */
  print(text: string): void {
    const start = stringSlice(stringTrim(stringSlice(text, 0, 100)), 0, 1)
    if (start !== '[' && start !== '{') return
    if (this.#printed.length >= MAX_PRINTED || text.length > this.#printedLeft) {
      this.#isPrintedCut = true
      return
    }
    this.#printedLeft -= text.length
    listPush(this.#printed, text)
  }

  /** Shows what the files hold as JSON, or as CSV with a column of symbols. */
  eachFileValue(visit: (value: unknown, path: string) => void): void {
    mapForEach(this.#files, ({ text, base64, path }) => {
      const value = base64 ? undefined : stringSlice(path, -4) === '.csv' ? rowsOfCsv(text) : valueOf(text)
      if (value !== undefined) visit(value, path)
    })
  }

  /** Shows what was printed as JSON, but for objects that are one symbol by themselves, which may be any message. */
  eachPrintedValue(visit: (value: unknown) => void): void {
    this.#eachPrinted((value, isOne) => {
      if (!isOne) visit(value)
    })
  }

  /** Shows the objects that are one symbol by themselves. */
  eachPrintedOne(visit: (value: object) => void): void {
    this.#eachPrinted((value, isOne) => {
      if (isOne) visit(value)
    })
  }

  #eachPrinted(visit: (value: object, isOne: boolean) => void): void {
    if (this.#isPrintedCut) this.#note('printed_dropped', `JSON that the script printed beyond ${MAX_PRINTED} texts or ${MAX_TEXT} characters in all is not looked at for hits`)
    for (let i = 0; i < this.#printed.length; i++) {
      const value = valueOf(this.#printed[i]!) as object | undefined
      if (value !== undefined) visit(value, !isArray(value) && symbolOf(value) !== null)
    }
  }

  /** JSON of the files, which are then forgotten; empty without any. */
  takeFiles(): string {
    let json = ''
    // Texts alone are turned into JSON: an object's `toJSON` would be looked up, which may be the script's.
    mapForEach(this.#files, ({ path, text, base64 }) => {
      json += `${json === '' ? '' : ','}{"path":${JSONStringify(path)},"text":${JSONStringify(text)},"base64":${base64 ? 'true' : 'false'}}`
    })
    this.clear()
    return json === '' ? '' : `[${json}]`
  }

  clear(): void {
    const paths = newList<string>()
    mapForEach(this.#files, (_, path) => listPush(paths, path))
    for (let i = 0; i < paths.length; i++) mapDelete(this.#files, paths[i]!)
    this.#printed.length = 0
    this.#left = MAX_TEXT
    this.#printedLeft = MAX_TEXT
    this.#isPrintedCut = false
    this.#count = 0
  }
}

/** The list or object that a text is the JSON of; one a line as well. */
function valueOf(text: string): unknown {
  const start = stringSlice(stringTrim(stringSlice(text, 0, 100)), 0, 1)
  if (start !== '[' && start !== '{') return undefined
  try {
    return JSONParse(text)
  } catch {
    return stringIndexOf(text, '\n') === -1 ? undefined : linesOf(text)
  }
}

function linesOf(text: string): unknown {
  const values: unknown[] = []
  let start = 0
  try {
    while (start < text.length) {
      const found = stringIndexOf(text, '\n', start)
      const end = found === -1 ? text.length : found
      const line = stringTrim(stringSlice(text, start, end))
      if (line !== '') values[values.length] = JSONParse(line)
      start = end + 1
    }
  } catch {
    return undefined
  }
  return values
}
