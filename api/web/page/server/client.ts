import { signal } from '@preact/signals'

import type { Diagnostic } from './types.ts'

/** Whether the server asks for a token that was not shown yet. */
export const needsToken = signal(false)
/** Whether the last request got through to the server. */
export const isReachable = signal(true)

const FIRST_LOOK_MS = 1_000
const MOST_LOOK_MS = 5_000

/** From the first request that does not get through, looks for the server until it is back. */
function lookForServer(wait = FIRST_LOOK_MS): void {
  setTimeout(
    () =>
      void fetch('/healthz').then(
        () => void (isReachable.value = true),
        () => lookForServer(Math.min(MOST_LOOK_MS, 2 * wait)),
      ),
    wait,
  )
}

/** A refusal of the server, in its words, or that it can not be reached (`unreachable`). */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly hint: string
  readonly details: { field: string; message: string }[]
  readonly diagnostics: Diagnostic[]

  constructor(
    status: number,
    body: { error?: { code?: string; message?: string; hint?: string; details?: ApiError['details'] }; diagnostics?: Diagnostic[] },
  ) {
    super(body.error?.message ?? `The server answered with ${status}.`)
    this.status = status
    this.code = body.error?.code ?? 'unknown'
    this.hint = body.error?.hint ?? ''
    this.details = body.error?.details ?? []
    this.diagnostics = body.diagnostics ?? []
  }
}

interface Options {
  method?: string
  /** Sent as JSON; a form as it is. */
  body?: unknown
  signal?: AbortSignal
}

/** The server's answer as JSON. @throws ApiError; AbortError where the signal said so */
export async function request<T>(path: string, options: Options = {}): Promise<T> {
  const answer = await send(path, options)
  return (answer.status === 204 ? null : await answer.json()) as T
}

/** The server's answer as text. @throws ApiError; AbortError where the signal said so */
export async function requestText(path: string, options: Options = {}): Promise<string> {
  return (await send(path, options)).text()
}

async function send(path: string, { method = 'GET', body, signal: aborted }: Options): Promise<Response> {
  const isForm = body instanceof FormData
  let answer: Response
  try {
    answer = await fetch(path, {
      method,
      ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
      headers: body !== undefined && !isForm ? { 'Content-Type': 'application/json' } : {},
      ...(aborted !== undefined && { signal: aborted }),
    })
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    if (isReachable.value) lookForServer()
    isReachable.value = false
    throw new ApiError(0, {
      error: {
        code: 'unreachable',
        message: 'The server does not answer.',
        hint: 'It may have been stopped: start it again with strikescan serve.',
      },
    })
  }
  isReachable.value = true
  if (answer.ok) return answer
  if (answer.status === 401) needsToken.value = true
  throw new ApiError(answer.status, (await answer.json().catch(() => ({}))) as object)
}

/** Shows the token once; what follows goes by the cookie that it gives. @throws ApiError */
export async function beginSession(token: string): Promise<void> {
  const answer = await fetch('/api/session', { method: 'POST', headers: { Authorization: `Bearer ${token}` } })
  if (!answer.ok) throw new ApiError(answer.status, (await answer.json().catch(() => ({}))) as object)
  needsToken.value = false
}

export const isAborted = (error: unknown): boolean => (error as Error).name === 'AbortError'
