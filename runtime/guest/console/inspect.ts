import {
  ArrayIsArray,
  arrayBufferByteLength,
  arraySort,
  dataViewBuffer,
  dataViewByteLength,
  dataViewByteOffset,
  dateGetTime,
  dateToISOString,
  ErrorIsError,
  listPop,
  listPush,
  MapConstructor,
  mapForEach,
  mapGet,
  mapSet,
  mapSize,
  MathMax,
  MathMin,
  newList,
  NumberIsNaN,
  numberToString,
  objectHasOwn,
  objectIsEnumerable,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyNames,
  ObjectGetOwnPropertySymbols,
  ObjectKeys,
  regExpFlags,
  regExpSource,
  setForEach,
  setSize,
  stringCharCodeAt,
  stringLastIndexOf,
  stringSlice,
  SymbolIterator,
  SymbolToStringTag,
  symbolToString,
  typedArrayKind,
  typedArrayLength,
  Uint8ArrayConstructor,
  numberValueOf,
  stringValueOf,
  booleanValueOf,
  bigintValueOf,
  symbolValueOf,
} from '../language/intrinsics.ts'
import { ownText } from './custom.ts'
import { formatError } from './errors.ts'
import { functionBase } from './functions.ts'
import { constructorName, dataProperty, isIndex, kindOf, ownValue, type Kind } from './kinds.ts'
import { layOut } from './layout.ts'
import { createContext, DEFAULT_OPTIONS, type Budget, type InspectContext, type InspectHost, type InspectOptions } from './options.ts'
import { escapeText, formatPrimitive, quote } from './primitives.ts'

/** Beyond this length an array's named properties are not looked for: the engine would list every index. */
const LONGEST_NAMED_ARRAY = 10_000

/** `value` as Node's `util.inspect` shows it, within a budget of characters; runs no getter and no proxy trap. */
export function inspect(value: unknown, host: InspectHost, budget: Budget, options: InspectOptions = DEFAULT_OPTIONS): string {
  return formatValue(createContext(host, budget, options), value, 0)
}

function formatValue(context: InspectContext, value: unknown, depth: number): string {
  const { budget } = context
  if (budget.remaining <= 0) {
    budget.cut = true
    return '…'
  }
  const text =
    value !== null && (typeof value === 'object' || typeof value === 'function')
      ? formatObject(context, value, depth)
      : formatPrimitive(value, context)
  // Nested text was charged when it was made; a fixed charge per object covers its braces.
  budget.remaining -= value !== null && typeof value === 'object' ? 4 : text.length
  return text
}

function formatObject(context: InspectContext, value: object, depth: number): string {
  const { proxies } = context.host
  let object = value
  let wrappers = 0
  while (proxies.isProxy(object) && wrappers < 100) {
    const target = proxies.target(object)
    if (target === null) return wrapProxy('<Revoked Proxy>', wrappers)
    object = target
    wrappers++
  }
  if (proxies.isProxy(object)) return wrapProxy('Proxy', wrappers)
  const own = wrappers === 0 ? ownText(context, object, depth, (shown) => formatValue(context, shown, depth), inspect) : null
  if (own !== null) return own
  if (isOnPath(context, object)) return wrapProxy(`[Circular *${circularIndex(context, object)}]`, wrappers)
  return wrapProxy(formatPlain(context, object, depth), wrappers)
}

function wrapProxy(text: string, wrappers: number): string {
  let out = text
  for (let i = 0; i < wrappers; i++) out = `Proxy(${out})`
  return out
}

function isOnPath(context: InspectContext, object: object): boolean {
  for (let i = 0; i < context.seen.length; i++) if (context.seen[i] === object) return true
  return false
}

function circularIndex(context: InspectContext, object: object): number {
  context.circular ??= new MapConstructor()
  const known = mapGet(context.circular, object)
  if (known !== undefined) return known
  const index = mapSize(context.circular) + 1
  mapSet(context.circular, object, index)
  return index
}

