// Turns what a scanner returned into the text of its outcome. Runs inside the isolate, after and beside hostile code:
// it uses only intrinsics saved before the script ran, builds one string, and stops at the size cap, so nothing large
// or alive ever crosses to the host.
import { JSONStringify as jsonStringify, NumberConstructor, NumberIsFinite as isFiniteNumber, ObjectGetOwnPropertySymbols, stringSlice, stringToLowerCase, stringTrim } from '../language/intrinsics.ts'
import { compareDate, compareSymbol, dateGiven, dayOf, symbolOf } from '../hits/identity.ts'
import { isArray, isPlainObject, objectKeys } from '../language/kinds.ts'
import { ownPart } from './own-hits.ts'
import { kindName, toJson, UnacceptableValue, type Changes } from './plain-json.ts'

const MAX_STRATEGIES = 16
/** Characters of a strategy's name. */
const MAX_STRATEGY = 200
const MAX_REASON = 500

/** Keys of a returned object that are read on their own; anything else makes the whole object the row's data. */
const OWN_FIELDS = ['score', 'direction', 'data', 'strategies', 'reason', 'symbol', 'ticker', 'date']

/** Fields by which scripts say that what they return is no hit. */
const VERDICTS = ['hit', 'isHit', 'match', 'matched', 'passed', 'triggered']

/** Text of the outcome of one item: empty for a plain miss, an empty list among them, else JSON of GuestOutcome. `strict` is for `defineScanner`. */
export function outcomeText(returned: unknown, strict: boolean, cap: number, changes: Changes): string {
  const value = ownPart(returned, changes)
  if (typeof value === 'number' && !isFiniteNumber(value)) {
    throw new UnacceptableValue('invalid_score', `the score returned is ${value}`)
  }
  if (!value) return ''
  if (value === true) return hitText('null', 'null', 'null', '[]', 'null')
  if (typeof value === 'number') return hitText(`${value}`, 'null', 'null', '[]', 'null')
  if (isArray(value) && value.length === 0) return ''
  if (typeof value !== 'object' || isArray(value)) return hitText('null', 'null', toJson(value, 'data', cap, changes), '[]', 'null')
  return objectOutcome(value as Record<string, unknown>, strict, cap, changes)
}

function objectOutcome(value: Record<string, unknown>, strict: boolean, cap: number, changes: Changes): string {
  const score = scoreOf(value.score, strict, changes)
  const direction = directionOf(value.direction, strict, changes)
  const strategies = strategiesOf(value.strategies, strict, cap, changes)
  const reason = reasonOf(value.reason, strict)
  noteVerdict(value, changes)
  const ofRow: Read = saysItsRow(value, changes) ? NOTHING : UNREAD
  const reads: Reads = { symbol: ofRow, ticker: ofRow, date: ofRow, score, direction, strategies, reason }
  const data = hasOnlyOwnFields(value) ? ownDataText(value, reads, cap, changes) : toJson(value, 'data', cap, changes)
  return hitText(score.text, direction.text, data, strategies.text, reason.text)
}

/**
 * The `data` of a result that has no fields but those of a row, in the shape that its author gave it. What was read in another way than it
 * stands there is added under its name; where that has no room, and the row would not tell it at all, the whole result is the data.
 */
function ownDataText(value: Record<string, unknown>, reads: Reads, cap: number, changes: Changes): string {
  const { data } = value
  const text = data === undefined ? 'null' : toJson(data, 'data', cap, changes)
  const hasRoom = text === 'null' || (text[0] === '{' && isPlainObject(data as object) && typeof (data as { toJSON?: unknown }).toJSON !== 'function')
  let added = ''
  for (let i = 0; i < READ_FIELDS.length; i++) {
    const name = READ_FIELDS[i]!
    const { isAsGiven, isTold } = reads[name]
    const given = value[name]
    if (isAsGiven || given === undefined || given === null) continue
    if (hasRoom && (text === 'null' || (data as Record<string, unknown>)[name] === undefined)) {
      added += `${added === '' ? '' : ','}"${name}":${toJson(given, name, cap - text.length - added.length, changes)}`
    } else if (!isTold) return toJson(value, 'data', cap, changes)
  }
  if (added === '') return text
  return text === 'null' || text === '{}' ? `{${added}}` : `${stringSlice(text, 0, -1)},${added}}`
}

