import { h } from 'preact'

import { readRows } from '../server/pages.ts'
import type { Row, RowStatus, Run } from '../server/types.ts'
import { useAsked } from '../shell/parts.ts'
import { to } from '../shell/router.ts'
import { count, isOver, LEDGER_WORDS, number, STATUS_WORDS } from '../shell/words.ts'
import { FunnelView } from './funnel.ts'
import type { View } from '../shell/view.ts'

const MOST = 10

/** Says where the symbols of a run without hits went. */
export function NoHits({ run, show }: { run: Run; show: (status: RowStatus) => void }): View {
  const near = useAsked((signal) => (run.ledger.miss === 0 ? Promise.resolve([]) : readRows(run.id, ['miss'], { signal })), [run.id])
  if (!isOver(run.status)) return h('div', { class: 'empty' }, h('h2', null, 'No hits so far'), h('p', null, 'Those that come appear here by themselves.'))
  const scored = (near.value ?? []).filter(({ score }) => score !== null).toSorted((one, other) => other.score! - one.score!).slice(0, MOST)
  return h('div', { class: 'empty' },
    h('h2', null, run.status === 'cancelled' ? 'Cancelled before a hit was found' : 'No hits'),
    h('p', null, whereTo(run)),
    h('ul', { class: 'row' }, Object.entries(LEDGER_WORDS).filter(([part]) => run.ledger[part as 'hit'] > 0).map(([part, status]) =>
      h('li', { key: part }, h('button', { type: 'button', onClick: () => show(status) }, `${STATUS_WORDS[status]}: ${count(run.ledger[part as 'hit'])}`)))),
    scored.length > 0 ? h(NearMisses, { run, rows: scored }) : near.value !== null && run.ledger.miss > 0 && h('p', { class: 'quiet' }, 'The scanner gave no score to its misses, so none is nearer than another.'),
    run.prefilter !== null && h(FunnelView, { funnel: run.prefilter }))
}

function whereTo({ ledger, prefilter }: Run): string {
  if (ledger.detected === 0) return 'The run had no symbols.'
  const broken = ledger.failed + ledger.timedOut + ledger.outOfMemory
  if (broken > 0 && ledger.miss === 0) return `The script came to no result for any symbol: ${count(broken)} rows failed. Their reasons name the line.`
  if (ledger.miss === 0 && prefilter !== null && prefilter.kept === 0) return 'The prefilter left no symbol for the script. See below which step took them.'
  return `The script looked at ${count(ledger.miss + broken)} rows and found nothing${ledger.rejected > 0 ? `; the prefilter had screened out ${count(ledger.rejected)}` : ''}.`
}

const NearMisses = ({ run, rows }: { run: Run; rows: readonly Row[] }): View => h('div', null, h('h3', null, 'Near misses'),
  h('ul', null, rows.map(({ symbol, date, score }) => h('li', { key: `${symbol} ${date}` }, h('a', { href: to('runs', run.id, 'symbol', symbol, date) }, symbol), ` ${date}, score ${number(score)}`))))
