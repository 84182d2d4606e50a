import {
  ErrorConstructor,
  JSONStringify,
  NumberConstructor,
  NumberParseFloat,
  NumberParseInt,
  objectHasOwn,
  stringCharCodeAt,
  StringConstructor,
  stringSlice,
  SymbolToPrimitive,
} from '../language/intrinsics.ts'
import { inspect } from './inspect.ts'
import { isBuiltInPrototype, walkPrototypes } from './kinds.ts'
import { DEFAULT_OPTIONS, take, type Budget, type InspectHost, type InspectOptions } from './options.ts'
import { formatNumber } from './primitives.ts'

const STRING_OPTIONS: InspectOptions = { ...DEFAULT_OPTIONS, depth: 0 }
const HIDDEN_OPTIONS: InspectOptions = { ...DEFAULT_OPTIONS, depth: 4, showHidden: true }

/** Console arguments as one text, as Node's `util.format` makes it, of at most `budget.remaining` characters or little more. */
export function formatArguments(args: readonly unknown[], host: InspectHost, budget: Budget): string {
  const first = args[0]
  let text = ''
  let next = 0
  if (typeof first === 'string') {
    next = 1
    if (args.length === 1) return take(first, budget)
    const filled = fillTemplate(first, args, host, budget)
    text = filled.text
    next = filled.next
  }
  for (; next < args.length; next++) {
    if (budget.remaining <= 0) {
      budget.cut = true
      break
    }
    const value = args[next]
    if (next > 0) text += ' '
    text += typeof value === 'string' ? take(value, budget) : inspect(value, host, budget)
  }
  return text
}

function fillTemplate(template: string, args: readonly unknown[], host: InspectHost, budget: Budget): { text: string; next: number } {
  let text = ''
  let last = 0
  let next = 1
  for (let i = 0; i < template.length - 1 && budget.remaining > 0; i++) {
    if (stringCharCodeAt(template, i) !== 37) continue
    const sign = template[i + 1] as string
    i++
    if (sign === '%') {
      text += take(stringSlice(template, last, i), budget)
      last = i + 1
    } else if (next < args.length) {
      const value = placeholder(sign, args[next], host, budget)
      if (value === null) continue
      text += take(stringSlice(template, last, i - 1), budget) + value
      last = i + 1
      next++
    }
  }
  return { text: text + take(stringSlice(template, last), budget), next }
}

/** The text for `%` and a sign, null where the sign means nothing. */
function placeholder(sign: string, value: unknown, host: InspectHost, budget: Budget): string | null {
  switch (sign) {
    case 's':
      return formatString(value, host, budget)
    case 'd':
      return asNumber(value, (other) => NumberConstructor(other))
    case 'i':
      return asNumber(value, (other) => NumberParseInt(other as string))
    case 'f':
      return typeof value === 'symbol' ? 'NaN' : formatNumber(NumberParseFloat(value as string))
    case 'j':
      return formatJson(value, budget)
    case 'o':
      return inspect(value, host, budget, HIDDEN_OPTIONS)
    case 'O':
      return inspect(value, host, budget)
    case 'c':
      return ''
    default:
      return null
  }
}

function asNumber(value: unknown, convert: (value: unknown) => number): string {
  if (typeof value === 'bigint') return `${StringConstructor(value)}n`
  return typeof value === 'symbol' ? 'NaN' : formatNumber(convert(value))
}

function formatString(value: unknown, host: InspectHost, budget: Budget): string {
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'bigint') return `${StringConstructor(value)}n`
  if (typeof value === 'object' && value !== null && hasBuiltInToString(value, host)) {
    return inspect(value, host, budget, STRING_OPTIONS)
  }
  return take(StringConstructor(value), budget)
}

/** False where the script gave the object a text of its own, which `%s` then prints. */
function hasBuiltInToString(value: object, host: InspectHost): boolean {
  let builtIn = true
  walkPrototypes(value, host.proxies, (object) => {
    if (!objectHasOwn(object, 'toString') && !objectHasOwn(object, SymbolToPrimitive)) return false
    builtIn = isBuiltInPrototype(object)
    return true
  })
  return builtIn
}

function formatJson(value: unknown, budget: Budget): string {
  let left = budget.remaining
  const tooLong = new ErrorConstructor('JSON is longer than the rest of the line')
  try {
    const text = JSONStringify(value, (key, item: unknown) => {
      left -= key.length + 1 + (typeof item === 'string' ? item.length : 1)
      if (left < 0) throw tooLong
      return item
    })
    return text === undefined ? 'undefined' : take(text, budget)
  } catch (error) {
    if (error === tooLong) {
      budget.cut = true
      return '[JSON too long]'
    }
    // JSON.stringify itself throws only on cycles and on BigInt; Node prints the first and throws the second.
    if (typeof value === 'object' && isCycle(error)) return '[Circular]'
    throw error
  }
}

const isCycle = (error: unknown) =>
  typeof error === 'object' && error !== null && objectHasOwn(error, 'message') &&
  stringSlice(StringConstructor((error as Error).message), 0, 29) === 'Converting circular structure'
