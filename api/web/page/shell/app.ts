import { h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { DiffView } from '../read/diff-view.ts'
import { RunView } from '../read/run-view.ts'
import { EditView } from '../scanners/edit-view.ts'
import { ScannerView } from '../scanners/scanner-view.ts'
import { ScannersView } from '../scanners/scanners-view.ts'
import { VersionsView } from '../scanners/versions-view.ts'
import { isReachable, needsToken, request } from '../server/client.ts'
import type { Market } from '../server/types.ts'
import { StartView } from '../start/start-view.ts'
import { HomeView } from './home.ts'
import { Keys, keysShown, listenForKeys } from './keys.ts'
import { Empty, Simulated, useAsked } from './parts.ts'
import { place, to } from './router.ts'
import { theme, switchTheme } from './theme.ts'
import { title } from './title.ts'
import { TokenView } from './token.ts'
import { count } from './words.ts'
import type { View } from './view.ts'

const LINKS = [
  ['', 'Runs'],
  ['new', 'Start a run'],
  ['scanners', 'Scanners'],
] as const

/** The whole page. */
export function App(): View {
  useEffect(listenForKeys, [])
  const { parts } = place.value
  const main = useRef<HTMLElement>(null)
  const name = title.value ?? LINKS.find(([id]) => id === (parts[0] ?? ''))?.[1] ?? parts[0]!
  useEffect(() => {
    document.title = `${name} · Strikescan`
  }, [name])
  // Where what had the focus went with its page, the next one begins at its top.
  useEffect(() => {
    if (document.activeElement === document.body) main.current?.focus({ preventScroll: true })
  }, [parts.slice(0, 2).join('/')])
  if (needsToken.value) return h(TokenView, null)
  return h(
    'div',
    null,
    h(
      'a',
      {
        class: 'skip',
        href: '#main',
        onClick: (event: Event) => {
          event.preventDefault()
          main.current?.focus()
        },
      },
      'Skip to the content',
    ),
    h(Top, {
      current:
        parts[0] === 'runs' || parts[0] === 'diff' ? '' : ['edit', 'versions'].includes(parts[0] ?? '') ? 'scanners' : (parts[0] ?? ''),
    }),
    !isReachable.value && h('p', { class: 'unreachable', role: 'alert' }, 'The server does not answer. What is shown is what came last.'),
    h('main', { id: 'main', class: 'page', ref: main, tabIndex: -1 }, h(Page, { parts })),
    keysShown.value && h(Keys, null),
  )
}

function Page({ parts }: { parts: readonly string[] }): View {
  const [first = '', second, third] = parts
  if (first === '') return h(HomeView, null)
  // Ids become parts of requests: what can be none goes no further.
  const ids = ['runs', 'scanners'].includes(first) ? [second] : ['diff', 'versions'].includes(first) ? [second, third] : []
  if (ids.some((id) => id !== undefined && !ID.test(id))) return h(NoPage, null)
  if (first === 'runs' && second !== undefined) return h(RunView, { key: second, id: second, parts: parts.slice(2) })
  if (first === 'diff' && second !== undefined && third !== undefined) return h(DiffView, { before: second, after: third, by: parts[3] === 'row' || parts[3] === 'symbol' ? parts[3] : null })
  if (first === 'versions' && second !== undefined && third !== undefined) return h(VersionsView, { before: second, after: third })
  if (first === 'new') return h(StartView, null)
  if (first === 'scanners') return second === undefined ? h(ScannersView, null) : h(ScannerView, { key: second, id: second })
  if (first === 'edit') return h(EditView, null)
  return h(NoPage, null)
}

const ID = /^[\w-]{1,64}$/
const NoPage = (): View => h(Empty, { title: 'There is no such page', isPage: true }, h('a', { href: '#/' }, 'To the runs'))

function Top({ current }: { current: string }): View {
  const asked = useAsked((signal) => request<Market>('/api/market', { signal }), [current])
  const market = asked.value
  return h(
    'header',
    { class: 'top' },
    h('a', { class: 'brand', href: '#/' }, 'Strikescan'),
    h(
      'nav',
      { 'aria-label': 'Main' },
      LINKS.map(([id, label]) =>
        h('a', { key: id, href: to(...(id === '' ? [] : [id])), 'aria-current': id === current ? 'page' : undefined }, label),
      ),
    ),
    h(
      'span',
      { class: 'market' },
      market !== null && [
        market.simulated && h(Simulated, null),
        h('span', { class: 'quiet' }, `${market.source}, ${count(market.symbols)} symbols to ${market.lastDate ?? '–'}`),
      ],
    ),
    h(
      'button',
      { type: 'button', class: 'quiet-button', onClick: () => void (keysShown.value = true), title: 'Keys (?)', 'aria-label': 'Keys' },
      '?',
    ),
    h(
      'button',
      {
        type: 'button',
        class: 'quiet-button',
        onClick: switchTheme,
        'aria-label': `Switch to the ${theme.value === 'dark' ? 'light' : 'dark'} theme`,
      },
      theme.value === 'dark' ? '☀' : '☾',
    ),
  )
}
