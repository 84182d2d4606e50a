import { StrikescanError } from '../../errors/strikescan-error.ts'
import { normalSymbol, parseDate, parseNumber } from './values.ts'

/** The fields of a bar as files have them. */
const BAR_FIELDS = ['symbol', 'date', 'open', 'high', 'low', 'close', 'volume'] as const
export type BarField = (typeof BAR_FIELDS)[number]

/**
 * Header names per field, lower case without punctuation, the preferred first: English, German, French, Spanish. Where a
 * German table has both `Stücke` and `Volumen`, the shares are the former and the latter is money.
 */
const SYNONYMS: Record<BarField, readonly string[]> = {
  symbol: ['symbol', 'ticker', 'sym', 'stock', 'code', 'T', 'kürzel', 'kuerzel', 'symbole', 'símbolo', 'simbolo'],
  date: ['date', 'day', 'tradedate', 'tradingdate', 'datetime', 'timestamp', 'time', 'windowstart', 't', 'datum', 'fecha'],
  open: ['open', 'openprice', 'opening', 'o', 'eröffnung', 'eroeffnung', 'erster', 'ouverture', 'apertura'],
  high: ['high', 'highprice', 'h', 'hoch', 'tageshoch', 'haut', 'plushaut', 'máximo', 'maximo'],
  low: ['low', 'lowprice', 'l', 'tief', 'tagestief', 'bas', 'plusbas', 'mínimo', 'minimo'],
  close: ['close', 'closeprice', 'closing', 'closelast', 'last', 'c', 'schluss', 'schlusskurs', 'clôture', 'cloture', 'cierre'],
  volume: ['volume', 'vol', 'v', 'tradedvolume', 'sharevolume', 'stücke', 'stuecke', 'volumen'],
}

/** Where the fields of a bar stand in a record: column positions from 0. `symbol` is -1 where the file has no such column. */
export interface ColumnPlan {
  readonly positions: Record<BarField, number>
  /** The symbol of every row of a file without a symbol column. */
  readonly fileSymbol: string
  /** The columns by name, by number from 1 in a file without a header: a record with more or fewer is malformed. */
  readonly header: readonly string[]
}

/** Whether some columns of a header are bar columns at all: tells a file of something else from a bar file with a lack. */
function looksLikeBars(header: readonly string[], map: Record<string, string>): boolean {
  const found = BAR_FIELDS.filter((field) => map[field] !== undefined || candidates(field, header).length > 0)
  return ['open', 'high', 'low', 'close'].filter((field) => found.includes(field as BarField)).length >= 2
}

/** Whether a first line is data: it has a date and a number, and no name of a column. */
export function looksLikeData(fields: readonly string[]): boolean {
  if (BAR_FIELDS.some((field) => candidates(field, fields).length > 0)) return false
  return fields.some((field) => /\d/.test(field) && (parseNumber(field) !== undefined || !Number.isNaN(parseDate(field).day)))
}

/** True where a map gives every column by number, for files without a header. */
export function mapsByNumber(map: Record<string, string>): boolean {
  const columns = Object.entries(map).filter(([, column]) => column !== '@filename')
  return columns.length >= 6 && columns.every(([, column]) => /^[1-9]\d*$/.test(column))
}

/** Checks the field names of a map. */
export function checkMap(map: Record<string, string>): void {
  for (const field of Object.keys(map)) {
    if (!BAR_FIELDS.includes(field as BarField)) throw new StrikescanError('import_map_field', { field })
  }
}

/**
 * Finds the columns of a bar by their names or by the caller's map.
 *
 * @param byNumber the header is a line of data and the map gives column numbers from 1
 * @param symbol the symbol of rows without one, where it is known otherwise than by the file's name
 */
export function planColumns(file: string, header: readonly string[], map: Record<string, string>, byNumber = false, symbol = ''): ColumnPlan {
  const columns = header.map((name) => name.trim() || '(unnamed)').join(', ').slice(0, 300)
  const positions = {} as Record<BarField, number>
  const missing: BarField[] = []
  for (const field of BAR_FIELDS) {
    const position = byNumber ? numberedColumn(file, field, header.length, map, columns) : namedColumn(file, field, header, map, columns)
    positions[field] = position
    if (position < 0 && field !== 'symbol') missing.push(field)
  }
  if (missing.length > 0) {
    if (!looksLikeBars(header, map)) {
      throw new StrikescanError('import_not_bars', { file, looksLike: `a table with the columns ${columns}`, mend: 'name its columns with a map if it does hold bars' })
    }
    throw new StrikescanError('import_columns_missing', { file, missing: missing.join(', '), missingFirst: missing[0]!, columns })
  }
  return { positions, fileSymbol: positions.symbol < 0 ? symbol || symbolOfFile(file, map['symbol'] === '@filename') : '', header: byNumber ? header.map((_, position) => String(position + 1)) : header }
}

function namedColumn(file: string, field: BarField, header: readonly string[], map: Record<string, string>, columns: string): number {
  const wanted = map[field]
  if (wanted === '@filename' && field === 'symbol') return -1
  const matching = wanted === undefined ? candidates(field, header) : mapped(wanted, header)
  if (matching.length > 1) {
    throw new StrikescanError('import_column_ambiguous', { file, field, columns: matching.map((index) => header[index]!.trim()).join(', ') })
  }
  if (wanted !== undefined && matching.length === 0) throw new StrikescanError('import_map_column', { file, field, column: wanted, columns })
  return matching[0] ?? -1
}

/** Columns of exactly the name; else of the name without case and punctuation; else the column of that number. */
function mapped(wanted: string, header: readonly string[]): number[] {
  const where = (same: (name: string) => boolean) => header.flatMap((name, index) => (same(name) ? [index] : []))
  const exact = where((name) => name.trim() === wanted.trim())
  const loose = exact.length > 0 || plain(wanted) === '' ? exact : where((name) => plain(name) === plain(wanted))
  return loose.length === 0 && /^[1-9]\d*$/.test(wanted) && Number(wanted) <= header.length ? [Number(wanted) - 1] : loose
}

function numberedColumn(file: string, field: BarField, width: number, map: Record<string, string>, columns: string): number {
  const wanted = map[field]
  if (wanted === undefined || wanted === '@filename') return -1
  if (Number(wanted) > width) throw new StrikescanError('import_map_column', { file, field, column: wanted, columns })
  return Number(wanted) - 1
}

/** Columns that carry the field's preferred name among those present. `T` is a symbol and `t` a time, as in Polygon's files. */
function candidates(field: BarField, header: readonly string[]): number[] {
  const names = header.map(plain)
  for (const synonym of SYNONYMS[field]) {
    const matching = header.flatMap((name, index) => {
      const same = synonym.toLowerCase() === 't' ? name.trim() === synonym : names[index] === synonym
      return same ? [index] : []
    })
    if (matching.length > 0) return matching
  }
  return []
}

function plain(name: string): string {
  return name.normalize('NFC').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '').replace(/^\d+/, '')
}

function symbolOfFile(file: string, asItIs: boolean): string {
  const base = file.split(/[\\/]/).at(-1)!
  const name = base.replace(/(\.(csv|txt|tsv|gz|zst|zip|json|ndjson|jsonl|parquet))+$/i, '')
  const symbol = asItIs ? normalSymbol(name) : /^[A-Z][A-Z0-9]{0,5}([.\-^=][A-Z0-9]{1,3})?$/.test(name) ? name : ''
  if (symbol === '') throw new StrikescanError('import_symbol_unknown', { file })
  return symbol
}
