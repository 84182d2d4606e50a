import { useSignal } from '@preact/signals'
import { h } from 'preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'

import type { Editor } from '../editor/editor.ts'
import { ApiError, request, requestText } from '../server/client.ts'
import type { Scanner } from '../server/types.ts'
import { Loading, Problem, TextBox, useAsked, When } from '../shell/parts.ts'
import { go, place, to } from '../shell/router.ts'
import { theme } from '../shell/theme.ts'
import { draftAt, dropDraft, keepDraft, type Draft } from './drafts.ts'
import { Problems } from './report.ts'
import { starters } from './starters.ts'
import { uploadText } from './upload.ts'
import type { View } from '../shell/view.ts'

const NEW: Draft = {
  filename: 'my-scanner.ts',
  text: `import { defineScanner } from 'strikescan'

export default defineScanner({
  name: 'My scanner',
  params: {
    minGap: { default: 0.03, min: 0.005, max: 0.5, help: 'gap over the previous close' },
  },
  lookback: 60,
  scan({ bars, ta, params }) {
    const { open, close } = bars
    const last = close.length - 1
    if (last < 1) return null
    const gap = open[last] / close[last - 1] - 1
    if (!(gap >= params.minGap)) return null
    return { score: gap, direction: 'bullish', data: { gap, rsi: ta.rsi(close, 14)[last] }, strategies: ['Long Call'] }
  },
})
`,
}

async function draftOf(query: URLSearchParams): Promise<Draft> {
  const [id, from] = [query.get('scanner'), query.get('from')]
  if (id !== null) {
    const [scanner, text] = await Promise.all([request<Scanner>(`/api/scanners/${id}`), requestText(`/api/scanners/${id}/source`)])
    return { filename: scanner.filename, text }
  }
  if (from === null) return NEW
  const found = (await starters()).find(({ kind, name }) => `${kind}/${name}` === from)
  return found === undefined ? NEW : { filename: found.name, text: found.text }
}

/** The editor, loaded when it is first opened. */
export function EditView(): View {
  const at = place.value.query.toString()
  const asked = useAsked(() => draftOf(place.value.query), [at])
  const round = useSignal(0)
  return h(When<Draft>, {
    asked,
    what: 'the script',
    children: (saved) =>
      h(EditDraft, {
        key: `${at} ${round.value}`,
        at,
        saved,
        onDiscard: () => {
          dropDraft(at)
          round.value++
        },
      }),
  })
}

/** @param at which script it is, for its draft */
function EditDraft({ at, saved, onDiscard }: { at: string; saved: Draft; onDiscard: () => void }): View {
  const draft = useMemo(() => draftAt(at) ?? saved, [])
  const isOld = useSignal(draft !== saved)
  const filename = useSignal(draft.filename)
  const problem = useSignal<unknown>(null)
  const isSaving = useSignal(false)
  const isThere = useSignal(false)
  const box = useRef<HTMLDivElement>(null)
  const editor = useRef<Editor | null>(null)
  const save = async (): Promise<void> => {
    isSaving.value = true
    problem.value = null
    try {
      const scanner = await uploadText(filename.value, editor.current!.text())
      editor.current!.showProblems([])
      dropDraft(at)
      go(to('scanners', scanner.id))
    } catch (error) {
      problem.value = error
      if (error instanceof ApiError) editor.current!.showProblems(error.diagnostics)
    }
    isSaving.value = false
  }
  const look = theme.value
  useEffect(() => {
    let isGone = false
    void import('../editor/editor.ts').then(
      ({ openEditor }) => {
        if (isGone) return
        editor.current = openEditor({
          box: box.current!,
          filename: filename.peek(),
          text: editor.current?.text() ?? draft.text,
          isDark: look === 'dark',
          onSave: () => void save(),
          onChange: (text) => keepDraft(at, { filename: filename.peek(), text }),
        })
        isThere.value = true
      },
      (error: unknown) => void (problem.value = error),
    )
    return () => {
      isGone = true
      editor.current?.close()
    }
  }, [look])
  const diagnostics = problem.value instanceof ApiError ? problem.value.diagnostics : []
  return h(
    'article',
    { class: 'edit' },
    h(
      'header',
      { class: 'row' },
      h('h1', null, 'Edit'),
      h('label', { class: 'inline' }, 'File ', h(TextBox, { value: filename, 'aria-label': 'File name', spellcheck: false })),
      isOld.value
        ? h(
            'span',
            { class: 'note-inline' },
            'A draft that was not saved. ',
            h('button', { type: 'button', class: 'link', onClick: onDiscard }, 'Discard it'),
          )
        : h('span', { class: 'quiet' }, 'Saving makes a new version; versions never change.'),
      h('span', { class: 'grow' }),
      h(
        'button',
        { type: 'button', class: 'main', disabled: isSaving.value || !isThere.value, onClick: () => void save(), title: 'Ctrl+S' },
        isSaving.value ? 'Saving…' : 'Save',
      ),
    ),
    problem.value !== null && diagnostics.length === 0 && h(Problem, { error: problem.value }),
    diagnostics.length > 0 &&
      h('div', { class: 'problem', role: 'alert' }, h(Problems, { diagnostics, onLine: (line) => editor.current?.goTo(line) })),
    !isThere.value && h(Loading, { what: 'the editor' }),
    h('div', { ref: box, class: 'editor-box' }),
  )
}
