import {
  ArrayIsArray,
  dateGetTime,
  dateToISOString,
  mapForEach as forEachOfMap,
  mapSize,
  ObjectGetPrototypeOf,
  ObjectKeys,
  ObjectPrototype,
  setForEach as forEachOfSet,
  setSize,
  stringValueOf,
  typedArrayKind,
  typedArrayLength as lengthOfTypedArray,
} from './intrinsics.ts'

/** Kinds of values told by their internal slots, which no script can forge. */
export const isArray = ArrayIsArray
export const objectKeys = ObjectKeys
export const mapForEach = forEachOfMap as (map: unknown, visit: (value: unknown, key: unknown) => void) => void
export const setForEach = forEachOfSet as (set: unknown, visit: (value: unknown) => void) => void
export const dateToIso = dateToISOString
export const typedArrayLength = lengthOfTypedArray

/** An object of no class. */
export const isPlainObject = (value: object): boolean => {
  const prototype = ObjectGetPrototypeOf(value)
  // That of another realm has no prototype either.
  return prototype === null || prototype === ObjectPrototype || ObjectGetPrototypeOf(prototype) === null
}
export const isTypedArray = (value: object): boolean => typedArrayKind(value) !== undefined
/** Entries of a Map, undefined for anything else. */
export const sizeOfMap = (value: object): number | undefined => probe(value, mapSize)
/** Entries of a Set, undefined for anything else. */
export const sizeOfSet = (value: object): number | undefined => probe(value, setSize)
/** Epoch milliseconds of a Date, undefined for anything else. */
export const timeOf = (value: object): number | undefined => probe(value, dateGetTime)

function probe(value: object, read: (value: unknown) => number): number | undefined {
  // The plain object, by far the most common, is told without an exception.
  if (ObjectGetPrototypeOf(value) === ObjectPrototype) return undefined
  try {
    return read(value)
  } catch {
    return undefined
  }
}

/** Whether an object is a String object, as `new String('x')` makes. */
export function wrapsText(value: object): boolean {
  try {
    stringValueOf(value)
    return true
  } catch {
    return false
  }
}
