import { useSignal } from '@preact/signals'
import { h } from 'preact'

import { request } from '../server/client.ts'
import type { Comparison, Run } from '../server/types.ts'
import { useAsked, When } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { Sideways } from '../shell/sideways.ts'
import { count, counted, isOver } from '../shell/words.ts'
import { reasonOf } from './row-columns.ts'
import type { View } from '../shell/view.ts'

/** Rows that are compared without being asked for: to hold more against each other takes the server a while. */
const MOST_UNASKED = 50_000

/** Says of a replay what it replays, and what came out otherwise. */
export function ReplayNote({ run, of }: { run: Run; of: string }): View {
  const isAsked = useSignal(run.ledger.detected <= MOST_UNASKED)
  return h(
    'section',
    { 'aria-label': 'Replay' },
    h(
      'p',
      null,
      'A replay of ',
      h('a', { href: to('runs', of) }, of),
      '. ',
      isOver(run.status) && [h('a', { key: 'hits', href: to('diff', of, run.id) }, 'Compare their hits'), ' '],
      run.status === 'completed' &&
        !isAsked.value &&
        h('button', { key: 'all', type: 'button', class: 'link', onClick: () => void (isAsked.value = true) }, 'Compare all rows'),
    ),
    run.status === 'completed' && isAsked.value && h(Compared, { run }),
  )
}

function Compared({ run }: { run: Run }): View {
  const asked = useAsked((signal) => request<Comparison>(`/api/runs/${run.id}/comparison`, { signal }), [run.id])
  return h(When<Comparison>, {
    asked,
    what: 'the comparison',
    children: ({ rows, same, differences }) =>
      rows === same
        ? h('p', { class: 'fine' }, `The same: all ${counted(rows, 'row')}, with their reasons, scores and data.`)
        : h(Differences, { run, rows, same, differences }),
  })
}

const TITLES = ['Symbol', 'Date', 'What differs', 'Before', 'Now']

function Differences({ run, rows, same, differences }: Comparison & { run: Run }): View {
  return h(
    'details',
    { class: 'note' },
    h(
      'summary',
      null,
      `${count(rows - same)} of ${counted(rows, 'row')} came out otherwise`,
      differences.length < rows - same && `; the first ${count(differences.length)}`,
    ),
    h(
      Sideways,
      { label: 'Rows that came out otherwise' },
      h(
        'table',
        { class: 'list' },
        h(
          'thead',
          null,
          h(
            'tr',
            null,
            TITLES.map((title) => h('th', { key: title, scope: 'col' }, title)),
          ),
        ),
        h(
          'tbody',
          null,
          differences.map(({ symbol, date, fields, before, after }) =>
            h(
              'tr',
              { key: `${symbol} ${date}` },
              h('th', { scope: 'row' }, h('a', { href: to('runs', run.id, 'symbol', symbol, date) }, symbol)),
              h('td', null, date),
              h('td', null, fields.join(', ')),
              h('td', null, sideText(before, fields)),
              h('td', null, sideText(after, fields)),
            ),
          ),
        ),
      ),
    ),
  )
}

/** Of one field of a row on a line; the whole is one click away. */
const MOST_SHOWN = 200

type Side = Comparison['differences'][number]['before']

/** What differs of one side, each text once. */
const sideText = (row: Side, fields: readonly string[]): string =>
  [...new Set(fields.map((name) => fieldText(row, name).slice(0, MOST_SHOWN)))].filter((text) => text !== 'null').join('; ')

function fieldText(row: Side, name: string): string {
  if (name === 'status') return row.status
  // The reason of a row that failed is its error.
  return name === 'reason' || name === 'error' ? reasonOf(row) : JSON.stringify(row[name as 'data'])
}

/** Does a run again exactly as it was. */
export function Replay({ run }: { run: Run }): View | null {
  const isAsked = useSignal(false)
  const problem = useSignal<string | null>(null)
  if (run.kind !== 'scan' || run.split === null || !isOver(run.status)) return null
  const replay = async (): Promise<void> => {
    isAsked.value = true
    problem.value = null
    try {
      const { id } = await request<Run>(`/api/runs/${run.id}/replay`, { method: 'POST' })
      go(to('runs', id))
    } catch (error) {
      problem.value = (error as Error).message
    }
    isAsked.value = false
  }
  return h(
    'div',
    null,
    h(
      'p',
      null,
      h('button', { type: 'button', disabled: isAsked.value, onClick: () => void replay() }, isAsked.value ? 'Replay…' : 'Replay'),
      h('span', { class: 'quiet' }, ' the same script, symbols, dates and parameters over the same snapshot of the market'),
    ),
    problem.value !== null && h('p', { role: 'alert', class: 'wrong-text' }, problem.value),
  )
}
