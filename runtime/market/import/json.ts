import { StrikescanError } from '../../errors/strikescan-error.ts'
import type { Chunks } from './byte-source.ts'

/** Takes what is in a JSON file, one object at a time. */
export interface ObjectTaker {
  /** Members of answers that hold what is taken; without them those of bars. */
  readonly lists?: readonly string[]
  /** `symbol` is what the object's surroundings say of its symbol, '' for nothing. */
  takeObject(value: unknown, symbol: string, line: number): void
  /** Takes a line that is no JSON. */
  rejectLine(line: number, text: string): void
}

export type JsonForm = 'json' | 'ndjson'

const MAX_DOCUMENT_CHARACTERS = 128 << 20
const MAX_DEPTH = 8
const BAR_LISTS = ['results', 'bars', 'history', 'day', 'data']

/**
 * Reads bars from JSON: an array of bars (read piece by piece), one bar per line (NDJSON, the same), or one object as
 * `{"AAPL": [bars]}` or an answer of the usual market-data APIs (Polygon `results`, Alpaca `bars`, Tradier `history.day`).
 *
 * Gives which form it was. Throws `import_json_invalid`, `import_json_shape`, `import_json_too_large` or `import_file_truncated`.
 */
export async function readJson(file: string, chunks: Chunks, bars: ObjectTaker): Promise<JsonForm> {
  const texts = decoded(chunks)
  let first = ''
  for (let next = await texts.next(); !next.done; next = await texts.next()) {
    first += next.value
    if (first.trimStart() !== '') break
  }
  if (first.trimStart().startsWith('[')) {
    await readArray(file, first, texts, bars)
    return 'json'
  }
  return readLinesOrObject(file, first, texts, bars)
}

async function* decoded(chunks: Chunks): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder('utf-8')
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}

/** Splits a top-level array into its elements without holding more than one of them. */
async function readArray(file: string, first: string, rest: AsyncIterable<string>, bars: ObjectTaker): Promise<void> {
  let text = first.slice(first.indexOf('[') + 1)
  let depth = 1
  let inText = false
  let escaped = false
  let record = 0
  let position = 0
  let start = 0
  const finish = (end: number) => {
    const element = text.slice(start, end)
    if (element.trim() === '' && record === 0 && depth === 0) return
    record++
    takeDocument(parsed(file, element, `element ${record}`), '', record, bars, 0)
  }
  const scan = () => {
    for (; position < text.length; position++) {
      const code = text.charCodeAt(position)
      if (inText) {
        if (escaped) escaped = false
        else if (code === 92) escaped = true
        else if (code === 34) inText = false
      } else if (code === 34) inText = true
      else if (code === 123 || code === 91) depth++
      else if (code === 125 || code === 93) {
        if (--depth === 0) return finish(position++)
      } else if (code === 44 && depth === 1) {
        finish(position)
        start = position + 1
      }
    }
  }
  scan()
  for await (const piece of rest) {
    if (depth === 0) {
      text = text.slice(position) + piece
      position = 0
      continue
    }
    text = text.slice(start) + piece
    position -= start
    start = 0
    if (text.length > MAX_DOCUMENT_CHARACTERS) throw new StrikescanError('import_json_too_large', { file, limitMb: MAX_DOCUMENT_CHARACTERS >> 20 })
    scan()
  }
  if (depth > 0) throw new StrikescanError('import_file_truncated', { file, cause: 'the JSON array does not end' })
  if (text.slice(position).trim() !== '') throw new StrikescanError('import_json_invalid', { file, cause: 'something follows the array' })
}

/** A first line that is an object by itself makes the file NDJSON; else the whole file is one object. */
async function readLinesOrObject(file: string, first: string, rest: AsyncIterable<string>, bars: ObjectTaker): Promise<JsonForm> {
  let text = first
  let line = 0
  let lines: boolean | null = null
  const takeLine = (content: string) => {
    line++
    if (content.trim() === '') return
    let value: unknown
    try {
      value = JSON.parse(content)
    } catch {
      return bars.rejectLine(line, content)
    }
    takeDocument(value, '', line, bars, 0)
  }
  const takeLines = () => {
    let start = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      takeLine(text.slice(start, end))
      start = end + 1
    }
    text = text.slice(start)
  }
  const decide = () => {
    const trimmed = text.trimStart()
    const end = trimmed.indexOf('\n')
    if (lines === null && end >= 0) {
      if (!isJson(trimmed.slice(0, end))) lines = false
      // Where nothing is behind the first line so far, nothing is decided.
      else if (trimmed.slice(end).trim() !== '') lines = true
    }
    if (lines === true) takeLines()
  }
  decide()
  for await (const piece of rest) {
    text += piece
    if (text.length > MAX_DOCUMENT_CHARACTERS) throw new StrikescanError('import_json_too_large', { file, limitMb: MAX_DOCUMENT_CHARACTERS >> 20 })
    decide()
  }
  if (lines === true) {
    takeLine(text)
    return 'ndjson'
  }
  if (!takeDocument(parsed(file, text, 'the file'), '', 1, bars, 0)) throw new StrikescanError('import_json_shape', { file })
  return 'json'
}

/** Takes all bars in a value of any of the known shapes; false where an object holds none. */
function takeDocument(value: unknown, symbol: string, line: number, bars: ObjectTaker, depth: number): boolean {
  if (Array.isArray(value) && depth <= MAX_DEPTH) {
    for (const [index, element] of value.entries()) takeDocument(element, symbol, depth === 0 ? index + 1 : line + index, bars, depth + 1)
    return true
  }
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) {
    bars.takeObject(value, symbol, line)
    return true
  }
  const object = value as Record<string, unknown>
  const own = [object['ticker'], object['symbol']].find((name) => typeof name === 'string') as string | undefined
  for (const key of bars.lists ?? BAR_LISTS) {
    const inner = object[key]
    if (typeof inner === 'object' && inner !== null) return takeDocument(inner, own ?? symbol, line, bars, depth + 1)
  }
  const entries = Object.entries(object)
  if (entries.length > 0 && entries.every(([, inner]) => Array.isArray(inner))) {
    for (const [name, list] of entries) takeDocument(list, name, line, bars, depth + 1)
    return true
  }
  // An API's answer without bars, such as Polygon's for a day without trading.
  if (depth === 0 && ('resultsCount' in object || 'queryCount' in object || object['history'] === null)) return false
  bars.takeObject(object, symbol, line)
  return true
}

function parsed(file: string, text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const cause = `${what}: ${error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : 'unreadable'}`
    throw new StrikescanError('import_json_invalid', { file, cause: cause.slice(0, 200) })
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
