import { h } from 'preact'

import { readRuns } from '../server/pages.ts'
import type { Run } from '../server/types.ts'
import { textOf, useAsked } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { counted, moment } from '../shell/words.ts'
import type { View } from '../shell/view.ts'

/** Chooses the run that another is compared with. */
export function DiffPicker({ run }: { run: Run }): View {
  const asked = useAsked(() => readRuns(), [run.id])
  const others = (asked.value ?? []).filter(({ id, kind }) => id !== run.id && kind === 'scan').toSorted((one, other) => Number(other.filename === run.filename) - Number(one.filename === run.filename))
  if (others.length === 0) return h('span', { class: 'quiet' }, 'No other run to compare with yet')
  return h('label', { class: 'inline' }, 'Compare with ', h('select', { value: '', onChange: (event: Event) => go(to('diff', textOf(event), run.id)) },
    h('option', { value: '' }, 'an earlier run…'), others.map((other) => h('option', { key: other.id, value: other.id }, `${other.filename} ${moment(other.createdAt)} (${counted(other.ledger.hit, 'hit')})`))))
}
