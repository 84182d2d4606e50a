import { useSignal } from '@preact/signals'
import { h } from 'preact'
import { useEffect } from 'preact/hooks'

import { ApiError } from '../server/client.ts'
import { readScanners } from '../server/pages.ts'
import type { Scanner } from '../server/types.ts'
import { Loading, Problem, useAsked, When } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { counted, moment } from '../shell/words.ts'
import { CodeView } from './code-view.ts'
import { Problems } from './report.ts'
import { aboutOf, starters, type Starter } from './starters.ts'
import { uploadFile } from './upload.ts'
import type { View } from '../shell/view.ts'

interface Refused {
  readonly name: string
  readonly text: string
  readonly error: unknown
}

/** The scanners there are, where new ones are dropped, and those to start from. */
export function ScannersView(): View {
  const asked = useAsked(() => readScanners(), [])
  const refused = useSignal<readonly Refused[]>([])
  const isOver = useSignal(false)
  const isSending = useSignal(false)
  const take = async (files: readonly File[]): Promise<void> => {
    if (files.length === 0) return
    isSending.value = true
    refused.value = []
    const taken: Scanner[] = []
    for (const file of files) {
      try {
        taken.push(await uploadFile(file))
      } catch (error) {
        refused.value = [...refused.value, { name: file.name, text: file.size < 2_000_000 ? await file.text() : '', error }]
      }
    }
    isSending.value = false
    if (refused.value.length === 0 && taken.length === 1) go(to('scanners', taken[0]!.id))
    else asked.again()
  }
  useEffect(() => onDropAnywhere((is) => void (isOver.value = is), (files) => void take(files)), [])
  return h('div', null,
    h('header', { class: 'row' }, h('h1', null, 'Scanners'), h('span', { class: 'grow' }), h('a', { class: 'button', href: to('edit') }, 'Write one')),
    h('div', { class: `drop${isOver.value ? ' over' : ''}` },
      h('label', null, isSending.value ? 'Looking at it…' : ['Drop the script you have here, or ', h('span', { key: 'choose', class: 'button' }, 'choose files')], h('input', { class: 'unseen', type: 'file', multiple: true, accept: '.js,.mjs,.cjs,.ts,.mts,.cts', onChange: ({ currentTarget }: Event) => { const input = currentTarget as HTMLInputElement; void take([...(input.files ?? [])]); input.value = '' } }))),
    refused.value.map((one) => h(RefusedUpload, { key: one.name, refused: one })),
    h(When<Scanner[]>, { asked, what: 'scanners', children: (all) => all.length > 0 && h(ScannerList, { all }) }),
    h(Starters, null))
}

/** A file that misses the field by a little must not take the place of the page. */
function onDropAnywhere(onOver: (isOver: boolean) => void, onFiles: (files: File[]) => void): () => void {
  const over = (event: DragEvent): void => { if (event.dataTransfer?.types.includes('Files') === true) { event.preventDefault(); onOver(true) } }
  const leave = (event: DragEvent): void => { if (event.relatedTarget === null) onOver(false) }
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    onOver(false)
    onFiles([...(event.dataTransfer?.files ?? [])])
  }
  addEventListener('dragover', over)
  addEventListener('dragleave', leave)
  addEventListener('drop', drop)
  return () => {
    removeEventListener('dragover', over)
    removeEventListener('dragleave', leave)
    removeEventListener('drop', drop)
  }
}

function RefusedUpload({ refused: { name, text, error } }: { refused: Refused }): View {
  const diagnostics = error instanceof ApiError ? error.diagnostics : []
  return h('section', { class: 'refused', 'aria-label': 'Refused upload' },
    h(Problem, { error }), h('p', null, h('b', null, name), ' was not stored.'),
    diagnostics.length > 0 && h('div', { class: 'columns' }, h(Problems, { diagnostics }), h(CodeView, { text, diagnostics, line: diagnostics[0]!.line })))
}

/** Scanners by file, the newest version in front. */
function ScannerList({ all }: { all: readonly Scanner[] }): View {
  const files = [...Map.groupBy(all, ({ filename }) => filename).values()]
  return h('div', { class: 'scrolls' }, h('table', { class: 'list' },
    h('thead', null, h('tr', null, ['Scanner', 'Form', 'Symbols', 'Problems', 'Versions', 'Newest', ''].map((title) => h('th', { key: title, scope: 'col', class: /^(Symbols|Problems|Versions)$/.test(title) ? 'number' : '' }, title === '' ? h('span', { class: 'unseen' }, 'Run') : title)))),
    h('tbody', null, files.map(([newest, ...older]) => h('tr', { key: newest!.filename },
      h('th', { scope: 'row' }, h('a', { href: to('scanners', newest!.id) }, newest!.name ?? newest!.filename), newest!.name !== null && h('small', { class: 'quiet' }, ` ${newest!.filename}`)),
      h('td', null, newest!.pattern), h('td', { class: 'number' }, newest!.symbols.count || 'all'), h('td', { class: 'number' }, newest!.diagnostics.length || h('span', { class: 'quiet' }, 'none')),
      h('td', { class: 'number' }, older.length + 1), h('td', null, moment(newest!.createdAt)), h('td', null, h('a', { href: `${to('new')}?scanner=${newest!.id}` }, 'Run'))))) ))
}

function Starters(): View {
  const asked = useAsked(() => starters(), [])
  if (asked.value === null) return h(Loading, { what: 'built-in scanners' })
  const group = (kind: Starter['kind'], title: string): View => {
    const those = asked.value!.filter((starter) => starter.kind === kind)
    return h('details', { open: kind === 'built-in' }, h('summary', null, `${title}: ${counted(those.length, 'scanner')}`),
      h('ul', { class: 'starters' }, those.map(({ name, text }) => h('li', { key: name }, h('a', { href: `${to('edit')}?from=${encodeURIComponent(`${kind}/${name}`)}` }, name), h('span', { class: 'quiet' }, ` ${aboutOf(text)}`)))))
  }
  return h('section', { 'aria-label': 'To start from' }, h('h2', null, 'To start from'), group('built-in', 'Built in'), group('example', 'Examples'))
}
