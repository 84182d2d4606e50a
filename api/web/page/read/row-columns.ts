import { h } from 'preact'

import type { Row, RowStatus } from '../server/types.ts'
import { StatusChip } from '../shell/parts.ts'
import { number, STATUSES } from '../shell/words.ts'
import type { Column } from './data-grid.ts'
import { columnFormat } from './number-column.ts'
import type { SortValue } from './sorting.ts'

const STATUS: Column<Row> = {
  id: 'status',
  title: 'Status',
  width: '112px',
  value: ({ status }) => STATUSES.indexOf(status),
  show: ({ status }) => h(StatusChip, { status }),
}
const DATE: Column<Row> = { id: 'date', title: 'Date', width: '92px', value: ({ date }) => date }
const DIRECTION: Column<Row> = {
  id: 'direction',
  title: 'Direction',
  width: '84px',
  value: ({ direction }) => direction,
  show: ({ direction }) => h('span', { class: `d-${direction ?? 'none'}` }, direction ?? '–'),
}
const STRATEGIES: Column<Row> = {
  id: 'strategies',
  title: 'Strategies',
  width: 'minmax(120px, 1fr)',
  value: ({ strategies }) => strategies.join(', ') || null,
}
const REASON: Column<Row> = { id: 'reason', title: 'Reason', width: 'minmax(160px, 1.5fr)', value: reasonOf }

/** The columns that say something of these rows: what the scanner returned has columns of its own, as far as most rows have it. */
export function columnsFor(rows: readonly Row[], statuses: readonly RowStatus[]): readonly Column<Row>[] {
  const { own, restated } = fieldsOf(rows)
  const elsewhere = [...own, ...restated]
  const rest = (row: Row): string => dataText(row.data, elsewhere)
  const isSaid = (value: (row: Row) => unknown): boolean => rows.some((row) => value(row) !== value(rows[0]!))
  return [
    { id: 'symbol', title: 'Symbol', width: '84px', value: ({ symbol }) => symbol, show: ({ symbol }) => h('b', null, symbol) },
    ...(isSaid(({ date }) => date) ? [DATE] : []),
    ...(statuses.length === 1 ? [] : [STATUS]),
    ...(rows.some(({ score }) => score !== null) ? [numberColumn('score', 'Score', ({ score }) => score, rows)] : []),
    ...(rows.some(({ direction }) => direction !== null) ? [DIRECTION] : []),
    ...own.map((name) => fieldColumn(name, rows)),
    ...(rows.some((row) => rest(row) !== '')
      ? [{ id: 'data', title: own.length === 0 ? 'Data' : 'More data', width: 'minmax(160px, 2fr)', value: rest }]
      : []),
    ...(rows.some(({ strategies }) => strategies.length > 0) ? [STRATEGIES] : []),
    // Hits that all say the same say it with their status.
    ...(statuses.length !== 1 || statuses[0] !== 'hit' || isSaid(reasonOf) ? [REASON] : []),
  ]
}

const MOST_FIELDS = 6
const LOOKED_AT = 400

/**
 * Names within the returned data that at least half of the rows with data have, as numbers or short texts: those with
 * columns of their own, and those that only say again what a row says itself.
 */
function fieldsOf(rows: readonly Row[]): { own: readonly string[]; restated: readonly string[] } {
  const found = new Map<string, { times: number; restated: number }>()
  const some = rows.filter(({ data }) => isRecord(data)).slice(0, LOOKED_AT)
  for (const row of some) {
    for (const [name, value] of Object.entries(row.data as object)) {
      if (typeof value !== 'number' && typeof value !== 'boolean' && (typeof value !== 'string' || value.length > 40)) continue
      const { times, restated } = found.get(name) ?? { times: 0, restated: 0 }
      found.set(name, { times: times + 1, restated: restated + Number(isRestated(row, name, value)) })
    }
  }
  const usual = [...found].filter(([name, { times }]) => times * 2 >= some.length && name.length <= 40)
  const isAgain = ([, { times, restated }]: (typeof usual)[number]): boolean => restated === times
  return {
    own: usual
      .filter((one) => !isAgain(one))
      .slice(0, MOST_FIELDS)
      .map(([name]) => name),
    restated: usual.filter(isAgain).map(([name]) => name),
  }
}

function isRestated({ symbol, date, direction, score }: Row, name: string, value: string | number | boolean): boolean {
  switch (name.toLowerCase()) {
    case 'symbol':
    case 'ticker':
      return String(value).trim().toUpperCase() === symbol
    case 'date':
      return value === date
    case 'direction':
      return value === direction
    case 'score':
      return Number.parseFloat(String(value)) === score
    default:
      return false
  }
}

function fieldColumn(name: string, rows: readonly Row[]): Column<Row> {
  const value = ({ data }: Row): SortValue => {
    const found = isRecord(data) && Object.hasOwn(data, name) ? data[name] : null
    return typeof found === 'number' || typeof found === 'string' ? found : found === undefined || found === null ? null : String(found)
  }
  const isNumeric = rows.slice(0, LOOKED_AT).every((row) => typeof (value(row) ?? 0) === 'number')
  return isNumeric
    ? numberColumn(`data.${name}`, name, value, rows)
    : { id: `data.${name}`, title: name, width: 'minmax(84px, 130px)', value }
}

function numberColumn(id: string, title: string, value: (row: Row) => SortValue, rows: readonly Row[]): Column<Row> {
  const format = columnFormat(rows.map(value).filter((one) => typeof one === 'number'))
  return {
    id,
    title,
    width: 'minmax(84px, 130px)',
    isNumeric: true,
    value,
    show: (row) => {
      const found = value(row)
      return typeof found === 'number' ? format(found) : (found ?? '–')
    },
  }
}

const isRecord = (data: unknown): data is Record<string, unknown> => typeof data === 'object' && data !== null && !Array.isArray(data)

/** Why a row is what it is, with the line of an error. */
export function reasonOf({ error, reason }: Row): string {
  if (error === null) return reason
  return `${error.line === null ? '' : `line ${error.line}: `}${error.message}`
}

/** Of one value on a line; the whole is one click away. */
const MOST_SHOWN = 300

/** What a scanner returned, on one line, but for the fields that are shown elsewhere. */
export function dataText(data: unknown, elsewhere: readonly string[] = []): string {
  if (data === null || data === undefined) return ''
  if (typeof data !== 'object') return String(data).slice(0, MOST_SHOWN)
  return Object.entries(data)
    .filter(([name]) => !elsewhere.includes(name))
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ')
}

function valueText(value: unknown): string {
  if (typeof value === 'number') return number(value)
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).slice(0, MOST_SHOWN)
}
