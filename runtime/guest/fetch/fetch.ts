import type { Clock } from '../environment/clock.ts'
import { callScript, rejectedPromise, resolvedPromise, stringSlice, stringToUpperCase, TypeErrorConstructor } from '../language/intrinsics.ts'
import { defineGlobal } from '../language/properties.ts'
import { contentOf, textOf } from '../web/body.ts'
import { Headers } from '../web/headers.ts'
import { createResponse, readRequest, Request, type Response } from '../web/messages.ts'
import { completeMarket } from './market.ts'
import { parseRequest } from './request.ts'
import { AVAILABLE, handlerOf, statusText } from './router.ts'
import type { ApiAnswer, GuestMarket } from './types.ts'

export interface FetchOptions {
  readonly market: GuestMarket
  readonly clock: Clock
}

export interface MarketFetch {
  /** The web's fetch over the market data of the host. */
  fetch(input: unknown, init?: unknown): Promise<Response>
  /**
   * The same at once, for stand-ins of HTTP libraries: method in upper case, absolute URL, body as text.
   * @throws TypeError where no API answers the URL or the method.
   */
  request(method: string, url: string, body: string): ApiAnswer
}

const NO_OPTIONS = { __proto__: null }

/** Answers requests to the usual market-data APIs from the host's bars, without network and without delay. */
export function createFetch(options: FetchOptions): MarketFetch {
  const { clock } = options
  const market = completeMarket(options.market)

  function request(method: string, url: string, body: string): ApiAnswer {
    const parsed = parseRequest(method, url, body, clock.now())
    if (parsed === null) throw new TypeErrorConstructor(`Failed to parse URL from ${stringSlice(url, 0, 500)}`)
    const host = stringSlice(parsed.host, 0, 253)
    const handler = handlerOf(parsed.host)
    if (handler === null) {
      market.note('fetch_refused', host)
      throw new TypeErrorConstructor(`fetch failed: ${host} cannot be reached, since scanners have no network. Market data is answered for ${AVAILABLE}`)
    }
    // Tradier alone takes a question by POST; it refuses the rest in its own words.
    const isPostToTradier = method === 'POST' && (host === 'api.tradier.com' || host === 'sandbox.tradier.com')
    if (method !== 'GET' && method !== 'HEAD' && !isPostToTradier) {
      market.note('fetch_refused', `${method} ${host}`)
      throw new TypeErrorConstructor(`fetch failed: ${method} to ${host} is refused, since scanners only read market data (GET)`)
    }
    return handler(parsed, market)
  }

  function respond(input: unknown, init: unknown): Response {
    const asked = readArguments(input, init)
    throwIfAborted(asked.signal)
    const answer = request(asked.method, asked.url, asked.body)
    const content = asked.method === 'HEAD' ? contentOf(null).content : answer.content
    return createResponse(content, {
      status: answer.status, statusText: statusText(answer.status), url: asked.url, type: 'basic', headers: () => headersOf(answer), made: null,
    })
  }

  return {
    request,
    fetch(input, init) {
      try {
        return resolvedPromise(respond(input, init))
      } catch (error) {
        return rejectedPromise(error)
      }
    },
  }
}

interface Asked {
  readonly url: string
  readonly method: string
  readonly body: string
  readonly signal: unknown
}

function readArguments(input: unknown, init: unknown): Asked {
  const isPlain = typeof input === 'string' && (init === undefined || init === null)
  if (isPlain) return { url: input, method: 'GET', body: '', signal: null }
  const options = (init ?? NO_OPTIONS) as { method?: unknown; body?: unknown; headers?: unknown; signal?: unknown }
  if (typeof input === 'string' && options.body === undefined && options.headers === undefined) {
    const method = options.method === undefined ? 'GET' : stringToUpperCase(`${options.method as string}`)
    return { url: input, method, body: '', signal: options.signal }
  }
  const { url, method, content, signal } = readRequest(new Request(input, options))
  return { url, method, body: textOf(content), signal }
}

function throwIfAborted(signal: unknown): void {
  if (typeof signal !== 'object' || signal === null) return
  const { aborted, reason } = signal as { aborted?: unknown; reason?: unknown }
  if (aborted === true) throw reason
}

const setHeader = Headers.prototype.set
function headersOf({ type, headers: pairs }: ApiAnswer): Headers {
  const headers = new Headers()
  callSet(headers, 'content-type', type)
  if (pairs !== null) for (let i = 0; i < pairs.length; i += 2) callSet(headers, pairs[i] as string, pairs[i + 1] as string)
  return headers
}

function callSet(headers: Headers, name: string, value: string): void {
  callScript(setHeader, headers, [name, value])
}

/** Puts fetch on the global object. */
export function installFetch(global: object, { fetch }: MarketFetch): void {
  defineGlobal(global, 'fetch', fetch)
}
