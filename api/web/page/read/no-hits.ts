import { h } from 'preact'
import { useMemo } from 'preact/hooks'

import { pagesOf, readRows } from '../server/pages.ts'
import type { Row, RowStatus, Run } from '../server/types.ts'
import { useAsked } from '../shell/parts.ts'
import { to } from '../shell/router.ts'
import { count, counted, isOver, LEDGER_WORDS, STATUS_WORDS } from '../shell/words.ts'
import { ErrorFrame } from './code-frame.ts'
import { FunnelView } from './funnel.ts'
import { nearestRejected } from './near-misses.ts'
import type { View } from '../shell/view.ts'

const MOST = 10

/** Says where the symbols of a run without hits went, and which of them came nearest. */
export function NoHits({ run, show }: { run: Run; show: (status: RowStatus) => void }): View {
  const isFinal = isOver(run.status)
  const near = useAsked(
    (signal) => (!isFinal || run.ledger.rejected === 0 ? Promise.resolve(null) : readRows(run.id, ['rejected'], { signal })),
    [run.id, isFinal],
  )
  const nearest = useMemo(() => nearestRejected(near.value?.items ?? []).slice(0, MOST), [near.value])
  if (!isFinal) {
    return h('div', { class: 'empty' }, h('h2', null, 'No hits so far'), h('p', null, 'Those that come appear here by themselves.'))
  }
  return h(
    'div',
    { class: 'empty' },
    h('h2', null, run.status === 'cancelled' ? 'Cancelled before a hit was found' : 'No hits'),
    h('p', null, whereTo(run)),
    h(
      'ul',
      { class: 'row' },
      Object.entries(LEDGER_WORDS)
        .filter(([part]) => run.ledger[part as 'hit'] > 0)
        .map(([part, status]) =>
          h(
            'li',
            { key: part },
            h('button', { type: 'button', onClick: () => show(status) }, `${STATUS_WORDS[status]}: ${count(run.ledger[part as 'hit'])}`),
          ),
        ),
    ),
    run.error === null && run.ledger.hit + run.ledger.miss === 0 && run.ledger.failed > 0 && h(FirstFailure, { run }),
    h(
      'div',
      { class: 'columns' },
      run.prefilter !== null && h('div', null, h('h3', null, 'Where the funnel lost them'), h(FunnelView, { funnel: run.prefilter })),
      nearest.length > 0 && h(NearMisses, { run, rows: nearest }),
    ),
    run.scannerId !== null && h('p', null, h('a', { href: `${to('new')}?run=${run.id}` }, 'Run it again with other numbers')),
  )
}

function whereTo({ ledger, prefilter, error }: Run): string {
  if (ledger.detected === 0) return error === null ? 'The run had no symbols.' : 'The run ended before a symbol was looked at.'
  const broken = ledger.failed + ledger.timedOut + ledger.outOfMemory
  if (broken > 0 && ledger.miss === 0) return `The script came to no result for any symbol: all ${counted(broken, 'row')} failed.`
  if (ledger.miss === 0 && prefilter !== null && prefilter.kept === 0) {
    return 'The prefilter left no symbol for the script. See below which step took them.'
  }
  const screened = ledger.rejected > 0 ? `; the prefilter had screened out ${count(ledger.rejected)}` : ''
  return `The script looked at ${count(ledger.miss + broken)} rows and found nothing${screened}.`
}

/** Where every row failed, the first says what is wrong with the script. */
function FirstFailure({ run }: { run: Run }): View | null {
  const asked = useAsked(
    async (signal) => (await pagesOf<Row>(`/api/runs/${run.id}/rows?status=failed`, { signal }).next()).value?.rows[0] ?? null,
    [run.id],
  )
  const row = asked.value
  if (row?.error == null) return null
  return h(
    'div',
    null,
    h('h3', null, 'The first of them: ', h('a', { href: to('runs', run.id, 'symbol', row.symbol, row.date) }, row.symbol)),
    h(ErrorFrame, { error: row.error, scannerId: run.scannerId }),
  )
}

const NearMisses = ({ run, rows }: { run: Run; rows: readonly Row[] }): View =>
  h(
    'div',
    null,
    h('h3', null, 'Near misses: nearest to passing the prefilter'),
    h(
      'table',
      null,
      h(
        'tbody',
        null,
        rows.map(({ symbol, date, reason }) =>
          h(
            'tr',
            { key: `${symbol} ${date}` },
            h('th', { scope: 'row' }, h('a', { href: to('runs', run.id, 'symbol', symbol, date) }, symbol)),
            h('td', null, date),
            h('td', null, reason),
          ),
        ),
      ),
    ),
  )