/** What an object shows as before its entries are formatted. */
interface Shape {
  base: string
  open: string
  close: string
  /** Own keys to list after `entries`. */
  keys: PropertyKey[]
  /** Makes the entries that are no properties, null where there are none. */
  entries: ((list: string[], depth: number) => boolean) | null
  isArray: boolean
  isNumeric: boolean
  /** The whole text where there is nothing to list. */
  empty: string | null
  /** Shown instead, in brackets, deeper than the depth asked for; null shows `base`. */
  deep: string | null
}

function formatPlain(context: InspectContext, value: object, depth: number): string {
  const shape = shapeOf(context, value)
  if (shape.empty !== null && shape.keys.length === 0) return shape.empty
  if (depth > context.depth) return shape.deep ?? shape.base
  const list = newList<string>()
  const inner = depth + 1
  listPush(context.seen, value)
  context.currentDepth = inner
  const hasMoreEntry = shape.entries === null ? false : shape.entries(list, inner)
  const named = list.length
  addProperties(context, value, shape.keys, list, inner)
  if (context.sorted) sortFrom(list, shape.isArray ? named : 0)
  listPop(context.seen)
  if (context.circular !== null) {
    const index = mapGet(context.circular, value)
    if (index !== undefined) shape.base = shape.base === '' ? `<ref *${index}>` : `<ref *${index}> ${shape.base}`
  }
  const { base, open, close, isArray, isNumeric } = shape
  return layOut(context, { base, open, close, isArray, isNumeric, entries: list, hasMoreEntry }, inner)
}

/** Puts the entries from a place on in the order of their texts. */
function sortFrom(list: string[], start: number): void {
  const sorted = newList<string>()
  for (let i = start; i < list.length; i++) listPush(sorted, list[i]!)
  arraySort(sorted, (a, b) => (a < b ? -1 : a > b ? 1 : 0))
  for (let i = 0; i < sorted.length; i++) list[start + i] = sorted[i]!
}

function addProperties(context: InspectContext, value: object, keys: PropertyKey[], list: string[], depth: number): void {
  for (let i = 0; i < keys.length; i++) {
    if (context.budget.remaining <= 0) {
      context.budget.cut = true
      listPush(list, `... ${keys.length - i} more propert${keys.length - i > 1 ? 'ies' : 'y'}`)
      return
    }
    const key = keys[i] as string | symbol
    const descriptor = ObjectGetOwnPropertyDescriptor(value, key)
    const text = formatSlot(context, descriptor, depth)
    const name = formatKey(key, context.budget)
    context.budget.remaining -= name.length + 2
    listPush(list, `${descriptor?.enumerable === false ? `[${name}]` : name}: ${text}`)
  }
}

function formatSlot(context: InspectContext, descriptor: PropertyDescriptor | undefined, depth: number): string {
  if (descriptor === undefined) return 'undefined'
  if (objectHasOwn(descriptor, 'value')) {
    context.indentation += 2
    const text = formatValue(context, descriptor.value, depth)
    context.indentation -= 2
    return text
  }
  if (descriptor.get !== undefined) return descriptor.set !== undefined ? '[Getter/Setter]' : '[Getter]'
  return descriptor.set !== undefined ? '[Setter]' : 'undefined'
}

const LONGEST_KEY = 1_000

function formatKey(key: string | symbol, budget: Budget): string {
  if (typeof key === 'symbol') return escapeText(symbolToString(key), true)
  if (key === '__proto__') return "['__proto__']"
  if (key.length > LONGEST_KEY) {
    budget.cut = true
    return quote(`${stringSlice(key, 0, LONGEST_KEY)}…`)
  }
  return isIdentifier(key) ? key : quote(key)
}

function isIdentifier(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = stringCharCodeAt(text, i)
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95
    if (!isLetter && (i === 0 || code < 48 || code > 57)) return false
  }
  return text !== ''
}

function ownKeys(context: InspectContext, value: object): PropertyKey[] {
  const names = context.showHidden ? ObjectGetOwnPropertyNames(value) : ObjectKeys(value)
  const keys = newList<PropertyKey>()
  for (let i = 0; i < names.length; i++) listPush(keys, names[i] as string)
  const symbols = ObjectGetOwnPropertySymbols(value)
  for (let i = 0; i < symbols.length; i++) {
    const symbol = symbols[i] as symbol
    if (context.showHidden || objectIsEnumerable(value, symbol)) listPush(keys, symbol)
  }
  return keys
}

