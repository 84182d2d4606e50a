import { h } from 'preact'

import type { Funnel } from '../server/types.ts'
import { count, counted, money, STEP_WORDS } from '../shell/words.ts'
import type { View } from '../shell/view.ts'

/** What each step of the prefilter left over, as bars of one scale. */
export function FunnelView({ funnel }: { funnel: Funnel }): View {
  const { settings, applied, dates, steps, kept } = funnel
  let left = funnel.in
  const bars: { name: string; title: string; left: number; removed: number }[] = [{ name: 'in', title: dates === undefined || dates === 1 ? 'Asked for' : `Asked for on ${count(dates)} dates`, left, removed: 0 }]
  for (const { name, removed } of steps) {
    left -= removed
    bars.push({ name, title: STEP_WORDS[name] ?? name, left, removed })
  }
  if (!applied && kept === funnel.in) {
    return h(
      'p',
      { class: 'quiet' },
      `Not applied: it is for more than ${counted(settings.activateAbove, 'symbol')}${dates === undefined ? '' : `, and ${count(funnel.in / dates)} were asked for`}.`,
    )
  }
  return h(
    'div',
    { class: 'funnel' },
    h(
      'table',
      null,
      h('caption', null, applied ? rulesOf(settings) : `Not applied: it is for more than ${count(settings.activateAbove)} symbols`),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { scope: 'col' }, 'Step'),
          h('th', { scope: 'col', class: 'number' }, 'Removed'),
          h('th', { scope: 'col', class: 'number' }, 'Left'),
          h('th', { scope: 'col' }, h('span', { class: 'unseen' }, 'Share left')),
        ),
      ),
      h(
        'tbody',
        null,
        bars.map(({ name, title, left: rest, removed }) =>
          h(
            'tr',
            { key: name },
            h('th', { scope: 'row' }, title),
            h('td', { class: 'number' }, removed === 0 ? '' : `−${count(removed)}`),
            h('td', { class: 'number' }, count(rest)),
            h(
              'td',
              { class: 'bar-cell' },
              h('div', { class: 'bar', style: { width: `${funnel.in === 0 ? 0 : (100 * rest) / funnel.in}%` } }),
            ),
          ),
        ),
      ),
    ),
    h('p', null, h('b', null, count(kept)), ' kept'),
  )
}

const rulesOf = ({ minVolume, window, minPrice, maxPrice, limit }: Funnel['settings']): string =>
  [
    `Volume above ${count(minVolume)} a day over ${window} sessions`,
    `${money(minPrice)} to ${money(maxPrice)}`,
    `at most ${count(limit)} symbols a date`,
  ].join(', ')
