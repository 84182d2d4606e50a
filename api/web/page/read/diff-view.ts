import { h } from 'preact'

import { request } from '../server/client.ts'
import { readRows, readRuns } from '../server/pages.ts'
import type { Run } from '../server/types.ts'
import { Empty, Simulated, textOf, useAsked, When } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { counted, moment, number, STATUSES, STATUS_WORDS } from '../shell/words.ts'
import { DataGrid, type Column } from './data-grid.ts'
import { diffHits, type HitChange } from './run-diff.ts'
import { dataText } from './rows-view.ts'
import type { View } from '../shell/view.ts'

const side = (row: HitChange['before']): string => (row === null ? 'not asked for' : row.status === 'hit' ? `${number(row.score)} ${dataText(row.data)}` : `${STATUS_WORDS[row.status].toLowerCase()}: ${row.reason}`)

const COLUMNS: readonly Column<HitChange>[] = [
  { id: 'kind', title: 'Hit', width: '84px', value: ({ kind }) => ['new', 'gone', 'changed'].indexOf(kind), show: ({ kind }) => h('span', { class: `chip k-${kind}` }, kind) },
  { id: 'symbol', title: 'Symbol', width: '84px', value: ({ symbol }) => symbol, show: ({ symbol }) => h('b', null, symbol) },
  { id: 'date', title: 'Date', width: '92px', value: ({ date }) => date },
  { id: 'fields', title: 'What changed', width: '150px', value: ({ fields }) => fields.join(', ') || null },
  { id: 'before', title: 'Before', width: 'minmax(180px, 1fr)', value: ({ before }) => side(before) },
  { id: 'after', title: 'After', width: 'minmax(180px, 1fr)', value: ({ after }) => side(after) },
]

/** The hits of two runs against each other. */
export function DiffView({ before, after }: { before: string; after: string }): View {
  const asked = useAsked(async (signal) => {
    const [one, other, old, fresh] = await Promise.all([request<Run>(`/api/runs/${before}`, { signal }), request<Run>(`/api/runs/${after}`, { signal }), readRows(before, STATUSES, { signal }), readRows(after, STATUSES, { signal })])
    return { one, other, ...diffHits(old, fresh) }
  }, [before, after])
  return h('div', null, h('h1', null, 'Two runs compared'), h(When<NonNullable<typeof asked.value>>, { asked, what: 'both runs', children: ({ one, other, changes, same }) => [
    h('p', { key: 'which' }, h(RunName, { run: one }), ' → ', h(RunName, { run: other }), ' ', (one.market.simulated || other.market.simulated) && h(Simulated, null)),
    one.market.snapshot !== other.market.snapshot && h('p', { key: 'market', class: 'note' }, 'The two runs saw different market data.'),
    h('p', { key: 'counts' }, ['new', 'gone', 'changed'].map((kind) => `${changes.filter((change) => change.kind === kind).length} ${kind}`).join(', '), `, ${same} the same`),
    changes.length === 0 ? h(Empty, { key: 'none', title: 'The same hits in both' }) : h(DataGrid<HitChange>, { key: 'table', label: 'Differences', columns: COLUMNS, items: changes, onOpen: ({ symbol, date, kind }) => go(to('runs', kind === 'gone' ? before : after, 'symbol', symbol, date)) }),
  ] }))
}

const RunName = ({ run }: { run: Run }): View => h('a', { href: to('runs', run.id) }, `${run.filename}, ${moment(run.createdAt)}, ${counted(run.ledger.hit, 'hit')}`)

/** Chooses the run that another is compared with. */
export function DiffPicker({ run }: { run: Run }): View {
  const asked = useAsked(() => readRuns(), [run.id])
  const others = (asked.value ?? []).filter(({ id, kind }) => id !== run.id && kind === 'scan').toSorted((one, other) => Number(other.filename === run.filename) - Number(one.filename === run.filename))
  if (others.length === 0) return h('span', { class: 'quiet' }, 'No other run to compare with yet')
  return h('label', { class: 'inline' }, 'Compare with ', h('select', { value: '', onChange: (event: Event) => go(to('diff', textOf(event), run.id)) },
    h('option', { value: '' }, 'an earlier run…'), others.map((other) => h('option', { key: other.id, value: other.id }, `${other.filename} ${moment(other.createdAt)} (${counted(other.ledger.hit, 'hit')})`))))
}
