/**
 * Built-ins saved before any script text runs. Code in `runtime/guest` calls only these, so a script that later
 * replaces `Array.prototype.push`, `Promise.prototype.then`, `Symbol.iterator` and the like neither breaks it nor
 * sees its values.
 *
 * House rules that no type checks: no `for…of`, spread or array destructuring (they look up `Symbol.iterator`), no
 * `await` and no `.then` (they look up `constructor` and `then`), no method calls on built-in values, indexed writes
 * only to lists of `newList` (an index setter on `Array.prototype` sees the others), no regular expressions (their
 * last match is readable through `RegExp.lastMatch`).
 */

const bindFunction = Function.prototype.bind
const callFunction = Function.prototype.call

type AnyFunction = (...args: never[]) => unknown

/** `fn` with its receiver as first argument: `uncurryThis(String.prototype.slice)(text, 1)`. */
export const uncurryThis = bindFunction.bind(callFunction) as unknown as <This, Args extends unknown[], Result>(
  fn: (this: This, ...args: Args) => Result,
) => (self: This, ...args: Args) => Result

/** A receiver-first getter of an accessor property, for reading internal slots without property look-ups. */
export function uncurryGetter<Result>(prototype: object, name: string | symbol): (self: unknown) => Result {
  let owner: object | null = prototype
  while (owner !== null) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name)
    if (descriptor?.get) return uncurryThis(descriptor.get) as (self: unknown) => Result
    owner = Object.getPrototypeOf(owner) as object | null
  }
  throw new TypeError(`no getter ${String(name)}`)
}

export const ReflectApply = Reflect.apply as (fn: unknown, self: unknown, args: ArrayLike<unknown>) => unknown
export const ReflectConstruct = Reflect.construct as (fn: unknown, args: ArrayLike<unknown>, newTarget?: unknown) => unknown
export const ReflectOwnKeys = Reflect.ownKeys
export const ReflectDeleteProperty = Reflect.deleteProperty
export const ReflectGetPrototypeOf = Reflect.getPrototypeOf as (value: object) => object | null

export const ObjectDefineProperty = Object.defineProperty
export const ObjectGetOwnPropertyDescriptor = Object.getOwnPropertyDescriptor
export const ObjectGetOwnPropertyNames = Object.getOwnPropertyNames
export const ObjectGetOwnPropertySymbols = Object.getOwnPropertySymbols
const ObjectSetPrototypeOf = Object.setPrototypeOf as <T>(value: T, prototype: object | null) => T
export const ObjectGetPrototypeOf = Object.getPrototypeOf as (value: unknown) => object | null
export const ObjectFreeze = Object.freeze
export const ObjectPreventExtensions = Object.preventExtensions
export const ObjectIs = Object.is
export const ObjectKeys = Object.keys
export const ObjectPrototype = Object.prototype
export const objectHasOwn = uncurryThis(Object.prototype.hasOwnProperty) as (self: unknown, key: PropertyKey) => boolean
export const objectIsEnumerable = uncurryThis(Object.prototype.propertyIsEnumerable) as (self: unknown, key: PropertyKey) => boolean
export const functionToString = uncurryThis(Function.prototype.toString) as (self: unknown) => string
export const FunctionPrototype = Function.prototype

export const ArrayPrototype = Array.prototype
export const ArrayIsArray = Array.isArray
export const arraySort = uncurryThis(Array.prototype.sort) as <T>(self: T[], compare: (a: T, b: T) => number) => T[]

/** A list whose indexed writes no script can observe; for internal use only, never to be handed to a script. */
export function newList<T>(): T[] {
  return ObjectSetPrototypeOf([], null)
}

export function listPush<T>(list: T[], item: T): void {
  list[list.length] = item
}

/** Removes and returns the last item of a `newList` list, undefined where it is empty. */
export function listPop<T>(list: T[]): T | undefined {
  if (list.length === 0) return undefined
  const item = list[list.length - 1]
  list.length -= 1
  return item
}

/** A fresh ordinary array of `length` items made one by one; safe to hand to a script. Filled without a prototype, so that no setter sees an item. */
export function makeArray<T>(length: number, makeItem: (index: number) => T): T[] {
  const list = newList<T>()
  for (let i = 0; i < length; i++) list[i] = makeItem(i)
  return ObjectSetPrototypeOf(list, ArrayPrototype)
}

const collect = (...items: null[]): null[] => items
const BLANK_LENGTHS = [64, 256, 1_024, 4_096]
const blanks = newList<null[]>()
for (let i = 0; i < BLANK_LENGTHS.length; i++) {
  const blank = newList<null>()
  while (blank.length < (BLANK_LENGTHS[i] as number)) listPush(blank, null)
  listPush(blanks, blank)
}

/** What `makeArray` gives, quicker for anything but numbers: the array is filled over items of its own, which no setter sees. */
export function makeObjects<T>(length: number, makeItem: (index: number) => T): T[] {
  let size = 0
  while (size < blanks.length && (BLANK_LENGTHS[size] as number) < length) size++
  if (size === blanks.length) return makeArray(length, makeItem)
  const list = ReflectApply(collect, undefined, blanks[size] as null[]) as unknown as T[]
  for (let i = 0; i < length; i++) list[i] = makeItem(i)
  list.length = length
  return list
}

