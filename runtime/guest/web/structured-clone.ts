import { kindOf } from '../console/kinds.ts'
import {
  ArrayIsArray,
  arrayBufferByteLength,
  ArrayBufferConstructor,
  dataViewBuffer,
  dataViewByteLength,
  dataViewByteOffset,
  DataViewConstructor,
  DateConstructor,
  dateGetTime,
  ErrorConstructor,
  ErrorIsError,
  functionToString,
  listPush,
  MapConstructor,
  mapForEach,
  mapGet,
  mapSet,
  newList,
  objectHasOwn,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectIs,
  ObjectKeys,
  ReflectConstruct,
  regExpFlags,
  regExpSource,
  setAdd,
  SetConstructor,
  setForEach,
  symbolToString,
  typedArrayBuffer,
  typedArrayByteOffset,
  typedArrayKind,
  typedArrayLength,
  typedArraySet,
  TypeErrorConstructor,
  Uint8ArrayConstructor,
  numberValueOf,
  stringValueOf,
  booleanValueOf,
  bigintValueOf,
} from '../language/intrinsics.ts'
import { defineHidden, defineVisible } from '../language/properties.ts'
import { noProxies, type ProxyTracker } from '../environment/proxies.ts'
import { DOMException } from './dom-exception.ts'

const ObjectConstructor = Object
const RegExpConstructor = RegExp
const ArrayConstructor = Array
const viewConstructors: Readonly<Record<string, unknown>> = {
  __proto__: null as never,
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array,
  Float32Array, Float64Array, BigInt64Array, BigUint64Array,
  Float16Array: (globalThis as { Float16Array?: unknown }).Float16Array,
}
const errorConstructors: Readonly<Record<string, ErrorConstructor>> = {
  __proto__: null as never,
  EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError,
}
const isErrorPrototype = new MapConstructor<object, string>()
const errorNames = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError']
for (let i = 0; i < errorNames.length; i++) {
  const name = errorNames[i] as string
  mapSet(isErrorPrototype, (errorConstructors[name] as ErrorConstructor).prototype as object, name)
}

/** The web's structuredClone, without `transfer`: buffers are always copied. */
export function createStructuredClone(proxies: ProxyTracker = noProxies): (value: unknown, options?: unknown) => unknown {
  return function structuredClone(value: unknown, _options?: unknown): unknown {
    if (arguments.length === 0) throw new TypeErrorConstructor("structuredClone: the 'value' argument must be given")
    return clone(value, new MapConstructor(), proxies)
  }
}

type Copies = Map<object, object>

function clone(value: unknown, copies: Copies, proxies: ProxyTracker): unknown {
  if (typeof value === 'symbol') throw refuse(symbolToString(value))
  if (typeof value === 'function') throw refuse(functionToString(value))
  if (typeof value !== 'object' || value === null) return value
  const known = mapGet(copies, value)
  if (known !== undefined) return known
  if (proxies.isProxy(value)) throw refuse('#<Object>')
  if (ArrayIsArray(value)) {
    const copy = new ArrayConstructor<unknown>(value.length)
    mapSet(copies, value, copy)
    return cloneProperties(value, copy, copies, proxies)
  }
  if (ErrorIsError(value)) return cloneError(value as Error, copies, proxies)
  const copy = cloneBuiltIn(value, copies, proxies)
  if (copy !== null) return copy
  const plain = {}
  mapSet(copies, value, plain)
  return cloneProperties(value, plain, copies, proxies)
}

function cloneProperties(from: object, to: object, copies: Copies, proxies: ProxyTracker): object {
  const keys = ObjectKeys(from)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    // A getter may have removed a later key.
    if (objectHasOwn(from, key)) defineVisible(to, key, clone((from as Record<string, unknown>)[key], copies, proxies))
  }
  return to
}

