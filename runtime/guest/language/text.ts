import {
  decodeComponent,
  listPush,
  newList,
  stringCharCodeAt,
  stringIndexOf,
  stringSlice,
} from './intrinsics.ts'

/** The pieces between separators, as an internal list. Own code since `split` looks up `Symbol.split` on strings. */
export function splitText(text: string, separator: string): string[] {
  const pieces = newList<string>()
  let start = 0
  for (;;) {
    const end = stringIndexOf(text, separator, start)
    if (end === -1) break
    listPush(pieces, stringSlice(text, start, end))
    start = end + separator.length
  }
  listPush(pieces, stringSlice(text, start))
  return pieces
}

export function joinText(list: ArrayLike<string>, separator: string): string {
  let text = ''
  for (let i = 0; i < list.length; i++) text += i === 0 ? list[i] : separator + list[i]
  return text
}

/** `text` with each occurrence of a non-empty `search` replaced. */
export function replaceText(text: string, search: string, replacement: string): string {
  let start = 0
  let out = ''
  for (;;) {
    const at = stringIndexOf(text, search, start)
    if (at === -1) return start === 0 ? text : out + stringSlice(text, start)
    out += stringSlice(text, start, at) + replacement
    start = at + search.length
  }
}

/** Percent-decoding that leaves malformed sequences as they are; `+` is a space where asked (query strings). */
export function percentDecode(text: string, plusIsSpace = false): string {
  const plain = plusIsSpace ? replaceText(text, '+', ' ') : text
  if (stringIndexOf(plain, '%') === -1) return plain
  try {
    return decodeComponent(plain)
  } catch {
    return plain
  }
}

/** The whole number that decimal digits spell, -1 where the text is anything else or longer than 15 digits. */
export function wholeNumber(text: string): number {
  if (text.length === 0 || text.length > 15) return -1
  let value = 0
  for (let i = 0; i < text.length; i++) {
    const digit = stringCharCodeAt(text, i) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
