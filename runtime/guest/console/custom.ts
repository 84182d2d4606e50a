import { callScript, newList, ObjectGetOwnPropertyDescriptor, StringConstructor, stringRepeat } from '../language/intrinsics.ts'
import { replaceText } from '../language/text.ts'
import { dataProperty, ownValue } from './kinds.ts'
import { INSPECT_CUSTOM, optionsGiven, take, type Budget, type InspectContext, type InspectHost, type InspectOptions } from './options.ts'

type Inspect = (value: unknown, host: InspectHost, budget: Budget, options: InspectOptions) => string

/**
 * The text of an object that says itself how it is shown: Node's classes and what scripts bring along. Null for all others. It runs
 * while the script waits for the console, so what it does is the script's own doing.
 * @param show shows what the object gives to be shown in its place
 * @param inspect what the object is lent to show its parts by
 */
export function ownText(context: InspectContext, value: object, depth: number, show: (shown: unknown) => string, inspect: Inspect): string | null {
  const { host, budget, indentation } = context
  const method = dataProperty(value, INSPECT_CUSTOM, host.proxies)
  if (typeof method !== 'function' || isPrototype(value)) return null
  const options = { depth: context.depth, breakLength: context.breakLength, maxArrayLength: context.maxArrayLength, maxStringLength: context.maxStringLength, compact: context.compact, showHidden: context.showHidden, sorted: context.sorted, colors: false, stylize: (text: unknown) => StringConstructor(text) }
  const args = newList<unknown>()
  args[0] = context.depth - depth
  args[1] = options
  args[2] = (shown: unknown, given: unknown) => inspect(shown, host, { remaining: budget.remaining, cut: false }, optionsGiven(given))
  const shown = callScript(method, value, args)
  if (shown === value) return null
  if (typeof shown !== 'string') return show(shown)
  const text = take(shown, budget)
  return indentation === 0 ? text : replaceText(text, '\n', `\n${stringRepeat(' ', indentation)}`)
}

function isPrototype(value: object): boolean {
  const descriptor = ObjectGetOwnPropertyDescriptor(value, 'constructor')
  const constructor = descriptor === undefined ? undefined : ownValue(descriptor)
  const prototype = typeof constructor === 'function' ? ObjectGetOwnPropertyDescriptor(constructor, 'prototype') : undefined
  return prototype !== undefined && ownValue(prototype) === value
}
