import {
  JSONStringify,
  ObjectPreventExtensions,
  RangeErrorConstructor,
  ReflectApply,
  stringToUpperCase,
  SymbolToStringTag,
  TypeErrorConstructor,
} from '../language/intrinsics.ts'
import { defineHidden } from '../language/properties.ts'
import { contentOf, contentOfMessage, Message, NO_CONTENT, type Content } from './body.ts'
import { Headers, readHeader } from './headers.ts'
import { showFields } from './shown.ts'

/** What the runtime knows of a response; scripts see it through the accessors only. */
interface ResponseFields {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly type: string
  /** Makes the headers when they are first asked for: most scripts never ask. */
  readonly headers: () => Headers
  made: Headers | null
}

const permission = {}
/** No field of it falls to what a script put on `Object.prototype`. */
const NO_OPTIONS = { __proto__: null }

let responseFields: (response: Response) => ResponseFields

/** The web's Response; `body` is always null, since nothing streams here. */
export class Response extends Message {
  readonly #fields: ResponseFields

  constructor(body?: unknown, init?: unknown, given?: unknown) {
    if (given === permission) {
      super(body as Content)
      this.#fields = init as ResponseFields
      return
    }
    const { content, type } = contentOf(body)
    super(content)
    const options = (init ?? NO_OPTIONS) as { status?: unknown; statusText?: unknown; headers?: unknown }
    const status = options.status === undefined ? 200 : +(options.status as number)
    if (!(status >= 200 && status <= 599)) throw new RangeErrorConstructor('Response: the status must be from 200 to 599')
    const headers = new Headers(options.headers)
    if (type !== null && readHeader(headers, 'content-type') === null) setHeader(headers, 'content-type', type)
    this.#fields = {
      status,
      statusText: options.statusText === undefined ? '' : `${options.statusText as string}`,
      url: '',
      type: 'default',
      headers: () => headers,
      made: headers,
    }
  }
  static {
    responseFields = (response) => response.#fields
  }
  static json(value: unknown, init?: unknown): Response {
    const response = new Response(JSONStringify(value), init)
    setHeader(headersOf(responseFields(response)), 'content-type', 'application/json')
    return response
  }
  static error(): Response {
    return createResponse(NO_CONTENT, { status: 0, statusText: '', url: '', type: 'error', headers: () => new Headers(), made: null })
  }
  get status(): number {
    return this.#fields.status
  }
  get ok(): boolean {
    return this.#fields.status >= 200 && this.#fields.status <= 299
  }
  get statusText(): string {
    return this.#fields.statusText
  }
  get headers(): Headers {
    return headersOf(this.#fields)
  }
  get url(): string {
    return this.#fields.url
  }
  get type(): string {
    return this.#fields.type
  }
  get redirected(): boolean {
    return false
  }
  clone(): Response {
    if (this.bodyUsed) throw new TypeErrorConstructor('Response.clone: Body has already been consumed.')
    const { status, statusText, url, type } = this.#fields
    return createResponse(contentOfMessage(this), { status, statusText, url, type, headers: () => new Headers(), made: new Headers(headersOf(this.#fields)) })
  }
}
defineHidden(Response.prototype, SymbolToStringTag, 'Response')
showFields(Response, 'Response', ({ status, statusText, headers, bodyUsed, ok, redirected, type, url }) => ({ status, statusText, headers, body: null, bodyUsed, ok, redirected, type, url }))
// A script that puts its own class above this one would be handed contents by `super`.
ObjectPreventExtensions(Response)

/** A response with fields that a script could not set, such as `url`. */
export function createResponse(content: Content, fields: ResponseFields): Response {
  return new Response(content, fields, permission)
}

function headersOf(fields: ResponseFields): Headers {
  return (fields.made ??= fields.headers())
}

const headersSet = Headers.prototype.set
function setHeader(headers: Headers, name: string, value: string): void {
  // The prototype's method may be the script's own by now.
  ReflectApply(headersSet, headers, [name, value])
}

interface RequestFields {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly signal: unknown
}

let requestFields: (request: Request) => RequestFields
let hasRequestFields: (value: unknown) => value is Request

/** The web's Request, as far as `fetch` here heeds it: URL, method, headers, body and signal. */
export class Request extends Message {
  readonly #fields: RequestFields

  constructor(input: unknown, init?: unknown) {
    const from = hasRequestFields(input) ? requestFields(input) : null
    const options = (init ?? NO_OPTIONS) as { method?: unknown; headers?: unknown; body?: unknown; signal?: unknown }
    const method = options.method === undefined ? (from?.method ?? 'GET') : stringToUpperCase(`${options.method as string}`)
    const given = options.body
    const hasBody = given !== undefined && given !== null
    if (hasBody && (method === 'GET' || method === 'HEAD')) {
      throw new TypeErrorConstructor('Request with GET/HEAD method cannot have body.')
    }
    const { content, type } = hasBody ? contentOf(given) : { content: from === null ? NO_CONTENT : contentOfMessage(input as Request), type: null }
    super(content)
    const headers = new Headers(options.headers === undefined ? from?.headers : options.headers)
    if (type !== null && readHeader(headers, 'content-type') === null) setHeader(headers, 'content-type', type)
    const signal = options.signal === undefined ? (from?.signal ?? null) : options.signal
    this.#fields = { url: from?.url ?? `${input as string}`, method, headers, signal }
  }
  static {
    requestFields = (request) => request.#fields
    hasRequestFields = (value): value is Request => typeof value === 'object' && value !== null && #fields in value
  }
  get url(): string {
    return this.#fields.url
  }
  get method(): string {
    return this.#fields.method
  }
  get headers(): Headers {
    return this.#fields.headers
  }
  get signal(): unknown {
    return this.#fields.signal
  }
  clone(): Request {
    return new Request(this)
  }
}
defineHidden(Request.prototype, SymbolToStringTag, 'Request')
showFields(Request, 'Request', ({ method, url, headers }) => ({ method, url, headers }))
ObjectPreventExtensions(Request)

/** What a request asks for, for the runtime alone. */
export function readRequest(request: Request): RequestFields & { readonly content: Content } {
  const { url, method, headers, signal } = requestFields(request)
  return { url, method, headers, signal, content: contentOfMessage(request) }
}
