import { useSignal, type Signal } from '@preact/signals'
import { h } from 'preact'
import { useMemo } from 'preact/hooks'

import { readRows, type Listed } from '../server/pages.ts'
import type { Row, RowStatus, Run } from '../server/types.ts'
import { useRemembered } from '../shell/memory.ts'
import { Empty, Loading, Problem, TextBox, useAsked, useRepeated } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { count, counted, isOver, LEDGER_WORDS, STATUS_WORDS, STATUSES } from '../shell/words.ts'
import { DataGrid } from './data-grid.ts'
import { DiffPicker } from './diff-picker.ts'
import { DownloadLinks } from './downloads.ts'
import { matcher } from './filtering.ts'
import { NoHits } from './no-hits.ts'
import { columnsFor, dataText, reasonOf } from './row-columns.ts'
import { walkThrough } from './walk.ts'
import type { View } from '../shell/view.ts'

const texts = new WeakMap<Row, string>()

/** What a filter looks through, made once a row. */
function textOf(row: Row): string {
  const known = texts.get(row)
  if (known !== undefined) return known
  const { symbol, date, status, direction, strategies, data } = row
  const text = [symbol, date, status, `status:${status}`, direction ?? '', ...strategies, reasonOf(row), dataText(data)]
    .join(' ')
    .toLowerCase()
  texts.set(row, text)
  return text
}

function numberOf(row: Row, name: string): number | undefined {
  const value =
    name === 'score'
      ? row.score
      : Object.entries((row.data ?? {}) as Record<string, unknown>).find(([key]) => key.toLowerCase() === name)?.[1]
  return typeof value === 'number' ? value : undefined
}

/** Rows of a run by status: hits first, everything else at a click. */
export function RowsView({ run, view, first }: { run: Run; view: 'hits' | 'rows'; first: readonly RowStatus[] }): View {
  const memory = `${run.id} ${view}`
  const chosen = useRemembered<readonly RowStatus[]>(`${memory} statuses`, first)
  const words = useRemembered(`${memory} words`, '')
  const key = chosen.value.join(',')
  const begun = useSignal<Listed<Row> | null>(null)
  const asked = useAsked(
    (signal) => rowsOf(run, chosen.value, { signal, onFirst: (items) => void (begun.value = { items: [...items], isWhole: true }) }),
    [run.id, key, isOver(run.status)],
    true,
  )
  useRepeated(asked, !isOver(run.status))
  const there = asked.value ?? begun.value
  const { items: rows, isWhole } = there ?? NONE
  const items = useMemo(() => rows.filter(matcher(words.value, textOf, numberOf)), [rows, words.value])
  const columns = useMemo(() => columnsFor(rows, chosen.value), [rows, key])
  const open = ({ symbol, date }: Row, shown: readonly Row[]): void => {
    walkThrough(run.id, view, shown)
    go(to('runs', run.id, 'symbol', symbol, date))
  }
  if (isOver(run.status) && run.ledger.detected === 0) return h(NoHits, { run, show: () => {} })
  return h(
    'section',
    { class: 'rows', 'aria-label': 'Rows' },
    h(
      'div',
      { class: 'row' },
      h(StatusToggles, { run, chosen }),
      h(TextBox, {
        value: words,
        type: 'search',
        class: 'filter',
        placeholder: 'Filter: words, -words, score>5',
        'aria-label': 'Filter rows',
        'data-key': '/',
      }),
      h('span', { class: 'quiet', role: 'status' }, shownInWords(items.length, rows.length, asked.value === null)),
      h('span', { class: 'grow' }),
      h(
        'span',
        { class: 'controls' },
        view === 'hits' && isOver(run.status) && h(DiffPicker, { run }),
        h(DownloadLinks, { path: `/api/runs/${run.id}/rows`, status: chosen.value.length === 1 ? chosen.value[0]! : null }),
      ),
    ),
    !isWhole &&
      h('p', { class: 'note' }, `The first ${count(rows.length)} rows are shown, and sorted among themselves. Downloads hold all of them.`),
    asked.error !== null && asked.value === null
      ? h(Problem, { error: asked.error, retry: asked.again })
      : there === null
        ? h(Loading, { what: 'rows' })
        : !asked.isLoading && rows.length === 0 && key === 'hit'
          ? h(NoHits, { run, show: (status) => void (chosen.value = [status]) })
          : !asked.isLoading && items.length === 0
            ? h(Empty, { title: rows.length === 0 ? 'No rows of this status' : 'No row holds these words' })
            : h(DataGrid<Row>, {
                label: 'Rows of the run',
                memory,
                columns,
                items,
                firstSorting: key === 'hit' ? { by: 'score', isDown: true } : null,
                onOpen: open,
              }),
  )
}

function StatusToggles({ run, chosen }: { run: Run; chosen: Signal<readonly RowStatus[]> }): View {
  const counts = Object.fromEntries(
    Object.entries(LEDGER_WORDS).map(([part, status]) => [status, run.ledger[part as keyof typeof LEDGER_WORDS]]),
  ) as Record<RowStatus, number>
  const toggle = (status: RowStatus): void =>
    void (chosen.value = chosen.value.includes(status) ? chosen.value.filter((one) => one !== status) : [...chosen.value, status])
  const button = (status: RowStatus): View =>
    h(
      'button',
      {
        key: status,
        type: 'button',
        class: `toggle s-${status}`,
        'aria-pressed': chosen.value.includes(status),
        onClick: () => toggle(status),
      },
      `${STATUS_WORDS[status]} ${count(counts[status])}`,
    )
  return h(
    'div',
    { role: 'group', 'aria-label': 'Statuses shown', class: 'chips' },
    STATUSES.filter((status) => counts[status] > 0 || status === 'hit').map(button),
  )
}

function shownInWords(shown: number, there: number, isLoading: boolean): string {
  if (isLoading) return there === 0 ? 'loading…' : `${counted(there, 'row')}, loading more…`
  return shown === there ? counted(there, 'row') : `${count(shown)} of ${counted(there, 'row')}`
}

const NONE: Listed<Row> = { items: [], isWhole: true }
/** Rows of runs that are over, so that the way back from a row is a short one. */
const shelf = new Map<string, Listed<Row>>()
const MOST_SHELVED = 2

async function rowsOf(
  run: Run,
  statuses: readonly RowStatus[],
  options: NonNullable<Parameters<typeof readRows>[2]>,
): Promise<Listed<Row>> {
  if (statuses.length === 0) return NONE
  const key = `${run.id} ${statuses.join()}`
  const found = shelf.get(key) ?? (await readRows(run.id, statuses, options))
  shelf.delete(key)
  if (!isOver(run.status)) return found
  shelf.set(key, found)
  if (shelf.size > MOST_SHELVED) shelf.delete(shelf.keys().next().value!)
  return found
}
