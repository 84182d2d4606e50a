import { h } from 'preact'

import { readScanners } from '../server/pages.ts'
import type { Scanner } from '../server/types.ts'
import { Loading, useAsked, When } from '../shell/parts.ts'
import { to } from '../shell/router.ts'
import { Sideways } from '../shell/sideways.ts'
import { counted, moment } from '../shell/words.ts'
import { aboutOf } from './about.ts'
import { DropField } from './drop-field.ts'
import { starters, type Starter } from './starters.ts'
import type { View } from '../shell/view.ts'

/** The scanners there are, where new ones are dropped, and those to start from. */
export function ScannersView(): View {
  const asked = useAsked(() => readScanners(), [])
  return h(
    'div',
    null,
    h(
      'header',
      { class: 'row' },
      h('h1', null, 'Scanners'),
      h('span', { class: 'grow' }),
      h('a', { class: 'button', href: to('edit') }, 'Write one'),
    ),
    h(DropField, { onTaken: () => asked.again() }),
    h(When<Scanner[]>, { asked, what: 'scanners', children: (all) => all.length > 0 && h(ScannerList, { all }) }),
    h(Starters, null),
  )
}

/** What one would mend: notes of severity `info` are none. */
const problemsOf = ({ diagnostics }: Scanner): number => diagnostics.filter(({ severity }) => severity !== 'info').length

/** Scanners by file, the newest version in front. */
function ScannerList({ all }: { all: readonly Scanner[] }): View {
  const files = [...Map.groupBy(all, ({ filename }) => filename).values()]
  return h(
    Sideways,
    { label: 'Scanners' },
    h(
      'table',
      { class: 'list' },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          ['Scanner', 'Form', 'Symbols', 'Problems', 'Versions', 'Newest', ''].map((title) =>
            h(
              'th',
              { key: title, scope: 'col', class: /^(Symbols|Problems|Versions)$/.test(title) ? 'number' : '' },
              title === '' ? h('span', { class: 'unseen' }, 'Run') : title,
            ),
          ),
        ),
      ),
      h(
        'tbody',
        null,
        files.map(([newest, ...older]) =>
          h(
            'tr',
            { key: newest!.filename },
            h(
              'th',
              { scope: 'row' },
              h('a', { href: to('scanners', newest!.id) }, newest!.name ?? newest!.filename),
              newest!.name !== null && h('small', { class: 'quiet' }, ` ${newest!.filename}`),
            ),
            h('td', null, newest!.pattern),
            h('td', { class: 'number' }, newest!.symbols.count || 'all'),
            h('td', { class: 'number' }, problemsOf(newest!) || h('span', { class: 'quiet' }, 'none')),
            h('td', { class: 'number' }, older.length + 1),
            h('td', null, moment(newest!.createdAt)),
            h('td', null, h('a', { href: `${to('new')}?scanner=${newest!.id}` }, 'Run')),
          ),
        ),
      ),
    ),
  )
}

function Starters(): View {
  const asked = useAsked(() => starters(), [])
  if (asked.value === null) return h(Loading, { what: 'built-in scanners' })
  const group = (kind: Starter['kind'], title: string): View => {
    const those = asked.value!.filter((starter) => starter.kind === kind)
    return h(
      'details',
      { open: kind === 'built-in' },
      h('summary', null, `${title}: ${counted(those.length, 'scanner')}`),
      h(
        'ul',
        { class: 'starters' },
        those.map(({ name, text }) =>
          h(
            'li',
            { key: name },
            h('a', { href: `${to('edit')}?from=${encodeURIComponent(`${kind}/${name}`)}` }, name),
            h('span', { class: 'quiet' }, ` ${aboutOf(text)}`),
          ),
        ),
      ),
    )
  }
  return h(
    'section',
    { 'aria-label': 'To start from' },
    h('h2', null, 'To start from'),
    group('built-in', 'Built in'),
    group('example', 'Examples'),
  )
}