/** The values of any iterable of a script, as a list; looks up `Symbol.iterator`, as the language does. */
export function listFromIterable(value: unknown, limit: number): unknown[] {
  const list = newList<unknown>()
  const iterator = (value as Iterable<unknown>)[SymbolIterator]() as Iterator<unknown>
  const next = iterator.next
  while (list.length < limit) {
    const step = ReflectApply(next, iterator, []) as IteratorResult<unknown>
    if (step.done) return list
    listPush(list, step.value)
  }
  throw new RangeErrorConstructor(`more than ${limit} items in an iterable`)
}

export const SymbolAsyncIterator: typeof Symbol.asyncIterator = Symbol.asyncIterator
export const SymbolIterator: typeof Symbol.iterator = Symbol.iterator
export const SymbolToStringTag: typeof Symbol.toStringTag = Symbol.toStringTag
export const SymbolFor: typeof Symbol.for = Symbol.for
export const SymbolToPrimitive: typeof Symbol.toPrimitive = Symbol.toPrimitive
export const symbolToString = uncurryThis(Symbol.prototype.toString) as (self: symbol) => string

export const StringConstructor = String
export const stringFromCharCode = String.fromCharCode
export const stringFromCodePoint = String.fromCodePoint
export const stringCharCodeAt = uncurryThis(String.prototype.charCodeAt)
export const stringCodePointAt = uncurryThis(String.prototype.codePointAt)
export const stringSlice = uncurryThis(String.prototype.slice)
export const stringIndexOf = uncurryThis(String.prototype.indexOf)
export const stringLastIndexOf = uncurryThis(String.prototype.lastIndexOf)
export const stringIncludes = uncurryThis(String.prototype.includes)
export const stringStartsWith = uncurryThis(String.prototype.startsWith)
export const stringEndsWith = uncurryThis(String.prototype.endsWith)
export const stringToLowerCase = uncurryThis(String.prototype.toLowerCase)
export const stringToUpperCase = uncurryThis(String.prototype.toUpperCase)
export const stringPadStart = uncurryThis(String.prototype.padStart)
export const stringPadEnd = uncurryThis(String.prototype.padEnd)
export const stringRepeat = uncurryThis(String.prototype.repeat)
export const stringTrim = uncurryThis(String.prototype.trim)

export const NumberConstructor = Number
export const NumberIsFinite = Number.isFinite
export const NumberIsInteger = Number.isInteger
export const NumberIsNaN = Number.isNaN
export const NumberParseFloat = Number.parseFloat
export const NumberParseInt = Number.parseInt
export const numberToFixed = uncurryThis(Number.prototype.toFixed)
export const numberToString = uncurryThis(Number.prototype.toString)

export const MathFloor = Math.floor
export const MathImul = Math.imul
export const MathMax = Math.max
export const MathMin = Math.min
export const MathRound = Math.round
export const MathSqrt = Math.sqrt
export const MathTrunc = Math.trunc

export const JSONStringify = JSON.stringify
export const JSONParse = JSON.parse
export const decodeComponent = decodeURIComponent

export const ErrorConstructor = Error
export const TypeErrorConstructor = TypeError
export const RangeErrorConstructor = RangeError
export const ReferenceErrorConstructor = ReferenceError
export const ErrorCaptureStackTrace = (Error as unknown as { captureStackTrace(error: object, above: unknown): void }).captureStackTrace
export const ErrorIsError = (Error as unknown as { isError(value: unknown): boolean }).isError
/** Engines differ in whether `stack` is a value or an accessor of each error; null where it is a value. */
export const errorStackGetter = Object.getOwnPropertyDescriptor(new Error(), 'stack')?.get ?? null

export const MapConstructor = Map
export const SetConstructor = Set
export const WeakMapConstructor = WeakMap
export const mapGet = uncurryThis(Map.prototype.get) as <K, V>(self: Map<K, V>, key: K) => V | undefined
export const mapSet = uncurryThis(Map.prototype.set) as <K, V>(self: Map<K, V>, key: K, value: V) => unknown
export const mapHas = uncurryThis(Map.prototype.has) as <K, V>(self: Map<K, V>, key: K) => boolean
export const mapDelete = uncurryThis(Map.prototype.delete) as <K, V>(self: Map<K, V>, key: K) => boolean
export const mapForEach = uncurryThis(Map.prototype.forEach) as <K, V>(self: Map<K, V>, visit: (value: V, key: K) => void) => void
export const mapSize = uncurryGetter<number>(Map.prototype, 'size')
export const setAdd = uncurryThis(Set.prototype.add) as <T>(self: Set<T>, value: T) => unknown
export const setHas = uncurryThis(Set.prototype.has) as <T>(self: Set<T>, value: T) => boolean
export const setForEach = uncurryThis(Set.prototype.forEach) as <T>(self: Set<T>, visit: (value: T) => void) => void
export const setSize = uncurryGetter<number>(Set.prototype, 'size')
export const weakMapGet = uncurryThis(WeakMap.prototype.get) as <V>(self: WeakMap<object, V>, key: unknown) => V | undefined
export const weakMapSet = uncurryThis(WeakMap.prototype.set) as <V>(self: WeakMap<object, V>, key: object, value: V) => unknown
export const weakMapHas = uncurryThis(WeakMap.prototype.has) as (self: WeakMap<object, unknown>, key: unknown) => boolean
export const weakSetHas = uncurryThis(WeakSet.prototype.has) as (self: WeakSet<object>, value: unknown) => boolean

