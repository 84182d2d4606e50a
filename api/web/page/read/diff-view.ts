import { h } from 'preact'
import { useMemo } from 'preact/hooks'

import { request } from '../server/client.ts'
import type { HitChange, HitComparison, Row, Run } from '../server/types.ts'
import { Empty, Simulated, Tabs, useAsked, When } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { count, counted, isolated, isOver, moment, number, STATUS_WORDS } from '../shell/words.ts'
import { DataGrid, type Column } from './data-grid.ts'
import { dataText, reasonOf } from './row-columns.ts'
import type { View } from '../shell/view.ts'

type By = HitComparison['by']

const KINDS: readonly HitChange['kind'][] = ['new', 'gone', 'changed', 'same']
/** Of each kind, changes that the page holds. */
const MOST_CHANGES = 5_000

const WAYS: Record<By, string> = { symbol: 'By symbol', row: 'Row by row' }

/** The hits of two runs against each other, as the server compares them. */
export function DiffView({ before, after, by }: { before: string; after: string; by: By | null }): View {
  const asked = useAsked(
    async (signal) => {
      const path = `/api/runs/${after}/changes?since=${before}&limit=${MOST_CHANGES}${by === null ? '' : `&by=${by}`}`
      const [one, other, comparison] = await Promise.all([
        request<Run>(`/api/runs/${before}`, { signal }),
        request<Run>(`/api/runs/${after}`, { signal }),
        request<HitComparison>(path, { signal }),
      ])
      return { one, other, comparison }
    },
    [before, after, by],
  )
  return h(
    'div',
    null,
    h('h1', null, 'Two runs compared'),
    h(When<NonNullable<typeof asked.value>>, {
      asked,
      what: 'both runs',
      children: ({ one, other, comparison }) => [
        h(
          'p',
          { key: 'which' },
          h(RunName, { run: one, compared: comparison.before }),
          ' → ',
          h(RunName, { run: other, compared: comparison.after }),
          ' ',
          (one.market.simulated || other.market.simulated) && h(Simulated, null),
        ),
        one.market.snapshot !== other.market.snapshot &&
          h('p', { key: 'market', class: 'note' }, 'The two runs saw different market data.'),
        !(isOver(one.status) && isOver(other.status)) &&
          h('p', { key: 'moving', class: 'note' }, 'A run of the two is still under way: its hits so far are compared.'),
        h(Tabs, {
          key: 'ways',
          label: 'How they are compared',
          current: comparison.by,
          tabs: (['symbol', 'row'] as const).map((way) => ({ id: way, label: WAYS[way], href: to('diff', before, after, way) })),
        }),
        h('p', { key: 'why', class: 'quiet' }, `Compared ${WAYS[comparison.by].toLowerCase()}: ${comparison.reason}.`),
        h(Differences, { key: 'differences', comparison }),
      ],
    }),
  )
}

function Differences({ comparison }: { comparison: HitComparison }): View {
  const { by, counts, changes, isWhole, before, after } = comparison
  const columns = useMemo(() => columnsFor(comparison), [comparison])
  return h(
    'div',
    null,
    h('p', null, countsInWords(comparison)),
    !isWhole &&
      h('p', { class: 'note' }, `The counts are of all hits; the table holds the first ${count(changes.length)} differences.`),
    changes.length === 0
      ? h(Empty, { title: counts.same === 0 ? 'Neither run has a hit' : 'The same hits in both' })
      : h(DataGrid<HitChange>, {
          label: 'Differences',
          memory: `${before.run} ${after.run} ${by}`,
          columns,
          items: changes,
          onOpen: (change) => {
            const { symbol, date } = rowOf(change)
            go(to('runs', change.kind === 'gone' ? before.run : after.run, 'symbol', symbol, date))
          },
        }),
  )
}

function countsInWords({ by, counts }: HitComparison): string {
  const first = `${count(counts.new)} new, ${count(counts.gone)} gone`
  return by === 'row'
    ? `${first}, ${count(counts.changed)} changed, ${count(counts.same)} the same`
    : `${first}, ${count(counts.changed + counts.same)} stayed`
}

