import { signal } from '@preact/signals'
import { h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { go, to } from './router.ts'
import type { View } from './view.ts'

export const keysShown = signal(false)

const KEYS: readonly (readonly [string, string])[] = [
  ['r', 'Runs'],
  ['n', 'Start a run'],
  ['s', 'Scanners'],
  ['/', 'Filter the table'],
  ['1 to 5', 'Views of a run'],
  ['j k', 'Next and previous row of the table'],
  ['↑ ↓', 'Through a table or the grid'],
  ['Enter', 'Open what is chosen'],
  ['Ctrl S', 'Save in the editor'],
  ['?', 'This list'],
  ['Esc', 'Close'],
]

/** Single keys, wherever nothing is being typed. */
export function listenForKeys(): () => void {
  addEventListener('keydown', onKey)
  return () => removeEventListener('keydown', onKey)
}

function onKey(event: KeyboardEvent): void {
  // Where it happened, within an editor too.
  const target = event.composedPath()[0] as HTMLElement
  if (event.ctrlKey || event.metaKey || event.altKey || target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
  const act =
    ACTIONS[event.key] ??
    (/^[1-5]$/.test(event.key) ? () => document.querySelectorAll<HTMLElement>('.tabs a')[Number(event.key) - 1]?.click() : undefined)
  if (act === undefined) return
  event.preventDefault()
  act()
}

const ACTIONS: Record<string, () => void> = {
  r: () => go('#/'),
  n: () => go(to('new')),
  s: () => go(to('scanners')),
  j: () => document.querySelector<HTMLElement>('[data-key="j"]')?.click(),
  k: () => document.querySelector<HTMLElement>('[data-key="k"]')?.click(),
  '/': () => document.querySelector<HTMLElement>('[data-key="/"]')?.focus(),
  '?': () => void (keysShown.value = true),
}

export function Keys(): View {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current!.showModal(), [])
  return h(
    'dialog',
    { ref: dialog, 'aria-label': 'Keys', onClose: () => void (keysShown.value = false) },
    h('h2', null, 'Keys'),
    h(
      'dl',
      { class: 'facts' },
      KEYS.flatMap(([key, what]) => [h('dt', { key }, h('kbd', null, key)), h('dd', { key: `${key} what` }, what)]),
    ),
    h('button', { type: 'button', onClick: () => dialog.current!.close() }, 'Close'),
  )
}
