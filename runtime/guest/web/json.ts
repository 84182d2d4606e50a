import { ArrayIsArray, JSONStringify, NumberIsFinite, ObjectKeys } from '../language/intrinsics.ts'

/**
 * JSON of plain data made by the runtime: objects, arrays, strings, finite numbers, booleans, null. Own code for the
 * inside of objects, since `JSON.stringify` calls a `toJSON` that a script put on `Object.prototype`.
 */
export function writeJson(value: unknown): string {
  if (typeof value === 'string') return JSONStringify(value)
  if (typeof value === 'number') return NumberIsFinite(value) ? `${value}` : 'null'
  if (typeof value !== 'object' || value === null) return value === true ? 'true' : value === false ? 'false' : 'null'
  if (ArrayIsArray(value)) {
    let text = '['
    for (let i = 0; i < value.length; i++) text += i === 0 ? writeJson(value[i]) : `,${writeJson(value[i])}`
    return `${text}]`
  }
  const keys = ObjectKeys(value)
  let text = '{'
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string
    const item = (value as Record<string, unknown>)[key]
    if (item !== undefined) text += `${text === '{' ? '' : ','}${JSONStringify(key)}:${writeJson(item)}`
  }
  return `${text}}`
}
