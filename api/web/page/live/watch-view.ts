import { h } from 'preact'

import { RunChip, SimulatedRun } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { count, duration, isOver, LEDGER_WORDS, STATUS_WORDS } from '../shell/words.ts'
import type { Ledger, Run } from '../server/types.ts'
import type { ConnectionState } from './connection.ts'
import { Controls } from './controls.ts'
import { Grid } from './grid.ts'
import { Lanes } from './lanes.ts'
import { LogTail } from './log-tail.ts'
import { doneOf } from './run-model.ts'
import type { Watching } from './watching.ts'
import type { View } from '../shell/view.ts'

/** The head of a run: what it is, how far it is, and what came of it so far. */
export function RunHead({ run, watching }: { run: Run; watching: Watching }): View {
  watching.frame.value
  const { model, state: connection } = watching
  // Of one that is over, its events tell again how it came there.
  const state = isOver(run.status) || run.status === 'interrupted' ? run : (model.state ?? run)
  const latest = model.end ?? run
  const { market } = latest
  return h(
    'header',
    { class: 'run-head' },
    h(
      'div',
      { class: 'row' },
      h('h1', null, run.filename),
      h(SimulatedRun, { run: latest }),
      h(RunChip, { status: state.status }),
      h('span', { class: 'quiet run-id' }, run.id),
      market.asOf !== null && h('span', { class: 'quiet' }, `as of ${market.asOf}`),
      isOver(state.status) && h(Took, { run: latest }),
      connection.value !== null && h(ConnectionNote, { state: connection.value, retry: () => watching.connection.retry() }),
      h(
        'span',
        { class: 'run-actions' },
        isOver(state.status)
          ? run.scannerId !== null && h('a', { class: 'button', href: `${to('new')}?run=${run.id}` }, 'Run again…')
          : h(Controls, { runId: run.id, status: state.status }),
      ),
    ),
    !isOver(state.status) &&
      h(
        'div',
        { class: 'row progress-row' },
        h('progress', { max: 100, value: state.percent, 'aria-label': 'Progress' }),
        h('span', { class: 'number percent' }, `${Math.floor(state.percent)}%`),
        h('span', { class: 'stage' }, state.stage),
        state.message !== state.stage && h('span', { class: 'message' }, state.message),
        state.etaMs !== null && h('span', { class: 'number eta' }, `about ${duration(state.etaMs)} left`),
      ),
    h(LedgerLine, { ledger: state.ledger }),
  )
}

function Took({ run }: { run: Run }): View {
  const { timings, startedAt, finishedAt, status, stage } = run
  const took = startedAt === null || finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt)
  const end = status === 'failed' ? `ended in ${stage} after` : 'took'
  const queued = timings['queued'] ?? 0
  const wait = queued >= 1_000 ? `, waited ${duration(queued)} in the queue` : ''
  return h('span', { class: 'quiet wide-only' }, `${end} ${duration(took)}${wait}`)
}

function LedgerLine({ ledger }: { ledger: Ledger }): View {
  const parts = (Object.keys(LEDGER_WORDS) as (keyof typeof LEDGER_WORDS)[]).filter(
    (part) => ledger[part] > 0 || part === 'hit' || part === 'miss',
  )
  return h(
    'ul',
    { class: 'ledger', 'aria-label': 'Rows by outcome' },
    h('li', null, h('b', null, count(doneOf(ledger))), ` of ${count(ledger.detected)} rows`),
    parts.map((part) =>
      h(
        'li',
        { key: part, class: `s-${LEDGER_WORDS[part]}` },
        h('i', { class: `dot s-${LEDGER_WORDS[part]}` }),
        h('b', null, count(ledger[part])),
        ` ${STATUS_WORDS[LEDGER_WORDS[part]].toLowerCase()}`,
      ),
    ),
  )
}

/** What there is to know of the connection; nothing while all is well. */
function ConnectionNote({ state, retry }: { state: ConnectionState; retry: () => void }): View {
  const note = (text: string, kind: string, more?: View): View => h('span', { class: `connection ${kind}`, role: 'status' }, text, more)
  switch (state.is) {
    case 'connecting':
      return note('connecting…', 'waiting')
    case 'catching up':
      return note(`catching up: ${count(state.from)} of ${count(state.to)} events`, 'waiting')
    case 'live':
      return note('live', 'live')
    // For who can not see it end.
    case 'complete':
      return note('all events are here', 'unseen')
    case 'refused':
      return note(state.message, 'lost')
    case 'lost':
      return note(
        `disconnected, try ${state.tries}. Nothing is lost: it goes on where it was. `,
        'lost',
        h('button', { type: 'button', class: 'link', onClick: retry }, 'Try now'),
      )
  }
}

/** Everything that moves while a run is under way. */
export const WatchView = ({ run, watching }: { run: Run; watching: Watching }): View =>
  h(
    'div',
    { class: 'watch' },
    h(Grid, { watching, onOpen: (symbol, date) => go(to('runs', run.id, 'symbol', symbol, ...(date === null ? [] : [date]))) }),
    h(GridKey, null),
    h('div', { class: 'columns' }, h(Lanes, { watching }), h(LogTail, { watching })),
  )

const GridKey = (): View =>
  h(
    'ul',
    { class: 'key', 'aria-label': 'Colours' },
    ([['pending', 'pending'], ...Object.entries(STATUS_WORDS)] as [string, string][]).map(([status, word]) =>
      h('li', { key: status }, h('i', { class: `dot s-${status}` }), word.toLowerCase()),
    ),
  )