/** Whether the symbol and the date that a hit names, if any, are those of its row; else they are not to be left out of its data. */
function saysItsRow(value: object, { symbol: scanned, date, note }: Changes): boolean {
  if (scanned == null || date == null) return true
  const symbol = symbolOf(value)
  const likeness = symbol === null ? 'same' : compareSymbol(symbol, scanned)
  if (likeness === 'other') {
    note?.('symbol_differs', `hits that name another symbol than the one scanned, such as ${shown(symbol)} at ${scanned}, stand in the row of the one scanned; what they name is kept in its data`)
  }
  const given = dateGiven(value)
  const onDate = given === undefined ? 'same' : compareDate(given, date)
  if (onDate === 'other') {
    note?.('date_differs', `hits that name another date than the one scanned, such as ${dayOf(given)} at ${scanned} on ${date}, stand in the row of the one scanned; what they name is kept in its data`)
  }
  return likeness === 'same' && onDate === 'same'
}

/** Any object is a hit, also one that says of itself that it is none, or whose list of hits is empty: a script that was written for another host may not know. */
function noteVerdict(value: Record<string, unknown>, { note }: Changes): void {
  for (let i = 0; i < VERDICTS.length; i++) {
    const name = VERDICTS[i]!
    if (value[name] !== false) continue
    note?.('hit_says_no', `objects are hits whatever they hold, also those whose \`${name}\` is false: return null for a miss, or leave them out of the list`)
    return
  }
  const hits = value.hits
  if (isArray(hits) && hits.length === 0) note?.('hit_says_no', 'objects are hits whatever they hold, also those whose list `hits` is empty: return the list itself, or null for a miss')
}

const shown = (text: unknown): string => jsonStringify(stringSlice(`${text as string}`, 0, 40))

/** JSON of a field of the row; `isAsGiven` where it says what the script's own field says, `isTold` where it means the same in other words. */
interface Read {
  text: string
  isAsGiven: boolean
  isTold: boolean
}

const READ_FIELDS = ['symbol', 'ticker', 'date', 'score', 'direction', 'strategies', 'reason'] as const
type Reads = Record<(typeof READ_FIELDS)[number], Read>

const asGiven = (text: string): Read => ({ text, isAsGiven: true, isTold: true })
const inOtherWords = (text: string): Read => ({ text, isAsGiven: false, isTold: true })
const notAll = (text: string): Read => ({ text, isAsGiven: false, isTold: false })
const NOTHING = asGiven('null')
const UNREAD = notAll('null')

function hitText(score: string, direction: string, data: string, strategies: string, reason: string): string {
  return `{"status":"hit","score":${score},"direction":${direction},"data":${data},"strategies":${strategies},"reason":${reason}}`
}

function hasOnlyOwnFields(value: object): boolean {
  const keys = objectKeys(value)
  for (let i = 0; i < keys.length; i++) {
    let own = false
    for (let j = 0; j < OWN_FIELDS.length; j++) own ||= OWN_FIELDS[j] === keys[i]
    if (!own) return false
  }
  if (ObjectGetOwnPropertySymbols(value).length > 0) return false
  return keys.length > 0 || readsOwnField(value)
}

/** Whether an object without fields to be listed has some to be read, as one of a class with accessors. */
function readsOwnField(value: object): boolean {
  for (let i = 0; i < OWN_FIELDS.length; i++) if ((value as Record<string, unknown>)[OWN_FIELDS[i]!] !== undefined) return true
  return false
}

function reasonOf(reason: unknown, strict: boolean): Read {
  if (reason === undefined || reason === null) return NOTHING
  const isText = typeof reason === 'string'
  if (isText && reason.length <= MAX_REASON) return asGiven(jsonStringify(reason))
  if (strict && isText) throw new UnacceptableValue('result_too_large', `reason is longer than ${MAX_REASON} characters`)
  if (strict) throw new UnacceptableValue('result_not_plain', `reason is ${kindName(reason)}, not text`)
  return notAll(isText ? jsonStringify(stringSlice(reason, 0, MAX_REASON)) : 'null')
}

function scoreOf(score: unknown, strict: boolean, changes: Changes): Read {
  if (score === undefined || score === null) return NOTHING
  if (typeof score === 'number') {
    if (!isFiniteNumber(score)) throw new UnacceptableValue('invalid_score', `score is ${score}`)
    return asGiven(`${score}`)
  }
  if (strict || typeof score !== 'string') throw new UnacceptableValue('invalid_score', `score is ${kindName(score)}, not a number`)
  return scoreOfText(stringTrim(score), changes)
}

