import { useSignal } from '@preact/signals'
import { h } from 'preact'
import { useMemo } from 'preact/hooks'

import { readRows, type Listed } from '../server/pages.ts'
import type { Row, RowStatus, Run } from '../server/types.ts'
import { useRemembered } from '../shell/memory.ts'
import { Empty, Loading, Problem, StatusChip, TextBox, useAsked, useRepeated } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { count, counted, isOver, LEDGER_WORDS, number, STATUS_WORDS, STATUSES } from '../shell/words.ts'
import { DataGrid, type Column } from './data-grid.ts'
import { DiffPicker } from './diff-picker.ts'
import { DownloadLinks } from './downloads.ts'
import { matcher } from './filtering.ts'
import { NoHits } from './no-hits.ts'
import type { SortValue } from './sorting.ts'
import { walkThrough } from './walk.ts'
import type { View } from '../shell/view.ts'

const STATUS: Column<Row> = { id: 'status', title: 'Status', width: '112px', value: ({ status }) => STATUSES.indexOf(status), show: ({ status }) => h(StatusChip, { status }) }
const DATE: Column<Row> = { id: 'date', title: 'Date', width: '92px', value: ({ date }) => date }
const DIRECTION: Column<Row> = { id: 'direction', title: 'Direction', width: '84px', value: ({ direction }) => direction, show: ({ direction }) => h('span', { class: `d-${direction ?? 'none'}` }, direction ?? '–') }
const STRATEGIES: Column<Row> = { id: 'strategies', title: 'Strategies', width: 'minmax(120px, 1fr)', value: ({ strategies }) => strategies.join(', ') || null }

/** The columns that say something of these rows: what the scanner returned has columns of its own, as far as most rows have it. */
function columnsFor(rows: readonly Row[], statuses: readonly RowStatus[]): readonly Column<Row>[] {
  const fields = fieldsOf(rows)
  const rest = (row: Row): string => dataText(row.data, fields)
  return [
    { id: 'symbol', title: 'Symbol', width: '84px', value: ({ symbol }) => symbol, show: ({ symbol }) => h('b', null, symbol) },
    ...(rows.some(({ date }) => date !== rows[0]!.date) ? [DATE] : []),
    ...(statuses.length === 1 ? [] : [STATUS]),
    { id: 'score', title: 'Score', width: '84px', isNumeric: true, value: ({ score }) => score, show: ({ score }) => number(score) },
    ...(rows.some(({ direction }) => direction !== null) ? [DIRECTION] : []),
    ...fields.map(fieldColumn),
    ...(rows.some((row) => rest(row) !== '') ? [{ id: 'data', title: fields.length === 0 ? 'Data' : 'More data', width: 'minmax(160px, 2fr)', value: rest }] : []),
    ...(rows.some(({ strategies }) => strategies.length > 0) ? [STRATEGIES] : []),
    { id: 'reason', title: 'Reason', width: 'minmax(160px, 1.5fr)', value: reasonOf },
  ]
}

const MOST_FIELDS = 6
const LOOKED_AT = 400

/** Names within the returned data that at least half of the rows with data have, as numbers or short texts. */
function fieldsOf(rows: readonly Row[]): readonly string[] {
  const times = new Map<string, number>()
  const some = rows.filter(({ data }) => isRecord(data)).slice(0, LOOKED_AT)
  for (const { data } of some) {
    for (const [name, value] of Object.entries(data as object)) {
      if (typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= 40)) times.set(name, (times.get(name) ?? 0) + 1)
    }
  }
  return [...times].filter(([name, found]) => found * 2 >= some.length && name.length <= 40).slice(0, MOST_FIELDS).map(([name]) => name)
}

function fieldColumn(name: string): Column<Row> {
  const value = ({ data }: Row): SortValue => {
    const found = isRecord(data) && Object.hasOwn(data, name) ? data[name] : null
    return typeof found === 'number' || typeof found === 'string' ? found : found === undefined || found === null ? null : String(found)
  }
  return { id: `data.${name}`, title: name, width: 'minmax(84px, 130px)', isNumeric: true, value, show: (row) => { const found = value(row); return typeof found === 'number' ? number(found) : (found ?? '–') } }
}

const isRecord = (data: unknown): data is Record<string, unknown> => typeof data === 'object' && data !== null && !Array.isArray(data)

function reasonOf({ error, reason }: Row): string {
  if (error === null) return reason
  return `${error.line === null ? '' : `line ${error.line}: `}${error.message}`
}

/** Of one value on a line; the whole is one click away. */
const MOST_SHOWN = 300

/** What a scanner returned, on one line, but for the fields that are shown elsewhere. */
export function dataText(data: unknown, elsewhere: readonly string[] = []): string {
  if (data === null || data === undefined) return ''
  if (typeof data !== 'object') return String(data).slice(0, MOST_SHOWN)
  return Object.entries(data).filter(([name]) => !elsewhere.includes(name)).map(([name, value]) => `${name}=${typeof value === 'number' ? number(value) : (typeof value === 'object' ? JSON.stringify(value) : String(value)).slice(0, MOST_SHOWN)}`).join(' ')
}

