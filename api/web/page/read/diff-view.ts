import { useSignal } from '@preact/signals'
import { h } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'

import { request } from '../server/client.ts'
import { pagesOf, readRowsOf } from '../server/pages.ts'
import type { Row, Run } from '../server/types.ts'
import { Empty, Simulated, useAsked, When } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { count, counted, isolated, isOver, moment, number, STATUS_WORDS } from '../shell/words.ts'
import { DataGrid, type Column } from './data-grid.ts'
import { HitDiffer, type HitChange } from './run-diff.ts'
import { dataText } from './row-columns.ts'
import type { View } from '../shell/view.ts'

const KINDS = ['new', 'gone', 'changed'] as const
/** Of each kind, changes that the page holds. */
const MOST_CHANGES = 20_000

const hitText = ({ score, data }: Row): string => `${score === null ? '' : `${number(score)} `}${dataText(data)}`

/** Of a hit in both runs, what is not the same in the other. */
function sideText({ fields }: HitChange, row: Row): string {
  if (fields.length === 0) return hitText(row)
  const { score, direction, strategies, data } = row
  const record = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : { value: data }
  return dataText(
    Object.fromEntries(
      fields.map((name) => [
        name,
        name === 'score'
          ? score
          : name === 'direction'
            ? direction
            : name === 'strategies'
              ? strategies.join(', ')
              : Object.hasOwn(record, name)
                ? record[name]
                : null,
      ]),
    ),
  )
}

function columnsFor(before: string, after: string, changes: readonly HitChange[]): readonly Column<HitChange>[] {
  const side = (id: 'before' | 'after', title: string, run: string): Column<HitChange> => ({
    id,
    title,
    width: 'minmax(180px, 1fr)',
    value: (change) => (change[id] === null ? null : sideText(change, change[id])),
    show: (change) => (change[id] === null ? h(Instead, { run, symbol: change.symbol, date: change.date }) : sideText(change, change[id])),
  })
  return [
    {
      id: 'kind',
      title: 'Hit',
      width: '84px',
      value: ({ kind }) => KINDS.indexOf(kind),
      show: ({ kind }) => h('span', { class: `chip k-${kind}` }, kind),
    },
    { id: 'symbol', title: 'Symbol', width: '84px', value: ({ symbol }) => symbol, show: ({ symbol }) => h('b', null, symbol) },
    ...(changes.some(({ date }) => date !== changes[0]!.date) ? [DATE] : []),
    side('before', 'Before', before),
    side('after', 'After', after),
  ]
}

const DATE: Column<HitChange> = { id: 'date', title: 'Date', width: '92px', value: ({ date }) => date }

/** Rows that scroll past are not asked for. */
const REST_MS = 150
const instead = new Map<string, string>()
const MOST_KNOWN = 20_000

/** What a symbol was in the run in which it was no hit: asked for when it comes into sight. */
function Instead({ run, symbol, date }: { run: string; symbol: string; date: string }): View {
  const key = `${run} ${symbol} ${date}`
  const text = useSignal(instead.get(key) ?? '…')
  useEffect(() => {
    text.value = instead.get(key) ?? '…'
    if (instead.has(key)) return
    const abort = new AbortController()
    const timer = setTimeout(
      () =>
        void readRowsOf(run, symbol, date, abort).then(
          ({ items: [row] }) => {
            if (instead.size > MOST_KNOWN) instead.clear()
            instead.set(
              key,
              row === undefined ? 'not asked for' : `${STATUS_WORDS[row.status].toLowerCase()}: ${row.error?.message ?? row.reason}`,
            )
            text.value = instead.get(key)!
          },
          () => {},
        ),
      REST_MS,
    )
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [key])
  return h('span', { class: 'quiet', title: text.value }, text.value)
}

/** The hits of two runs against each other: both are read to their ends, page by page. */
export function DiffView({ before, after }: { before: string; after: string }): View {
  const read = useSignal(0)
  const asked = useAsked(
    async (signal) => {
      const [one, other] = await Promise.all([before, after].map((id) => request<Run>(`/api/runs/${id}`, { signal })))
      const differ = new HitDiffer(MOST_CHANGES)
      read.value = 0
      await Promise.all(
        (
          [
            ['before', before],
            ['after', after],
          ] as const
        ).map(async ([side, id]) => {
          for await (const { rows } of pagesOf<Row>(`/api/runs/${id}/rows?status=hit`, { signal })) {
            for (const row of rows) differ.take(side, row)
            read.value += rows.length
          }
        }),
      )
      return { one: one!, other: other!, ...differ.result() }
    },
    [before, after],
  )
  const columns = useMemo(() => columnsFor(before, after, asked.value?.changes ?? []), [before, after, asked.value])
  return h(
    'div',
    null,
    h('h1', null, 'Two runs compared'),
    asked.value === null &&
      asked.error === null &&
      read.value > 0 &&
      h('p', { class: 'quiet' }, `${counted(read.value, 'hit')} compared so far`),
    h(When<NonNullable<typeof asked.value>>, {
      asked,
      what: 'both runs',
      children: ({ one, other, changes, counts, isWhole }) => [
        h(
          'p',
          { key: 'which' },
          h(RunName, { run: one }),
          ' → ',
          h(RunName, { run: other }),
          ' ',
          (one.market.simulated || other.market.simulated) && h(Simulated, null),
        ),
        one.market.snapshot !== other.market.snapshot &&
          h('p', { key: 'market', class: 'note' }, 'The two runs saw different market data.'),
        !(isOver(one.status) && isOver(other.status)) &&
          h('p', { key: 'moving', class: 'note' }, 'A run of the two is still under way: its hits so far are compared.'),
        h('p', { key: 'counts' }, KINDS.map((kind) => `${count(counts[kind])} ${kind}`).join(', '), `, ${count(counts.same)} the same`),
        !isWhole &&
          h(
            'p',
            { key: 'some', class: 'note' },
            `The counts are of all hits; the table holds the first ${count(changes.length)} differences.`,
          ),
        changes.length === 0
          ? h(Empty, { key: 'none', title: counts.same === 0 ? 'Neither run has a hit' : 'The same hits in both' })
          : h(DataGrid<HitChange>, {
              key: 'table',
              label: 'Differences',
              memory: `${before} ${after}`,
              columns,
              items: changes,
              onOpen: ({ symbol, date, kind }) => go(to('runs', kind === 'gone' ? before : after, 'symbol', symbol, date)),
            }),
      ],
    }),
  )
}

const RunName = ({ run }: { run: Run }): View =>
  h('a', { href: to('runs', run.id) }, `${isolated(run.filename)}, ${moment(run.createdAt)}, ${counted(run.ledger.hit, 'hit')}`)
