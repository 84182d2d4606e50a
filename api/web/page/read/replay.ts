import { useSignal } from '@preact/signals'
import { h } from 'preact'

import { request } from '../server/client.ts'
import type { Run } from '../server/types.ts'
import { go, to } from '../shell/router.ts'
import { isOver } from '../shell/words.ts'
import type { View } from '../shell/view.ts'

/** Does a run again exactly as it was, and leads from a replay to its run and to what differs. */
export function Replay({ run }: { run: Run }): View | null {
  const isAsked = useSignal(false)
  const problem = useSignal<string | null>(null)
  if (run.kind !== 'scan' || run.split === null) return null
  const replay = async (): Promise<void> => {
    isAsked.value = true
    problem.value = null
    try {
      const { id } = await request<Run>(`/api/runs/${run.id}/replay`, { method: 'POST' })
      go(to('runs', id))
    } catch (error) {
      problem.value = (error as Error).message
    }
    isAsked.value = false
  }
  return h('div', null,
    run.replayOf !== undefined && h('p', null, 'A replay of ', h('a', { href: to('runs', run.replayOf) }, run.replayOf), '. ', isOver(run.status) && h('a', { href: to('diff', run.replayOf, run.id) }, 'Compare their hits')),
    isOver(run.status) && h('p', null,
      h('button', { type: 'button', disabled: isAsked.value, onClick: () => void replay() }, isAsked.value ? 'Replay…' : 'Replay'),
      h('span', { class: 'quiet' }, ' the same script, symbols, dates and parameters over the same snapshot of the market')),
    problem.value !== null && h('p', { role: 'alert', class: 'wrong-text' }, problem.value))
}
