import { useSignal } from '@preact/signals'
import { h } from 'preact'
import { useMemo } from 'preact/hooks'

import { compareRanks, EXPLORED_STATUSES, exploredRank, scoreOfCell } from '../../../schemas/explored-order.ts'
import { LIQUIDITY_CLASSES, liquidityOf, strikesText } from '../../../schemas/explored-text.ts'
import { readExploration, type Listed } from '../server/pages.ts'
import type { Explored, Run } from '../server/types.ts'
import { useRemembered } from '../shell/memory.ts'
import { Empty, TextBox, useAsked, useRepeated, When } from '../shell/parts.ts'
import { count, counted, fixed, isOver, money, number, percent } from '../shell/words.ts'
import { ChainTable } from './chain-table.ts'
import { DataGrid, type Column } from './data-grid.ts'
import { DownloadLinks } from './downloads.ts'
import { matcher } from './filtering.ts'
import { columnOf } from './payoff.ts'
import { StrategyCard } from './strategy-card.ts'
import type { View } from '../shell/view.ts'

const COLUMNS: readonly Column<Explored>[] = [
  {
    id: 'ticker',
    title: 'Ticker',
    width: '72px',
    narrow: '62px',
    value: (row) => columnOf(row, 'ticker'),
    show: (row) => h('b', null, columnOf(row, 'ticker')),
  },
  { id: 'strategy', title: 'Strategy', width: '140px', narrow: '118px', value: (row) => columnOf(row, 'strategy') },
  {
    id: 'status',
    title: 'Status',
    width: '120px',
    narrow: '96px',
    value: ({ explorationStatus }) => EXPLORED_STATUSES.indexOf(explorationStatus),
    show: ({ explorationStatus }) => h('span', { class: `chip e-${explorationStatus}` }, explorationStatus.replaceAll('_', ' ')),
  },
  {
    id: 'strikes',
    title: 'Strikes',
    width: '110px',
    value: ({ selectedStrikes }) => selectedStrikes?.[0],
    show: (row) => strikesText(row) || '–',
  },
  { id: 'expiration', title: 'Expiration', width: '92px', value: ({ selectedExpiration }) => selectedExpiration },
  {
    id: 'liquidity',
    title: 'Liquidity',
    width: '92px',
    value: (row) => {
      const liquidity = liquidityOf(row)
      return liquidity === null ? null : LIQUIDITY_CLASSES.indexOf(liquidity)
    },
    isLargestFirst: true,
    show: (row) => liquidityOf(row) ?? '–',
  },
  { id: 'mid', title: 'Mid', width: '76px', isNumeric: true, value: ({ mid }) => mid, show: ({ mid }) => money(mid) },
  {
    id: 'spread',
    title: 'Spread',
    width: '70px',
    isNumeric: true,
    value: ({ spreadPct }) => spreadPct,
    show: ({ spreadPct }) => percent(spreadPct),
  },
  {
    id: 'delta',
    title: 'Delta',
    width: '70px',
    isNumeric: true,
    value: ({ greeksDelta }) => greeksDelta,
    show: ({ greeksDelta }) => fixed(greeksDelta, 3),
  },
  {
    id: 'capital',
    title: 'Capital',
    width: '96px',
    isNumeric: true,
    value: ({ capitalRequired }) => capitalRequired,
    show: ({ capitalRequired }) => money(capitalRequired),
  },
  { id: 'reason', title: 'Reason', width: 'minmax(220px, 1fr)', value: ({ explorationReason }) => explorationReason },
]

const SCORE: Column<Explored> = {
  id: 'score',
  title: 'Score',
  width: '76px',
  isNumeric: true,
  value: scoreOf,
  show: (row) => number(scoreOf(row)),
}

/** Of the hit that it was made from, or as the file brought it along. */
function scoreOf(row: Explored): number | null {
  const score = scoreOfCell(columnOf(row, 'score'))
  return Number.isNaN(score) ? null : score
}

/** Those that succeeded first, and of these the best; what is equal stays in the order of the run. */
const bestFirst = (rows: readonly Explored[]): Explored[] =>
  rows
    .map((row) => ({ row, rank: exploredRank(row, scoreOf(row) ?? Number.NaN) }))
    .sort((one, other) => compareRanks(one.rank, other.rank))
    .map(({ row }) => row)

