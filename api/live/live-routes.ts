/** Watching runs: `GET /api/runs/:id/live` by WebSocket, `GET /api/runs/:id/events` as JSON or server-sent events. */
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import type { RawData, WebSocket } from 'ws'

import { StrikescanError } from '../../runtime/host.ts'
import { Allowance } from './allowance.ts'
import type { LiveHost } from './channel.ts'
import { plainError, readControl } from './control.ts'
import { EventStreamTransport } from './event-stream-transport.ts'
import { logStream } from './event-log.ts'
import { Hub, type LiveLimits } from './hub.ts'
import { readAfter, readLimit } from './requests.ts'
import type { DeliveryListener, LiveStats } from './stats.ts'
import { CLOSE } from './transport.ts'
import type { Watcher } from './watcher.ts'
import { WebSocketTransport } from './web-socket-transport.ts'

export interface LiveOptions {
  readonly host: LiveHost
  /** Throws, or rejects with, what refuses a request: called for each before anything else is looked at. */
  readonly authorize?: ((request: FastifyRequest) => void | Promise<void>) | undefined
  /** The same for the origin of a WebSocket, which no browser checks. */
  readonly checkOrigin?: ((request: FastifyRequest) => void | Promise<void>) | undefined
  /** Whether the connection may cancel, pause and resume, rather than only watch. Default: whoever was let in may. */
  readonly mayControl?: ((request: FastifyRequest) => boolean) | undefined
  /** What a watcher is told of an error that its message led to. Default: errors of the user as they are, no more than the code of others. */
  readonly errorBody?: ((error: unknown, request: FastifyRequest) => { error: object }) | undefined
  readonly limits?: Partial<LiveLimits> | undefined
  readonly delivered?: DeliveryListener | undefined
  /** What the routes take, for the API's description. */
  readonly schemas?: { readonly live?: FastifySchema; readonly events?: FastifySchema } | undefined
}

export interface Live {
  liveStats(): LiveStats
  /** Closes all watchers with 1001 behind what is there for them, and takes no more. Also done when the app closes. */
  drain(): Promise<void>
}

type RunRequest = FastifyRequest<{ Params: { id: string }; Querystring: Record<string, unknown> }>

const LIMITS: LiveLimits = { watchersPerRun: 2_000, watchers: 2_000, tailBytes: 4 * 2 ** 20 }
/** Largest message from a watcher; the largest that means anything is 18 bytes. */
const MESSAGE_BYTES = 4_096
const MESSAGES = { most: 20, perSecond: 2 }
/** Everything a watcher sends, pings and fragments included. */
const BYTES = { most: 64 * 1024, perSecond: 1_024 }

/** Adds the routes to an app, which turns errors of the registry into answers. */
export async function registerLive(app: FastifyInstance, options: LiveOptions): Promise<Live> {
  const { host, schemas } = options
  const hub = new Hub(host, { ...LIMITS, ...options.limits }, options.delivered)
  await app.register(fastifyWebsocket, {
    options: { maxPayload: MESSAGE_BYTES, perMessageDeflate: false, autoPong: false, clientTracking: false },
    errorHandler: (_error, socket) => socket.terminate(),
    preClose: (done) => void hub.close().finally(done),
  })
  app.addHook('onRequest', async ({ ws, routeOptions }) => {
    if (ws && routeOptions.url !== undefined && routeOptions.config.isWebSocket !== true) throw new StrikescanError('live_upgrade_refused')
  })
  app.route<{ Params: { id: string }; Querystring: Record<string, unknown> }>({
    method: 'GET',
    url: '/api/runs/:id/live',
    ...(schemas?.live !== undefined && { schema: schemas.live }),
    config: { isWebSocket: true },
    preValidation: (request) => letWatch(hub, options, request),
    handler: async (request, reply) => {
      reply.header('upgrade', 'websocket')
      throw new StrikescanError('live_upgrade_required', { run: request.params.id })
    },
    wsHandler: (socket, request) => takeWebSocket(hub, options, socket, request as unknown as RunRequest),
  })
  app.route<{ Params: { id: string }; Querystring: Record<string, unknown> }>({
    method: 'GET',
    url: '/api/runs/:id/events',
    exposeHeadRoute: false,
    ...(schemas?.events !== undefined && { schema: schemas.events }),
    preValidation: async (request) => options.authorize?.(request),
    handler: (request, reply) => (wantsStream(request) ? takeEventStream(hub, host, request, reply) : sendLog(hub, host, request, reply)),
  })
  return { liveStats: () => hub.stats(), drain: () => hub.close() }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route answers an upgrade to WebSocket. */
    isWebSocket?: boolean
  }
}

