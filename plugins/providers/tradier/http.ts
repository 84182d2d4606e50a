import type { IncomingMessage } from 'node:http'

import { ProviderCallError } from '../../../sdk/option-provider.ts'
import { decompress } from './compression.ts'
import type { CheckedOptions } from './options.ts'
import { otherAddress, otherProtocol } from './remedies.ts'

/** An answer as it came, whatever it says. */
export interface Answer {
  readonly status: number
  readonly headers: AnswerHeaders
  /** Null where it is a redirect, which is not followed: the token would go with it. */
  readonly text: string | null
}

/** Headers of an answer by name, whatever its case; null where it has none of that name. */
export interface AnswerHeaders {
  get(name: string): string | null
}

// Not imported: for that each of its exports is made, among them the client of `fetch`, which takes as long as a hundred requests.
const http = process.getBuiltinModule('node:http')

/** The largest chains with Greeks have about two megabytes; counted before and after decompression. */
const MAX_BODY_BYTES = 16 * 2 ** 20

/** Where an API answers, and what every request to it carries. */
export interface Endpoint {
  readonly request: typeof http.request
  readonly options: { readonly protocol: string; readonly hostname: string; readonly port: string; readonly headers: Readonly<Record<string, string>> }
  /** Before the path of each request. */
  readonly path: string
  readonly baseUrl: string
}

/** The endpoint for calls to an address with a token. */
export function endpointOf({ baseUrl, token }: Pick<CheckedOptions, 'baseUrl' | 'token'>): Endpoint {
  const address = new URL(baseUrl)
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'accept-encoding': 'gzip, deflate', 'user-agent': 'strikescan' }
  // Loaded only for an address that needs it, with all of TLS.
  const { request } = address.protocol === 'https:' ? process.getBuiltinModule('node:https') : http
  const hostname = address.hostname.replace(/^\[|\]$/g, '')
  return { request, options: { protocol: address.protocol, hostname, port: address.port, headers }, path: address.pathname.replace(/\/+$/, ''), baseUrl }
}

/**
 * One GET request, its body read up to `MAX_BODY_BYTES`. By `node:http`, whose shared agents keep connections: `fetch` takes more than
 * twice its processor time for each request.
 * @throws the signal's reason, or ProviderCallError where no whole answer came. `what` names in its message what was asked for.
 */
export function get(endpoint: Endpoint, path: string, what: string, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const request = endpoint.request({ ...endpoint.options, path: endpoint.path + path })
    let isSettled = false
    /** True the first time: what comes after an answer or a failure changes nothing. */
    const settles = (): boolean => {
      if (isSettled) return false
      signal.removeEventListener('abort', onAbort)
      return (isSettled = true)
    }
    const fail = (error: unknown): void => {
      if (!settles()) return
      reject(error instanceof ProviderCallError ? error : connectionError(error, what, endpoint))
      request.destroy()
    }
    const onAbort = (): void => {
      if (!settles()) return
      reject(signal.reason as Error)
      request.destroy()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    request.on('error', fail)
    // The last of its events: nothing more comes of one that has neither failed nor been answered.
    request.on('close', () => fail(null))
    request.on('response', (response) => receive(response, what, (answer) => void (settles() && resolve(answer)), fail))
    request.end()
  })
}

function receive(response: IncomingMessage, what: string, done: (answer: Answer) => void, fail: (error: unknown) => void): void {
  const status = response.statusCode!
  const headers = headersOf(response)
  if (status >= 300 && status < 400) {
    response.on('error', () => {})
    response.destroy()
    return done({ status, headers, text: null })
  }
  const pieces: Buffer[] = []
  let bytes = 0
  response.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > MAX_BODY_BYTES) return fail(tooLarge(what))
    pieces.push(piece)
  })
  response.on('error', fail)
  response.on('end', () => {
    try {
      const body = decompress(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), headers.get('Content-Encoding'), MAX_BODY_BYTES)
      if (body === null) return fail(tooLarge(what))
      done({ status, headers, text: textOf(body) })
    } catch (error) {
      fail(error)
    }
  })
}

function headersOf({ headers }: IncomingMessage): AnswerHeaders {
  return {
    get(name) {
      const value = headers[name.toLowerCase()]
      return value === undefined ? null : String(value)
    },
  }
}

/** The text of UTF-8, a byte order mark left out. */
function textOf(body: Buffer): string {
  const text = body.toString('utf8')
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

function tooLarge(what: string): ProviderCallError {
  return new ProviderCallError('malformed', `Tradier answered ${what} with more than ${MAX_BODY_BYTES / 2 ** 20} MB`, { passing: false })
}

const TIMEOUTS = /^ETIMEDOUT$/
/** Of connections that never were. */
const NEVER_THERE = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL|EPROTO|EMFILE|ENFILE|ENOBUFS)$|^ERR_SSL_/
const CERTIFICATES = /CERT|^ERR_TLS_|SIGNATURE/
/** With what may be to blame. */
const REASONS: readonly (readonly [RegExp, string, typeof otherAddress?])[] = [
  [/^ECONNREFUSED$/, 'Tradier refused the connection', otherAddress],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, "Tradier's address was not found", otherAddress],
  [/^(?:ECONNRESET|EPIPE|ECONNABORTED)$/, 'Tradier closed the connection', otherAddress],
  [/^(?:ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/, 'Tradier cannot be reached from here', otherAddress],
  [/^(?:EPROTO$|ERR_SSL_)/, 'Tradier does not speak HTTPS there', otherProtocol],
  [/^(?:EMFILE|ENFILE|ENOBUFS)$/, 'This process has too many open connections'],
]

/** What broke below HTTP, told by the code alone: messages of libraries may hold anything. */
function connectionError(error: unknown, what: string, endpoint: Endpoint): ProviderCallError {
  const code = codeOf(error)
  if (TIMEOUTS.test(code)) return new ProviderCallError('timed_out', `Tradier did not answer ${what} in time (${code})`, { passing: true })
  if (CERTIFICATES.test(code)) return new ProviderCallError('unavailable', `Tradier's certificate is not trusted (${code}), so ${what} could not be asked for`, { passing: false, remedy: otherAddress(endpoint) })
  if (/^Z_|^ERR__ERROR_FORMAT/.test(code)) return new ProviderCallError('malformed', `Tradier answered ${what} with a body that cannot be decompressed (${code})`, { passing: true })
  if (/^HPE_|CONTENT_LENGTH_MISMATCH/.test(code)) return new ProviderCallError('malformed', `Tradier answered ${what} with broken HTTP (${code})`, { passing: true, remedy: otherAddress(endpoint) })
  const [, reason, remedyAt] = REASONS.find(([pattern]) => pattern.test(code)) ?? [null, 'The connection to Tradier failed']
  return new ProviderCallError('unavailable', `${reason} (${code}) when asked for ${what}`, { passing: true, remedy: remedyAt?.(endpoint) ?? null, reached: !NEVER_THERE.test(code) })
}

/** The code of the innermost cause that has one. */
function codeOf(error: unknown): string {
  let code = 'no cause given'
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const [first] = cause instanceof AggregateError ? (cause.errors as unknown[]) : []
    const stated = (cause as { code?: unknown }).code ?? (first as { code?: unknown } | undefined)?.code
    if (typeof stated === 'string' && /^\w{1,60}$/.test(stated)) code = stated
    // Node's parser does not always give its code along.
    else if (cause.name === 'HTTPParserError') code = 'HPE_INVALID'
  }
  return code
}
