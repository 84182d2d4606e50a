import { listPush, MapConstructor, mapGet, mapSet, newList, ObjectGetOwnPropertyDescriptor, ObjectIs, ReflectGetPrototypeOf, ReflectOwnKeys } from './intrinsics.ts'

const isExtensible = Object.isExtensible
const READ_ONLY = 1
const HIDDEN = 2
const FIXED = 4
/** More than the language and all that the runtime puts beside it hold; beyond that nothing is vouched for. */
const MOST_OBJECTS = 20_000

/** One object as it was: its keys, and for each what it held (a value, or a getter and a setter) and how. */
interface Kept {
  object: object
  prototype: object | null
  extensible: boolean
  keys: readonly PropertyKey[]
  values: unknown[]
  setters: unknown[]
  flags: number[]
}

/** Objects of the language that no property leads to, but values that a script makes do. */
export function hiddenIntrinsics(): object[] {
  const iterator = ['a'].values()
  const made: object[] = [
    ...[function* () {}, async () => {}, async function* () {}, (function* () {})(), (async function* () {})()],
    ...[iterator, iterator.map((text) => text), Iterator.from({ next: () => ({ done: true, value: undefined }) } as Iterator<string>)],
    ...[new Map().entries(), new Set().values(), ''[Symbol.iterator](), 'a'.matchAll(/a/g), setTimeout(() => {}, 1)],
  ]
  clearTimeout(made.at(-1) as never)
  return made.map((value) => ReflectGetPrototypeOf(value)!)
}

/**
 * Remembers every object that can be reached from the roots through properties and prototypes, and gives the question whether
 * all of them still are as they were: a script that ran in between then left nothing behind that the next one could see.
 * Reads no property by its getter, so it runs none of a script's code.
 */
export function rememberPristine(roots: readonly object[]): () => boolean {
  const kept = newList<Kept>()
  const seen = new MapConstructor<object, boolean>()
  const waiting = newList<object>()
  const visit = (value: unknown): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || mapGet(seen, value) === true) return
    mapSet(seen, value, true)
    listPush(waiting, value)
  }
  for (let i = 0; i < roots.length; i++) visit(roots[i])
  for (let i = 0; i < waiting.length && i <= MOST_OBJECTS; i++) listPush(kept, keep(waiting[i]!, visit))
  return () => {
    if (kept.length > MOST_OBJECTS) return false
    for (let i = 0; i < kept.length; i++) if (!isAsKept(kept[i]!)) return false
    return true
  }
}

function keep(object: object, visit: (value: unknown) => void): Kept {
  const keys = ReflectOwnKeys(object)
  const values = newList<unknown>()
  const setters = newList<unknown>()
  const flags = newList<number>()
  for (let i = 0; i < keys.length; i++) {
    const found = ObjectGetOwnPropertyDescriptor(object, keys[i]!)!
    const value = found.get ?? found.value
    listPush(values, value)
    listPush(setters, found.set)
    listPush(flags, flagsOf(found))
    visit(value)
    visit(found.set)
  }
  const prototype = ReflectGetPrototypeOf(object)
  visit(prototype)
  return { object, prototype, extensible: isExtensible(object), keys, values, setters, flags }
}

function isAsKept({ object, prototype, extensible, keys, values, setters, flags }: Kept): boolean {
  const now = ReflectOwnKeys(object)
  if (now.length !== keys.length || isExtensible(object) !== extensible || ReflectGetPrototypeOf(object) !== prototype) return false
  for (let i = 0; i < keys.length; i++) {
    if (now[i] !== keys[i]) return false
    const found = ObjectGetOwnPropertyDescriptor(object, keys[i]!)
    if (found === undefined || !ObjectIs(found.get ?? found.value, values[i]) || found.set !== setters[i] || flagsOf(found) !== flags[i]) return false
  }
  return true
}

function flagsOf({ writable, enumerable, configurable }: PropertyDescriptor): number {
  return (writable === true ? 0 : READ_ONLY) + (enumerable === true ? 0 : HIDDEN) + (configurable === true ? 0 : FIXED)
}
