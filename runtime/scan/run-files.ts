import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { WrittenFile } from '../worker/protocol.ts'
import type { Run } from './run.ts'

const MAX_FILES = 1_000
const MAX_BYTES = 64 * 2 ** 20
const MAX_PATH = 200
const MAX_HEADER = 10_000
/** A list or table is written anew with each part that comes to it, so it may not grow for ever. */
const MAX_LIST_BYTES = 4 * 2 ** 20

/** What one batch wrote of a file. */
interface Part {
  batch: number
  text: string
  isList: boolean
}

/**
 * The files that a run's script wrote, kept in the run's own folder. Where batches write a file of the same name, lists in JSON become one
 * list and CSV with the same header one table, in the order of the batches; of anything else each is kept, as `report.txt`, `report.2.txt` and so on.
 */
export class RunFiles {
  readonly #run: Run
  readonly #folder: string
  readonly #warn: (code: string, message: string, count: number, samples: string[]) => void
  /** Parts of the files that are one of several. */
  readonly #joined = new Map<string, Part[]>()
  #bytes = 0

  /** @param folder where the files go; made with the first of them */
  constructor(run: Run, folder: string, warn: (code: string, message: string, count: number, samples: string[]) => void) {
    this.#run = run
    this.#folder = folder
    this.#warn = warn
  }

  /** Keeps the files of one batch; what the disk refuses, and what is too much, is said and left out. */
  keep(files: readonly WrittenFile[], batch: number): void {
    for (const { path, text, base64, isList } of files) {
      const content = Buffer.from(text, base64 ? 'base64' : 'utf8')
      const kept = (this.#run.files ??= [])
      if (kept.length >= MAX_FILES || this.#bytes + content.byteLength > MAX_BYTES) {
        this.#warn('artifacts_dropped', `files that the script wrote beyond ${MAX_FILES} files or ${MAX_BYTES} bytes in all are not kept`, 1, [path])
        continue
      }
      try {
        const name = safePath(path)
        const known = kept.find((file) => file.path === name)
        const combine = isList ? joinLists : !base64 && isTable(name, text) ? joinTables : null
        const first = this.#joined.get(name)?.[0]
        const fits = known === undefined || (first !== undefined && known.bytes + content.byteLength <= MAX_LIST_BYTES)
        const isAlike = first === undefined || (first.isList === isList && (isList || headerOf(first.text) === headerOf(text)))
        if (combine !== null && fits && isAlike) this.#merge(name, { batch, text, isList }, combine)
        else kept.push({ path: this.#write(name, content), bytes: content.byteLength })
        this.#bytes += content.byteLength
      } catch (error) {
        this.#warn('artifacts_not_written', 'files that the script wrote could not be kept', 1, [`${path}: ${(error as Error).message}`])
      }
    }
  }

  /** Writes all batches' parts under one name as the one file that the whole would have written. */
  #merge(name: string, part: Part, combine: (parts: readonly string[]) => string): void {
    const parts = [...(this.#joined.get(name) ?? []), part].sort((a, b) => a.batch - b.batch)
    this.#joined.set(name, parts)
    const text = parts.length === 1 ? part.text : combine(parts.map((one) => one.text))
    const target = join(this.#folder, name)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
    const bytes = Buffer.byteLength(text)
    const known = this.#run.files!.find((file) => file.path === name)
    if (known === undefined) this.#run.files!.push({ path: name, bytes })
    else known.bytes = bytes
  }

  /** Writes under the name, or the first numbered one that is free; gives that name. */
  #write(name: string, content: Uint8Array): string {
    for (let part = 1; ; part++) {
      const numbered = part === 1 ? name : numberedName(name, part)
      const target = join(this.#folder, numbered)
      mkdirSync(dirname(target), { recursive: true })
      try {
        writeFileSync(target, content, { flag: 'wx' })
        return numbered
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || part > MAX_FILES) throw error
      }
    }
  }
}

/** One list of the entries of several, each as it was written: nothing is read, which for large ones would keep everybody waiting. */
function joinLists(lists: readonly string[]): string {
  const inner = lists.map((text) => text.slice(text.indexOf('[') + 1, text.lastIndexOf(']')).trimEnd()).filter((text) => text.trim() !== '')
  const end = lists.some((text) => text.includes('\n')) ? '\n]' : ']'
  return `[${inner.join(',')}${end}`
}

/** Whether a file is CSV with a header of several columns. */
const isTable = (name: string, text: string): boolean => /\.csv$/i.test(name) && /[,;\t]/.test(headerOf(text))

const headerOf = (text: string): string => /^[^\r\n]*/.exec(text.slice(0, MAX_HEADER))![0]

/** One table of the rows of several, each as it was written, under their one header. */
function joinTables(tables: readonly string[]): string {
  let joined = tables[0]!
  for (const table of tables.slice(1)) {
    const rows = table.slice(headerOf(table).length).replace(/^\r?\n/, '')
    if (rows !== '') joined += `${/[\r\n]$/.test(joined) ? '' : '\n'}${rows}`
  }
  return joined
}

function numberedName(name: string, part: number): string {
  const dot = name.lastIndexOf('.')
  return dot > name.lastIndexOf('/') + 1 ? `${name.slice(0, dot)}.${part}${name.slice(dot)}` : `${name}.${part}`
}

/** A relative path of plain names: it comes from a script, and must not lead out of the folder. */
function safePath(path: string): string {
  const parts = path.split('/').map((part) => part.replace(/[^\w.\- ]/g, '_')).filter((part) => part !== '' && !/^\.+$/.test(part))
  return parts.join('/').slice(0, MAX_PATH) || 'file'
}