/** The score stands before the reason, where any row has one. */
const columnsFor = (rows: readonly Explored[]): readonly Column<Explored>[] =>
  rows.some((row) => scoreOf(row) !== null) ? [...COLUMNS.slice(0, -1), SCORE, COLUMNS.at(-1)!] : COLUMNS

/** What a filter looks through. */
function textOfRow(row: Explored): string {
  const { explorationStatus, explorationReason } = row
  const words = [columnOf(row, 'ticker'), columnOf(row, 'strategy'), explorationStatus, liquidityOf(row) ?? '', explorationReason]
  return words.join(' ').toLowerCase()
}

const NUMBERS: Record<string, keyof Explored> = {
  delta: 'greeksDelta',
  capital: 'capitalRequired',
  mid: 'mid',
  spread: 'spreadPct',
  dte: 'finalDte',
  oi: 'openInterest',
}
const numberOfRow = (row: Explored, name: string): number | undefined => {
  if (name === 'score') return scoreOf(row) ?? undefined
  const value = row[NUMBERS[name] ?? '']
  return typeof value === 'number' ? value : undefined
}

/** Every strategy that was explored, each with a status and a reason, and the one chosen in full with its chain. */
export function StrategiesView({ run }: { run: Run }): View {
  const asked = useAsked((signal) => readExploration(run.id, { signal }), [run.id, isOver(run.status)], true)
  useRepeated(asked, !isOver(run.status))
  const words = useRemembered(`${run.id} strategies words`, '')
  const found = asked.value?.items
  const ranked = useMemo(() => bestFirst(found ?? []), [found])
  const columns = useMemo(() => columnsFor(ranked), [ranked])
  const chosen = useSignal<Explored | null>(null)
  const close = (): void => {
    chosen.value = null
    document.querySelector<HTMLElement>('.data-grid')?.focus()
  }
  return h(When<Listed<Explored>>, {
    asked,
    what: 'strategies',
    children: ({ items: rows, isWhole }) => {
      if (rows.length === 0) {
        return h(
          Empty,
          { title: run.explore === null ? 'The hits were not explored' : 'No strategies' },
          h(
            'p',
            null,
            run.explore === null
              ? 'Start the run with “Look for option contracts” to have every hit’s strategies looked up in its option chain.'
              : 'No hit of this run names a strategy or has a direction that one fits.',
          ),
        )
      }
      const items = ranked.filter(matcher(words.value, textOfRow, numberOfRow))
      return h(
        'section',
        { class: `rows${chosen.value === null ? '' : ' with-detail'}`, 'aria-label': 'Strategies' },
        h(
          'div',
          { class: 'row' },
          h(TextBox, {
            value: words,
            type: 'search',
            class: 'filter',
            placeholder: 'Filter: words, -words, delta>0.3',
            'aria-label': 'Filter strategies',
            'data-key': '/',
          }),
          h(
            'span',
            { class: 'quiet' },
            items.length === rows.length
              ? counted(rows.length, 'strategy row')
              : `${count(items.length)} of ${counted(rows.length, 'strategy row')}`,
          ),
          h('span', { class: 'grow' }),
          h(DownloadLinks, { path: `/api/runs/${run.id}/exploration` }),
        ),
        !isWhole &&
          h(
            'p',
            { class: 'note' },
            `The first ${count(rows.length)} rows are shown, and sorted among themselves. Downloads hold all of them.`,
          ),
        h(DataGrid<Explored>, {
          label: 'Explored strategies',
          memory: `${run.id} strategies`,
          columns,
          items,
          onOpen: (row) => void (chosen.value = row),
          isChosen: (row) => row === chosen.value,
        }),
        chosen.value !== null &&
          h(
            'div',
            { class: 'detail' },
            h(StrategyCard, { row: chosen.value, heading: 'h2', onClose: close }),
            h(ChainTable, {
              key: columnOf(chosen.value, 'ticker'),
              symbol: columnOf(chosen.value, 'ticker'),
              first: chosen.value.selectedExpiration,
              legs: chosen.value.legs ?? [],
            }),
          ),
      )
    },
  })
}
