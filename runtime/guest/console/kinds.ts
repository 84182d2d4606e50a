import {
  ArrayPrototype,
  arrayBufferByteLength,
  bigintValueOf,
  booleanValueOf,
  dataViewByteLength,
  DatePrototype,
  dateGetTime,
  FunctionPrototype,
  MapConstructor,
  mapGet,
  mapHas,
  mapSet,
  mapSize,
  numberValueOf,
  objectHasOwn,
  ObjectGetOwnPropertyDescriptor,
  ObjectPrototype,
  ReflectGetPrototypeOf,
  regExpSource,
  setSize,
  stringValueOf,
  symbolValueOf,
  typedArrayKind,
  TypedArrayPrototypeObject,
  weakMapHas,
  weakSetHas,
} from '../language/intrinsics.ts'
import type { ProxyTracker } from '../environment/proxies.ts'

/** Built-in kinds that show differently from plain objects. */
export type Kind =
  | 'Map' | 'Set' | 'WeakMap' | 'WeakSet' | 'TypedArray' | 'ArrayBuffer' | 'DataView' | 'Date' | 'RegExp' | 'Promise'
  | 'Number' | 'String' | 'Boolean' | 'BigInt' | 'Symbol'

const kindOfPrototype = new MapConstructor<object, Kind>()
const throwsUnless = (test: (value: unknown) => unknown) => (value: unknown) => {
  test(value)
  return true
}
const isOfKind: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  Map: throwsUnless(mapSize),
  Set: throwsUnless(setSize),
  WeakMap: throwsUnless((value) => weakMapHas(value as WeakMap<object, unknown>, value)),
  WeakSet: throwsUnless((value) => weakSetHas(value as WeakSet<object>, value)),
  TypedArray: (value) => typedArrayKind(value) !== undefined,
  ArrayBuffer: throwsUnless(arrayBufferByteLength),
  DataView: throwsUnless(dataViewByteLength),
  Date: throwsUnless(dateGetTime),
  RegExp: throwsUnless(regExpSource),
  Promise: () => true,
  Number: throwsUnless(numberValueOf),
  String: throwsUnless(stringValueOf),
  Boolean: throwsUnless(booleanValueOf),
  BigInt: throwsUnless(bigintValueOf),
  Symbol: throwsUnless(symbolValueOf),
}
const prototypes: readonly (readonly [object, Kind])[] = [
  [Map.prototype, 'Map'], [Set.prototype, 'Set'], [WeakMap.prototype, 'WeakMap'], [WeakSet.prototype, 'WeakSet'],
  [TypedArrayPrototypeObject, 'TypedArray'], [ArrayBuffer.prototype, 'ArrayBuffer'], [DataView.prototype, 'DataView'],
  [DatePrototype, 'Date'], [RegExp.prototype, 'RegExp'], [Promise.prototype, 'Promise'], [Number.prototype, 'Number'],
  [String.prototype, 'String'], [Boolean.prototype, 'Boolean'], [BigInt.prototype, 'BigInt'], [Symbol.prototype, 'Symbol'],
]
for (let i = 0; i < prototypes.length; i++) {
  const entry = prototypes[i] as readonly [object, Kind]
  mapSet(kindOfPrototype, entry[0], entry[1])
}

const builtInPrototypes = new MapConstructor<object, true>()
const alsoBuiltIn: readonly object[] = [
  ObjectPrototype, ArrayPrototype, FunctionPrototype, Error.prototype, TypeError.prototype, RangeError.prototype,
  SyntaxError.prototype, ReferenceError.prototype, EvalError.prototype, URIError.prototype, AggregateError.prototype,
]
for (let i = 0; i < alsoBuiltIn.length; i++) mapSet(builtInPrototypes, alsoBuiltIn[i] as object, true)

/** Prototypes whose `toString` nobody chose; `%s` inspects their objects. Typed arrays are not among them in Node either. */
export const isBuiltInPrototype = (value: object) =>
  value !== TypedArrayPrototypeObject && (mapHas(builtInPrototypes, value) || mapHas(kindOfPrototype, value))

const LONGEST_CHAIN = 1_000

/** Calls `visit` along an object's prototypes until it returns true; stops at proxies, whose traps must not run. */
export function walkPrototypes(value: object, proxies: ProxyTracker, visit: (object: object, depth: number) => boolean): void {
  let object: object | null = value
  for (let depth = 0; object !== null && depth < LONGEST_CHAIN; depth++) {
    if (proxies.isProxy(object) || visit(object, depth)) return
    object = ReflectGetPrototypeOf(object)
  }
}

/** The built-in kind of an object that is no proxy, null for all else. */
export function kindOf(value: object, proxies: ProxyTracker): Kind | null {
  let found: Kind | null = null
  walkPrototypes(value, proxies, (object, depth) => {
    const kind = depth === 0 ? undefined : mapGet(kindOfPrototype, object)
    if (kind === undefined) return false
    try {
      if (isOfKind[kind](value)) found = kind
    } catch {
      // Inherits from the prototype without being one.
    }
    return true
  })
  return found
}

/** The value of a plain data property, own or inherited; undefined for accessors, which are never run. */
export function dataProperty(value: object, key: PropertyKey, proxies: ProxyTracker): unknown {
  let result: unknown
  walkPrototypes(value, proxies, (object) => {
    const descriptor = ObjectGetOwnPropertyDescriptor(object, key)
    if (descriptor === undefined) return false
    result = ownValue(descriptor)
    return true
  })
  return result
}

/** `descriptor.value` of a data property, undefined for accessors, whose descriptors would fall to `Object.prototype.value`. */
export function ownValue(descriptor: PropertyDescriptor): unknown {
  return objectHasOwn(descriptor, 'value') ? descriptor.value : undefined
}

/** Name of the nearest constructor that the object is an instance of, null for an object without one. */
export function constructorName(value: object, proxies: ProxyTracker): string | null {
  let name: string | null = null
  walkPrototypes(value, proxies, (object) => {
    const descriptor = ObjectGetOwnPropertyDescriptor(object, 'constructor')
    const constructor = descriptor === undefined ? undefined : ownValue(descriptor)
    if (typeof constructor !== 'function' || proxies.isProxy(constructor)) return false
    const ownName = ObjectGetOwnPropertyDescriptor(constructor, 'name')
    const text = ownName === undefined ? undefined : ownValue(ownName)
    const prototype = ObjectGetOwnPropertyDescriptor(constructor, 'prototype')
    if (typeof text !== 'string' || text === '' || prototype === undefined) return false
    if (!inherits(value, ownValue(prototype), proxies)) return false
    name = text
    return true
  })
  return name
}

function inherits(value: object, prototype: unknown, proxies: ProxyTracker): boolean {
  let found = false
  walkPrototypes(value, proxies, (object, depth) => {
    found = depth > 0 && object === prototype
    return found
  })
  return found
}

/** True for the keys that arrays have for their items. */
export const isIndex = (key: string): boolean => `${(key as unknown as number) >>> 0}` === key && key !== '4294967295'
