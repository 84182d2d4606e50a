import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { STATUS_CODES, type ServerOptions } from 'node:http'
import type { Socket } from 'node:net'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { statusOf } from '../../runtime/host.ts'
import type { ServerSettings } from './settings.ts'

/** Characters of an id or symbol in an address. */
export const MAX_PARAM_LENGTH = 256
const MAX_HEADER_BYTES = 16_384
const HEADERS_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 15_000
/** A connection on which nothing moves, in either direction, is closed: a reader that stalls holds a download no longer. */
const IDLE_MS = 120_000
const CHECK_MS = 1_000
/** Addresses that are counted at once; the one that was quiet longest is forgotten for a new one. */
const COUNTED_ADDRESSES = 10_000

/** How the HTTP server bounds what a client may hold: headers, time to send them and the body, and idle connections. */
export function httpOptions({ requestTimeoutMs }: ServerSettings): { http: ServerOptions; connectionTimeout: number; keepAliveTimeout: number; requestTimeout: number } {
  return {
    http: { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs), connectionsCheckingInterval: CHECK_MS },
    requestTimeout: requestTimeoutMs,
    connectionTimeout: IDLE_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  }
}

/** Refuses requests beyond the rate, before anything else is done for them: also those that try tokens. */
export async function limitRate(app: FastifyInstance, { requestsPerMinute }: ServerSettings): Promise<void> {
  if (requestsPerMinute === null) return
  await app.register(rateLimit, { global: false, cache: COUNTED_ADDRESSES })
  const count = app.createRateLimit({ max: requestsPerMinute, timeWindow: '1 minute' })
  app.addHook('onRequest', async (request) => {
    const state = await count(request)
    if (!state.isAllowed && state.isExceeded) throw new StrikescanError('rate_exceeded', { limit: requestsPerMinute, seconds: Math.max(1, state.ttlInSeconds) })
  })
}

const PROBLEMS: Record<string, { status: number; problem: string }> = {
  HPE_HEADER_OVERFLOW: { status: 431, problem: `its headers have more than ${MAX_HEADER_BYTES} bytes` },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, problem: 'it was not sent in time' },
}

/** Answers what is no HTTP at all, or never comes to an end, and closes the connection. */
export function answerBrokenClient(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const { status, problem } = PROBLEMS[error.code ?? ''] ?? { status: statusOf('request_malformed'), problem: 'it cannot be parsed' }
  const { code, message, hint } = new StrikescanError('request_malformed', { problem })
  const body = JSON.stringify({ error: { code, message, hint } })
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`)
  // One that does not read what it is told is not waited for.
  setTimeout(() => socket.destroy(), CHECK_MS).unref()
}
