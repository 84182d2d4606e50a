import { ErrorConstructor, ErrorIsError, JSONStringify as jsonStringify, NumberConstructor, NumberIsFinite as isFiniteNumber, stringSlice, stringToLowerCase, stringTrim } from './intrinsics.ts'
import { dateToIso, isArray, isPlainObject, isTypedArray, mapForEach, objectKeys, setForEach, sizeOfMap, sizeOfSet, timeOf, typedArrayLength } from './kinds.ts'

/**
 * Turns what a scanner returned into the text of its outcome. Runs inside the isolate, after and beside hostile code:
 * it uses only intrinsics saved before the script ran, builds one string, and stops at the size cap, so nothing large
 * or alive ever crosses to the host.
 */

const MAX_DEPTH = 32
const MAX_STRATEGIES = 16
const MAX_NAME = 64
const MAX_REASON = 500

/** Keys of a returned object that are read on their own; anything else makes the whole object the row's data. */
const OWN_FIELDS = ['score', 'direction', 'data', 'strategies', 'reason', 'symbol', 'ticker', 'date']

/** A value that cannot stand in a row; `field` says which, in the author's terms. */
export class UnacceptableValue extends ErrorConstructor {
  readonly #code: string
  constructor(code: string, message: string) {
    super(message)
    this.#code = code
  }

  /** The code where `thrown` is such an error, else null; asks nothing of the value, which may be a proxy. */
  static codeOf(thrown: unknown): string | null {
    return typeof thrown === 'object' && thrown !== null && #code in thrown ? thrown.#code : null
  }
}

/** What serialising changed and the row's reader should know: how many NaN or infinite numbers became null. */
export interface Changes {
  nonFinite: number
  /** Says what of a plain script's result was read in another way than it stands there. */
  note?(code: string, text: string): void
}

/** JSON of any value: cycles, functions, symbols and BigInts are refused by field, `cap` bounds the length of the text. */
function toJson(value: unknown, field: string, cap: number, changes: Changes): string {
  const writer: Writer = { left: cap, cap, changes, parents: null }
  const text = write(value, field, 0, writer)
  return text === undefined ? 'null' : text
}

interface Writer {
  left: number
  readonly cap: number
  readonly changes: Changes
  parents: { value: object; next: Writer['parents'] } | null
}

function spend(writer: Writer, text: string, field: string): string {
  writer.left -= text.length
  if (writer.left < 0) {
    throw new UnacceptableValue('result_too_large', `${field} makes the result larger than ${writer.cap} characters of JSON`)
  }
  return text
}

function write(value: unknown, field: string, depth: number, writer: Writer): string | undefined {
  switch (typeof value) {
    case 'string':
      if (value.length > writer.left) spend(writer, value, field)
      return spend(writer, jsonStringify(value), field)
    case 'number':
      if (isFiniteNumber(value)) return spend(writer, `${value === 0 ? 0 : value}`, field)
      writer.changes.nonFinite++
      return spend(writer, 'null', field)
    case 'boolean':
      return spend(writer, value ? 'true' : 'false', field)
    case 'undefined':
      return undefined
    case 'object':
      return value === null ? spend(writer, 'null', field) : writeObject(value, field, depth, writer)
    default:
      throw new UnacceptableValue('result_not_plain', `${field} is ${kindName(value)}, which no row can hold`)
  }
}

function writeObject(value: object, field: string, depth: number, writer: Writer): string | undefined {
  if (depth >= MAX_DEPTH) throw new UnacceptableValue('result_too_deep', `${field} is nested more than ${MAX_DEPTH} levels deep`)
  for (let parent = writer.parents; parent !== null; parent = parent.next) {
    if (parent.value === value) throw new UnacceptableValue('result_cycle', `${field} contains itself`)
  }
  writer.parents = { value, next: writer.parents }
  const text = writeKind(value, field, depth, writer)
  writer.parents = writer.parents.next
  return text
}

function writeKind(value: object, field: string, depth: number, writer: Writer): string | undefined {
  if (isArray(value)) return writeList(value, value.length, field, depth, writer)
  if (isTypedArray(value)) return writeList(value as ArrayLike<unknown>, typedArrayLength(value), field, depth, writer)
  const ms = timeOf(value)
  if (ms !== undefined) return ms !== ms ? write(ms, field, depth, writer) : spend(writer, `"${dateToIso(value as Date)}"`, field)
  if (sizeOfMap(value) !== undefined) return writeMap(value, field, depth, writer)
  if (sizeOfSet(value) !== undefined) return writeSet(value, field, depth, writer)
  const custom = (value as { toJSON?: unknown }).toJSON
  if (typeof custom === 'function') return write((value as { toJSON(): unknown }).toJSON(), field, depth + 1, writer)
  return writeProperties(value, field, depth, writer)
}

