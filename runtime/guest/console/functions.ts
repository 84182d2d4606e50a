import {
  functionToString,
  mapGet,
  mapSet,
  MapConstructor,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  stringCharCodeAt,
  stringStartsWith,
} from '../language/intrinsics.ts'
import type { ProxyTracker } from '../environment/proxies.ts'
import { dataProperty, ownValue, walkPrototypes } from './kinds.ts'

const typeOfPrototype = new MapConstructor<object, string>()
mapSet(typeOfPrototype, ObjectGetPrototypeOf(async function () {}) as object, 'AsyncFunction')
mapSet(typeOfPrototype, ObjectGetPrototypeOf(function* () {}) as object, 'GeneratorFunction')
mapSet(typeOfPrototype, ObjectGetPrototypeOf(async function* () {}) as object, 'AsyncGeneratorFunction')

/** A function or class in brackets, as `util.inspect` shows it. */
export function functionBase(value: object, constructor: string | null, tag: string, proxies: ProxyTracker): string {
  if (isClass(functionToString(value))) return classBase(value, constructor, tag, proxies)
  let type = 'Function'
  walkPrototypes(value, proxies, (object) => {
    const found = mapGet(typeOfPrototype, object)
    if (found !== undefined) type = found
    return found !== undefined
  })
  const name = dataProperty(value, 'name', proxies)
  let base = constructor === null ? `[${type} (null prototype)` : `[${type}`
  base += typeof name === 'string' && name !== '' ? `: ${name}]` : ' (anonymous)]'
  if (constructor !== type && constructor !== null) base += ` ${constructor}`
  return tag !== '' && constructor !== tag ? `${base} [${tag}]` : base
}

function classBase(value: object, constructor: string | null, tag: string, proxies: ProxyTracker): string {
  const own = ObjectGetOwnPropertyDescriptor(value, 'name')
  const name = own === undefined ? undefined : ownValue(own)
  let base = `class ${typeof name === 'string' && name !== '' ? name : '(anonymous)'}`
  if (constructor !== 'Function' && constructor !== null) base += ` [${constructor}]`
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`
  const parent = ObjectGetPrototypeOf(value)
  if (constructor === null) return `[${base} extends [null prototype]]`
  const parentName = parent === null || proxies.isProxy(parent) ? undefined : dataProperty(parent, 'name', proxies)
  return typeof parentName === 'string' && parentName !== '' ? `[${base} extends ${parentName}]` : `[${base}]`
}

/** A class's text starts with `class`; so does a method of that name, whose next sign is a parenthesis. */
function isClass(text: string): boolean {
  if (!stringStartsWith(text, 'class')) return false
  let i = 5
  while (stringCharCodeAt(text, i) === 32) i++
  const code = stringCharCodeAt(text, i)
  const continuesName = i === 5 && code !== 123 && code !== 47 && code !== 10 && code !== 9 && code !== 13
  return code !== 40 && !continuesName
}
