import type { Signal } from '@preact/signals'
import { h } from 'preact'

import { FunnelView } from '../read/funnel.ts'
import type { Funnel, Preview } from '../server/types.ts'
import { Problem, textOf, type Asked } from '../shell/parts.ts'
import { count } from '../shell/words.ts'
import { atStep, stepAt, STEPS } from './prefilter-form-scale.ts'
import type { View } from '../shell/view.ts'

export type PrefilterValues = Funnel['settings']

interface Slider {
  readonly name: keyof PrefilterValues
  readonly label: string
  /** Ends of the slider, which moves by equal factors. The box beside it takes any number. */
  readonly from: number
  readonly to: number
  /** The least of a whole number; left out where it may be any number. */
  readonly wholeFrom?: number
}

const SLIDERS: readonly Slider[] = [
  { name: 'minVolume', label: 'Volume a day above', from: 1_000, to: 100_000_000 },
  { name: 'minPrice', label: 'Price from', from: 0.1, to: 1_000 },
  { name: 'maxPrice', label: 'Price to', from: 1, to: 10_000 },
  { name: 'limit', label: 'At most, symbols a date', from: 1, to: 10_000, wholeFrom: 1 },
  { name: 'window', label: 'Means over, sessions', from: 1, to: 250, wholeFrom: 1 },
  { name: 'activateAbove', label: 'Only above, symbols', from: 1, to: 10_000, wholeFrom: 0 },
]

/**
 * The prefilter with the funnel that its numbers lead to, counted anew as they change. What is not changed is left to the
 * scanner and the settings, whose numbers the funnel tells.
 */
export function PrefilterForm({
  isOn,
  values,
  preview,
}: {
  isOn: Signal<boolean>
  values: Signal<Partial<PrefilterValues>>
  preview: Asked<Preview | null>
}): View {
  const inForce: Partial<PrefilterValues> = { ...preview.value?.funnel.settings, ...values.value }
  const set = ({ name, wholeFrom }: Slider, value: number): void => {
    if (Number.isFinite(value) && value >= 0) {
      values.value = { ...values.value, [name]: wholeFrom === undefined ? value : Math.max(wholeFrom, Math.round(value)) }
    }
  }
  return h(
    'div',
    { class: 'columns' },
    h(
      'div',
      null,
      h(
        'div',
        { class: 'row spread' },
        h(
          'label',
          { class: 'inline' },
          h('input', {
            type: 'checkbox',
            checked: isOn.value,
            onChange: (event: Event) => void (isOn.value = (event.currentTarget as HTMLInputElement).checked),
          }),
          ' Screen symbols before the script sees them',
        ),
        isOn.value &&
          Object.keys(values.value).length > 0 &&
          h('button', { type: 'button', class: 'link', onClick: () => void (values.value = {}) }, 'Back to the scanner’s own'),
      ),
      isOn.value &&
        SLIDERS.map((slider) => {
          const { name, label, from, to } = slider
          const value = inForce[name]
          return h(
            'div',
            { key: name, class: 'slider' },
            h('label', { for: `prefilter-${name}` }, label),
            h('input', {
              id: `prefilter-${name}`,
              type: 'number',
              min: 0,
              step: 'any',
              value: value === undefined ? '' : String(value),
              onInput: (event: Event) => set(slider, Number(textOf(event) || Number.NaN)),
            }),
            h('input', {
              type: 'range',
              min: 0,
              max: STEPS,
              disabled: value === undefined,
              value: String(stepAt(from, to, value ?? from)),
              'aria-label': `${label}, slider`,
              'aria-valuetext': value === undefined ? undefined : count(value),
              onInput: (event: Event) => set(slider, atStep(from, to, Number(textOf(event)))),
            }),
          )
        }),
    ),
    h(
      'div',
      { 'aria-live': 'polite' },
      !isOn.value
        ? h('p', { class: 'quiet' }, 'Every symbol with a bar goes to the script.')
        : preview.error !== null
          ? h(Problem, { error: preview.error })
          : preview.value === null
            ? h('p', { class: 'quiet' }, preview.isLoading ? 'counting…' : 'Name symbols to see how many of them pass.')
            : [
                h(FunnelView, { key: 'funnel', funnel: preview.value.funnel }),
                h(
                  'p',
                  { key: 'kept', class: 'quiet' },
                  `On ${preview.value.date}. First of them: ${preview.value.kept.slice(0, 12).join(' ')}`,
                ),
              ],
    ),
  )
}
