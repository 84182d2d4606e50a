import multipart from '@fastify/multipart'
import fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'

import { registerLive } from '../live/live-routes.ts'
import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import type { App } from '../routes/context.ts'
import { fileRoutes } from '../routes/files.ts'
import { explorationRoutes } from '../routes/exploration.ts'
import { marketRoutes } from '../routes/market.ts'
import { operationRoutes } from '../routes/operations.ts'
import { rowRoutes } from '../routes/rows.ts'
import { runRoutes } from '../routes/runs.ts'
import { scannerRoutes } from '../routes/scanners.ts'
import { LIVE_SCHEMAS } from '../schemas/live.ts'
import { registerWeb } from '../web/web-routes.ts'
import { addressCheck } from './addresses.ts'
import { guard, type Guard } from './auth.ts'
import { errorAnswer, type ErrorContext } from './errors.ts'
import { setHeaders } from './headers.ts'
import { answerBrokenClient, httpOptions, limitRate, MAX_PARAM_LENGTH } from './limits.ts'
import { logRuns } from './logging.ts'
import { Metrics } from './metrics.ts'
import { describeRoutes } from './openapi.ts'
import { RouteList } from './route-list.ts'
import type { ServerHost } from './server-host.ts'
import type { ServerSettings } from './settings.ts'
import { serializerCompiler, validatorCompiler } from './zod-compilers.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Anybody may read it, whatever the server asks for elsewhere. */
    isOpen?: boolean
    /** Its body may be a form. */
    takesForm?: boolean
  }
}

export interface AppOptions {
  readonly host: ServerHost
  readonly settings: ServerSettings
  readonly logger: Logger
  readonly version: string
  /** Epoch milliseconds. */
  readonly now?: () => number
}

/** Builds the server with all its routes; it answers injected requests, or those of the network once it listens. */
export async function buildApp({ host, settings, logger, version, now = Date.now }: AppOptions): Promise<App> {
  const maxBody = `${settings.maxBodyBytes} bytes`
  const app = fastify({
    loggerInstance: logger.child({}) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: settings.maxBodyBytes,
    genReqId: () => randomUUID(),
    ...httpOptions(settings),
    // What is being answered may end; who closes the server says how long.
    forceCloseConnections: 'idle',
    clientErrorHandler: answerBrokenClient,
    frameworkErrors: (error, request, reply) => refuse(error, request, reply as never, maxBody),
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, caseSensitive: true },
  }).withTypeProvider<ZodTypeProvider>()
  app.server.maxConnections = settings.maxConnections
  app.setValidatorCompiler(validatorCompiler as never).setSerializerCompiler(serializerCompiler as never)
  app.setErrorHandler((error, request, reply) => refuse(host.explain(error), request, reply, maxBody))

  const routes = new RouteList(app)
  app.setNotFoundHandler((request) => routes.refuse(request.method, request.url))
  const plain = app as unknown as FastifyInstance
  const metrics = new Metrics(host)
  const door = guard(settings.token, now)
  watchRequests(plain, metrics)
  await setHeaders(plain)
  await limitRate(plain, settings)
  checkRequests(plain, settings, door, routes)
  await app.register(multipart, { throwFileSizeLimit: true, limits: { fileSize: settings.maxBodyBytes, files: 2, fields: 8, fieldSize: 65_536, parts: 10, headerPairs: 64 } })
  await describeRoutes(plain, version)

  const context = { host, guard: door, metrics }
  for (const add of [scannerRoutes, runRoutes, fileRoutes, rowRoutes, explorationRoutes, marketRoutes, operationRoutes]) add(app, context)
  const live = await registerLive(plain, { host, schemas: LIVE_SCHEMAS, limits: settings.live, delivered: (ageMs) => metrics.delivered(ageMs), errorBody: (error, request) => errorAnswer(host.explain(error), contextOf(request, maxBody)).body })
  registerWeb(plain)
  metrics.observeLive(() => live.liveStats())
  const stopLogging = logRuns(host, logger)
  app.addHook('onClose', async () => {
    stopLogging()
    metrics.stop()
  })
  return app
}

/** Whether the request is let in at all: by its host name, the page it comes from, and its token. */
function checkRequests(app: FastifyInstance, settings: ServerSettings, door: Guard, routes: RouteList): void {
  const check = addressCheck(settings.host, settings.publicUrls)
  app.addHook('onRequest', async (request) => {
    const { headers, method, routeOptions } = request
    const isWebSocket = headers.upgrade?.toLowerCase() === 'websocket'
    const isGuarded = isWebSocket || !(method === 'GET' || method === 'HEAD' || method === 'OPTIONS')
    check({ host: headers.host, origin: headers.origin, fetchSite: headers['sec-fetch-site'] as string | undefined, isGuarded })
    if (routeOptions.config?.isOpen === true || isDocs(routeOptions.url)) return
    door.check({ authorization: headers.authorization, cookie: headers.cookie })
    // Its body, if any, would never come.
    if (headers.upgrade !== undefined && routeOptions.url === undefined) routes.refuse(method, request.url)
    // Forms are read for the one route that takes them.
    if (/^multipart\//i.test(headers['content-type'] ?? '') && routeOptions.url !== undefined && routeOptions.config.takesForm !== true) {
      throw new StrikescanError('body_type_unknown', { type: 'multipart/form-data' })
    }
  })
}

/** The description is the same in every installation. */
const isDocs = (route: string | undefined): boolean => route === '/docs' || (route?.startsWith('/docs/') ?? false)

/** Counts and logs what was answered. Of the address only the path is told: the query is the client's own. */
function watchRequests(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    // Once an upgrade was asked for, nothing else reads the connection: where it was refused it ends with the answer.
    if (request.raw.headers.upgrade !== undefined && reply.statusCode !== 101) request.raw.socket.destroySoon()
    const { method, routeOptions, params, url } = request
    metrics.answered(method, routeOptions.url ?? null, reply.statusCode, reply.elapsedTime / 1_000)
    const named = (params ?? {}) as { id?: string }
    const of = routeOptions.url?.startsWith('/api/runs/:id') ? { runId: named.id } : routeOptions.url?.startsWith('/api/scanners/:id') ? { scannerId: named.id } : {}
    // Probes come every few seconds.
    const isProbe = routeOptions.config?.isOpen === true || routeOptions.url === '/metrics'
    request.log[isProbe ? 'debug' : reply.statusCode >= 500 ? 'warn' : 'info']({ method, path: url.split('?', 1)[0]!.slice(0, 200), status: reply.statusCode, ms: Math.round(reply.elapsedTime), ...of }, 'answered')
  })
}

const contextOf = ({ id, headers }: FastifyRequest, maxBody: string): ErrorContext => ({ requestId: id, maxBody, bodyType: headers['content-type'] })

function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply, maxBody: string): void {
  const { status, body, headers, isFault } = errorAnswer(error, contextOf(request, maxBody))
  if (isFault) request.log.error({ err: error, ...(error instanceof StrikescanError && { code: error.code }) }, 'could not answer')
  // A client that sends too much is not read to its end.
  if (status === 413) reply.header('Connection', 'close')
  // Of a file that was to be saved nothing was sent yet.
  void reply.removeHeader('Content-Disposition').code(status).headers(headers).header('Content-Type', 'application/json; charset=utf-8').serializer(JSON.stringify).send(body)
}
