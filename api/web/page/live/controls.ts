import { useSignal } from '@preact/signals'
import { h } from 'preact'

import { request } from '../server/client.ts'
import type { RunStatus } from '../server/types.ts'
import { isOver } from '../shell/words.ts'
import type { View } from '../shell/view.ts'

type Change = 'pause' | 'resume' | 'cancel'

/** Pause, go on, cancel: what the state of the run allows. */
export function Controls({ runId, status }: { runId: string; status: RunStatus }): View | null {
  const asked = useSignal<Change | null>(null)
  const problem = useSignal<string | null>(null)
  const isCertain = useSignal(false)
  if (isOver(status)) return null
  const change = async (to: Change): Promise<void> => {
    asked.value = to
    problem.value = null
    try {
      await request(`/api/runs/${runId}/${to}`, { method: 'POST' })
    } catch (error) {
      problem.value = (error as Error).message
    }
    asked.value = null
    isCertain.value = false
  }
  const button = (to: Change, label: string, kind = ''): View =>
    h(
      'button',
      { key: to, type: 'button', class: kind, disabled: asked.value !== null, onClick: () => void change(to) },
      asked.value === to ? `${label}…` : label,
    )
  return h(
    'span',
    { class: 'controls' },
    problem.value !== null && h('span', { role: 'alert', class: 'wrong-text' }, problem.value),
    status === 'paused' || status === 'interrupted' ? button('resume', 'Resume', 'main') : button('pause', 'Pause'),
    isCertain.value
      ? [
          button('cancel', 'Cancel the run', 'danger'),
          h('button', { key: 'keep', type: 'button', onClick: () => void (isCertain.value = false) }, 'Keep it'),
        ]
      : h('button', { type: 'button', onClick: () => void (isCertain.value = true) }, 'Cancel'),
  )
}