function writeList(list: ArrayLike<unknown>, length: number, field: string, depth: number, writer: Writer): string {
  let text = '['
  for (let i = 0; i < length; i++) {
    if (i > 0) text += spend(writer, ',', field)
    text += write(list[i], `${field}[${i}]`, depth + 1, writer) ?? spend(writer, 'null', field)
  }
  return text + spend(writer, ']', field)
}

function writeProperties(value: object, field: string, depth: number, writer: Writer): string {
  const keys = objectKeys(value)
  if (keys.length === 0 && !isPlainObject(value)) {
    throw new UnacceptableValue('result_not_plain', `${field} is an object that shows no fields, such as a promise without await, an Error or a RegExp`)
  }
  let text = '{'
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const part = write((value as Record<string, unknown>)[key], `${field}.${stringSlice(key, 0, MAX_NAME)}`, depth + 1, writer)
    if (part === undefined) continue
    text += (text.length > 1 ? ',' : '') + keyText(key, field, writer) + part
  }
  return text + spend(writer, '}', field)
}

/** A key that alone is too long is refused before any copy of it is made. */
function keyText(key: string, field: string, writer: Writer): string {
  if (key.length > writer.left) spend(writer, key, field)
  return spend(writer, `${jsonStringify(key)}:`, field)
}

function writeMap(map: object, field: string, depth: number, writer: Writer): string {
  let text = '{'
  mapForEach(map, (value, key) => {
    if (typeof key !== 'string' && typeof key !== 'number') {
      throw new UnacceptableValue('result_not_plain', `${field} is a Map with a key that is neither text nor a number`)
    }
    const part = write(value, `${field}.${stringSlice(`${key}`, 0, MAX_NAME)}`, depth + 1, writer)
    if (part !== undefined) text += (text.length > 1 ? ',' : '') + keyText(`${key}`, field, writer) + part
  })
  return text + spend(writer, '}', field)
}

function writeSet(set: object, field: string, depth: number, writer: Writer): string {
  let text = '['
  setForEach(set, (value) => {
    text += (text.length > 1 ? spend(writer, ',', field) : '') + (write(value, `${field}[]`, depth + 1, writer) ?? 'null')
  })
  return text + spend(writer, ']', field)
}

/** Text of the outcome of one item: empty for a plain miss, else JSON of GuestOutcome. `strict` is for `defineScanner`. */
export function outcomeText(value: unknown, strict: boolean, cap: number, changes: Changes): string {
  if (typeof value === 'number' && !isFiniteNumber(value)) {
    throw new UnacceptableValue('invalid_score', `the score returned is ${value}`)
  }
  if (!value) return ''
  if (value === true) return hitText('null', 'null', 'null', '[]', 'null')
  if (typeof value === 'number') return hitText(`${value}`, 'null', 'null', '[]', 'null')
  if (typeof value !== 'object' || isArray(value)) return hitText('null', 'null', toJson(value, 'data', cap, changes), '[]', 'null')
  return objectOutcome(value as Record<string, unknown>, strict, cap, changes)
}

function objectOutcome(value: Record<string, unknown>, strict: boolean, cap: number, changes: Changes): string {
  const score = scoreOf(value.score, strict, changes)
  const direction = directionOf(value.direction, strict, changes)
  const strategies = strategiesOf(value.strategies, strict, cap, changes)
  const reason = reasonOf(value.reason, strict)
  // What was read in another way than it stands there stays to be seen as it stands.
  const isAsGiven = score.isAsGiven && direction.isAsGiven && strategies.isAsGiven && reason.isAsGiven
  const data = isAsGiven && hasOnlyOwnFields(value) ? value.data : value
  return hitText(score.text, direction.text, data === undefined ? 'null' : toJson(data, 'data', cap, changes), strategies.text, reason.text)
}

/** JSON of a field of the row; `isAsGiven` where it says what the script's own field says. */
interface Read {
  text: string
  isAsGiven: boolean
}

const NOTHING: Read = { text: 'null', isAsGiven: true }
const UNREAD: Read = { text: 'null', isAsGiven: false }

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
  if (isText && reason.length <= MAX_REASON) return { text: jsonStringify(reason), isAsGiven: true }
  if (strict && isText) throw new UnacceptableValue('result_too_large', `reason is longer than ${MAX_REASON} characters`)
  if (strict) throw new UnacceptableValue('result_not_plain', `reason is ${kindName(reason)}, not text`)
  return { text: isText ? jsonStringify(stringSlice(reason, 0, MAX_REASON)) : 'null', isAsGiven: false }
}

/** What a value is, with its article. */
export const kindName = (value: unknown): string => (typeof value === 'object' ? 'an object' : `a ${typeof value}`)