/** Own keys of an array or typed array that are no indices. */
function namedKeys(context: InspectContext, value: object, length: number): PropertyKey[] {
  if (length > LONGEST_NAMED_ARRAY) return newList()
  const keys = ownKeys(context, value)
  const named = newList<PropertyKey>()
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string | symbol
    if (typeof key === 'symbol' || !isIndex(key)) listPush(named, key)
  }
  return named
}

function prefixOf(name: string | null, tag: string, fallback: string, size = ''): string {
  if (name === null) {
    return tag !== '' && fallback !== tag ? `[${fallback}${size}: null prototype] [${tag}] ` : `[${fallback}${size}: null prototype] `
  }
  if (tag !== '') {
    const dot = stringLastIndexOf(tag, '.')
    if (name === (dot >= 1 ? stringSlice(tag, dot + 1) : tag)) return `${tag}${size} `
    return `${name}${size} [${tag}] `
  }
  return `${name}${size} `
}

function shapeOf(context: InspectContext, value: object): Shape {
  const { proxies } = context.host
  const name = constructorName(value, proxies)
  const kind = ArrayIsArray(value) ? 'Array' : kindOf(value, proxies)
  let tag = kind === 'TypedArray' ? typedArrayKind(value) : dataProperty(value, SymbolToStringTag, proxies)
  if (typeof tag !== 'string' || objectIsEnumerable(value, SymbolToStringTag)) tag = ''
  const shape: Shape = {
    base: '', open: '{', close: '}', keys: newList(), entries: null, isArray: false, isNumeric: false, empty: null, deep: null,
  }
  describe(context, value, kind, name, tag as string, shape)
  return shape
}

function describe(
  context: InspectContext, value: object, kind: Kind | 'Array' | null, name: string | null, tag: string, shape: Shape,
): void {
  if (kind === 'Array' || kind === 'TypedArray') return describeArray(context, value, kind, name, tag, shape)
  shape.keys = ownKeys(context, value)
  if (kind === 'Set' || kind === 'Map') {
    const size = kind === 'Set' ? setSize(value) : mapSize(value)
    const prefix = prefixOf(name, tag, kind, `(${size})`)
    shape.open = `${prefix}{`
    shape.empty = size === 0 ? `${prefix}{}` : null
    shape.deep = deepLabel(name, prefixOf(name, tag, kind))
    shape.entries = kind === 'Set' ? setEntries(context, value as Set<unknown>) : mapEntries(context, value as Map<unknown, unknown>)
    return
  }
  const base = baseOf(context, value, kind, name, tag, shape.keys)
  if (base !== null) {
    shape.base = base
    shape.empty = base
    shape.deep = kind === 'RegExp' ? base : deepLabel(name, prefixOf(name, tag, 'Object'))
    return
  }
  describeOpaque(context, value, kind, name, tag, shape)
}

const deepLabel = (name: string | null, prefix: string) => {
  const label = stringSlice(prefix, 0, -1)
  return name === null ? label : `[${label}]`
}

function describeArray(
  context: InspectContext, value: object, kind: 'Array' | 'TypedArray', name: string | null, tag: string, shape: Shape,
): void {
  const length = kind === 'Array' ? (value as unknown[]).length : typedArrayLength(value)
  const fallback = kind === 'Array' ? 'Array' : (typedArrayKind(value) as string)
  const sized = prefixOf(name, tag, fallback, `(${length})`)
  const prefix = kind === 'Array' && name === 'Array' && tag === '' ? '' : sized
  shape.keys = namedKeys(context, value, length)
  shape.open = `${prefix}[`
  shape.close = ']'
  shape.isArray = true
  shape.empty = length === 0 ? `${prefix}[]` : null
  shape.deep = deepLabel(name, prefixOf(name, tag, fallback))
  shape.entries = (list, depth) => {
    shape.isNumeric = true
    return kind === 'Array'
      ? addArrayEntries(context, value as unknown[], length, list, depth, shape)
      : addTypedEntries(context, value as Float64Array, length, list)
  }
}

