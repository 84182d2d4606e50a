/** Kinds of values told by their internal slots, which no script can forge. */
const getPrototypeOf = Object.getPrototypeOf
const uncurry = Function.prototype.bind.bind(Function.prototype.call) as unknown as <T, A extends unknown[], R>(
  method: (this: T, ...args: A) => R,
) => (self: T, ...args: A) => R
const getterOf = <R>(prototype: object, name: PropertyKey): ((self: unknown) => R) =>
  uncurry(Object.getOwnPropertyDescriptor(prototype, name)!.get as (this: unknown) => R)

export const isArray = Array.isArray
export const objectKeys = Object.keys
export const mapForEach = uncurry(Map.prototype.forEach) as (map: unknown, visit: (value: unknown, key: unknown) => void) => void
export const setForEach = uncurry(Set.prototype.forEach) as (set: unknown, visit: (value: unknown) => void) => void
export const dateToIso = uncurry(Date.prototype.toISOString)
const dateValue = uncurry(Date.prototype.getTime)
const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype) as object
const typedArrayTag = getterOf<string | undefined>(typedArrayPrototype, Symbol.toStringTag)
export const typedArrayLength = getterOf<number>(typedArrayPrototype, 'length')
const mapSize = getterOf<number>(Map.prototype, 'size')
const setSize = getterOf<number>(Set.prototype, 'size')
const plainPrototype = Object.prototype

export const isTypedArray = (value: object): boolean => typedArrayTag(value) !== undefined
/** Entries of a Map, undefined for anything else. */
export const sizeOfMap = (value: object): number | undefined => probe(value, mapSize)
/** Entries of a Set, undefined for anything else. */
export const sizeOfSet = (value: object): number | undefined => probe(value, setSize)
/** Epoch milliseconds of a Date, undefined for anything else. */
export const timeOf = (value: object): number | undefined => probe(value, dateValue as (value: unknown) => number)

function probe(value: object, read: (value: unknown) => number): number | undefined {
  // The plain object, by far the most common, is told without an exception.
  if (getPrototypeOf(value) === plainPrototype) return undefined
  try {
    return read(value)
  } catch {
    return undefined
  }
}