/** `(3.14159).toFixed(2)` and `'3.14%'` are numbers as people print them; other text is a label, and is no score. */
function scoreOfText(text: string, changes: Changes): Read {
  const digits = text.length > 1 && text[text.length - 1] === '%' ? stringSlice(text, 0, -1) : text
  const number = digits === '' ? NaN : NumberConstructor(digits)
  if (isFiniteNumber(number)) {
    changes.note?.('score_from_text', 'scores that are numbers written as text are read as numbers')
    return inOtherWords(`${number}`)
  }
  const lower = stringToLowerCase(digits)
  if (lower === 'nan' || lower === 'infinity' || lower === '-infinity' || lower === 'undefined' || lower === 'null') {
    throw new UnacceptableValue('invalid_score', `score is the text ${jsonStringify(stringSlice(text, 0, 40))}`)
  }
  changes.note?.('score_not_number', `scores that are no numbers, such as ${jsonStringify(stringSlice(text, 0, 40))}, are kept in the row's data and are not its score`)
  return UNREAD
}

/** Words that scripts use for the three directions of a row. */
const DIRECTION_WORDS: readonly (readonly [string, readonly string[]])[] = [
  ['bullish', ['bullish', 'bull', 'long', 'up', 'buy', 'call', 'upward', 'uptrend', 'positive']],
  ['bearish', ['bearish', 'bear', 'short', 'down', 'sell', 'put', 'downward', 'downtrend', 'negative']],
  ['neutral', ['neutral', 'flat', 'none', 'sideways', 'hold', 'mixed']],
]

function directionOf(direction: unknown, strict: boolean, changes: Changes): Read {
  if (direction === undefined || direction === null) return NOTHING
  if (direction === 'bullish' || direction === 'bearish' || direction === 'neutral') return asGiven(`"${direction}"`)
  if (strict) throw new UnacceptableValue('invalid_direction', 'direction is none of bullish, bearish, neutral')
  const word = typeof direction === 'string' ? stringToLowerCase(stringTrim(direction)) : ''
  for (let i = 0; i < DIRECTION_WORDS.length; i++) {
    const meaning = DIRECTION_WORDS[i]![0]
    const words = DIRECTION_WORDS[i]![1]
    for (let j = 0; j < words.length; j++) {
      if (words[j] !== word) continue
      changes.note?.('direction_from_word', 'directions in other words, such as long and sell, are read as bullish, bearish or neutral')
      return inOtherWords(`"${meaning}"`)
    }
  }
  const shown = typeof direction === 'string' ? jsonStringify(stringSlice(direction, 0, 40)) : `a ${typeof direction}`
  changes.note?.('direction_unknown', `directions that are no known word, such as ${shown}, are kept in the row's data and are not its direction`)
  return UNREAD
}

function strategiesOf(strategies: unknown, strict: boolean, cap: number, changes: Changes): Read {
  if (strategies === undefined || strategies === null) return asGiven('[]')
  if (!strict && typeof strategies === 'string' && strategies !== '') {
    const text = `[${jsonStringify(stringSlice(strategies, 0, MAX_STRATEGY))}]`
    return strategies.length <= MAX_STRATEGY ? asGiven(text) : notAll(text)
  }
  const unread = (): Read => {
    changes.note?.('strategies_unread', "strategies that are no list of names are kept in the row's data and are not its strategies")
    return notAll('[]')
  }
  if (!isArray(strategies)) {
    if (strict) throw new UnacceptableValue('invalid_strategies', 'strategies is not a list of names')
    return unread()
  }
  if (strategies.length > MAX_STRATEGIES) throw new UnacceptableValue('invalid_strategies', `strategies has more than ${MAX_STRATEGIES} entries`)
  for (let i = 0; i < strategies.length; i++) {
    const name: unknown = strategies[i]
    if (typeof name === 'string' && name.length <= MAX_STRATEGY && (!strict || stringTrim(name) !== '')) continue
    if (strict) throw new UnacceptableValue('invalid_strategies', `strategies[${i}] is ${typeof name !== 'string' ? kindName(name) : name.length > MAX_STRATEGY ? `longer than ${MAX_STRATEGY} characters` : 'empty text'}, not a name`)
    return unread()
  }
  return asGiven(toJson(strategies, 'strategies', cap, changes))
}