function scoreOf(score: unknown, strict: boolean, changes: Changes): Read {
  if (score === undefined || score === null) return NOTHING
  if (typeof score === 'number') {
    if (!isFiniteNumber(score)) throw new UnacceptableValue('invalid_score', `score is ${score}`)
    return { text: `${score}`, isAsGiven: true }
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
    return { text: `${number}`, isAsGiven: false }
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
  if (direction === 'bullish' || direction === 'bearish' || direction === 'neutral') return { text: `"${direction}"`, isAsGiven: true }
  if (strict) throw new UnacceptableValue('invalid_direction', 'direction is none of bullish, bearish, neutral')
  const word = typeof direction === 'string' ? stringToLowerCase(stringTrim(direction)) : ''
  for (let i = 0; i < DIRECTION_WORDS.length; i++) {
    const meaning = DIRECTION_WORDS[i]![0]
    const words = DIRECTION_WORDS[i]![1]
    for (let j = 0; j < words.length; j++) {
      if (words[j] !== word) continue
      changes.note?.('direction_from_word', 'directions in other words, such as long and sell, are read as bullish, bearish or neutral')
      return { text: `"${meaning}"`, isAsGiven: false }
    }
  }
  const shown = typeof direction === 'string' ? jsonStringify(stringSlice(direction, 0, 40)) : `a ${typeof direction}`
  changes.note?.('direction_unknown', `directions that are no known word, such as ${shown}, are kept in the row's data and are not its direction`)
  return UNREAD
}

function strategiesOf(strategies: unknown, strict: boolean, cap: number, changes: Changes): Read {
  const none: Read = { text: '[]', isAsGiven: true }
  if (strategies === undefined || strategies === null) return none
  if (!strict && typeof strategies === 'string' && strategies !== '') return { text: `[${jsonStringify(stringSlice(strategies, 0, 200))}]`, isAsGiven: true }
  const unread = (): Read => {
    changes.note?.('strategies_unread', "strategies that are no list of names are kept in the row's data and are not its strategies")
    return { text: '[]', isAsGiven: false }
  }
  if (!isArray(strategies)) {
    if (strict) throw new UnacceptableValue('invalid_strategies', 'strategies is not a list of names')
    return unread()
  }
  if (strategies.length > MAX_STRATEGIES) throw new UnacceptableValue('invalid_strategies', `strategies has more than ${MAX_STRATEGIES} entries`)
  for (let i = 0; i < strategies.length; i++) {
    if (typeof strategies[i] === 'string' && (!strict || stringTrim(strategies[i]) !== '')) continue
    if (strict) throw new UnacceptableValue('invalid_strategies', `strategies[${i}] is ${typeof strategies[i] === 'string' ? 'empty text' : kindName(strategies[i])}, not a name`)
    return unread()
  }
  return { text: toJson(strategies, 'strategies', cap, changes), isAsGiven: true }
}

/** What the engine throws where a typed array no longer fits the isolate's memory. */
const NO_BUFFER = 'Array buffer allocation failed'

/** Text of a failed outcome from anything that a script can throw. Never throws itself. */
export function faultText(thrown: unknown, code = 'script_threw'): string {
  return `{"status":"failed","error":${faultJson(thrown, code)}}`
}

/** JSON of a ScriptFault. */
export function faultJson(thrown: unknown, code = 'script_threw'): string {
  const own = UnacceptableValue.codeOf(thrown)
  if (own !== null) return `{"code":${jsonStringify(own)},"name":"","message":${jsonStringify((thrown as Error).message)},"stack":""}`
  const name = textOf(thrown, 'name', 100)
  const message = typeof thrown === 'object' && thrown !== null ? textOf(thrown, 'message', 2_000) || objectText(thrown) : primitiveText(thrown)
  const stack = textOf(thrown, 'stack', 8_000)
  if (message === NO_BUFFER && ErrorIsError(thrown)) code = 'script_out_of_memory'
  return `{"code":${jsonStringify(code)},"name":${jsonStringify(name)},"message":${jsonStringify(message)},"stack":${jsonStringify(stack)}}`
}

function textOf(thrown: unknown, property: string, cap: number): string {
  if (typeof thrown !== 'object' || thrown === null) return ''
  try {
    const value = (thrown as Record<string, unknown>)[property]
    return typeof value === 'string' ? stringSlice(value, 0, cap) : ''
  } catch {
    return ''
  }
}

/** What an object without a message says of itself. */
function objectText(thrown: object): string {
  if (ErrorIsError(thrown)) return textOf(thrown, 'name', 100) || 'an error without a message'
  try {
    return `a thrown object: ${toJson(thrown, 'it', 300, { nonFinite: 0 })}`
  } catch {
    return 'a thrown object that is no error'
  }
}

function primitiveText(thrown: unknown): string {
  switch (typeof thrown) {
    case 'string':
      return stringSlice(thrown, 0, 2_000)
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return stringSlice(`${thrown as number}`, 0, 2_000)
    default:
      return thrown === null ? 'null' : `a ${typeof thrown}`
  }
}
