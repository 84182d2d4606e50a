import { h } from 'preact'

import { request } from '../server/client.ts'
import { readExplorationOf, readRowsOf, type Listed } from '../server/pages.ts'
import type { Explored, Market, Row, Run } from '../server/types.ts'
import { Problem, Simulated, StatusChip, useAsked, When } from '../shell/parts.ts'
import { to } from '../shell/router.ts'
import { count, duration, isOver, number } from '../shell/words.ts'
import { Candles } from './candles.ts'
import { ChainTable } from './chain-table.ts'
import { ErrorFrame } from './code-frame.ts'
import { columnOf } from './payoff.ts'
import { StrategyCard } from './strategy-card.ts'
import { stepsFrom } from './walk.ts'
import type { View } from '../shell/view.ts'

/** One symbol of a run: its chart, what the script made of it, and what its options offer. */
export function SymbolView({ run, symbol, date }: { run: Run; symbol: string; date: string | null }): View {
  const asked = useAsked((signal) => readRowsOf(run.id, symbol, date, { signal }), [run.id, symbol, date, run.status])
  return h(
    'section',
    { class: 'symbol-view', 'aria-label': symbol },
    h(Steps, { run, symbol, date }),
    h(When<Listed<Row>>, {
      asked,
      what: symbol,
      children: ({ items: rows }) => {
        if (rows.length === 0) {
          return h(Problem, {
            error: new Error(
              `There is no row of ${symbol}${date === null ? '' : ` on ${date}`}${isOver(run.status) ? ' in this run.' : ' yet.'}`,
            ),
            retry: asked.again,
          })
        }
        return rows.length === 1 ? h(SymbolRow, { run, row: rows[0]! }) : h(Dates, { run, rows })
      },
    }),
  )
}

/** The way back to the table, and on to its next row. */
function Steps({ run, symbol, date }: { run: Run; symbol: string; date: string | null }): View {
  const steps = stepsFrom(run.id, symbol, date)
  if (steps === null) return h('p', null, h('a', { href: to('runs', run.id, 'rows') }, '← all rows'))
  const { view, place, count: all, before, after } = steps
  const step = (row: typeof before, key: string, text: string): View =>
    row === null
      ? h('span', { class: 'quiet' }, text)
      : h(
          'a',
          {
            href: to('runs', run.id, 'symbol', row.symbol, row.date),
            'data-key': key,
            title: `Key ${key}`,
            'aria-label': `${text}: ${row.symbol}`,
          },
          text,
        )
  return h(
    'nav',
    { class: 'row', 'aria-label': 'Rows of the table' },
    h('a', { href: to('runs', run.id, view) }, view === 'hits' ? '← hits' : '← all rows'),
    step(before, 'k', '‹ previous'),
    h('span', { class: 'number' }, `${count(place + 1)} of ${count(all)}`),
    step(after, 'j', 'next ›'),
  )
}

const Dates = ({ run, rows }: { run: Run; rows: readonly Row[] }): View =>
  h(
    'div',
    null,
    h('h2', null, rows[0]!.symbol),
    h(
      'ul',
      null,
      rows.map((row) =>
        h(
          'li',
          { key: row.date },
          h('a', { href: to('runs', run.id, 'symbol', row.symbol, row.date) }, row.date),
          ' ',
          h(StatusChip, { status: row.status }),
          ` ${row.reason}`,
        ),
      ),
    ),
  )

function SymbolRow({ run, row }: { run: Run; row: Row }): View {
  const market = useAsked((signal) => request<Market>('/api/market', { signal }), [run.id])
  const isExplored = run.explore !== null && row.status === 'hit'
  const explored = useAsked(
    async (signal) =>
      isExplored
        ? (await readExplorationOf(run.id, row.symbol, { signal })).items.filter(
            (one) => columnOf(one, 'date') === '' || columnOf(one, 'date') === row.date,
          )
        : [],
    [run.id, row.symbol, row.date],
  )
  return h(
    'div',
    null,
    h(
      'header',
      { class: 'row' },
      h('h2', null, row.symbol),
      h('span', null, row.date),
      h(StatusChip, { status: row.status }),
      row.direction !== null && h('span', { class: `d-${row.direction}` }, row.direction),
      row.score !== null && h('span', null, 'score ', h('b', null, number(row.score))),
      run.market.simulated && h(Simulated, null),
    ),
    row.error === null ? h('p', null, row.reason) : h(ErrorFrame, { error: row.error, scannerId: run.scannerId }),
    h(
      'div',
      { class: 'symbol-body' },
      h(Candles, {
        row,
        lookback: run.lookback ?? null,
        isSameMarket: market.value === null || market.value.snapshot === run.market.snapshot,
      }),
      h(
        'div',
        { class: 'symbol-side' },
        h('h3', null, 'Returned data'),
        h(DataList, { data: row.data }),
        row.strategies.length > 0 && h('p', null, 'Proposes ', row.strategies.join(', ')),
        h(
          'p',
          { class: 'quiet' },
          row.workerId === null
            ? 'No script looked at it.'
            : `Worker ${row.workerId}, batch ${row.batchId}, attempt ${row.attempt}: ${duration(row.scriptMs)} of script, ${duration(row.dataMs)} for data, waited ${duration(row.queueMs)}.`,
        ),
      ),
    ),
    isExplored &&
      h(When<Explored[]>, {
        asked: explored,
        what: 'strategies',
        children: (rows) => [
          ...rows.map((one) => h(StrategyCard, { key: columnOf(one, 'strategy'), row: one })),
          h(ChainTable, {
            key: 'chain',
            symbol: row.symbol,
            first: rows[0]?.selectedExpiration ?? null,
            legs: rows.flatMap(({ legs }) => legs ?? []),
          }),
        ],
      }),
  )
}

function DataList({ data }: { data: unknown }): View {
  if (data === null || data === undefined) return h('p', { class: 'quiet' }, 'The script returned none.')
  if (typeof data !== 'object' || Array.isArray(data)) return h('pre', { tabIndex: 0 }, JSON.stringify(data, null, 2))
  return h(
    'dl',
    { class: 'facts' },
    Object.entries(data).flatMap(([name, value]) => [
      h('dt', { key: name }, name),
      h(
        'dd',
        { key: `${name} value` },
        typeof value === 'number' ? number(value) : typeof value === 'object' ? h('code', null, JSON.stringify(value)) : String(value),
      ),
    ]),
  )
}