function addArrayEntries(context: InspectContext, array: unknown[], length: number, list: string[], depth: number, shape: Shape): boolean {
  let index = 0
  while (index < length && list.length < context.maxArrayLength && context.budget.remaining > 0) {
    const descriptor = ObjectGetOwnPropertyDescriptor(array, index)
    if (descriptor === undefined) {
      const end = endOfHole(array, index, length)
      if (end === -1) break
      listPush(list, `<${end - index} empty item${end - index > 1 ? 's' : ''}>`)
      shape.isNumeric = false
      index = end
      continue
    }
    const item = ownValue(descriptor)
    if (typeof item !== 'number' && typeof item !== 'bigint') shape.isNumeric = false
    listPush(list, formatSlot(context, descriptor, depth))
    index++
  }
  return addRest(context, length - index, list)
}

/** The index after a run of holes; -1 for runs beyond 100,000 inside an array, since each hole costs a look-up. */
function endOfHole(array: unknown[], start: number, length: number): number {
  const limit = start + 100_000
  for (let i = start + 1; i < length; i++) {
    if (objectHasOwn(array, i)) return i
    if (i > limit) return ownKeyCount(array) === 0 ? length : -1
  }
  return length
}

/** Own enumerable keys of a sparse array, which are few; the engine lists no holes. */
const ownKeyCount = (array: unknown[]) => ObjectKeys(array).length

function addTypedEntries(context: InspectContext, array: ArrayLike<number | bigint>, length: number, list: string[]): boolean {
  let index = 0
  while (index < length && index < context.maxArrayLength && context.budget.remaining > 0) {
    const text = formatPrimitive(array[index], context)
    context.budget.remaining -= text.length
    listPush(list, text)
    index++
  }
  return addRest(context, length - index, list)
}

function addRest(context: InspectContext, rest: number, list: string[]): boolean {
  if (rest <= 0) return false
  if (context.budget.remaining <= 0) context.budget.cut = true
  listPush(list, `... ${rest} more item${rest > 1 ? 's' : ''}`)
  return true
}

function setEntries(context: InspectContext, set: Set<unknown>) {
  return (list: string[], depth: number): boolean => {
    let rest = 0
    context.indentation += 2
    setForEach(set, (item) => {
      if (list.length >= context.maxArrayLength || context.budget.remaining <= 0) rest++
      else listPush(list, formatValue(context, item, depth))
    })
    context.indentation -= 2
    return addRest(context, rest, list)
  }
}

function mapEntries(context: InspectContext, map: Map<unknown, unknown>) {
  return (list: string[], depth: number): boolean => {
    let rest = 0
    context.indentation += 2
    mapForEach(map, (item, key) => {
      if (list.length >= context.maxArrayLength || context.budget.remaining <= 0) rest++
      else listPush(list, `${formatValue(context, key, depth)} => ${formatValue(context, item, depth)}`)
    })
    context.indentation -= 2
    return addRest(context, rest, list)
  }
}

/** Text that stands for the whole object unless it has own keys: functions, dates, errors, boxed primitives. */
function baseOf(
  context: InspectContext, value: object, kind: Kind | null, name: string | null, tag: string, keys: PropertyKey[],
): string | null {
  if (typeof value === 'function') return functionBase(value, name, tag, context.host.proxies)
  if (kind === 'RegExp') return withPrefix(name, tag, 'RegExp', regExpText(value))
  if (kind === 'Date') {
    const time = dateGetTime(value)
    return withPrefix(name, tag, 'Date', NumberIsNaN(time) ? 'Invalid Date' : dateToISOString(value))
  }
  if (ErrorIsError(value)) return formatError(context, value as Error, name, tag, keys, prefixOf)
  if (kind === 'Number') return boxed('Number', numberValueOf(value), name, tag, context)
  if (kind === 'Boolean') return boxed('Boolean', booleanValueOf(value), name, tag, context)
  if (kind === 'BigInt') return boxed('BigInt', bigintValueOf(value), name, tag, context)
  if (kind === 'Symbol') return boxed('Symbol', symbolValueOf(value), name, tag, context)
  if (kind === 'String') {
    const text = stringValueOf(value)
    let named = 0
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string | symbol
      if (typeof key === 'symbol' || !isIndex(key)) keys[named++] = key
    }
    keys.length = named
    return boxed('String', text, name, tag, context)
  }
  return null
}

