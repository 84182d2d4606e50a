import { useSignal, useSignalEffect } from '@preact/signals'
import { h } from 'preact'
import { useEffect, useMemo } from 'preact/hooks'

import { RunHead, WatchView } from '../live/watch-view.ts'
import { watchRun, type Watching } from '../live/watching.ts'
import { request } from '../server/client.ts'
import type { Run } from '../server/types.ts'
import { Empty, Problem, Tabs, useAsked, When, type Tab } from '../shell/parts.ts'
import { to } from '../shell/router.ts'
import { useTitle } from '../shell/title.ts'
import { count, duration, isolated, isOver, RUN_WORDS, STATUSES } from '../shell/words.ts'
import { FunnelView } from './funnel.ts'
import { Replay, ReplayNote } from './replay.ts'
import { RowsView } from './rows-view.ts'
import { StrategiesView } from './strategies-view.ts'
import { SymbolView } from './symbol-view.ts'
import { stepsFrom } from './walk.ts'
import type { View } from '../shell/view.ts'

/** While a run is under way, what its events do not tell is asked for this often. */
const REFRESH_MS = 2_000
const FIRST_LOOK_MS = 300

/** A run: watched while it is under way, read when it is over. The connection outlives changes between its views. */
export function RunView({ id, parts }: { id: string; parts: readonly string[] }): View {
  const asked = useAsked((signal) => request<Run>(`/api/runs/${id}`, { signal }), [id])
  return h(When<Run>, { asked, what: 'the run', heading: 'Run', children: (run) => h(Watched, { key: run.id, run, parts }) })
}

function Watched({ run: first, parts }: { run: Run; parts: readonly string[] }): View {
  const watching = useMemo(() => watchRun(first.id), [first.id])
  useEffect(() => () => watching.stop(), [watching])
  const run = useRun(first, watching)
  useTitle(`${isolated(run.filename)} ${isOver(run.status) ? RUN_WORDS[run.status].toLowerCase() : `${Math.floor(run.percent)}%`}`)
  const view = parts[0] ?? (isOver(first.status) ? (run.kind === 'exploration' ? 'strategies' : 'hits') : 'watch')
  // The events of a run that is over are many, and asked for where they are shown.
  const isWatched = view === 'watch' || !isOver(first.status)
  useEffect(() => {
    if (isWatched) watching.start()
  }, [watching, isWatched])
  return h(
    'article',
    { class: 'run' },
    h(RunHead, { run, watching }),
    run.replayOf !== undefined && h(ReplayNote, { run, of: run.replayOf }),
    run.error !== null && h(Problem, { error: run.error }),
    run.status === 'cancelled' &&
      h(
        'p',
        { class: 'note' },
        `Cancelled at ${Math.floor(run.percent)}%. What was done is kept; ${count(run.ledger.cancelled)} rows were not reached.`,
      ),
    run.warnings.length > 0 && h(Warnings, { run }),
    h(Tabs, {
      tabs: tabsOf(run),
      current: view === 'symbol' ? (stepsFrom(run.id, parts[1] ?? '', parts[2] ?? null)?.view ?? 'rows') : view,
      label: 'Views of the run',
    }),
    h(View, { run, view, parts, watching }),
  )
}

function View({ run, view, parts, watching }: { run: Run; view: string; parts: readonly string[]; watching: Watching }): View {
  switch (view) {
    case 'watch':
      return h(WatchView, { run, watching })
    case 'hits':
      return h(RowsView, { key: 'hits', run, view, first: ['hit'] })
    case 'rows':
      return h(RowsView, { key: 'rows', run, view, first: STATUSES })
    case 'strategies':
      return h(StrategiesView, { run })
    case 'symbol':
      return h(SymbolView, { run, symbol: parts[1] ?? '', date: parts[2] ?? null })
    default:
      return h(About, { run })
  }
}

