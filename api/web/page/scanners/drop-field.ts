import { useSignal } from '@preact/signals'
import { h } from 'preact'
import { useEffect } from 'preact/hooks'

import { ApiError } from '../server/client.ts'
import type { Scanner } from '../server/types.ts'
import { Problem } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { counted } from '../shell/words.ts'
import { CodeView } from './code-view.ts'
import { Problems } from './report.ts'
import { uploadFile } from './upload.ts'
import type { View } from '../shell/view.ts'

interface Refused {
  readonly name: string
  readonly text: string
  readonly error: unknown
}

/**
 * Where scripts are dropped, and what became of those that were refused. One that was taken by itself is opened.
 * @param onTaken where several were dropped, or some refused: how many of them were
 */
export function DropField({ onTaken }: { onTaken: (refused: number) => void }): View {
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
    else onTaken(refused.value.length)
  }
  useEffect(
    () =>
      onDropAnywhere(
        (is) => void (isOver.value = is),
        (files) => void take(files),
      ),
    [],
  )
  return h(
    'div',
    null,
    h(
      'div',
      { class: `drop${isOver.value ? ' over' : ''}` },
      h(
        'label',
        null,
        isSending.value
          ? 'Looking at it…'
          : ['Drop the script you have here, or ', h('span', { key: 'choose', class: 'button' }, 'choose files')],
        h('input', {
          class: 'unseen',
          type: 'file',
          multiple: true,
          accept: '.js,.mjs,.cjs,.ts,.mts,.cts',
          onChange: ({ currentTarget }: Event) => {
            const input = currentTarget as HTMLInputElement
            void take([...(input.files ?? [])])
            input.value = ''
          },
        }),
      ),
    ),
    refused.value.map((one) => h(RefusedUpload, { key: one.name, refused: one })),
  )
}

/** A file that misses the field by a little must not take the place of the page. */
function onDropAnywhere(onOver: (isOver: boolean) => void, onFiles: (files: File[]) => void): () => void {
  const over = (event: DragEvent): void => {
    if (event.dataTransfer?.types.includes('Files') === true) {
      event.preventDefault()
      onOver(true)
    }
  }
  const leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) onOver(false)
  }
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

/** Each problem is told once: in the list, or where the server names none of its own, as its answer. */
function RefusedUpload({ refused: { name, text, error } }: { refused: Refused }): View {
  const diagnostics = error instanceof ApiError ? error.diagnostics : []
  const isListed = diagnostics.length > 0
  return h(
    'section',
    { class: 'refused', 'aria-label': 'Refused upload' },
    h(
      'p',
      { class: 'problem', role: 'alert' },
      h('b', null, name),
      ' was not stored',
      isListed ? `: ${counted(diagnostics.length, 'problem')}.` : '.',
    ),
    !isListed && h(Problem, { error }),
    isListed &&
      h(
        'div',
        { class: 'columns' },
        h(Problems, { diagnostics }),
        text !== '' && h(CodeView, { text, diagnostics, line: diagnostics[0]!.line, marksOnly: true }),
      ),
  )
}
