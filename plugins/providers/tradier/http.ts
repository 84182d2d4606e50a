import { ProviderCallError } from '../../../sdk/option-provider.ts'

/** An answer as it came, whatever it says. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Null where it is a redirect, which is not followed: the token would go with it. */
  readonly text: string | null
}

/** The largest chains with Greeks have about two megabytes; counted after decompression. */
const MAX_BODY_BYTES = 16 * 2 ** 20

/**
 * One GET request, its body read up to `MAX_BODY_BYTES`.
 * @throws the signal's reason, or ProviderCallError where no whole answer came. `what` names in its message what was asked for.
 */
export async function get(url: URL, token: string, what: string, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted()
  try {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'user-agent': 'strikescan' }
    const response = await fetch(url, { headers, redirect: 'manual', signal })
    const isRedirect = response.status >= 300 && response.status < 400
    if (isRedirect) await response.body?.cancel()
    return { status: response.status, headers: response.headers, text: isRedirect ? null : await readBody(response, what) }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw error instanceof ProviderCallError ? error : connectionError(error, what)
  }
}

async function readBody(response: Response, what: string): Promise<string> {
  if (response.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const piece of response.body) {
    bytes += piece.byteLength
    // Leaving the loop closes the connection.
    if (bytes > MAX_BODY_BYTES) throw new ProviderCallError('malformed', `Tradier answered ${what} with more than ${MAX_BODY_BYTES / 2 ** 20} MB`, { passing: false })
    text += decoder.decode(piece, { stream: true })
  }
  return text + decoder.decode()
}

const TIMEOUTS = /^(?:ETIMEDOUT|UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT)$/
const CERTIFICATES = /CERT|^ERR_TLS_|^ERR_SSL_|SIGNATURE/
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'Tradier refused the connection'],
  [/^(?:ENOTFOUND|EAI_AGAIN)$/, "Tradier's address was not found"],
  [/^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/, 'Tradier closed the connection'],
  [/^(?:ENETUNREACH|EHOSTUNREACH|ENETDOWN|EADDRNOTAVAIL)$/, 'Tradier cannot be reached from here'],
  [/^(?:EMFILE|ENFILE|ENOBUFS)$/, 'This process has too many open connections'],
]

/** What broke below HTTP, told by the code alone: messages of libraries may hold anything. */
function connectionError(error: unknown, what: string): ProviderCallError {
  const code = codeOf(error)
  if (TIMEOUTS.test(code)) return new ProviderCallError('timed_out', `Tradier did not answer ${what} in time (${code})`, { passing: true })
  if (CERTIFICATES.test(code)) return new ProviderCallError('unavailable', `Tradier's certificate is not trusted (${code}), so ${what} could not be asked for`, { passing: false })
  if (/^Z_|^ERR__ERROR_FORMAT/.test(code)) return new ProviderCallError('malformed', `Tradier answered ${what} with a body that cannot be decompressed (${code})`, { passing: true })
  if (/^HPE_|CONTENT_LENGTH_MISMATCH/.test(code)) return new ProviderCallError('malformed', `Tradier answered ${what} with broken HTTP (${code})`, { passing: true })
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? 'The connection to Tradier failed'
  return new ProviderCallError('unavailable', `${reason} (${code}) when asked for ${what}`, { passing: true })
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
