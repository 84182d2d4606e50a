import { isIdentityField } from './identity.ts'
import { ErrorIsError } from '../language/intrinsics.ts'
import { objectKeys } from '../language/kinds.ts'

/** Where scripts put what went wrong with a symbol, and what stands beside it. */
const ERROR_FIELDS = ['error', 'err', 'exception', 'stack']
const DETAIL_FIELDS = ['message', 'reason', 'name', 'code', 'status', 'cause']

/** Whether an object says that something went wrong with its symbol, and nothing else: an Error, or what a script keeps of one. */
export function saysFailure(value: object): boolean {
  if (ErrorIsError(value)) return true
  const keys = objectKeys(value)
  let isFailure = false
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const isError = isAmong(ERROR_FIELDS, key)
    if (!isError && !isAmong(DETAIL_FIELDS, key) && !isIdentityField(key)) return false
    isFailure ||= isError && Boolean((value as Record<string, unknown>)[key])
  }
  return isFailure
}

function isAmong(names: readonly string[], name: string): boolean {
  for (let i = 0; i < names.length; i++) if (names[i] === name) return true
  return false
}