const texts = new WeakMap<Row, string>()

function textOf(row: Row): string {
  let text = texts.get(row)
  if (text === undefined) texts.set(row, (text = `${row.symbol} ${row.date} ${row.status} status:${row.status} ${row.direction ?? ''} ${row.strategies.join(' ')} ${reasonOf(row)} ${dataText(row.data)}`.toLowerCase()))
  return text
}

function numberOf(row: Row, name: string): number | undefined {
  const value = name === 'score' ? row.score : Object.entries((row.data ?? {}) as Record<string, unknown>).find(([key]) => key.toLowerCase() === name)?.[1]
  return typeof value === 'number' ? value : undefined
}

/** Rows of a run by status: hits first, everything else at a click. */
export function RowsView({ run, view, first }: { run: Run; view: 'hits' | 'rows'; first: readonly RowStatus[] }): View {
  const memory = `${run.id} ${view}`
  const chosen = useRemembered<readonly RowStatus[]>(`${memory} statuses`, first)
  const words = useRemembered(`${memory} words`, '')
  const key = chosen.value.join(',')
  const begun = useSignal<Listed<Row> | null>(null)
  const asked = useAsked((signal) => rowsOf(run, chosen.value, { signal, onFirst: (items) => void (begun.value = { items: [...items], isWhole: true }) }), [run.id, key, isOver(run.status)], true)
  useRepeated(asked, !isOver(run.status))
  const there = asked.value ?? begun.value
  const { items: rows, isWhole } = there ?? NONE
  const items = useMemo(() => rows.filter(matcher(words.value, textOf, numberOf)), [rows, words.value])
  const columns = useMemo(() => columnsFor(rows, chosen.value), [rows, key])
  const toggle = (status: RowStatus): void => void (chosen.value = chosen.value.includes(status) ? chosen.value.filter((one) => one !== status) : [...chosen.value, status])
  const counts = Object.fromEntries(Object.entries(LEDGER_WORDS).map(([part, status]) => [status, run.ledger[part as keyof typeof LEDGER_WORDS]])) as Record<RowStatus, number>
  const open = ({ symbol, date }: Row, shown: readonly Row[]): void => {
    walkThrough(run.id, view, shown)
    go(to('runs', run.id, 'symbol', symbol, date))
  }
  return h('section', { class: 'rows', 'aria-label': 'Rows' },
    h('div', { class: 'row' },
      h('div', { role: 'group', 'aria-label': 'Statuses shown', class: 'chips' }, STATUSES.filter((status) => counts[status] > 0 || status === 'hit').map((status) =>
        h('button', { key: status, type: 'button', class: `toggle s-${status}`, 'aria-pressed': chosen.value.includes(status), onClick: () => toggle(status) }, `${STATUS_WORDS[status]} ${count(counts[status])}`))),
      h(TextBox, { value: words, type: 'search', class: 'filter', placeholder: 'Filter: words, -words, score>5', 'aria-label': 'Filter rows', 'data-key': '/' }),
      h('span', { class: 'quiet', role: 'status' }, asked.value === null ? (rows.length === 0 ? 'loading…' : `${counted(rows.length, 'row')}, loading more…`) : items.length === rows.length ? counted(rows.length, 'row') : `${count(items.length)} of ${counted(rows.length, 'row')}`),
      h('span', { class: 'grow' }), view === 'hits' && isOver(run.status) && h(DiffPicker, { run }), h(DownloadLinks, { path: `/api/runs/${run.id}/rows`, status: chosen.value.length === 1 ? chosen.value[0]! : null })),
    !isWhole && h('p', { class: 'note' }, `The first ${count(rows.length)} rows are shown, and sorted among themselves. Downloads hold all of them.`),
    asked.error !== null && asked.value === null ? h(Problem, { error: asked.error, retry: asked.again })
      : there === null ? h(Loading, { what: 'rows' })
      : !asked.isLoading && rows.length === 0 && key === 'hit' ? h(NoHits, { run, show: (status) => void (chosen.value = [status]) })
      : !asked.isLoading && items.length === 0 ? h(Empty, { title: rows.length === 0 ? 'No rows of this status' : 'No row holds these words' })
      : h(DataGrid<Row>, { label: 'Rows of the run', memory, columns, items, firstSorting: key === 'hit' ? { by: 'score', isDown: true } : null, onOpen: open }))
}

const NONE: Listed<Row> = { items: [], isWhole: true }
/** Rows of runs that are over, so that the way back from a row is a short one. */
const shelf = new Map<string, Listed<Row>>()
const MOST_SHELVED = 2

async function rowsOf(run: Run, statuses: readonly RowStatus[], options: NonNullable<Parameters<typeof readRows>[2]>): Promise<Listed<Row>> {
  if (statuses.length === 0) return NONE
  const key = `${run.id} ${statuses.join()}`
  const found = shelf.get(key) ?? (await readRows(run.id, statuses, options))
  shelf.delete(key)
  if (!isOver(run.status)) return found
  shelf.set(key, found)
  if (shelf.size > MOST_SHELVED) shelf.delete(shelf.keys().next().value!)
  return found
}
