import { listPush, MapConstructor, mapGet, mapSet, newList, ObjectGetOwnPropertyDescriptor, ObjectIs, ReflectGetPrototypeOf, ReflectOwnKeys } from '../language/intrinsics.ts'

const isExtensible = Object.isExtensible
const READ_ONLY = 1
const HIDDEN = 2
const FIXED = 4
/** More than the language and all that the runtime puts beside it hold; beyond that nothing is vouched for. */
const MOST_OBJECTS = 20_000

/** Objects of the language that no property leads to, but values that a script makes do. */
export function hiddenIntrinsics(): object[] {
  const iterator = ['a'].values()
  const made: object[] = [
    ...[function* () {}, async () => {}, async function* () {}, (function* () {})(), (async function* () {})()],
    ...[iterator, iterator.map((text) => text), Iterator.from({ next: () => ({ done: true, value: undefined }) } as Iterator<string>)],
    ...[new Map().entries(), new Set().values(), ''[Symbol.iterator](), 'a'.matchAll(/a/g), setTimeout(() => {}, 1)],
  ]
  clearTimeout(made.at(-1) as never)
  if (typeof URLSearchParams === 'function') made.push(new URLSearchParams('').entries())
  return made.map((value) => ReflectGetPrototypeOf(value)!)
}

/**
 * Remembers every object that can be reached from the roots through properties and prototypes, and gives the question whether
 * all of them still are as they were: a script that ran in between then left nothing behind that the next one could see.
 * Reads no property by its getter, so it runs none of a script's code.
 * @param onlyAssigns whether the script has no other way to change an object than to assign to it: of a function whose properties
 * take no assignment it is then enough to count them. Methods, three quarters of all there is, are of that kind.
 */
export function rememberPristine(roots: readonly object[], onlyAssigns: boolean): () => boolean {
  const memory = new Memory(onlyAssigns)
  for (let i = 0; i < roots.length; i++) memory.visit(roots[i])
  memory.keepAll()
  return () => memory.isAsKept()
}

/** Objects as they were, in lists side by side: of each its prototype and its keys, and of each key what it held (a value, or a getter and a setter) and how. */
class Memory {
  readonly #onlyAssigns: boolean
  readonly #seen = new MapConstructor<object, boolean>()
  readonly #objects = newList<object>()
  readonly #prototypes = newList<object | null>()
  readonly #extensible = newList<boolean>()
  /** Where in the lists of keys those of an object end; they begin where those of the one before end. */
  readonly #ends = newList<number>()
  readonly #keys = newList<PropertyKey>()
  readonly #values = newList<unknown>()
  readonly #setters = newList<unknown>()
  readonly #flags = newList<number>()
  /** Whether the properties of an object are counted only, since an assignment can add to them and no more. */
  readonly #isCounted = newList<boolean>()

  constructor(onlyAssigns: boolean) {
    this.#onlyAssigns = onlyAssigns
  }

  visit(value: unknown): void {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || mapGet(this.#seen, value) === true) return
    mapSet(this.#seen, value, true)
    listPush(this.#objects, value)
  }

  /** Keeps the objects visited so far, and those that they lead to. */
  keepAll(): void {
    for (let i = 0; i < this.#objects.length && i <= MOST_OBJECTS; i++) this.#keep(this.#objects[i] as object)
  }

  #keep(object: object): void {
    const keys = ReflectOwnKeys(object)
    let isCounted = this.#onlyAssigns && typeof object === 'function'
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as PropertyKey
      const found = ObjectGetOwnPropertyDescriptor(object, key)!
      const value = found.get ?? found.value
      listPush(this.#keys, key)
      listPush(this.#values, value)
      listPush(this.#setters, found.set)
      listPush(this.#flags, flagsOf(found))
      isCounted = isCounted && found.writable !== true
      this.visit(value)
      this.visit(found.set)
    }
    const prototype = ReflectGetPrototypeOf(object)
    this.visit(prototype)
    listPush(this.#prototypes, prototype)
    listPush(this.#extensible, isExtensible(object))
    listPush(this.#ends, this.#keys.length)
    listPush(this.#isCounted, isCounted)
  }

  isAsKept(): boolean {
    if (this.#objects.length > MOST_OBJECTS) return false
    let start = 0
    for (let i = 0; i < this.#objects.length; i++) {
      const object = this.#objects[i] as object
      const end = this.#ends[i] as number
      if (this.#isCounted[i] === true) {
        if (ReflectOwnKeys(object).length !== end - start || ReflectGetPrototypeOf(object) !== this.#prototypes[i]) return false
      } else if (isExtensible(object) !== this.#extensible[i] || ReflectGetPrototypeOf(object) !== this.#prototypes[i] || !this.#hasKeys(object, start, end)) return false
      start = end
    }
    return true
  }

  #hasKeys(object: object, start: number, end: number): boolean {
    const now = ReflectOwnKeys(object)
    if (now.length !== end - start) return false
    for (let i = start; i < end; i++) {
      const key = this.#keys[i] as PropertyKey
      if (now[i - start] !== key) return false
      const found = ObjectGetOwnPropertyDescriptor(object, key)
      if (found === undefined || !ObjectIs(found.get ?? found.value, this.#values[i]) || found.set !== this.#setters[i] || flagsOf(found) !== this.#flags[i]) return false
    }
    return true
  }
}

function flagsOf({ writable, enumerable, configurable }: PropertyDescriptor): number {
  return (writable === true ? 0 : READ_ONLY) + (enumerable === true ? 0 : HIDDEN) + (configurable === true ? 0 : FIXED)
}
