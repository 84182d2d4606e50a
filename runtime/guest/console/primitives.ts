import {
  numberToString,
  ObjectIs,
  stringCharCodeAt,
  StringConstructor,
  stringIncludes,
  stringIndexOf,
  stringRepeat,
  stringSlice,
  stringToUpperCase,
  symbolToString,
} from '../language/intrinsics.ts'
import type { InspectContext } from './options.ts'

const SHORTEST_WRAPPED = 16

export function formatNumber(value: number): string {
  return ObjectIs(value, -0) ? '-0' : `${value}`
}

/** A primitive as `util.inspect` shows it; long strings are broken after their line ends. */
export function formatPrimitive(value: unknown, context: InspectContext): string {
  if (typeof value === 'string') return formatString(value, context)
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'bigint') return `${StringConstructor(value)}n`
  if (typeof value === 'symbol') return symbolToString(value)
  return `${value as boolean | undefined | null}`
}

function formatString(value: string, context: InspectContext): string {
  const { budget } = context
  let text = value
  let trailer = ''
  if (text.length > context.maxStringLength) {
    const rest = text.length - context.maxStringLength
    text = stringSlice(text, 0, context.maxStringLength)
    trailer = `... ${rest} more character${rest > 1 ? 's' : ''}`
  }
  if (text.length > budget.remaining) {
    text = stringSlice(text, 0, budget.remaining > 0 ? budget.remaining : 0)
    budget.cut = true
  }
  if (text.length <= SHORTEST_WRAPPED || text.length <= context.breakLength - context.indentation - 4) {
    return quote(text) + trailer
  }
  const joint = ` +\n${stringRepeat(' ', context.indentation + 2)}`
  let out = ''
  for (let start = 0; start < text.length; ) {
    const lineEnd = stringIndexOf(text, '\n', start)
    const end = lineEnd === -1 ? text.length : lineEnd + 1
    out += (start === 0 ? '' : joint) + quote(stringSlice(text, start, end))
    start = end
  }
  return out + trailer
}

/** Quotes and escapes as Node does: single quotes, unless the text has some and double quotes or backticks do better. */
export function quote(text: string): string {
  let mark = "'"
  if (stringIncludes(text, "'")) {
    if (!stringIncludes(text, '"')) mark = '"'
    else if (!stringIncludes(text, '`') && !stringIncludes(text, '${')) mark = '`'
  }
  return mark + escapeText(text, mark === "'") + mark
}

/** Control characters, backslashes, lone surrogates and, where asked, single quotes as escape sequences. */
export function escapeText(text: string, escapeSingleQuote: boolean): string {
  let out = ''
  let last = 0
  for (let i = 0; i < text.length; i++) {
    const code = stringCharCodeAt(text, i)
    const isPlain = code >= 32 && code !== 92 && (code !== 39 || !escapeSingleQuote) && (code < 127 || code > 159)
    if (isPlain && (code < 0xd800 || code > 0xdfff)) continue
    if (isPlain && code <= 0xdbff && i + 1 < text.length) {
      const next = stringCharCodeAt(text, i + 1)
      if (next >= 0xdc00 && next <= 0xdfff) {
        i++
        continue
      }
    }
    out += stringSlice(text, last, i) + escapeCode(code)
    last = i + 1
  }
  return last === 0 ? text : out + stringSlice(text, last)
}

function escapeCode(code: number): string {
  if (code === 8) return '\\b'
  if (code === 9) return '\\t'
  if (code === 10) return '\\n'
  if (code === 12) return '\\f'
  if (code === 13) return '\\r'
  if (code === 39) return "\\'"
  if (code === 92) return '\\\\'
  const hex = numberToString(code, 16)
  if (code < 16) return `\\x0${stringToUpperCase(hex)}`
  return code < 256 ? `\\x${stringToUpperCase(hex)}` : `\\u${hex}`
}
