// JSON of what a script returned. Every value is kept as it is or refused by the field it stands in; what becomes null, as JSON
// has it (NaN, an infinite number, an invalid Date, undefined in a list), is counted.
import {
  ErrorConstructor, ErrorIsError, JSONStringify as jsonStringify, mapHas, NumberIsFinite as isFiniteNumber, ObjectGetOwnPropertySymbols, objectIsEnumerable, stringSlice, symbolToString,
} from '../language/intrinsics.ts'
import { dateToIso, isArray, isPlainObject, isTypedArray, mapForEach, objectKeys, setForEach, sizeOfMap, sizeOfSet, timeOf, typedArrayLength, wrapsText } from '../language/kinds.ts'

const MAX_DEPTH = 32
const MAX_NAME = 64

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

/** What serialising changed and the row's reader should know. */
export interface Changes {
  /** Values that JSON has no word for and that became null: NaN, infinite numbers, invalid dates, undefined in a list. */
  asNull: number
  /** The row at hand, where it is known before its result is. */
  symbol?: string | null
  date?: string | null
  /** Symbols that the script lists as its own, where they are known. */
  ownSymbols?: Set<string>
  /** Says what of a script's result was read in another way than it stands there. */
  note?(code: string, text: string): void
}

/** JSON of any value: cycles, functions, symbols and BigInts are refused by field, `cap` bounds the length of the text. */
export function toJson(value: unknown, field: string, cap: number, changes: Changes): string {
  const writer: Writer = { left: cap, cap, changes, parents: null }
  const text = write(value, field, 0, writer)
  return text === undefined ? 'null' : text
}

/** What a value is, with its article. */
export const kindName = (value: unknown): string => (typeof value === 'object' ? 'an object' : value === undefined ? 'undefined' : `a ${typeof value}`)

interface Writer {
  left: number
  readonly cap: number
  readonly changes: Changes
  parents: { value: object; next: Writer['parents'] } | null
}

const notPlain = (message: string): UnacceptableValue => new UnacceptableValue('result_not_plain', message)

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
      writer.changes.asNull++
      return spend(writer, 'null', field)
    case 'boolean':
      return spend(writer, value ? 'true' : 'false', field)
    case 'undefined':
      return undefined
    case 'object':
      return value === null ? spend(writer, 'null', field) : writeObject(value, field, depth, writer)
    default:
      throw notPlain(`${field} is ${kindName(value)}, which no row can hold`)
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

/** An item of a list; one that is undefined, or not there at all, is null in JSON. */
function writeItem(value: unknown, field: string, depth: number, writer: Writer): string {
  const text = write(value, field, depth, writer)
  if (text !== undefined) return text
  writer.changes.asNull++
  return spend(writer, 'null', field)
}

function writeList(list: ArrayLike<unknown>, length: number, field: string, depth: number, writer: Writer): string {
  let text = '['
  for (let i = 0; i < length; i++) {
    if (i > 0) text += spend(writer, ',', field)
    text += writeItem(list[i], `${field}[${i}]`, depth + 1, writer)
  }
  return text + spend(writer, ']', field)
}

function writeProperties(value: object, field: string, depth: number, writer: Writer): string {
  const keys = objectKeys(value)
  if (!isPlainObject(value)) refuseHidden(value, keys.length, field)
  refuseSymbols(value, field)
  let text = '{'
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const part = write((value as Record<string, unknown>)[key], `${field}.${stringSlice(key, 0, MAX_NAME)}`, depth + 1, writer)
    if (part === undefined) continue
    text += (text.length > 1 ? ',' : '') + keyText(key, field, writer) + part
  }
  return text + spend(writer, '}', field)
}

/** Objects whose fields, if they show any, are not what they hold. */
function refuseHidden(value: object, shown: number, field: string): void {
  if (ErrorIsError(value)) throw notPlain(`${field} is an Error, whose message is no field of it`)
  if (wrapsText(value)) throw notPlain(`${field} is a String object, not text`)
  if (shown === 0) throw notPlain(`${field} is an object that shows no fields, such as a promise without await, a generator or a RegExp`)
}

/** A key that is a symbol has no place in JSON, and would be left out without a word. */
function refuseSymbols(value: object, field: string): void {
  const symbols = ObjectGetOwnPropertySymbols(value)
  for (let i = 0; i < symbols.length; i++) {
    const key = symbols[i]!
    if (objectIsEnumerable(value, key)) throw notPlain(`${field} has a key that is a symbol, ${stringSlice(symbolToString(key), 0, MAX_NAME)}, not text`)
  }
}

/** A key that alone is too long is refused before any copy of it is made. */
function keyText(key: string, field: string, writer: Writer): string {
  if (key.length > writer.left) spend(writer, key, field)
  return spend(writer, `${jsonStringify(key)}:`, field)
}

function writeMap(map: object, field: string, depth: number, writer: Writer): string {
  let text = '{'
  mapForEach(map, (value, key) => {
    if (typeof key !== 'string' && typeof key !== 'number') throw notPlain(`${field} is a Map with a key that is neither text nor a number`)
    const name = `${key}`
    const shown = `${field}.${stringSlice(name, 0, MAX_NAME)}`
    // The text would have the key twice, and whoever reads it sees the second value only.
    if (typeof key === 'number' && mapHas(map as Map<unknown, unknown>, name)) throw notPlain(`${shown} is there twice, once as a number and once as text`)
    const part = write(value, shown, depth + 1, writer)
    if (part !== undefined) text += (text.length > 1 ? ',' : '') + keyText(name, field, writer) + part
  })
  return text + spend(writer, '}', field)
}

function writeSet(set: object, field: string, depth: number, writer: Writer): string {
  let text = '['
  setForEach(set, (value) => {
    text += (text.length > 1 ? spend(writer, ',', field) : '') + writeItem(value, `${field}[]`, depth + 1, writer)
  })
  return text + spend(writer, ']', field)
}
