import type { Signal } from '@preact/signals'
import { h, type ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'

import type { Market, Scanner } from '../server/types.ts'
import { Field, textOf, TextBox } from '../shell/parts.ts'
import { count, counted } from '../shell/words.ts'
import type { FormSignals } from './form.ts'
import { datesIn, type RunForm } from './run-request.ts'
import { strayIn, symbolsIn } from './symbol-list.ts'
import type { View } from '../shell/view.ts'

function Choice<T extends string>({
  name,
  value,
  chosen,
  children,
}: {
  name: string
  value: T
  chosen: Signal<T>
  children: ComponentChildren
}): View {
  return h(
    'label',
    { class: 'inline' },
    h('input', { type: 'radio', name, checked: chosen.value === value, onChange: () => void (chosen.value = value) }),
    ' ',
    children,
  )
}

/** Which symbols: the script's own, all, or a list that is typed, pasted or read from a file. */
export function UniverseFields({ form, scanner, market }: { form: FormSignals; scanner: Scanner; market: Market }): View {
  const choice = (value: 'script' | 'all' | 'list', children: ComponentChildren): View =>
    h(Choice<'script' | 'all' | 'list'>, { name: 'universe', value, chosen: form.universe, children })
  const named = symbolsIn(form.list.value)
  const stray = strayIn(form.list.value)
  const more = stray.length > 5 ? ` and ${count(stray.length - 5)} more` : ''
  const leftOut = stray.length === 0 ? '' : `; left out, for they can be no symbols: ${stray.slice(0, 5).join(' ')}${more}`
  const help = `${counted(named.length, 'symbol')}${leftOut}`
  const own = scanner.symbols
  const readFile = async (event: Event): Promise<void> => {
    const file = (event.currentTarget as HTMLInputElement).files?.[0]
    if (file !== undefined) {
      form.list.value = (await file.text())
        .split(/\r?\n/)
        .map((line) => line.split(/[,;\t]/)[0])
        .join('\n')
    }
  }
  return h(
    'div',
    { role: 'radiogroup', 'aria-label': 'Symbols' },
    own.count > 0 &&
      choice('script', `The script’s own ${count(own.count)}: ${own.sample.slice(0, 5).join(', ')}${own.count > 5 ? '…' : ''}`),
    choice('all', `The whole market, ${counted(market.symbols, 'symbol')}`),
    choice('list', 'A list'),
    form.universe.value === 'list' &&
      h(
        'div',
        { class: 'list-box' },
        h(Field, {
          label: 'Symbols',
          help: named.length === 0 ? 'Separated by spaces, commas or lines; or drop a file here' : help,
          children: (attributes) =>
            h('textarea', {
              ...attributes,
              rows: 4,
              value: form.list.value,
              spellcheck: false,
              placeholder: 'AAPL MSFT NVDA',
              onInput: (event: Event) => void (form.list.value = textOf(event)),
              onDrop: (event: DragEvent) => {
                const file = event.dataTransfer?.files[0]
                if (file !== undefined) {
                  event.preventDefault()
                  void file.text().then((text) => void (form.list.value = text))
                }
              },
            }),
        }),
        h(
          'label',
          { class: 'file' },
          h('span', { class: 'button' }, 'From a file'),
          h('input', { class: 'unseen', type: 'file', accept: '.txt,.csv', onChange: (event: Event) => void readFile(event) }),
        ),
      ),
  )
}

export function DatesFields({ form, scanner, market }: { form: FormSignals; scanner: Scanner; market: Market }): View {
  const choice = (value: 'script' | 'last' | 'list' | 'range', children: ComponentChildren): View =>
    h(Choice<'script' | 'last' | 'list' | 'range'>, { name: 'dates', value, chosen: form.dates, children })
  const { values } = scanner.dates
  const range = { min: market.firstDate ?? undefined, max: market.lastDate ?? undefined }
  const hasAsOf = useRef(form.asOf.peek() !== '').current
  const named = datesIn(form.dateText.value)
  return h(
    'div',
    { role: 'radiogroup', 'aria-label': 'Dates' },
    values.length > 0 &&
      choice('script', `The script’s own: ${values.slice(0, 3).join(', ')}${values.length > 3 ? `… (${values.length})` : ''}`),
    // A script with dates of its own has no last session as of another date.
    (values.length === 0 || form.asOf.value === '') &&
      choice('last', `The last session${form.asOf.value === '' ? `, ${market.lastDate ?? 'none yet'}` : ` up to ${form.asOf.value}`}`),
    choice('range', 'A range of sessions'),
    form.dates.value === 'range' &&
      h(
        'div',
        { class: 'row' },
        h(Field, { label: 'First', children: (attributes) => h(TextBox, { ...attributes, ...range, value: form.from, type: 'date' }) }),
        h(Field, { label: 'Last', children: (attributes) => h(TextBox, { ...attributes, ...range, value: form.to, type: 'date' }) }),
      ),
    choice('list', 'A list'),
    form.dates.value === 'list' &&
      h(Field, {
        label: 'Dates',
        help: named.length === 0 ? 'Such as 2026-11-20, separated by spaces' : counted(named.length, 'date'),
        children: (attributes) => h(TextBox, { ...attributes, value: form.dateText }),
      }),
    hasAsOf &&
      h(Field, {
        label: 'As of',
        help: 'Nothing after this date is seen; else the last of the dates',
        children: (attributes) => h(TextBox, { ...attributes, ...range, value: form.asOf, type: 'date' }),
      }),
  )
}

export const LimitFields = ({ form }: { form: FormSignals }): View =>
  h(
    'div',
    { class: 'fields' },
    (
      [
        ['timeoutS', 'Seconds for the run'],
        ['symbolTimeoutMs', 'Milliseconds for a symbol'],
        ['memoryMb', 'Megabytes for a worker'],
        ['workers', 'Workers'],
      ] as const
    ).map(([name, label]) =>
      h(Field, {
        key: name,
        label,
        children: (attributes) =>
          h(TextBox, {
            ...attributes,
            value: form[name],
            type: 'number',
            min: 1,
            step: name === 'timeoutS' ? 'any' : 1,
            placeholder: 'default',
          }),
      }),
    ),
    h(Field, {
      label: 'Run in batches',
      children: (attributes) =>
        h(
          'select',
          {
            ...attributes,
            value: form.split.value,
            onChange: (event: Event) => void (form.split.value = textOf(event) as RunForm['split']),
          },
          SPLITS.map(([value, label]) => h('option', { key: value, value }, label)),
        ),
    }),
  )

const SPLITS: readonly (readonly [RunForm['split'], string])[] = [
  ['auto', 'where the rows stay the same'],
  ['always', 'always'],
  ['never', 'never: as a whole'],
]
