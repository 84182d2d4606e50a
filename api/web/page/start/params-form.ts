import type { Signal } from '@preact/signals'
import { h } from 'preact'

import type { Scanner } from '../server/types.ts'
import { Field, textOf } from '../shell/parts.ts'
import type { View } from '../shell/view.ts'

type Param = Scanner['params'][number]
export type ParamValues = Readonly<Record<string, unknown>>

/** What is wrong with a value by the scanner's own declaration; null where nothing is. */
export function paramProblem({ default: standard, min, max, options }: Param, value: unknown): string | null {
  if (typeof standard === 'number') {
    if (typeof value !== 'number' || Number.isNaN(value)) return 'must be a number'
    if (min !== undefined && value < min) return `must be at least ${min}`
    if (max !== undefined && value > max) return `must be at most ${max}`
  }
  if (options !== undefined && !options.includes(String(value))) return `must be one of ${options.join(', ')}`
  return null
}

/**
 * A form made from the parameters that a scanner declares: what is not changed is left to the scanner. Others, which
 * only running it tells, can be left out.
 */
export function ParamsForm({ params, values }: { params: readonly Param[]; values: Signal<ParamValues> }): View {
  const others = Object.keys(values.value).filter((name) => !params.some((param) => param.name === name))
  return h(
    'div',
    null,
    params.length === 0 && h('p', { class: 'quiet' }, 'This scanner declares no parameters.'),
    h(
      'div',
      { class: 'fields' },
      params.map((param) => {
        const value = param.name in values.value ? values.value[param.name] : param.default
        const set = (next: unknown): void => {
          const { [param.name]: _, ...rest } = values.value
          values.value = next === param.default ? rest : { ...rest, [param.name]: next }
        }
        return h(Field, {
          key: param.name,
          label: param.name,
          help: helpOf(param),
          error: paramProblem(param, value),
          children: (attributes) => h(Box, { param, value, set, attributes }),
        })
      }),
    ),
    others.length > 0 &&
      h(
        'p',
        { class: 'quiet' },
        `Also given: ${others.map((name) => `${name} ${JSON.stringify(values.value[name])}`).join(', ')}. `,
        h(
          'button',
          {
            type: 'button',
            class: 'link',
            onClick: () =>
              void (values.value = Object.fromEntries(Object.entries(values.value).filter(([name]) => !others.includes(name)))),
          },
          'Leave out',
        ),
      ),
  )
}

const helpOf = ({ help, min, max, default: standard }: Param): string =>
  [
    help,
    min !== undefined && max !== undefined ? `${min} to ${max}` : null,
    `default ${typeof standard === 'string' ? standard : JSON.stringify(standard)}`,
  ]
    .filter((part) => part != null && part !== '')
    .join('; ')

function Box({
  param,
  value,
  set,
  attributes,
}: {
  param: Param
  value: unknown
  set: (value: unknown) => void
  attributes: Record<string, unknown>
}): View {
  const { default: standard, min, max, options } = param
  if (typeof standard === 'boolean') {
    return h('input', {
      ...attributes,
      type: 'checkbox',
      checked: value === true,
      onChange: (event: Event) => set((event.currentTarget as HTMLInputElement).checked),
    })
  }
  if (options !== undefined) {
    return h(
      'select',
      { ...attributes, value: String(value), onChange: (event: Event) => set(textOf(event)) },
      options.map((option) => h('option', { key: option, value: option }, option)),
    )
  }
  if (typeof standard !== 'number') {
    return h('input', { ...attributes, type: 'text', value: String(value), onInput: (event: Event) => set(textOf(event)) })
  }
  const onInput = (event: Event): void => set(textOf(event) === '' ? Number.NaN : Number(textOf(event)))
  const isRanged = min !== undefined && max !== undefined
  return h(
    'span',
    { class: 'row' },
    h('input', { ...attributes, type: 'number', step: 'any', min, max, value: Number.isNaN(value) ? '' : String(value), onInput }),
    isRanged &&
      h('input', {
        type: 'range',
        min,
        max,
        step: stepOf(min, max, standard),
        value: String(value),
        onInput,
        'aria-label': `${param.name}, slider`,
      }),
  )
}

/** Whole numbers stay whole. */
const stepOf = (min: number, max: number, standard: number): number =>
  Number.isInteger(min) && Number.isInteger(standard) && max - min >= 2 ? 1 : (max - min) / 200
