import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { deliveryOf, type Delivery, type Message } from './damage.ts'
import { Gate, type GateOptions } from './gate.ts'
import { answer, type Asked } from './routes.ts'
import type { SimulatedSource } from './source.ts'

export interface ListenOptions extends Omit<GateOptions, 'now'> {
  readonly host: string
  /** 0 for any that is free. */
  readonly port: number
}

export interface SimulatedServer {
  /** `http://127.0.0.1:7071` */
  readonly url: string
  /** Answers what is under way for a moment, then closes every connection; resolves within half a second. */
  close(): Promise<void>
}

const MOST_CONNECTIONS = 256
const MOST_HEADER_BYTES = 16_384
const MOST_BODY_BYTES = 65_536
const HEADERS_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 15_000
const GRACE_MS = 300
const SLOW_BYTE_MS = 1_000
/** A request that is never answered does not hold its connection for ever. */
const LONGEST_HANG_MS = 600_000
const PLAIN = { 'Content-Type': 'text/plain' }

/**
 * Serves the market over HTTP in Tradier's shapes.
 * @throws simulate_cannot_listen
 */
export async function serveSimulated(source: SimulatedSource, { host, port, ...options }: ListenOptions): Promise<SimulatedServer> {
  const gate = new Gate({ ...options, now: Date.now })
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS, connectionsCheckingInterval: 1_000 })
  server.maxConnections = MOST_CONNECTIONS
  server.on('request', (request, response) => void serve(source, gate, request, response))
  server.on('clientError', (_, socket) => socket.destroy())
  await listen(server, host, port)
  const { port: bound } = server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, close: () => close(server) }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => reject(new StrikescanError('simulate_cannot_listen', { host, port, ...problemOf(cause) }, { cause })))
    server.listen({ host, port }, () => {
      server.removeAllListeners('error')
      server.on('error', () => {})
      resolve()
    })
  })
}

function problemOf({ code, message }: NodeJS.ErrnoException): { problem: string; advice: string } {
  if (code === 'EADDRINUSE') return { problem: 'another process listens there', advice: 'End that process, or choose another port with --port (0 takes any that is free).' }
  if (code === 'EACCES') return { problem: 'this user may not', advice: 'Choose a port above 1023 with --port.' }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { problem: 'this machine has no such address', advice: 'Leave --host out to listen on 127.0.0.1.' }
  return { problem: code ?? message, advice: 'Choose another address with --host and --port.' }
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const forced = setTimeout(() => server.closeAllConnections(), GRACE_MS)
    server.close(() => {
      clearTimeout(forced)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** Answers one request; whatever happens, nothing is thrown. */
async function serve(source: SimulatedSource, gate: Gate, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  response.on('error', () => {})
  try {
    const asked = await readAsked(request)
    if (!isAsked(asked)) return send(response, asked, source.asOf)
    const admission = gate.admit(asked, { authorization: request.headers.authorization, accept: request.headers.accept })
    await wait(admission.latencyMs, gone.signal)
    if (!admission.admitted) return send(response, admission.message, source.asOf)
    const reply = await answer(source, asked, { signal: gone.signal, onRate: () => {} })
    await deliver(response, deliveryOf(reply, admission.fault), reply.asOf, admission.headers, gone.signal)
  } catch {
    response.destroy()
  }
}

const isAsked = (read: Asked | Message): read is Asked => 'query' in read

/** What a request asks for, a form's fields among the query's; or the refusal of one that is out of bounds. */
async function readAsked(request: IncomingMessage): Promise<Asked | Message> {
  const { method = 'GET', url = '/' } = request
  if (!url.startsWith('/')) return { status: 400, headers: PLAIN, body: 'The request must name a path.' }
  const { pathname, searchParams } = new URL(`http://simulated${url}`)
  if (method !== 'GET' && !(method === 'POST' && pathname === '/v1/markets/quotes')) {
    return { status: 405, headers: { ...PLAIN, Allow: 'GET' }, body: `${method.slice(0, 20)} is not allowed here.` }
  }
  if (method === 'POST') {
    const form = await readForm(request)
    if (form === null) return { status: 413, headers: { ...PLAIN, Connection: 'close' }, body: `A body may have ${MOST_BODY_BYTES} bytes.` }
    for (const [name, value] of new URLSearchParams(form)) searchParams.set(name, value)
  }
  return { path: pathname, query: searchParams }
}

/** Null where the body has more than `MOST_BODY_BYTES`. */
async function readForm(request: IncomingMessage): Promise<string | null> {
  const pieces: Buffer[] = []
  let bytes = 0
  // Not by iteration, which would cut the connection when left early, and the refusal with it.
  return new Promise((resolve, reject) => {
    request.on('data', (piece: Buffer) => {
      bytes += piece.length
      if (bytes > MOST_BODY_BYTES) return resolve(null)
      pieces.push(piece)
    })
    request.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')))
    request.on('error', reject)
  })
}

/** Waits; rejects where the client leaves first. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const leave = (): void => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave)
      resolve()
    }, ms)
    signal.addEventListener('abort', leave, { once: true })
  })
}

async function deliver(response: ServerResponse, delivery: Delivery, asOf: number, headers: Readonly<Record<string, string>>, gone: AbortSignal): Promise<void> {
  if (delivery.way === 'reset') return void response.socket?.resetAndDestroy()
  if (delivery.way === 'hang') {
    await wait(LONGEST_HANG_MS, gone)
    return void response.destroy()
  }
  const message = { ...delivery.message, headers: { ...delivery.message.headers, ...headers } }
  if (delivery.way === 'whole') return send(response, message, asOf)
  const body = begin(response, message, asOf)
  if (delivery.way === 'drop') {
    response.write(body.subarray(0, body.length / 2), () => response.socket?.resetAndDestroy())
    return
  }
  for (let at = 0; at < body.length; at++) {
    response.write(body.subarray(at, at + 1))
    await wait(SLOW_BYTE_MS, gone)
  }
  response.end()
}

function send(response: ServerResponse, message: Message, asOf: number): void {
  response.end(begin(response, message, asOf))
}

/** Writes the head. Its `Date` is the market's present, which days to expiration count from, whatever the day of this machine is. */
function begin(response: ServerResponse, { status, headers, body }: Message, asOf: number): Buffer {
  const bytes = Buffer.from(body)
  response.writeHead(status, { ...headers, Date: new Date(asOf).toUTCString(), Server: 'strikescan simulated market', 'Content-Length': bytes.length })
  return bytes
}
