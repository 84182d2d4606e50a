import { h } from 'preact'

import { readRuns } from '../server/pages.ts'
import type { Run } from '../server/types.ts'
import { textOf, useAsked } from '../shell/parts.ts'
import { go, to } from '../shell/router.ts'
import { counted, isolated, moment } from '../shell/words.ts'
import type { View } from '../shell/view.ts'

/** Chooses the run that another is compared with. */
export function DiffPicker({ run }: { run: Run }): View | null {
  const asked = useAsked(() => readRuns(), [run.id])
  const others = (asked.value ?? [])
    .filter(({ id, kind }) => id !== run.id && kind === 'scan')
    .toSorted((one, other) => Number(other.filename === run.filename) - Number(one.filename === run.filename))
  if (others.length === 0) return null
  // The earlier day stands first; of one day, what was run first.
  const orderOf = ({ market, createdAt }: Run): string => `${market.asOf ?? ''} ${createdAt}`
  const compare = (other: Run): void => go(orderOf(other) < orderOf(run) ? to('diff', other.id, run.id) : to('diff', run.id, other.id))
  return h(
    'select',
    {
      class: 'compare',
      value: '',
      'aria-label': 'Compare with another run',
      onChange: (event: Event) => compare(others.find(({ id }) => id === textOf(event))!),
    },
    h('option', { value: '' }, 'Compare with…'),
    others.map((other) =>
      h(
        'option',
        { key: other.id, value: other.id },
        `${isolated(other.filename)} ${moment(other.createdAt)} (${other.market.asOf === null ? '' : `as of ${other.market.asOf}, `}${counted(other.ledger.hit, 'hit')})`,
      ),
    ),
  )
}
