import { looksLikeTicker, rankName, SYMBOL_FIELD } from './list-names.ts'

/** How a file of data holds a list of symbols. */
export type SymbolLayout =
  /** One a line; lines that are empty or begin with `#` say nothing. */
  | { kind: 'lines' }
  /** A column of a table with a header. */
  | { kind: 'table'; column: number; separator: string }
  /** A list, or one property of an object, of texts or of objects with a `field`. */
  | { kind: 'json'; key: string | null; field: string | null }

/** The symbols that a file of data holds, and how; null where it holds none, or anything may be one. */
export function readSymbolFile(path: string, text: string): { values: string[]; layout: SymbolLayout } | null {
  const found = /\.json$/i.test(path) ? readJson(text) : (readTable(text) ?? readLines(text))
  return found !== null && found.values.length > 0 && found.values.every(looksLikeTicker) ? found : null
}

/**
 * The same file with other symbols: what stands beside one stays with it, in the order of the file, and symbols that it has not follow
 * behind. The very text where it holds just these.
 */
export function withSymbols(text: string, layout: SymbolLayout, symbols: readonly string[]): string {
  const wanted = new Set(symbols)
  const own = new Set<string>()
  const keeps = (name: string): boolean => (own.add(plain(name)), wanted.has(plain(name)))
  const added = (): string[] => symbols.filter((symbol) => !own.has(symbol))
  if (layout.kind === 'json') return jsonWith(text, layout, keeps, added)
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = text.split(/\r?\n/)
  const kept = lines.filter((line, at) => {
    const name = layout.kind === 'lines' ? (isComment(line) ? '' : line) : at === 0 ? '' : cellOf(line, layout)
    return name.trim() === '' || keeps(name)
  })
  const more = added().map((symbol) => (layout.kind === 'lines' ? symbol : `${layout.separator.repeat(layout.column)}${symbol}`))
  if (more.length === 0) return kept.length === lines.length ? text : kept.join(end)
  const isEnded = kept.at(-1)?.trim() === ''
  return [...(isEnded ? kept.slice(0, -1) : kept), ...more, ...(isEnded ? [''] : [])].join(end)
}

const plain = (name: string): string => name.trim().toUpperCase()
const isComment = (line: string): boolean => line.trimStart().startsWith('#')

function readLines(text: string): { values: string[]; layout: SymbolLayout } {
  return { values: text.split(/\r?\n/).filter((line) => line.trim() !== '' && !isComment(line)).map(plain), layout: { kind: 'lines' } }
}

/** A table whose header names a column of symbols; also one of that column alone. */
function readTable(text: string): { values: string[]; layout: SymbolLayout } | null {
  const [header = '', ...lines] = text.split(/\r?\n/)
  const separator = [',', ';', '\t', '|'].find((mark) => header.includes(mark)) ?? ','
  const names = header.split(separator).map(unquoted)
  const column = names.findIndex((name) => SYMBOL_FIELD.test(name) || /^(symbols|tickers)$/i.test(name))
  if (column === -1) return null
  const layout: SymbolLayout = { kind: 'table', column, separator }
  return { values: lines.map((line) => plain(cellOf(line, layout))).filter((value) => value !== ''), layout }
}

/** The cell of a line; what is quoted with the separator in it is taken as one. */
function cellOf(line: string, { column, separator }: { column: number; separator: string }): string {
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (const character of line) {
    if (character === '"') isQuoted = !isQuoted
    if (character === separator && !isQuoted) {
      cells.push(cell)
      cell = ''
    } else cell += character
  }
  return unquoted([...cells, cell][column] ?? '')
}

const unquoted = (cell: string): string => cell.trim().replace(/^\uFEFF?"?|"$/g, '').trim()

function readJson(text: string): { values: string[]; layout: SymbolLayout } | null {
  const value = parsed(text)
  if (Array.isArray(value)) return ofList(value, null)
  if (typeof value !== 'object' || value === null) return null
  const lists = Object.entries(value).filter(([key, entry]) => Array.isArray(entry) && rankName(key, 'symbols') !== null)
  return lists.length === 1 ? ofList(lists[0]![1] as unknown[], lists[0]![0]) : null
}

function ofList(list: readonly unknown[], key: string | null): { values: string[]; layout: SymbolLayout } | null {
  const [first] = list
  const field = typeof first === 'object' && first !== null ? (Object.keys(first).find((name) => SYMBOL_FIELD.test(name)) ?? null) : null
  const values = list.map((entry) => nameIn(entry, field))
  return values.every((name) => name !== null) ? { values: values.map(plain), layout: { kind: 'json', key, field } } : null
}

function nameIn(entry: unknown, field: string | null): string | null {
  const name = field === null ? entry : ((entry as Record<string, unknown> | null)?.[field] ?? null)
  return typeof name === 'string' ? name : null
}

type JsonLayout = Extract<SymbolLayout, { kind: 'json' }>

function jsonWith(text: string, { key, field }: JsonLayout, keeps: (name: string) => boolean, added: () => string[]): string {
  const value = parsed(text)
  const list = (key === null ? value : (value as Record<string, unknown>)[key]) as unknown[]
  const kept = list.filter((entry) => keeps(nameIn(entry, field)!))
  const more = added().map((symbol) => (field === null ? symbol : { [field]: symbol }))
  if (more.length === 0 && kept.length === list.length) return text
  const all = [...kept, ...more]
  return JSON.stringify(key === null ? all : { ...(value as object), [key]: all })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