/** The hit that a change is about: as it is now, or as it was where it is gone. */
const rowOf = ({ kind, before, after }: HitChange): Row => (kind === 'gone' ? before : after) as Row

function columnsFor({ by, changes }: HitComparison): readonly Column<HitChange>[] {
  const isStayed = (kind: HitChange['kind']): boolean => by === 'symbol' && (kind === 'changed' || kind === 'same')
  const hasScores = changes.some(({ before, after }) => typeof scoreOf(before) === 'number' || typeof scoreOf(after) === 'number')
  return [
    {
      id: 'kind',
      title: 'Hit',
      width: '84px',
      narrow: '62px',
      value: ({ kind }) => KINDS.indexOf(isStayed(kind) ? 'changed' : kind),
      show: ({ kind }) => (isStayed(kind) ? h('span', { class: 'chip' }, 'stayed') : h('span', { class: `chip k-${kind}` }, kind)),
    },
    { id: 'symbol', title: 'Symbol', width: '84px', narrow: '54px', value: ({ symbol }) => symbol, show: ({ symbol }) => h('b', null, symbol) },
    ...(by === 'row' && changes.some((change) => rowOf(change).date !== rowOf(changes[0]!).date) ? [DATE] : []),
    ...(hasScores ? SCORES : []),
    side('before', 'Before'),
    side('after', 'After'),
  ]
}

const DATE: Column<HitChange> = { id: 'date', title: 'Date', width: '92px', value: (change) => rowOf(change).date }

const scoreOf = (row: HitChange['before']): number | null => (row?.status === 'hit' ? row.score : null)
const moveText = (move: number): string => `${move > 0 ? '+' : ''}${number(move)}`

const scoreColumn = (id: string, title: string, value: (change: HitChange) => number | null, text: (value: number) => string): Column<HitChange> => ({
  id,
  title,
  width: '92px',
  narrow: '54px',
  isNumeric: true,
  value,
  show: (change) => {
    const found = value(change)
    return found === null ? '–' : text(found)
  },
})

const SCORES: readonly Column<HitChange>[] = [
  scoreColumn('was', 'Was', ({ before }) => scoreOf(before), number),
  scoreColumn('is', 'Is', ({ after }) => scoreOf(after), number),
  scoreColumn('move', 'Move', ({ scoreMove }) => scoreMove, moveText),
]

function side(id: 'before' | 'after', title: string): Column<HitChange> {
  return {
    id,
    title,
    width: 'minmax(180px, 1fr)',
    value: (change) => sideText(change, change[id]),
    show: (change) => {
      const text = sideText(change, change[id])
      return change[id]?.status === 'hit' ? text : h('span', { class: 'quiet', title: text }, text)
    },
  }
}

/** What a hit was, of one that changed what differs; else what its symbol was in the run in which it was none. */
function sideText({ kind, fields }: HitChange, row: HitChange['before']): string {
  if (row === null) return 'not asked for'
  if (row.status !== 'hit') return `${STATUS_WORDS[row.status].toLowerCase()}: ${reasonOf(row as Row)}`
  if (kind !== 'changed') return dataText(row.data) || (row.direction ?? 'hit')
  return dataText(Object.fromEntries(fields.filter((name) => name !== 'score').map((name) => [name, fieldOf(row as Row, name)])))
}

function fieldOf({ direction, strategies, data }: Row, name: string): unknown {
  if (name === 'direction') return direction
  if (name === 'strategies') return strategies.join(', ')
  const record = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : { data }
  return Object.hasOwn(record, name) ? record[name] : null
}

function RunName({ run, compared: { dates, firstDate, lastDate } }: { run: Run; compared: HitComparison['before'] }): View {
  const over = dates === 0 ? '' : dates === 1 ? `${firstDate}, ` : `${firstDate} to ${lastDate}, `
  return h('a', { href: to('runs', run.id) }, `${isolated(run.filename)}, ${over}${counted(run.ledger.hit, 'hit')}, run ${moment(run.createdAt)}`)
}
