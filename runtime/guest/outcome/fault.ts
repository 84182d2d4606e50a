// What a script threw, as text, with the errors behind it. Runs beside hostile code: it takes only texts, a bounded number of
// them, and never throws.
import { ErrorIsError, JSONStringify as jsonStringify, stringIncludes, stringSlice } from '../language/intrinsics.ts'
import { isArray } from '../language/kinds.ts'
import { toJson, UnacceptableValue } from './plain-json.ts'

/** What the engine throws where a typed array no longer fits the isolate's memory. */
const NO_BUFFER = 'Array buffer allocation failed'
const MAX_MESSAGE = 2_000
/** Characters of all causes together, and of one. */
const MAX_CAUSES = 800
const MAX_CAUSE = 300
const MAX_CAUSE_DEPTH = 5
/** Errors that are shown of an AggregateError. */
const MAX_ERRORS = 3

/** Text of a failed outcome from anything that a script can throw. Never throws itself. */
export function faultText(thrown: unknown, code = 'script_threw'): string {
  return `{"status":"failed","error":${faultJson(thrown, code)}}`
}

/** JSON of a ScriptFault. */
export function faultJson(thrown: unknown, code = 'script_threw'): string {
  const own = UnacceptableValue.codeOf(thrown)
  if (own !== null) return `{"code":${jsonStringify(own)},"name":"","message":${jsonStringify((thrown as Error).message)},"stack":""}`
  const name = textOf(thrown, 'name', 100)
  const said = messageOf(thrown, MAX_MESSAGE)
  const stack = textOf(thrown, 'stack', 8_000)
  if (said === NO_BUFFER && ErrorIsError(thrown)) code = 'script_out_of_memory'
  const behind = stringSlice(causesOf(thrown, said, { value: thrown, above: null, depth: 1 }), 0, MAX_CAUSES)
  const message = stringSlice(said, 0, MAX_MESSAGE - behind.length) + behind
  return `{"code":${jsonStringify(code)},"name":${jsonStringify(name)},"message":${jsonStringify(message)},"stack":${jsonStringify(stack)}}`
}

function messageOf(thrown: unknown, cap: number): string {
  return typeof thrown === 'object' && thrown !== null ? textOf(thrown, 'message', cap) || objectText(thrown) : stringSlice(primitiveText(thrown), 0, cap)
}

/** What stands behind an error, as ` (…)`: its cause, theirs, and the errors that it gathers; empty where its message says it already. */
function causesOf(thrown: unknown, said: string, path: Path): string {
  if (typeof thrown !== 'object' || thrown === null || path.depth > MAX_CAUSE_DEPTH) return ''
  return gatheredOf(thrown, path) + causeOf(thrown, said, path)
}

/** The errors from the one thrown down to the one at hand. */
interface Path {
  value: unknown
  above: Path | null
  depth: number
}

const below = (above: Path, value: unknown): Path => ({ value, above, depth: above.depth + 1 })

function causeOf(thrown: object, said: string, path: Path): string {
  const cause = valueOf(thrown, 'cause')
  if (cause === undefined || cause === null || isOn(path, cause)) return ''
  const message = messageOf(cause, MAX_CAUSE)
  const further = causesOf(cause, message, below(path, cause))
  if (message !== '' && stringIncludes(said, message)) return further
  return ` (caused by ${named(cause, message)}${further})`
}

function gatheredOf(thrown: object, path: Path): string {
  const errors = valueOf(thrown, 'errors')
  if (!ErrorIsError(thrown) || !isList(errors) || errors.length === 0) return ''
  let text = ''
  for (let i = 0; i < errors.length && i < MAX_ERRORS; i++) {
    const error = valueOf(errors, `${i}`)
    const message = messageOf(error, MAX_CAUSE)
    const further = isOn(path, error) ? '' : causesOf(error, message, below(path, error))
    text += `${i === 0 ? '' : '; '}${named(error, message)}${further}`
  }
  const more = errors.length > MAX_ERRORS ? `; … ${errors.length - MAX_ERRORS} more` : ''
  return ` (${errors.length} ${errors.length === 1 ? 'error' : 'errors'}: ${text}${more})`
}

function named(error: unknown, message: string): string {
  const name = textOf(error, 'name', 100)
  return name === '' || message === name ? message : `${name}: ${message}`
}

function isOn(path: Path, wanted: unknown): boolean {
  for (let at: Path | null = path; at !== null; at = at.above) if (at.value === wanted) return true
  return false
}

function isList(value: unknown): value is unknown[] {
  try {
    return isArray(value)
  } catch {
    return false
  }
}

function valueOf(owner: object, property: string): unknown {
  try {
    return (owner as Record<string, unknown>)[property]
  } catch {
    return undefined
  }
}

function textOf(thrown: unknown, property: string, cap: number): string {
  if (typeof thrown !== 'object' || thrown === null) return ''
  const value = valueOf(thrown, property)
  return typeof value === 'string' ? stringSlice(value, 0, cap) : ''
}

/** What an object without a message says of itself. */
function objectText(thrown: object): string {
  if (ErrorIsError(thrown)) return textOf(thrown, 'name', 100) || 'an error without a message'
  try {
    return `a thrown object: ${toJson(thrown, 'it', 300, { asNull: 0 })}`
  } catch {
    return 'a thrown object that is no error'
  }
}

function primitiveText(thrown: unknown): string {
  switch (typeof thrown) {
    case 'string':
      return thrown
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'undefined':
      return `${thrown as number}`
    default:
      return thrown === null ? 'null' : `a ${typeof thrown}`
  }
}
