import {
  ArrayIsArray,
  arraySort,
  listPush,
  MapConstructor,
  mapForEach,
  mapGet,
  mapSet,
  newList,
  objectHasOwn,
  ObjectGetOwnPropertyDescriptor,
  ObjectKeys,
  setForEach,
  stringCodePointAt,
  stringRepeat,
} from '../language/intrinsics.ts'
import { joinText } from '../language/text.ts'
import { inspect } from './inspect.ts'
import { isIndex, kindOf, ownValue } from './kinds.ts'
import { DEFAULT_OPTIONS, take, type Budget, type InspectHost, type InspectOptions } from './options.ts'

const CELL: InspectOptions = { ...DEFAULT_OPTIONS, depth: 0, breakLength: Infinity, maxArrayLength: 3 }
const WIDE_CELL: InspectOptions = { ...CELL, depth: -1 }
/** Rows and columns beyond these are left out, which `budget.cut` then says. */
const MOST_ROWS = 1_000
const MOST_COLUMNS = 100

interface Column {
  readonly head: string
  /** By row; empty where the row has no such property. */
  readonly cells: (string | undefined)[]
}

/** The text of `console.table`, as Node draws it; null where the value is no table and should be logged plainly. */
export function formatTable(value: unknown, properties: unknown, host: InspectHost, budget: Budget): string | null {
  if (value === null || typeof value !== 'object') return null
  const { proxies } = host
  if (proxies.isProxy(value)) return null
  const cell = (item: unknown): string => {
    if (budget.remaining <= 0) {
      budget.cut = true
      return ''
    }
    const isWide = item !== null && typeof item === 'object' && !proxies.isProxy(item) && !ArrayIsArray(item) &&
      kindOf(item, proxies) !== 'TypedArray' && ObjectKeys(item).length > 2
    return inspect(item, host, budget, isWide ? WIDE_CELL : CELL)
  }
  const kind = kindOf(value, proxies)
  if (kind === 'Map') {
    const keys = newColumn('Key')
    const values = newColumn('Values')
    mapForEach(value as Map<unknown, unknown>, (item, key) => {
      if (!roomFor(keys.cells.length, budget)) return
      listPush(keys.cells, cell(key))
      listPush(values.cells, cell(item))
    })
    return draw(list3(countColumn(keys.cells.length), keys, values), keys.cells.length, budget)
  }
  if (kind === 'Set') {
    const values = newColumn('Values')
    setForEach(value as Set<unknown>, (item) => {
      if (roomFor(values.cells.length, budget)) listPush(values.cells, cell(item))
    })
    return draw(list3(countColumn(values.cells.length), values, null), values.cells.length, budget)
  }
  return tableOfRows(value, properties, host, budget, cell)
}

function tableOfRows(
  value: object, properties: unknown, host: InspectHost, budget: Budget, cell: (item: unknown) => string,
): string {
  const index = newColumn('(index)')
  const values = newColumn('Values')
  const columns = newList<Column>()
  const byName = new MapConstructor<string, Column>()
  const rowKeys = ObjectKeys(value)
  let hasValues = false
  let row = 0
  for (; row < rowKeys.length && roomFor(row, budget); row++) {
    const key = rowKeys[row] as string
    listPush(index.cells, take(key, budget))
    const item = readData(value, key)
    const isPrimitive = item === null || (typeof item !== 'object' && typeof item !== 'function')
    if (properties === undefined && isPrimitive) {
      hasValues = true
      values.cells[row] = cell(item)
      continue
    }
    const names = ArrayIsArray(properties) ? (properties as unknown[]) : host.proxies.isProxy(item) ? newList<string>() : ObjectKeys(item as object)
    for (let i = 0; i < names.length; i++) {
      const name = `${names[i] as string}`
      let column = mapGet(byName, name)
      if (column === undefined) {
        if (columns.length >= MOST_COLUMNS) {
          budget.cut = true
          break
        }
        column = newColumn(take(name, budget))
        mapSet(byName, name, column)
        listPush(columns, column)
      }
      if (!isPrimitive && objectHasOwn(item, name)) column.cells[row] = cell(readData(item as object, name))
    }
  }
  const all = newList<Column>()
  listPush(all, index)
  addInOrder(columns, all)
  if (hasValues) listPush(all, values)
  return draw(all, row, budget)
}