/** Everything that may refuse a watcher, in time for an answer in JSON: once the socket is upgraded there are only close codes. */
async function letWatch(hub: Hub, options: LiveOptions, request: RunRequest): Promise<void> {
  await options.authorize?.(request)
  if (!request.ws) return
  await options.checkOrigin?.(request)
  const { id } = request.params
  readAfter(request.query.after, id, lastSeqOf(options.host, id))
  hub.checkPlace(id)
}

/** @throws run_unknown */
function lastSeqOf(host: LiveHost, runId: string): number {
  host.run(runId)
  return host.lastSeq(runId)
}

function takeWebSocket(hub: Hub, { host, mayControl, errorBody = plainError }: LiveOptions, ws: WebSocket, request: RunRequest): void {
  const { id } = request.params
  const socket = request.raw.socket
  const transport = new WebSocketTransport(ws, socket)
  const messages = new Allowance(MESSAGES.most, MESSAGES.perSecond)
  const bytes = new Allowance(BYTES.most, BYTES.perSecond)
  let watcher: Watcher | null = null
  socket.on('data', (data: Buffer) => {
    if (!bytes.spend(data.length)) watcher?.close(CLOSE.policyViolation, 'too much was sent', 'abuse')
  })
  ws.on('message', (data: RawData, isBinary: boolean) => {
    if (isBinary) return watcher?.close(CLOSE.unsupportedData, 'messages are JSON text', 'abuse')
    if (!messages.spend(1)) return watcher?.close(CLOSE.policyViolation, 'too many messages', 'abuse')
    try {
      const type = readControl((data as Buffer).toString())
      if (mayControl?.(request) === false) throw new StrikescanError('live_control_refused', { run: id, type })
      host[type](id)
    } catch (error) {
      if (!(error instanceof StrikescanError)) request.log.error(error, 'a live message failed')
      // It has no `seq`: it is no event of the run.
      transport.tell(JSON.stringify({ type: 'error', runId: id, ...errorBody(error, request) }))
    }
  })
  watcher = hub.admit(id, transport, Number(request.query.after ?? 0))
}

function wantsStream({ headers }: FastifyRequest): boolean {
  return /\btext\/event-stream\b/i.test(headers.accept ?? '')
}

function takeEventStream(hub: Hub, host: LiveHost, request: RunRequest, reply: FastifyReply): FastifyReply {
  const { id } = request.params
  const last = lastSeqOf(host, id)
  // A browser that comes back says how far it got; the address is still the one it began with.
  const lastId = request.headers['last-event-id']
  const after = lastId === undefined || lastId === '' ? readAfter(request.query.after, id, last) : readAfter(lastId, id, last, 'Last-Event-ID')
  hub.checkPlace(id)
  // The end of a stream makes a browser come back; this answer alone makes it stop.
  if (lastId !== undefined && after === last && ['completed', 'failed', 'cancelled'].includes(host.run(id).status)) return reply.code(204).send()
  hub.admit(id, new EventStreamTransport(reply), after)
  return reply
}

function sendLog(hub: Hub, host: LiveHost, request: RunRequest, reply: FastifyReply): FastifyReply {
  const { id } = request.params
  const last = lastSeqOf(host, id)
  const after = readAfter(request.query.after, id, last)
  const limit = readLimit(request.query.limit)
  const until = limit === null ? last : Math.min(last, after + limit)
  reply.type('application/json; charset=utf-8').header('cache-control', 'no-store')
  return reply.send(logStream(hub.pages, { runId: id, after, until, last }))
}
