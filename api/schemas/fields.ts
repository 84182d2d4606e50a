import * as z from 'zod'

import { dayFromIso, settingRange, type SettingKey } from '../../runtime/host.ts'

/*
 * The fields that requests and answers are made of. Where a field refuses a value, its message is what the value must be,
 * in words that end the sentence "minVolume: -1 must be …".
 */

const DATE = 'a date such as 2026-11-20'
const MAX_SYMBOLS = 100_000
const MAX_DATES = 10_000

export const isoDate = () => z.string({ error: DATE }).refine((text) => !Number.isNaN(dayFromIso(text)), { error: DATE }).meta({ format: 'date', examples: ['2026-11-20'] })
export const instant = () => z.string().meta({ format: 'date-time', examples: ['2026-11-20T21:00:00.000Z'] })

const SYMBOL = 'a symbol such as AAPL'
/** As people type it; the runtime trims and upper-cases. */
export const symbolText = () => z.string({ error: SYMBOL }).regex(/^[^\p{Cc}\p{Cs}]{1,40}$/u, { error: SYMBOL }).refine((text) => text.trim() !== '', { error: SYMBOL }).meta({ examples: ['AAPL'] })
export const symbolList = () => z.array(symbolText(), { error: 'a list of symbols' }).min(1, { error: 'a list of one symbol or more' }).max(MAX_SYMBOLS, { error: `a list of at most ${MAX_SYMBOLS} symbols` })
export const dateList = () => z.array(isoDate(), { error: 'a list of dates' }).min(1, { error: 'a list of one date or more' }).max(MAX_DATES, { error: `a list of at most ${MAX_DATES} dates` })

const ID = 'an id as the server gave it'
export const id = () => z.string({ error: ID }).regex(/^[\w-]{1,64}$/, { error: ID })

const FILENAME = 'the name of a file, of 1 to 255 characters, without folders or control characters'
export const filename = () => z.string({ error: FILENAME }).regex(/^[^\p{Cc}\p{Cs}\p{Cf}/\\]{1,255}$/u, { error: FILENAME }).refine((text) => !/^\.*$/.test(text.trim()), { error: FILENAME }).meta({ examples: ['gap-and-go.ts'] })

/** A number with the range of a setting. */
export function ofSetting(key: SettingKey) {
  const { min, max, isWhole, allowed } = settingRange(key)
  const number = isWhole ? z.int({ error: allowed }) : z.number({ error: allowed })
  return number.min(min, { error: allowed }).max(max, { error: allowed })
}

const CURSOR = 'the nextCursor of the page before'
export const cursor = () => z.string({ error: CURSOR }).min(1, { error: CURSOR }).max(512, { error: CURSOR }).optional().meta({ description: 'nextCursor of the page before; none for the first' })

/** A whole number in a query. */
function wholeText(least: number, most: number) {
  const allowed = `a whole number from ${least} to ${most}`
  return z.coerce.number({ error: allowed }).int({ error: allowed }).min(least, { error: allowed }).max(most, { error: allowed })
}

export const pageSize = (standard: number, most: number) => wholeText(1, most).default(standard).meta({ description: `most items of the page; ${standard} where left out` })

/** Some of several names, separated by commas. */
export function someOf(names: readonly string[]) {
  const one = names.join('|')
  return z.string({ error: `one or more of ${names.join(', ')}, separated by commas` }).regex(new RegExp(`^(${one})(,(${one}))*$`), { error: `one or more of ${names.join(', ')}, separated by commas` })
}

export const oneOf = <const T extends readonly [string, ...string[]]>(names: T) => z.enum(names, { error: names.length === 1 ? `"${names[0]}"` : `one of ${names.join(', ')}` })
export const flag = () => z.boolean({ error: 'true or false' })
/** `true` or `false` in a query. */
export const flagText = () => oneOf(['true', 'false'])

/** What a scanner or a strategy brings along: any JSON. */
export const anyJson = () => z.unknown().meta({ description: 'any JSON' })
