import { useComputed, useSignal } from '@preact/signals'
import { h } from 'preact'
import { useMemo } from 'preact/hooks'

import { MOST_ROWS, readRows } from '../server/pages.ts'
import type { Row, RowStatus, Run } from '../server/types.ts'
import { Empty, Problem, StatusChip, TextBox, useAsked } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { count, counted, LEDGER_WORDS, number, STATUS_WORDS, STATUSES } from '../shell/words.ts'
import { DataGrid, type Column } from './data-grid.ts'
import { DownloadLinks } from './downloads.ts'
import { matcher } from './filtering.ts'
import { NoHits } from './no-hits.ts'
import type { View } from '../shell/view.ts'

const COLUMNS: readonly Column<Row>[] = [
  { id: 'symbol', title: 'Symbol', width: '84px', value: ({ symbol }) => symbol, show: ({ symbol }) => h('b', null, symbol) },
  { id: 'date', title: 'Date', width: '92px', value: ({ date }) => date },
  { id: 'status', title: 'Status', width: '112px', value: ({ status }) => STATUSES.indexOf(status), show: ({ status }) => h(StatusChip, { status }) },
  { id: 'score', title: 'Score', width: '84px', isNumeric: true, value: ({ score }) => score, show: ({ score }) => number(score) },
  { id: 'direction', title: 'Direction', width: '84px', value: ({ direction }) => direction, show: ({ direction }) => h('span', { class: `d-${direction ?? 'none'}` }, direction ?? '–') },
  { id: 'data', title: 'Data', width: 'minmax(220px, 2fr)', value: ({ data }) => dataText(data) },
  { id: 'strategies', title: 'Strategies', width: 'minmax(120px, 1fr)', value: ({ strategies }) => strategies.join(', ') || null },
  { id: 'reason', title: 'Reason', width: 'minmax(180px, 1.5fr)', value: reasonOf },
]

function reasonOf({ error, reason }: Row): string {
  if (error === null) return reason
  return `${error.line === null ? '' : `line ${error.line}: `}${error.message}`
}

/** What a scanner returned, on one line. */
export function dataText(data: unknown): string {
  if (data === null || data === undefined) return ''
  if (typeof data !== 'object') return String(data)
  return Object.entries(data).map(([name, value]) => `${name}=${typeof value === 'number' ? number(value) : typeof value === 'object' ? JSON.stringify(value) : String(value)}`).join(' ')
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
export function RowsView({ run, round, first }: { run: Run; round: unknown; first: readonly RowStatus[] }): View {
  const chosen = useSignal<readonly RowStatus[]>(first)
  const words = useSignal('')
  const key = useComputed(() => chosen.value.join(','))
  const asked = useAsked((signal) => (chosen.value.length === 0 ? Promise.resolve([]) : readRows(run.id, chosen.value, { signal })), [run.id, key.value, round], true)
  const rows = asked.value ?? EMPTY
  const items = useMemo(() => rows.filter(matcher(words.value, textOf, numberOf)), [rows, words.value])
  const toggle = (status: RowStatus): void => void (chosen.value = chosen.value.includes(status) ? chosen.value.filter((one) => one !== status) : [...chosen.value, status])
  const counts = Object.fromEntries(Object.entries(LEDGER_WORDS).map(([part, status]) => [status, run.ledger[part as keyof typeof LEDGER_WORDS]])) as Record<RowStatus, number>
  return h('section', { class: 'rows', 'aria-label': 'Rows' },
    h('div', { class: 'row' },
      h('div', { role: 'group', 'aria-label': 'Statuses shown', class: 'chips' }, STATUSES.filter((status) => counts[status] > 0 || status === 'hit').map((status) =>
        h('button', { key: status, type: 'button', class: `toggle s-${status}`, 'aria-pressed': chosen.value.includes(status), onClick: () => toggle(status) }, `${STATUS_WORDS[status]} ${count(counts[status])}`))),
      h(TextBox, { value: words, type: 'search', class: 'filter', placeholder: 'Filter: words, -words, score>5', 'aria-label': 'Filter rows', 'data-key': '/' }),
      h('span', { class: 'quiet', role: 'status' }, asked.isLoading ? 'loading…' : items.length === rows.length ? counted(rows.length, 'row') : `${count(items.length)} of ${counted(rows.length, 'row')}`),
      h('span', { class: 'grow' }), h(DownloadLinks, { path: `/api/runs/${run.id}/rows`, status: chosen.value.length === 1 ? chosen.value[0]! : null })),
    rows.length >= MOST_ROWS && h('p', { class: 'note' }, `The first ${count(rows.length)} rows are shown. Downloads hold all of them.`),
    asked.error !== null && asked.value === null ? h(Problem, { error: asked.error, retry: asked.again })
      : !asked.isLoading && rows.length === 0 && key.value === 'hit' ? h(NoHits, { run, show: (status) => void (chosen.value = [status]) })
      : !asked.isLoading && items.length === 0 ? h(Empty, { title: rows.length === 0 ? 'No rows of this status' : 'No row holds these words' })
      : h(DataGrid<Row>, { label: 'Rows of the run', columns: COLUMNS, items, firstSorting: key.value === 'hit' ? { by: 'score', isDown: true } : null, onOpen: ({ symbol, date }) => go(to('runs', run.id, 'symbol', symbol, date)) }))
}

const EMPTY: readonly Row[] = []
