/** Characters that move a terminal's cursor or change its state. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** Text of a script made harmless for a terminal: control characters shown as `\x1b`, line breaks and tabs kept. */
export function harmless(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(CONTROL, (character) => {
    const code = character.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
  })
}

/** Harmless text on one line. */
export function oneLine(text: string): string {
  return harmless(text.replaceAll(/\s*[\r\n\u2028\u2029]\s*/g, ' ').replaceAll('\t', ' ')).trim()
}

/** Columns that a text takes in a terminal: wide East Asian characters and pictures take two, combining marks none. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += widthOfCharacter(character)
  return width
}

function widthOfCharacter(character: string): number {
  const code = character.codePointAt(0)!
  if (code < 0x300) return 1
  if (/\p{Mn}|\p{Me}|\u200d/u.test(character)) return 0
  const wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) || code >= 0x1f300
  return wide ? 2 : 1
}

/** Text cut to a width, with `…` where something is missing. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let used = 0
  let kept = ''
  for (const character of text) {
    used += widthOfCharacter(character)
    if (used > width - 1) break
    kept += character
  }
  return `${kept}…`
}

/** `1,234,567`, the same in every locale. */
export const count = (value: number): string => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** `1 row`, `2 rows`. */
export const counted = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`

/** `850 ms`, `12.3 s`, `4 min 05 s`. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return 'an unknown time'
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** A number for reading: five significant digits, exact where it is whole. */
export function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)))
}

/** What a script returned, for one cell: `gap=0.0512 rsi=61.3`. */
export function dataSummary(data: unknown): string {
  if (data === null || data === undefined) return ''
  if (typeof data !== 'object' || Array.isArray(data)) return valueSummary(data)
  return Object.entries(data)
    .map(([name, value]) => `${oneLine(name)}=${valueSummary(value)}`)
    .join(' ')
}

function valueSummary(value: unknown): string {
  if (typeof value === 'number') return short(value)
  if (typeof value === 'string') return oneLine(value)
  return oneLine(JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'number' ? Number(short(inner)) : inner)) ?? '')
}