/** Columns in the order that an object has such keys: those named by a number first and by number, then the others as they came. */
function addInOrder(columns: readonly Column[], all: Column[]): void {
  const numbered = newList<Column>()
  for (let i = 0; i < columns.length; i++) if (isIndex((columns[i] as Column).head)) listPush(numbered, columns[i] as Column)
  arraySort(numbered, (a, b) => +a.head - +b.head)
  for (let i = 0; i < numbered.length; i++) listPush(all, numbered[i] as Column)
  for (let i = 0; i < columns.length; i++) if (!isIndex((columns[i] as Column).head)) listPush(all, columns[i] as Column)
}

function newColumn(head: string): Column {
  return { head, cells: newList() }
}

function countColumn(length: number): Column {
  const column = newColumn('(iteration index)')
  for (let i = 0; i < length; i++) listPush(column.cells, `${i}`)
  return column
}

function list3(a: Column, b: Column, c: Column | null): Column[] {
  const list = newList<Column>()
  listPush(list, a)
  listPush(list, b)
  if (c !== null) listPush(list, c)
  return list
}

function roomFor(row: number, budget: Budget): boolean {
  if (row < MOST_ROWS && budget.remaining > 0) return true
  budget.cut = true
  return false
}

function readData(value: object, key: string): unknown {
  const descriptor = ObjectGetOwnPropertyDescriptor(value, key)
  return descriptor === undefined ? undefined : ownValue(descriptor)
}

function draw(columns: Column[], rows: number, budget: Budget): string {
  const widths = newList<number>()
  const rules = newList<string>()
  const heads = newList<string>()
  for (let i = 0; i < columns.length; i++) {
    const { head, cells } = columns[i] as Column
    let width = textWidth(head)
    for (let row = 0; row < rows; row++) {
      const cellWidth = textWidth(cells[row] ?? '')
      if (cellWidth > width) width = cellWidth
    }
    listPush(widths, width)
    listPush(rules, stringRepeat('─', width + 2))
    listPush(heads, head)
  }
  // Padding is what makes a table long: one huge cell widens every row, so the drawn text has the line's limit too.
  let room = budget.remaining + 4_096
  let text = `┌${joinText(rules, '┬')}┐\n${drawRow(heads, widths)}\n├${joinText(rules, '┼')}┤\n`
  for (let row = 0; row < rows; row++) {
    const line = newList<string>()
    for (let i = 0; i < columns.length; i++) listPush(line, (columns[i] as Column).cells[row] ?? '')
    const drawn = drawRow(line, widths)
    room -= drawn.length
    if (room < 0) {
      budget.cut = true
      break
    }
    text += `${drawn}\n`
  }
  return `${text}└${joinText(rules, '┴')}┘`
}

function drawRow(cells: string[], widths: number[]): string {
  let line = '│ '
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as string
    line += cell + stringRepeat(' ', (widths[i] as number) - textWidth(cell))
    if (i < cells.length - 1) line += ' │ '
  }
  return `${line} │`
}

/** Terminal columns: two for East Asian wide signs and emoji, none for combining marks and joiners. */
function textWidth(text: string): number {
  let width = 0
  for (let i = 0; i < text.length; i++) {
    const code = stringCodePointAt(text, i) as number
    if (code < 0x300) {
      if (code >= 32 && (code < 127 || code > 159)) width++
      continue
    }
    if (code > 0xffff) i++
    const isZero = code <= 0x36f || (code >= 0x200b && code <= 0x200f) || (code >= 0x20d0 && code <= 0x20ff) ||
      (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xfe20 && code <= 0xfe2f) || (code >= 0xe0100 && code <= 0xe01ef)
    const isWide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
      (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) ||
      (code >= 0xff00 && code <= 0xff60) || (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) ||
      (code >= 0x20000 && code <= 0x3fffd)
    width += isZero ? 0 : isWide ? 2 : 1
  }
  return width
}
