// Which symbol and which date a script says that its hit is of, however it spells them.
import { dayFromIso, DAY_MS, isoOf } from '../fetch/days.ts'
import { listPush, MathFloor, newList, NumberIsNaN, stringCharCodeAt, stringLastIndexOf, stringPadStart, stringSlice, stringToLowerCase, stringToUpperCase, stringTrim } from '../language/intrinsics.ts'
import { timeOf } from '../language/kinds.ts'
import { replaceText, wholeNumber } from '../language/text.ts'

/** Where scripts put the symbol and the date of a hit. */
const SYMBOL_FIELDS = ['symbol', 'ticker', 'Symbol', 'Ticker', 'SYMBOL', 'TICKER', 'sym']
const DATE_FIELDS = ['date', 'Date', 'DATE', 'day']
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Numbers that can be an instant in seconds or in milliseconds, between 1990 and 2100. */
const FIRST_SECOND = 631_152_000
const LAST_SECOND = 4_102_444_800
const MAX_DATE_TEXT = 64
/** Characters of an OCC symbol behind its root. */
const OCC_TAIL = 15

/** `same`: it names what was scanned. `related`: an option of it. `unread`: no symbol or date that could be compared. */
export type Likeness = 'same' | 'related' | 'other' | 'unread'

/** The symbol that an object names, null for one that names none. */
export function symbolOf(value: object): string | null {
  for (let i = 0; i < SYMBOL_FIELDS.length; i++) {
    const found = (value as Record<string, unknown>)[SYMBOL_FIELDS[i]!]
    if (typeof found === 'string' && found.length > 0) return found
  }
  return null
}

/** Whether a field is one where scripts put the symbol or the date of a hit. */
export function isIdentityField(name: string): boolean {
  for (let i = 0; i < SYMBOL_FIELDS.length; i++) if (SYMBOL_FIELDS[i] === name) return true
  for (let i = 0; i < DATE_FIELDS.length; i++) if (DATE_FIELDS[i] === name) return true
  return false
}

/** What an object gives as its date, one that can be read before one that can't; undefined where it gives none. */
export function dateGiven(value: object): unknown {
  let unread: unknown = undefined
  for (let i = 0; i < DATE_FIELDS.length; i++) {
    const found = (value as Record<string, unknown>)[DATE_FIELDS[i]!]
    if (found === undefined || found === null || found === '') continue
    if (dayOf(found) !== null) return found
    // A `day` may as well be one of the week.
    if (DATE_FIELDS[i] !== 'day') unread ??= found
  }
  return unread
}

/** Whether a symbol as a script writes it (`brk-b`, `NYSE:BRK.B`, `BRK/B`, `AAPL.US`, `$AAPL`) is the one scanned. */
export function compareSymbol(given: string, scanned: string): Likeness {
  if (given === scanned) return 'same'
  const name = plainSymbol(given)
  const wanted = plainSymbol(scanned)
  if (name === wanted) return 'same'
  return isOptionOf(wanted, name) ? 'related' : 'other'
}

/** Whether a date as a script writes it falls on the one scanned, which is ISO. */
export function compareDate(given: unknown, scanned: string): Likeness {
  if (given === scanned) return 'same'
  const day = dayOf(given)
  return day === null ? 'unread' : day === scanned ? 'same' : 'other'
}

/** The ISO date that a text (`2026-11-20`, `20261120`, `11/20/2026`, `Nov 20, 2026`), a Date or an instant in seconds or milliseconds stands for; null for anything else. */
export function dayOf(given: unknown): string | null {
  if (typeof given === 'string') return dayOfText(stringSlice(stringTrim(given), 0, MAX_DATE_TEXT))
  if (typeof given === 'number') return dayOfNumber(given)
  const ms = typeof given === 'object' && given !== null ? timeOf(given) : undefined
  return ms === undefined || NumberIsNaN(ms) ? null : isoOf(MathFloor(ms / DAY_MS))
}

/** One spelling for all of a symbol's; see compareSymbol. */
export function plainSymbol(text: string): string {
  let name = stringToUpperCase(stringTrim(text))
  name = stringSlice(name, stringLastIndexOf(name, ':') + 1)
  if (name[0] === '$' || name[0] === '^') name = stringSlice(name, 1)
  if (stringSlice(name, -3) === '.US') name = stringSlice(name, 0, -3)
  return replaceText(replaceText(replaceText(replaceText(name, '-', '.'), '/', '.'), ' ', '.'), '_', '.')
}

/** An OCC symbol: the underlying, padded or not, then year, month, day, C or P, and the strike in eight digits. */
function isOptionOf(underlying: string, name: string): boolean {
  if (name.length < underlying.length + OCC_TAIL || stringSlice(name, 0, underlying.length) !== underlying) return false
  for (let i = underlying.length; i < name.length - OCC_TAIL; i++) if (name[i] !== '.') return false
  const right = name[name.length - 9]
  return (right === 'C' || right === 'P') && wholeNumber(stringSlice(name, -OCC_TAIL, -9)) >= 0 && wholeNumber(stringSlice(name, -8)) >= 0
}

function dayOfNumber(value: number): string | null {
  if (value >= 19_000_101 && value <= 21_001_231) return dayOfText(`${value}`)
  const seconds = value > LAST_SECOND ? value / 1000 : value
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND ? isoOf(MathFloor((seconds * 1000) / DAY_MS)) : null
}

function dayOfText(text: string): string | null {
  const tokens = tokensOf(text)
  const first = tokens[0] ?? ''
  const second = tokens[1] ?? ''
  const third = tokens[2] ?? ''
  if (first.length === 8 && wholeNumber(first) > 0) return calendarDay(stringSlice(first, 0, 4), stringSlice(first, 4, 6), stringSlice(first, 6))
  if (first.length === 4 && wholeNumber(first) >= 0) return calendarDay(first, second, third)
  if (monthOf(first) > 0) return calendarDay(third, first, second)
  if (monthOf(second) > 0 && wholeNumber(first) >= 0) return calendarDay(third, second, first)
  // `Fri Nov 20 2026`
  if (monthOf(second) > 0) return calendarDay(tokens[3] ?? '', second, third)
  return calendarDay(third, first, second)
}

/** Runs of digits and of letters, the first four. */
function tokensOf(text: string): string[] {
  const tokens = newList<string>()
  let start = 0
  let kind = 0
  for (let i = 0; i <= text.length && tokens.length < 4; i++) {
    const next = i === text.length ? 0 : kindOf(stringCharCodeAt(text, i))
    if (next === kind) continue
    if (kind !== 0) listPush(tokens, stringSlice(text, start, i))
    start = i
    kind = next
  }
  return tokens
}

const kindOf = (code: number): 0 | 1 | 2 => (code >= 48 && code <= 57 ? 1 : (code | 32) >= 97 && (code | 32) <= 122 ? 2 : 0)

function calendarDay(year: string, month: string, day: string): string | null {
  const text = `${year}-${twoDigits(monthOf(month) > 0 ? `${monthOf(month)}` : month)}-${twoDigits(day)}`
  return NumberIsNaN(dayFromIso(text)) ? null : text
}

const twoDigits = (text: string): string => stringPadStart(text, 2, '0')

/** 1 to 12 for the name of a month, in full or as its first three letters; 0 for anything else. */
function monthOf(name: string): number {
  const short = stringToLowerCase(stringSlice(name, 0, 3))
  for (let i = 0; i < MONTHS.length; i++) if (MONTHS[i] === short) return i + 1
  return 0
}
