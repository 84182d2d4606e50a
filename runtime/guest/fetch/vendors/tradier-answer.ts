import { makeObjects } from '../../language/intrinsics.ts'
import type { ApiAnswer, ApiRequest } from '../types.ts'

const MINUTE = 60_000

/** One request used of the live allowance; the host does not limit scripts by rate. */
export function tradierAnswer(request: ApiRequest, status: number, make: () => unknown): ApiAnswer {
  const headers = [
    'X-Ratelimit-Allowed', '120', 'X-Ratelimit-Used', '1', 'X-Ratelimit-Available', '119', 'X-Ratelimit-Expiry', `${request.now + MINUTE}`,
  ]
  return { status, content: { kind: 'value', make }, type: 'application/json;charset=UTF-8', headers }
}

export const tradierErrors = (request: ApiRequest, status: number, text: string) => tradierAnswer(request, status, () => ({ errors: { error: [text] } }))

/** Nothing as null, one as itself, several as a list. */
export function oneOrMany<T>(count: number, make: (index: number) => T): T | T[] | null {
  return count === 0 ? null : count === 1 ? make(0) : makeObjects(count, make)
}