function withPrefix(name: string | null, tag: string, kind: string, text: string): string {
  const prefix = prefixOf(name, tag, kind)
  return prefix === `${kind} ` ? text : prefix + text
}

function boxed(type: string, value: unknown, name: string | null, tag: string, context: InspectContext): string {
  let base = `[${type}`
  if (type !== name) base += name === null ? ' (null prototype)' : ` (${name})`
  base += `: ${formatPrimitive(value, context)}]`
  return tag !== '' && tag !== name ? `${base} [${tag}]` : base
}

function regExpText(value: object): string {
  let flags = ''
  const names = 'dgimsuvy'
  for (let i = 0; i < names.length; i++) {
    const flag = names[i] as string
    if ((regExpFlags[flag] as (self: unknown) => boolean)(value)) flags += flag
  }
  return `/${regExpSource(value)}/${flags}`
}

/** Everything else: plain objects, class instances, and built-ins whose inside the language cannot read. */
function describeOpaque(context: InspectContext, value: object, kind: Kind | null, name: string | null, tag: string, shape: Shape): void {
  const prefix = prefixOf(name, tag, kind ?? 'Object')
  shape.deep = deepLabel(name, prefix)
  if (kind === null) {
    const isArguments = name === 'Object' && objectHasOwn(value, 'callee') && objectHasOwn(value, SymbolIterator)
    if (isArguments) shape.open = '[Arguments] {'
    else if (name !== 'Object' || tag !== '') shape.open = `${prefix}{`
    shape.empty = `${shape.open}${shape.close}`
    return
  }
  shape.open = `${prefix}{`
  if (kind === 'WeakSet' || kind === 'WeakMap') {
    shape.entries = (list) => (listPush(list, '<items unknown>'), false)
  } else if (kind === 'Promise') {
    // Nothing in the language tells a pending promise from a settled one.
    shape.entries = (list) => (listPush(list, '<state unknown>'), false)
  } else if (kind === 'ArrayBuffer') {
    shape.entries = (list) => (addBuffer(context, list, value as ArrayBuffer), false)
  } else {
    shape.entries = (list, depth) => (addDataView(context, list, value as DataView, depth), false)
  }
}

function addBuffer({ maxArrayLength, budget }: InspectContext, list: string[], buffer: ArrayBuffer): void {
  const size = arrayBufferByteLength(buffer)
  const shown = MathMax(0, MathMin(size, maxArrayLength, budget.remaining))
  let bytes: Uint8Array
  try {
    bytes = new Uint8ArrayConstructor(buffer, 0, shown)
  } catch {
    listPush(list, '(detached)')
    listPush(list, '[byteLength]: 0')
    return
  }
  let hex = ''
  for (let i = 0; i < shown; i++) {
    const byte = bytes[i] as number
    hex += `${i === 0 ? '' : ' '}${byte < 16 ? '0' : ''}${numberToString(byte, 16)}`
  }
  if (size > shown) hex += ` ... ${size - shown} more byte${size - shown > 1 ? 's' : ''}`
  listPush(list, `[Uint8Contents]: <${hex}>`)
  listPush(list, `[byteLength]: ${size}`)
}

function addDataView(context: InspectContext, list: string[], view: DataView, depth: number): void {
  listPush(list, `[byteLength]: ${dataViewByteLength(view)}`)
  listPush(list, `[byteOffset]: ${dataViewByteOffset(view)}`)
  context.indentation += 2
  listPush(list, `[buffer]: ${formatValue(context, dataViewBuffer(view), depth)}`)
  context.indentation -= 2
}