function tabsOf(run: Run): Tab[] {
  const at = (view: string): string => to('runs', run.id, view)
  const tabs: Tab[] = [
    { id: 'watch', label: 'Watch', href: at('watch') },
    { id: 'hits', label: `Hits ${count(run.ledger.hit)}`, href: at('hits') },
    { id: 'rows', label: `All rows ${count(run.ledger.detected)}`, href: at('rows') },
    { id: 'strategies', label: `Strategies${run.explore === null ? '' : ` ${count(run.explore.rows)}`}`, href: at('strategies') },
    { id: 'about', label: 'Funnel and timing', href: at('about') },
  ]
  return run.kind === 'exploration' ? tabs.filter(({ id }) => id === 'watch' || id === 'strategies' || id === 'about') : tabs
}

/** The run as its events have it so far, with what they do not tell while it is under way: its market, its funnel, how it was divided. */
function useRun(first: Run, watching: Watching): Run {
  const run = useSignal(first)
  useSignalEffect(() => {
    watching.beat.value
    const { end } = watching.model
    if (end !== null) {
      if (run.peek() !== end) run.value = end
    } else if (!isOver(run.peek().status)) run.value = withState(run.peek(), watching)
  })
  useEffect(() => {
    if (isOver(run.value.status)) return
    const again = (ms: number): void => void (timer = setTimeout(look, ms))
    let timer: ReturnType<typeof setTimeout>
    let isGone = false
    const look = (): void => {
      void request<Run>(`/api/runs/${first.id}`)
        .then(
          (now) => {
            if (watching.model.end === null) run.value = withState(now, watching)
          },
          () => {},
        )
        .finally(() => {
          if (!isGone) again(REFRESH_MS)
        })
    }
    again(FIRST_LOOK_MS)
    return () => {
      isGone = true
      clearTimeout(timer)
    }
  }, [isOver(run.value.status)])
  return run.value
}

/** Events do not tell that the process died that would have written them. */
function withState(run: Run, { model: { state } }: Watching): Run {
  return state === null || run.status === 'interrupted'
    ? run
    : {
        ...run,
        status: state.status,
        stage: state.stage,
        percent: state.percent,
        message: state.message,
        ledger: state.ledger,
        etaMs: state.etaMs,
      }
}

const Warnings = ({ run }: { run: Run }): View =>
  h(
    'details',
    { class: 'note' },
    h('summary', null, run.warnings.length === 1 ? run.warnings[0]!.message : `${run.warnings.length} warnings`),
    h(
      'ul',
      null,
      run.warnings.map(({ code, message, count: times, samples }) =>
        h(
          'li',
          { key: code },
          message,
          times > 1 && ` (${count(times)} times)`,
          samples.length > 0 && h('small', null, ` ${samples.join(', ')}`),
        ),
      ),
    ),
  )

/** How the run came about: what the prefilter took, how it was divided, what took how long. */
function About({ run }: { run: Run }): View {
  const { timings, split, prefilter, market } = run
  const longest = Math.max(1, ...Object.values(timings))
  return h(
    'div',
    { class: 'columns' },
    h(
      'section',
      null,
      h('h2', null, 'Prefilter'),
      prefilter === null ? h(Empty, { title: 'No prefilter in this run' }) : h(FunnelView, { funnel: prefilter }),
      split !== null && h('p', null, h('b', null, split.mode === 'batch' ? 'Divided into batches: ' : 'Run as a whole: '), split.reason),
    ),
    h(
      'section',
      null,
      h('h2', null, 'Where the time went'),
      h(
        'table',
        null,
        h(
          'tbody',
          null,
          Object.entries(timings).map(([part, ms]) =>
            h(
              'tr',
              { key: part },
              h('th', { scope: 'row' }, part),
              h('td', { class: 'number' }, duration(ms)),
              h('td', { class: 'bar-cell' }, h('div', { class: 'bar', style: { width: `${(100 * ms) / longest}%` } })),
            ),
          ),
        ),
      ),
      h('p', { class: 'quiet' }, `Market: ${market.source}${market.simulated ? ' (SIMULATED)' : ''}, snapshot ${market.snapshot}`),
      run.scannerId !== null && h('p', null, h('a', { href: to('scanners', run.scannerId) }, 'The scanner')),
      h(Replay, { run }),
    ),
  )
}
