import { useSignal } from '@preact/signals'
import { h } from 'preact'

import { beginSession } from '../server/client.ts'
import { Problem, textOf } from './parts.ts'
import type { View } from './view.ts'

/** Asks for the token of a server that wants one. */
export function TokenView(): View {
  const token = useSignal('')
  const problem = useSignal<unknown>(null)
  const send = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      await beginSession(token.value.trim())
    } catch (error) {
      problem.value = error
    }
  }
  return h(
    'main',
    { class: 'page token' },
    h('h1', null, 'Strikescan'),
    h(
      'form',
      { onSubmit: (event: Event) => void send(event) },
      h('label', { for: 'token' }, 'This server asks for its token'),
      h('input', {
        id: 'token',
        type: 'password',
        autocomplete: 'current-password',
        value: token.value,
        onInput: (event: Event) => void (token.value = textOf(event)),
      }),
      h('button', { type: 'submit', class: 'main', disabled: token.value.trim() === '' }, 'Go on'),
      problem.value !== null && h(Problem, { error: problem.value }),
    ),
  )
}
