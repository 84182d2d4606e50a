import {
  callScript,
  errorStackGetter,
  listPush,
  objectHasOwn,
  ObjectGetOwnPropertyDescriptor,
  stringEndsWith,
  stringIncludes,
  stringIndexOf,
  stringRepeat,
  stringSlice,
  stringStartsWith,
} from '../language/intrinsics.ts'
import { replaceText } from '../language/text.ts'
import { dataProperty, ownValue } from './kinds.ts'
import type { InspectContext } from './options.ts'

type Prefix = (name: string | null, tag: string, fallback: string) => string

/**
 * An error as its stack, in brackets where it has none. Takes from `keys` what the stack shows already, and adds
 * `cause` and `errors`, which are not enumerable.
 */
export function formatError(
  context: InspectContext, error: Error, constructor: string | null, tag: string, keys: PropertyKey[], prefixOf: Prefix,
): string {
  const { proxies } = context.host
  const nameValue = dataProperty(error, 'name', proxies)
  const messageValue = dataProperty(error, 'message', proxies)
  const name = typeof nameValue === 'string' ? nameValue : 'Error'
  const message = typeof messageValue === 'string' ? messageValue : ''
  const header = message === '' ? name : `${name}: ${message}`
  const raw = readStack(error)
  const stack = raw === null ? header : context.host.formatStack(raw)

  dropKey(keys, 'stack')
  if (stringIncludes(stack, message)) dropKey(keys, 'message')
  if (stringIncludes(stack, name)) dropKey(keys, 'name')
  addHiddenKey(error, keys, 'cause')
  addHiddenKey(error, keys, 'errors')

  let text = nameConstructor(stack, constructor, name, prefixOf(constructor, tag, 'Error'))
  const messageAt = message === '' ? -1 : stringIndexOf(text, message)
  const framesAt = stringIndexOf(text, '\n    at', messageAt === -1 ? 0 : messageAt + message.length)
  if (framesAt === -1) text = `[${text}]`
  const { budget } = context
  if (text.length > budget.remaining) {
    text = stringSlice(text, 0, budget.remaining > 0 ? budget.remaining : 0)
    budget.cut = true
  }
  budget.remaining -= text.length
  return context.indentation === 0 ? text : replaceText(text, '\n', `\n${stringRepeat(' ', context.indentation)}`)
}

/** The stack without running a getter of the script's; null where there is none. */
function readStack(error: Error): string | null {
  const descriptor = ObjectGetOwnPropertyDescriptor(error, 'stack')
  if (descriptor === undefined) return null
  let stack = ownValue(descriptor)
  if (objectHasOwn(descriptor, 'get') && descriptor.get === errorStackGetter) {
    try {
      stack = callScript(errorStackGetter, error, [])
    } catch {
      return null
    }
  }
  return typeof stack === 'string' && stack !== '' ? stack : null
}

/** Says the class of an error whose `name` does not: `Error: x` of a `class MyError` becomes `MyError: x`. */
function nameConstructor(stack: string, constructor: string | null, name: string, prefix: string): string {
  const label = stringSlice(prefix, 0, -1)
  if (constructor === null || name === label || !stringEndsWith(name, 'Error') || !stringStartsWith(stack, name)) return stack
  const next = stack[name.length]
  if (next !== undefined && next !== ':' && next !== '\n') return stack
  const rest = stringSlice(stack, name.length)
  return stringIncludes(label, name) ? label + rest : `${label} [${name}]${rest}`
}

function dropKey(keys: PropertyKey[], key: string): void {
  let kept = 0
  for (let i = 0; i < keys.length; i++) {
    const candidate = keys[i] as PropertyKey
    if (candidate !== key) keys[kept++] = candidate
  }
  keys.length = kept
}

function addHiddenKey(error: Error, keys: PropertyKey[], key: string): void {
  if (!objectHasOwn(error, key)) return
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return
  listPush(keys, key)
}