export const PromiseConstructor = Promise
export const PromisePrototype = Promise.prototype
const promiseThen = uncurryThis(Promise.prototype.then) as (
  self: Promise<unknown>,
  fulfilled: () => void,
) => Promise<unknown>
// An own `constructor` of undefined keeps `then` from reading `Promise.prototype.constructor`.
const settled = new Promise<undefined>((resolve) => resolve(undefined))
Object.defineProperty(settled, 'constructor', { value: undefined })

/** Runs a callback that must not throw as a microtask. */
export function enqueueMicrotask(callback: () => void): void {
  promiseThen(settled, callback)
}

/** A promise of a value: an async function makes it without looking anything up, and without the two functions that a constructor needs. */
export const resolvedPromise = async <T>(value: T): Promise<Awaited<T>> => value as Awaited<T>

export function rejectedPromise(reason: unknown): Promise<never> {
  return new PromiseConstructor<never>((_, reject) => reject(reason))
}

export const DateConstructor = Date
export const DatePrototype = Date.prototype
export const DateParse = Date.parse
export const dateGetTime = uncurryThis(Date.prototype.getTime) as (self: unknown) => number
export const dateToISOString = uncurryThis(Date.prototype.toISOString) as (self: unknown) => string
export const dateToString = uncurryThis(Date.prototype.toString) as (self: unknown) => string

export const ArrayBufferConstructor = ArrayBuffer
export const DataViewConstructor = DataView
export const Uint8ArrayConstructor = Uint8Array
export const Uint32ArrayConstructor = Uint32Array
export const Float64ArrayConstructor = Float64Array
export const Int32ArrayConstructor = Int32Array
const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object
export const TypedArrayPrototypeObject = TypedArrayPrototype
/** Name of the typed array's kind, undefined for anything else. */
export const typedArrayKind = uncurryGetter<string | undefined>(TypedArrayPrototype, Symbol.toStringTag)
export const typedArrayLength = uncurryGetter<number>(TypedArrayPrototype, 'length')
export const typedArrayBuffer = uncurryGetter<ArrayBuffer>(TypedArrayPrototype, 'buffer')
export const typedArrayByteLength = uncurryGetter<number>(TypedArrayPrototype, 'byteLength')
export const typedArrayByteOffset = uncurryGetter<number>(TypedArrayPrototype, 'byteOffset')
export const typedArraySet = uncurryThis(Uint8Array.prototype.set) as (self: Uint8Array, from: ArrayLike<number>, offset?: number) => void
export const dataViewBuffer = uncurryGetter<ArrayBuffer>(DataView.prototype, 'buffer')
export const dataViewByteLength = uncurryGetter<number>(DataView.prototype, 'byteLength')
export const dataViewByteOffset = uncurryGetter<number>(DataView.prototype, 'byteOffset')
export const arrayBufferByteLength = uncurryGetter<number>(ArrayBuffer.prototype, 'byteLength')

export const numberValueOf = uncurryThis(Number.prototype.valueOf) as (self: unknown) => number
export const stringValueOf = uncurryThis(String.prototype.valueOf) as (self: unknown) => string
export const booleanValueOf = uncurryThis(Boolean.prototype.valueOf) as (self: unknown) => boolean
export const bigintValueOf = uncurryThis(BigInt.prototype.valueOf) as (self: unknown) => bigint
export const symbolValueOf = uncurryThis(Symbol.prototype.valueOf) as (self: unknown) => symbol
export const regExpExec = uncurryThis(RegExp.prototype.exec)
export const regExpSource = uncurryGetter<string>(RegExp.prototype, 'source')
export const regExpFlags = {
  __proto__: null,
  d: uncurryGetter<boolean>(RegExp.prototype, 'hasIndices'),
  g: uncurryGetter<boolean>(RegExp.prototype, 'global'),
  i: uncurryGetter<boolean>(RegExp.prototype, 'ignoreCase'),
  m: uncurryGetter<boolean>(RegExp.prototype, 'multiline'),
  s: uncurryGetter<boolean>(RegExp.prototype, 'dotAll'),
  u: uncurryGetter<boolean>(RegExp.prototype, 'unicode'),
  v: uncurryGetter<boolean>(RegExp.prototype, 'unicodeSets'),
  y: uncurryGetter<boolean>(RegExp.prototype, 'sticky'),
} as unknown as Readonly<Record<string, (self: unknown) => boolean>>

/** Calls a function of the script with a fixed receiver and arguments. */
export function callScript(fn: unknown, self: unknown, args: readonly unknown[]): unknown {
  return ReflectApply(fn as AnyFunction, self, args)
}
