import { textOf } from '../web/body.ts'
import { Buffer } from './buffer.ts'
import { EventEmitter } from './events.ts'
import type { ModuleObject, StandInDeps } from './types.ts'

type Listener = (...args: unknown[]) => void

/** Node's `http` and `https` over the host's market data: `get` and `request` with their events, without a network. */
export function createHttp(deps: StandInDeps, protocol: 'http:' | 'https:'): ModuleObject {
  const request = (...given: unknown[]): ClientRequest => {
    const callback = given.find((value) => typeof value === 'function') as Listener | undefined
    const made = new ClientRequest(deps, targetOf(given, protocol))
    return callback === undefined ? made : made.once('response', callback)
  }
  const get = (...given: unknown[]): ClientRequest => request(...given).end()
  const createServer = (): never => {
    throw new Error(`${protocol}//: a scan serves nothing, and no port can be opened`)
  }
  class Agent {}
  return { request, get, createServer, Agent, globalAgent: new Agent(), METHODS: ['GET', 'POST'] }
}

interface Target {
  method: string
  url: string
}

/** Where a request goes: `(url)`, `(options)` or `(url, options)`, each with or without a callback. */
function targetOf(given: readonly unknown[], protocol: string): Target {
  const [first, second] = given
  const isAddress = typeof first === 'string' || (typeof first === 'object' && first !== null && 'href' in first)
  const options = ((isAddress ? second : first) ?? {}) as { method?: unknown; protocol?: string; hostname?: string; host?: string; path?: string; port?: unknown }
  const method = typeof options.method === 'string' ? options.method.toUpperCase() : 'GET'
  if (isAddress) return { method, url: String((first as { href?: unknown }).href ?? first) }
  const port = options.port === undefined || options.port === null ? '' : `:${String(options.port)}`
  return { method, url: `${options.protocol ?? protocol}//${options.hostname ?? options.host ?? 'localhost'}${port}${options.path ?? '/'}` }
}

function namedHeaders(pairs: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let i = 0; i + 1 < pairs.length; i += 2) headers[pairs[i]!.toLowerCase()] = pairs[i + 1]!
  return headers
}

class ClientRequest extends EventEmitter {
  readonly #deps: StandInDeps
  readonly #target: Target
  #body = ''
  #isOver = false

  constructor(deps: StandInDeps, target: Target) {
    super()
    this.#deps = deps
    this.#target = target
  }

  write(text: unknown): boolean {
    this.#body += String(text)
    return true
  }
  end(text?: unknown): this {
    if (text !== undefined && typeof text !== 'function') this.write(text)
    if (!this.#isOver) queueMicrotask(() => this.#send())
    return this
  }
  abort(): void {
    this.#isOver = true
  }
  destroy(): this {
    this.#isOver = true
    return this
  }
  setHeader(): void {}
  setTimeout(): this {
    return this
  }

  #send(): void {
    if (this.#isOver) return
    this.#isOver = true
    let message: IncomingMessage
    try {
      const { status, content, type, headers } = this.#deps.request(this.#target.method, this.#target.url, this.#body)
      message = new IncomingMessage(status, { 'content-type': type, ...namedHeaders(headers ?? []) }, textOf(content))
    } catch (error) {
      this.emit('error', error)
      return
    }
    this.emit('response', message)
  }
}

/** An answer that is read as soon as somebody listens. */
class IncomingMessage extends EventEmitter {
  readonly statusCode: number
  readonly statusMessage: string
  readonly headers: Record<string, string>
  readonly #text: string
  #encoding: string | null = null
  #isFlowing = false

  constructor(status: number, headers: Record<string, string>, text: string) {
    super()
    this.statusCode = status
    this.statusMessage = status < 300 ? 'OK' : ''
    this.headers = headers
    this.#text = text
  }

  setEncoding(encoding: string = 'utf8'): this {
    this.#encoding = encoding
    return this
  }
  override on(event: unknown, listener: Listener): this {
    super.on(event, listener)
    return event === 'data' ? this.resume() : this
  }
  resume(): this {
    if (!this.#isFlowing) queueMicrotask(() => this.#flow())
    this.#isFlowing = true
    return this
  }
  pipe<T extends { write(chunk: unknown): unknown; end(): unknown }>(target: T): T {
    this.on('data', (chunk) => void target.write(chunk)).on('end', () => void target.end())
    return target
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    this.#isFlowing = true
    if (this.#text !== '') yield this.#chunk()
  }

  #chunk(): unknown {
    const bytes = Buffer.from(this.#text) as unknown as Buffer
    return this.#encoding === null ? bytes : bytes.toString(this.#encoding)
  }
  #flow(): void {
    if (this.#text !== '') this.emit('data', this.#chunk())
    this.emit('end')
    this.emit('close')
  }
}
