import { useSignal } from '@preact/signals'
import { h } from 'preact'

import { DataGrid, type Column } from '../read/data-grid.ts'
import { DropField } from '../scanners/drop-field.ts'
import { readRunPage } from '../server/pages.ts'
import type { Run } from '../server/types.ts'
import { Empty, Problem, RunChip, SimulatedRun, useAsked, useRepeated, Loading } from './parts.ts'
import { go, to } from './router.ts'
import { count, duration, isOver, moment } from './words.ts'
import type { View } from './view.ts'

const tookMs = ({ startedAt, finishedAt }: Run): number | null =>
  startedAt === null || finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt)

const COLUMNS: readonly Column<Run>[] = [
  {
    id: 'scanner',
    title: 'Scanner',
    width: 'minmax(150px, 1.4fr)',
    narrow: 'minmax(118px, 1.4fr)',
    value: ({ filename }) => filename,
    show: (run) => h('a', { href: to('runs', run.id), tabIndex: -1 }, run.filename),
  },
  { id: 'status', title: 'Status', width: '104px', narrow: '90px', value: ({ status }) => status, show: ({ status }) => h(RunChip, { status }) },
  { id: 'hits', title: 'Hits', width: '70px', narrow: '44px', isNumeric: true, value: ({ ledger }) => ledger.hit, show: ({ ledger }) => count(ledger.hit) },
  {
    id: 'rows',
    title: 'Rows',
    width: '86px',
    isNumeric: true,
    value: ({ ledger }) => ledger.detected,
    show: ({ ledger }) => count(ledger.detected),
  },
  {
    id: 'failed',
    title: 'Failed',
    width: '74px',
    isNumeric: true,
    value: ({ ledger }) => ledger.failed + ledger.timedOut + ledger.outOfMemory,
    show: ({ ledger }) => count(ledger.failed + ledger.timedOut + ledger.outOfMemory),
  },
  {
    id: 'progress',
    title: 'Progress',
    width: 'minmax(120px, 1fr)',
    isNumeric: true,
    value: ({ percent }) => percent,
    show: ({ percent, message, status }) => (isOver(status) ? `${Math.floor(percent)}%` : `${Math.floor(percent)}% ${message}`),
  },
  { id: 'asof', title: 'As of', width: '92px', value: ({ market }) => market.asOf },
  {
    id: 'market',
    title: 'Market',
    width: '104px',
    value: ({ market }) => market.source,
    show: (run) => (run.market.simulated ? h(SimulatedRun, { run }) : run.market.source || '–'),
  },
  { id: 'took', title: 'Took', width: '80px', isNumeric: true, value: tookMs, show: (run) => duration(tookMs(run)) },
  { id: 'created', title: 'Started', width: '150px', value: ({ createdAt }) => createdAt, show: ({ createdAt }) => moment(createdAt) },
]

/** Every run, the newest first; those under way move by themselves. */
export function HomeView(): View {
  const newest = useAsked((signal) => readRunPage('', null, { signal }), [])
  const older = useSignal<{ readonly runs: readonly Run[]; readonly next: string | null }>({ runs: [], next: null })
  const problem = useSignal<unknown>(null)
  useRepeated(newest, true)
  const page = newest.value
  if (page === null) {
    return h(
      'div',
      null,
      h(Head, null),
      newest.error !== null ? h(Problem, { error: newest.error, retry: newest.again }) : h(Loading, { what: 'runs' }),
    )
  }
  const known = new Set(page.runs.map(({ id }) => id))
  const runs = [...page.runs, ...older.value.runs.filter(({ id }) => !known.has(id))]
  const next = older.value.runs.length === 0 ? page.nextCursor : older.value.next
  const more = async (): Promise<void> => {
    try {
      const { runs: found, nextCursor } = await readRunPage('', next)
      older.value = { runs: [...older.value.runs, ...found], next: nextCursor }
    } catch (error) {
      problem.value = error
    }
  }
  return h(
    'div',
    null,
    h(Head, null),
    runs.length === 0
      ? h(FirstVisit, null)
      : h(DataGrid<Run>, { label: 'Runs', memory: 'runs', columns: COLUMNS, items: runs, onOpen: ({ id }) => go(to('runs', id)) }),
    next !== null &&
      h(
        'p',
        null,
        h('button', { type: 'button', onClick: () => void more() }, 'Show older runs'),
        h('span', { class: 'quiet' }, ` ${count(runs.length)} are shown`),
      ),
    problem.value !== null && h(Problem, { error: problem.value }),
    runs.length <= FEW && h(Invitation, null),
  )
}

const Head = (): View =>
  h(
    'header',
    { class: 'row' },
    h('h1', null, 'Runs'),
    h('span', { class: 'grow' }),
    h('a', { class: 'button main', href: to('new') }, 'Start a run'),
  )

/** Runs up to which a visitor is asked for a scanner of their own. */
const FEW = 5

const Invitation = (): View =>
  h(
    'section',
    { class: 'invitation', 'aria-label': 'A scanner of your own' },
    h('h2', null, 'Run a scanner of your own'),
    h(DropField, {
      onTaken: (refused) => {
        if (refused === 0) go(to('scanners'))
      },
    }),
    h(
      'p',
      { class: 'quiet' },
      'JavaScript or TypeScript, as it is: it is stored byte for byte. Or ',
      h('a', { href: to('edit') }, 'write one in the editor'),
      ', or ',
      h('a', { href: to('scanners') }, 'start from one that is built in'),
      '.',
    ),
  )

const FirstVisit = (): View =>
  h(
    Empty,
    { title: 'Nothing has run yet' },
    h(
      'ol',
      null,
      h('li', null, 'Drop the script you have below, or ', h('a', { href: to('scanners') }, 'start from a built-in one'), '.'),
      h('li', null, h('a', { href: to('new') }, 'Run it'), ' over the market and watch every symbol.'),
      h('li', null, 'Import your own bars with ', h('code', null, 'strikescan import bars FILE'), '; until then the market is simulated.'),
    ),
  )
