import { useSignal } from '@preact/signals'
import { h } from 'preact'

import { VirtualList } from '../read/virtual-list.ts'
import { TextBox, textOf } from '../shell/parts.ts'
import { count } from '../shell/words.ts'
import type { LogLine } from './run-model.ts'
import type { Watching } from './watching.ts'
import type { View } from '../shell/view.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** The newest lines of a run's log, by level and by words in them. */
export function LogTail({ watching }: { watching: Watching }): View {
  watching.beat.value
  const words = useSignal('')
  const least = useSignal<string>('debug')
  const { logs, logsGone } = watching.model
  const wanted = words.value.trim().toLowerCase()
  const lines = logs.filter(
    ({ level, symbol, text }) =>
      LEVELS.indexOf(level) >= LEVELS.indexOf(least.value as LogLine['level']) &&
      (wanted === '' || `${symbol ?? ''} ${text}`.toLowerCase().includes(wanted)),
  )
  const gone = logsGone > 0 ? `, the oldest ${count(logsGone)} are no longer here` : ''
  return h(
    'section',
    { class: 'log', 'aria-label': 'Log' },
    h(
      'div',
      { class: 'row' },
      h('h2', null, 'Log'),
      h(TextBox, { value: words, placeholder: 'Filter by word or symbol', 'aria-label': 'Filter the log', type: 'search' }),
      h(
        'select',
        { value: least.value, 'aria-label': 'Least severe level', onChange: (event: Event) => void (least.value = textOf(event)) },
        LEVELS.map((level) => h('option', { key: level, value: level }, level === 'debug' ? 'all levels' : `${level} and up`)),
      ),
      h('span', { class: 'quiet' }, `${count(lines.length)} of ${count(logs.length + logsGone)} lines${gone}`),
    ),
    lines.length === 0
      ? h('p', { class: 'quiet' }, logs.length === 0 ? 'The script has written nothing.' : 'No line holds these words.')
      : h(VirtualList, {
          count: lines.length,
          rowHeight: 20,
          follows: true,
          attributes: { class: 'log-lines', tabIndex: 0, role: 'log', 'aria-label': 'Log lines', 'aria-live': 'off' },
          render: (index) => h(Line, { line: lines[index]! }),
        }),
  )
}

const Line = ({ line: { at, level, symbol, text } }: { line: LogLine }): View =>
  h(
    'div',
    { class: `log-line l-${level}`, title: text },
    h('time', null, at.slice(11, 19)),
    h('b', null, symbol ?? ''),
    h('span', null, text),
  )
