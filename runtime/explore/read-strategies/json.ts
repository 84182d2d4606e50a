import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { Chunks } from '../../market/import/byte-source.ts'
import { quoted } from './cells.ts'
import type { StrategyRows } from './strategy-rows.ts'

const MAX_VALUE_CHARACTERS = 64 << 20

/** Where an object that is no strategy itself has its list. */
const LIST_KEYS = ['strategies', 'exploration', 'rows'] as const

/**
 * Makes strategy rows of JSON: an array of objects, one object per line (NDJSON), or one object with such an array as its
 * `strategies`. Gives the form after every piece of the file; rows are then in `rows`.
 * @throws strategies_json_invalid, strategies_json_too_large
 */
export async function* readJsonStrategies(file: string, chunks: Chunks, rows: StrategyRows): AsyncGenerator<'json' | 'ndjson'> {
  const texts = decoded(file, chunks)
  let first = ''
  for (let next = await texts.next(); !next.done; next = await texts.next()) {
    first += next.value
    if (first.trimStart() !== '') break
  }
  if (first.trimStart().startsWith('[')) {
    const array = new ArrayElements(file, rows)
    array.push(first)
    yield 'json'
    for await (const text of texts) {
      array.push(text)
      yield 'json'
    }
    array.end()
    yield 'json'
    return
  }
  yield* readLinesOrObject(file, first, texts, rows)
}

async function* decoded(file: string, chunks: Chunks): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw cause
    throw new StrikescanError('strategies_json_invalid', { file, cause: 'it is not UTF-8' }, { cause })
  }
}

/** Splits an array into its elements without holding more than one of them. */
class ArrayElements {
  readonly #file: string
  readonly #rows: StrategyRows
  #text = ''
  #position = 0
  #start = 0
  #depth = 0
  #inText = false
  #escaped = false
  #elements = 0
  #ended = false

  constructor(file: string, rows: StrategyRows) {
    this.#file = file
    this.#rows = rows
  }

  push(piece: string): void {
    this.#text = this.#text.slice(this.#start) + piece
    this.#position -= this.#start
    this.#start = 0
    checkLength(this.#file, this.#text)
    if (!this.#ended) this.#scan()
    if (!this.#ended) return
    if (this.#text.slice(this.#start).trim() !== '') throw new StrikescanError('strategies_json_invalid', { file: this.#file, cause: 'something follows the array' })
  }

  end(): void {
    if (!this.#ended) throw new StrikescanError('strategies_file_damaged', { file: this.#file, cause: 'the JSON array does not end' })
  }

  #scan(): void {
    const text = this.#text
    for (; this.#position < text.length; this.#position++) {
      const code = text.charCodeAt(this.#position)
      if (this.#inText) {
        if (this.#escaped) this.#escaped = false
        else if (code === 92) this.#escaped = true
        else if (code === 34) this.#inText = false
      } else if (code === 34) this.#inText = true
      else if (code === 123 || code === 91) {
        // The array's own bracket.
        if (++this.#depth === 1) this.#start = this.#position + 1
      } else if (code === 125 || code === 93) {
        if (--this.#depth === 0) return this.#finish(true)
      } else if (code === 44 && this.#depth === 1) this.#finish(false)
    }
  }

  #finish(last: boolean): void {
    const element = this.#text.slice(this.#start, this.#position)
    this.#start = this.#position + 1
    if (last) {
      this.#position++
      this.#ended = true
      if (element.trim() === '' && this.#elements === 0) return
    }
    this.#elements++
    addStrategyRecord(parsed(this.#file, element, `element ${this.#elements}`), `Element ${this.#elements} of the file`, this.#rows)
  }
}

/** A first line that is an object by itself makes the file NDJSON; else the whole file is one object. */
async function* readLinesOrObject(file: string, first: string, texts: AsyncIterable<string>, rows: StrategyRows): AsyncGenerator<'json' | 'ndjson'> {
  let text = first
  let line = 0
  let isLines: boolean | null = null
  const takeLines = (): void => {
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      addLine(text.slice(start, end), ++line, rows)
      start = end + 1
    }
    text = text.slice(start)
  }
  const decide = (): void => {
    const trimmed = text.trimStart()
    const end = trimmed.indexOf('\n')
    if (isLines === null && end >= 0) {
      if (valueOf(trimmed.slice(0, end)) === undefined) isLines = false
      // Where nothing is behind the first line so far, nothing is decided.
      else if (trimmed.slice(end).trim() !== '') isLines = true
    }
    if (isLines) takeLines()
  }
  decide()
  if (isLines) yield 'ndjson'
  for await (const piece of texts) {
    text += piece
    checkLength(file, text)
    decide()
    if (isLines) yield 'ndjson'
  }
  if (isLines) {
    addLine(text, ++line, rows)
    yield 'ndjson'
    return
  }
  addDocument(parsed(file, text, 'the file'), rows)
  yield 'json'
}

function addLine(text: string, line: number, rows: StrategyRows): void {
  if (text.trim() === '') return
  const value = valueOf(text)
  if (value === undefined) rows.addUnreadable(`Line ${line} of the file is not valid JSON: ${quoted(text.trim())}.`)
  else addStrategyRecord(value, `Line ${line} of the file`, rows)
}

function addDocument(value: unknown, rows: StrategyRows): void {
  const object = (isObject(value) ? value : {}) as Record<string, unknown>
  const lists = LIST_KEYS.map((key) => (Object.hasOwn(object, key) ? object[key] : null)).filter((list) => Array.isArray(list))
  const list = lists.find(({ length }) => length > 0) ?? lists[0]
  if (list === undefined) addStrategyRecord(value, 'The file', rows)
  else list.forEach((element, index) => addStrategyRecord(element, `Element ${index + 1} of the file`, rows))
}

/** Adds the row of one record; `where` tells where it stands, for the row's reason. */
export function addStrategyRecord(value: unknown, where: string, rows: StrategyRows): void {
  if (!isObject(value)) return rows.addUnreadable(`${where} is no object with a ticker and a strategy: ${quoted(value === null ? 'null' : (textOfValue(value) ?? 'a deeply nested value'))}.`)
  const cells = Object.values(value).map(textOfValue)
  const plan = rows.plan(Object.keys(value))
  if (cells.includes(null)) rows.add(cells.map((cell) => cell ?? ''), plan, `${where} has a value that is nested too deeply to be kept.`)
  else rows.add(cells as string[], plan)
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value as a cell holds it: text as it is, nothing as empty text, what is nested as JSON; null where that is too deep. */
export function textOfValue(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().replace(/T00:00:00\.000Z$/, '')
  if (typeof value !== 'object') return String(value)
  try {
    return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function checkLength(file: string, text: string): void {
  if (text.length > MAX_VALUE_CHARACTERS) throw new StrikescanError('strategies_json_too_large', { file, limitMb: MAX_VALUE_CHARACTERS >> 20 })
}

function parsed(file: string, text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new StrikescanError('strategies_json_invalid', { file, cause: `${what}: ${(cause as Error).message.replaceAll(/\s+/g, ' ')}`.slice(0, 200) }, { cause })
  }
}

/** The value of JSON text, undefined where it is none. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
