import { ProviderCallError, type ProviderFailure } from '../../../sdk/option-provider.ts'
import type { Answer } from './http.ts'
import type { CheckedOptions } from './options.ts'
import { retryInstant } from './rate.ts'
import { otherAddress, otherToken } from './remedies.ts'
import { field, isObject, listOf, textOf } from './values.ts'

interface Verdict {
  readonly failure: ProviderFailure
  readonly passing: boolean
  /** What the vendor said of it, for the message; null where it said nothing readable. */
  readonly said: string | null
  readonly summary?: string
  readonly remedy?: typeof otherAddress
}

const LONGEST_QUOTE = 160
const RATE = /quota|rate.?limit|spike.?arrest|too many requests/i
const ACCESS = /access.?token|oauth|api.?key|unauthorized|not authorized|forbidden/i
const UNKNOWN_TICKER = /invalid parameter, symbols?\b|(?:symbol|ticker)s? (?:is |was |are )?(?:not found|unknown|invalid)|(?:unknown|invalid|unrecognized) (?:symbol|ticker)/i

/**
 * The document of an answer.
 * @throws ProviderCallError where it is an error of the vendor, whatever its status, or no JSON
 */
export function documentOf(answer: Answer, what: string, options: Pick<CheckedOptions, 'baseUrl' | 'token'>, now: number): unknown {
  const body = parse(answer.text)
  const verdict = judge(answer, body)
  if (verdict === null) return body!.document
  const { failure, passing, said, summary = `with status ${answer.status}`, remedy } = verdict
  const quote = said === null ? '' : `: "${quotable(said, options.token)}"`
  const retryAt = failure === 'rate_limited' || answer.status === 503 ? retryInstant(answer.headers, now) : null
  throw new ProviderCallError(failure, `Tradier answered ${what} ${summary}${quote}`, { passing, retryAt, remedy: remedy?.(options) ?? null })
}

function judge(answer: Answer, body: { document: unknown } | null): Verdict | null {
  const { status, text } = answer
  if (text === null) return redirected(status)
  const said = body === null ? plainText(text) : errorText(body.document)
  const fault = field(body?.document, 'fault')
  const code = textOf(field(field(fault, 'detail'), 'errorcode')) ?? ''
  const isError = status >= 400 || isObject(fault) || said !== null
  if (!isError) return body === null ? unreadable(text) : null

  if (status === 429 || RATE.test(code) || (fault !== undefined && RATE.test(said ?? ''))) return { failure: 'rate_limited', passing: true, said, summary: 'with its rate limit' }
  if (status === 401 || status === 403 || ACCESS.test(code)) return { failure: 'unauthorized', passing: false, said, remedy: otherToken }
  if (status === 408 || status === 504) return { failure: 'timed_out', passing: true, said }
  if (status >= 500) return { failure: 'unavailable', passing: true, said }
  if (UNKNOWN_TICKER.test(said ?? '')) return { failure: 'unknown_ticker', passing: false, said, summary: 'with an error' }
  // All that is asked for is there whatever the ticker: an address that is not there is a wrong one.
  if (status === 404 || status === 405 || status === 410) return { failure: 'refused', passing: false, said, remedy: otherAddress }
  if (status >= 400) return { failure: 'refused', passing: false, said }
  // Status 200 with a fault of its gateway is the gateway's trouble; with an error of the API, what was asked for.
  if (fault !== undefined) return { failure: 'unavailable', passing: true, said, summary: 'with a fault' }
  if (body === null && isMarkup(text)) return unreadable(text)
  return { failure: 'refused', passing: false, said, summary: 'with an error' }
}

function redirected(status: number): Verdict {
  // One that is said to be for now is the same to whoever asks again with the address that he has.
  return { failure: 'refused', passing: false, said: null, summary: `with a redirect (status ${status}), which is not followed so that the token stays where it belongs`, remedy: otherAddress }
}

/** An answer that claims success and is no JSON. */
function unreadable(text: string): Verdict {
  const body = text.trim()
  const malformed = (passing: boolean, summary: string, said: string | null = null): Verdict => ({ failure: 'malformed', passing, said, summary })
  if (body === '') return malformed(true, 'with an empty body')
  if (/^<\?xml|^<(?:expirations|options|quotes|errors|fault)\b/i.test(body)) return malformed(false, 'in XML, though JSON was asked for')
  if (isMarkup(body)) return { failure: 'unavailable', passing: true, said: titleOf(body), summary: 'with a web page, as it does under maintenance', remedy: otherAddress }
  if (/^[[{"]/.test(body)) return malformed(true, `with JSON that breaks off or is broken (${body.length} characters)`)
  return malformed(true, 'with text that is no JSON', body)
}

function parse(text: string | null): { document: unknown } | null {
  try {
    return text === null ? null : { document: JSON.parse(text) as unknown }
  } catch {
    return null
  }
}

/** What an error document says: of `{"fault":…}`, or the first of `{"errors":{"error":…}}`; null for any other document. */
function errorText(document: unknown): string | null {
  const fault = field(document, 'fault')
  if (isObject(fault)) return textOf(field(fault, 'faultstring')) ?? 'a fault without a text'
  if (typeof fault === 'string') return fault
  if (!isObject(document) || !Object.hasOwn(document, 'errors')) return null
  const { errors } = document
  const [first] = listOf(isObject(errors) ? field(errors, 'error') : errors)
  return textOf(first) ?? (first === undefined ? null : 'an error without a text')
}

/** What a body that is no JSON says, where it is one of the plain sentences of the API, or the title of a page. */
function plainText(text: string): string | null {
  const body = text.trim()
  if (isMarkup(body)) return titleOf(body)
  return /^(?:invalid |error|quota|unauthorized|forbidden|not found|service |bad |internal |too many )/i.test(body) ? body : null
}

const isMarkup = (text: string): boolean => /^\s*</.test(text)

const titleOf = (page: string): string | null => /<title[^>]{0,200}>([^<]{1,500})/i.exec(page.slice(0, 10_000))?.[1]?.trim() ?? null

const SHORTEST_SECRET = 8

/** Text of the vendor for one line of ours: without the token, control characters and line ends, cut to length. */
function quotable(text: string, token: string): string {
  // Shorter than any real token is one for a simulated vendor, and may be part of any word.
  const bare = token.length < SHORTEST_SECRET ? text.slice(0, 10_000) : text.slice(0, 10_000).replaceAll(token, '(token)')
  const line = bare.replaceAll(/[\s\p{C}"]+/gu, ' ').trim()
  return line.length <= LONGEST_QUOTE ? line.replace(/\.+$/, '') : `${line.slice(0, LONGEST_QUOTE)}…`
}