function cloneBuiltIn(value: object, copies: Copies, proxies: ProxyTracker): object | null {
  const kind = kindOf(value, proxies)
  let copy: object
  switch (kind) {
    case null:
      return null
    case 'Date':
      copy = new DateConstructor(dateGetTime(value))
      break
    case 'RegExp': {
      let flags = ''
      const names = ObjectKeys(regExpFlags)
      for (let i = 0; i < names.length; i++) {
        const flag = names[i] as string
        if ((regExpFlags[flag] as (self: unknown) => boolean)(value)) flags += flag
      }
      copy = new RegExpConstructor(regExpSource(value), flags)
      break
    }
    case 'Number':
      copy = ObjectConstructor(numberValueOf(value)) as object
      break
    case 'String':
      copy = ObjectConstructor(stringValueOf(value)) as object
      break
    case 'Boolean':
      copy = ObjectConstructor(booleanValueOf(value)) as object
      break
    case 'BigInt':
      copy = ObjectConstructor(bigintValueOf(value)) as object
      break
    case 'ArrayBuffer':
      copy = copyBuffer(value as ArrayBuffer)
      break
    case 'DataView':
      copy = new DataViewConstructor(
        clone(dataViewBuffer(value), copies, proxies) as ArrayBuffer, dataViewByteOffset(value), dataViewByteLength(value),
      )
      break
    case 'TypedArray':
      copy = ReflectConstruct(viewConstructors[typedArrayKind(value) as string], [
        clone(typedArrayBuffer(value), copies, proxies), typedArrayByteOffset(value), typedArrayLength(value),
      ]) as object
      break
    case 'Map':
      return cloneMap(value as Map<unknown, unknown>, copies, proxies)
    case 'Set':
      return cloneSet(value as Set<unknown>, copies, proxies)
    default:
      throw refuse(`#<${kind}>`)
  }
  mapSet(copies, value, copy)
  return copy
}

/** A copy of a buffer's bytes; not by `slice`, which looks up the script's own buffer constructor. */
function copyBuffer(buffer: ArrayBuffer): ArrayBuffer {
  const size = arrayBufferByteLength(buffer)
  const copy = new ArrayBufferConstructor(size)
  typedArraySet(new Uint8ArrayConstructor(copy), new Uint8ArrayConstructor(buffer, 0, size))
  return copy
}

function cloneMap(map: Map<unknown, unknown>, copies: Copies, proxies: ProxyTracker): object {
  const copy = new MapConstructor<unknown, unknown>()
  mapSet(copies, map, copy)
  const entries = newList<unknown>()
  mapForEach(map, (item, key) => {
    listPush(entries, key)
    listPush(entries, item)
  })
  for (let i = 0; i < entries.length; i += 2) {
    mapSet(copy, clone(entries[i], copies, proxies), clone(entries[i + 1], copies, proxies))
  }
  return copy
}

function cloneSet(set: Set<unknown>, copies: Copies, proxies: ProxyTracker): object {
  const copy = new SetConstructor<unknown>()
  mapSet(copies, set, copy)
  const items = newList<unknown>()
  setForEach(set, (item) => listPush(items, item))
  for (let i = 0; i < items.length; i++) setAdd(copy, clone(items[i], copies, proxies))
  return copy
}

function cloneError(error: Error, copies: Copies, proxies: ProxyTracker): object {
  let name: string | undefined
  for (let object = ObjectGetPrototypeOf(error); object !== null && name === undefined; object = ObjectGetPrototypeOf(object)) {
    if (proxies.isProxy(object)) break
    name = mapGet(isErrorPrototype, object)
  }
  const Constructor = name === undefined ? ErrorConstructor : (errorConstructors[name] as ErrorConstructor)
  const message = ObjectGetOwnPropertyDescriptor(error, 'message')
  const hasMessage = message !== undefined && objectHasOwn(message, 'value')
  const copy = hasMessage ? new Constructor(`${message.value as string}`) : new Constructor()
  mapSet(copies, error, copy)
  defineHidden(copy, 'stack', error.stack)
  if (objectHasOwn(error, 'cause') && !ObjectIs(error.cause, undefined)) defineHidden(copy, 'cause', clone(error.cause, copies, proxies))
  return copy
}

const refuse = (what: string) => new DOMException(`${what} could not be cloned.`, 'DataCloneError')
