import { STATUS_CODES } from 'node:http'
import { basename, isAbsolute } from 'node:path'
import type { FastifyError } from 'fastify'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { statusOf, withoutFolders } from '../../runtime/host.ts'
import { MAX_PARAM_LENGTH } from './limits.ts'
import { ValidationError } from './zod-compilers.ts'

/** The body of a refusal. */
export interface ErrorBody {
  error: { code: string; message: string; hint: string; details?: { field: string; message: string }[] }
}

export interface ErrorAnswer {
  readonly status: number
  readonly body: ErrorBody
  readonly headers: Readonly<Record<string, string>>
  /** Whether the log has to say more than the answer. */
  readonly isFault: boolean
}

export interface ErrorContext {
  readonly requestId: string
  /** The largest body, in words. */
  readonly maxBody: string
  /** The type that the request states for its body. */
  readonly bodyType: string | undefined
}

/** What is said while the server ends, which is no fault of anybody. */
const ENDING = new Set(['host_draining', 'live_closing'])
const RETRY_SECONDS: Record<number, number> = { 429: 1, 503: 5 }

/**
 * The answer to whatever went wrong while a request was served. Mistakes of the client keep their sentence, with the names of
 * this server's files cut down to the last part; what is no error of the registry is answered by a number to look up in the log.
 */
export function errorAnswer(error: unknown, context: ErrorContext): ErrorAnswer {
  const known = knownError(error, context)
  const status = statusOf(known.code)
  const details = error instanceof ValidationError ? error.refusal.details : []
  const retry = known.code === 'rate_exceeded' ? Number(known.details['seconds']) : RETRY_SECONDS[status]
  return {
    status,
    body: { error: { code: known.code, message: withoutPaths(known.message, known), hint: forRequests(withoutPaths(known.hint, known)), ...(details.length > 0 && { details }) } },
    headers: {
      ...(retry !== undefined && { 'Retry-After': String(retry) }),
      ...(known.code === 'method_unknown' && { Allow: String(known.details['allowed']) }),
      ...(status === 401 && { 'WWW-Authenticate': 'Bearer realm="strikescan"' }),
    },
    isFault: status >= 500 && !ENDING.has(known.code),
  }
}

function knownError(error: unknown, context: ErrorContext): StrikescanError {
  if (error instanceof ValidationError) return error.refusal.error
  // A fault of ours that has a code may still say what is nobody's business.
  if (error instanceof StrikescanError) return error.code === 'internal_error' ? new StrikescanError('server_failed', { request: context.requestId }) : error
  return frameworkError(error as FastifyError, context) ?? new StrikescanError('server_failed', { request: context.requestId })
}

const TOO_LARGE = new Set(['FST_ERR_CTP_BODY_TOO_LARGE', 'FST_REQ_FILE_TOO_LARGE', 'FST_PARTS_LIMIT', 'FST_FILES_LIMIT', 'FST_FIELDS_LIMIT'])
const WRONG_TYPE = new Set(['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'FST_INVALID_MULTIPART_CONTENT_TYPE', 'FST_ERR_CTP_INVALID_TYPE'])
/** What the framework finds wrong with an address. */
const BAD_ADDRESS: Record<string, string> = {
  FST_ERR_BAD_URL: 'a % in its address begins no encoded character',
  FST_ERR_MAX_PARAM_LENGTH: `a part of its address has more than ${MAX_PARAM_LENGTH} characters`,
}
const FORM_ADVICE = 'Send one file in the field file.'

/** Refusals of the framework in the registry's words; null where it is no mistake of the client. */
function frameworkError(error: FastifyError | null | undefined, { maxBody, bodyType }: ErrorContext): StrikescanError | null {
  const { code = '', statusCode = 500 } = error ?? {}
  if (TOO_LARGE.has(code)) return new StrikescanError('body_too_large', { limit: maxBody })
  if (WRONG_TYPE.has(code) || statusCode === 415) return new StrikescanError('body_type_unknown', { type: (bodyType?.split(';')[0] || 'none').slice(0, 100) })
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return new StrikescanError('body_malformed', { problem: 'it is empty, and its type says JSON', advice: 'Send an object, or leave Content-Type out.' })
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return new StrikescanError('body_malformed', { problem: 'it is not as long as Content-Length says', advice: 'Check the client.' })
  if (code.startsWith('FST_ERR_CTP_INVALID_JSON') || error instanceof SyntaxError) return new StrikescanError('body_malformed', { problem: 'it is not valid JSON', advice: 'Send an object in JSON, in UTF-8.' })
  if (code === 'FST_PROTO_VIOLATION') return new StrikescanError('body_malformed', { problem: 'a field has a name that is not allowed', advice: FORM_ADVICE })
  if (statusCode < 400 || statusCode > 499) return null
  return new StrikescanError('request_refused', { problem: BAD_ADDRESS[code] ?? STATUS_CODES[statusCode] ?? `status ${statusCode}` })
}

/** Names of files on this server are nobody's business; their last part helps. */
function withoutPaths(text: string, { details, fault }: StrikescanError): string {
  let plain = text
  for (const [name, value] of Object.entries(details)) {
    // An address is what the client itself asked for; so is a symbol such as /ES.
    if (typeof value === 'string' && name !== 'address' && isAbsolute(value) && value.lastIndexOf('/') > 0) plain = plain.replaceAll(value, basename(value))
  }
  return fault === 'system' ? withoutFolders(plain) : plain
}

/** What flags of the command line are called in a request. */
const FIELDS: Record<string, string> = {
  '--symbols A,B': 'symbols', '--universe all': '"universe": "all"', '--symbols': 'symbols', '--universe': 'universe', '--as-of': 'asOf', '--from': 'from', '--to': 'to', '--dates': 'dates',
  '--timeout': 'limits.timeoutMs', '--symbol-timeout-ms': 'limits.symbolTimeoutMs', '--memory-mb': 'limits.memoryMb', '--workers': 'limits.workers',
  '--param': 'params', '--split': 'split', '--force-full': 'forceFull', '--refresh': 'refresh', '--no-prefilter': '"prefilter": false',
}
const FLAG = new RegExp(Object.keys(FIELDS).toSorted((a, b) => b.length - a.length).map((flag) => `${flag}(?![\\w-])`).join('|'), 'g')

/** Hints are written for the command line; over HTTP its flags are fields. */
const forRequests = (hint: string): string => hint.replaceAll(FLAG, (flag) => FIELDS[flag]!)
