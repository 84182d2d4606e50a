import * as z from 'zod'

import { refusals } from '../schemas/errors.ts'
import { health, noBody, noQuery, readiness } from '../schemas/operations.ts'
import type { Guard } from '../server/auth.ts'
import type { Metrics } from '../server/metrics.ts'
import type { App, RouteContext } from './context.ts'

const TAGS = ['operations']

export function operationRoutes(app: App, { host, guard, metrics }: RouteContext & { guard: Guard; metrics: Metrics }): void {
  app.get('/healthz', {
    config: { isOpen: true },
    schema: { tags: TAGS, operationId: 'getHealth', summary: 'Whether the process answers', security: [], response: { 200: health } },
  }, async () => ({ status: 'ok' as const }))

  app.get('/readyz', {
    config: { isOpen: true },
    schema: { tags: TAGS, operationId: 'getReadiness', summary: 'Whether runs can be started', security: [], response: { 200: readiness, 503: readiness.describe('not now; the reason says why') } },
  }, async (_, reply) => {
    const { ready, reason, draining, queued, running, workers } = host.state()
    const canRun = ready && !draining
    return reply.code(canRun ? 200 : 503).send({ ready: canRun, reason, draining, queued, running, workers: workers.length })
  })

  app.get('/metrics', {
    schema: { tags: TAGS, operationId: 'getMetrics', summary: 'Counts in Prometheus\' text format', response: { 200: { description: 'the counts', content: { 'text/plain': { schema: z.string() } } }, ...refusals() } },
  }, async (_, reply) => reply.header('Content-Type', metrics.contentType).send((await metrics.text()) as never))

  app.post('/api/session', {
    schema: {
      tags: ['session'], operationId: 'beginSession', summary: 'Begin a session of a page',
      description: 'Sent once with the token, answered with a cookie that stands for it: browsers can send no header with WebSockets, EventSource and downloads, and a token has no place in an address.',
      querystring: noQuery, body: noBody, response: { 204: z.null().describe('the cookie is set; nothing where the server asks for no token'), ...refusals(415) },
    },
  }, async (request, reply) => {
    const cookie = guard.sessionCookie(request.headers.origin?.startsWith('https:') === true)
    if (cookie !== null) reply.header('Set-Cookie', cookie)
    return reply.code(204).send(null)
  })

  app.delete('/api/session', {
    schema: { tags: ['session'], operationId: 'endSession', summary: 'End the session of a page', querystring: noQuery, response: { 204: z.null().describe('the cookie is gone'), ...refusals() } },
  }, async (_, reply) => reply.code(204).header('Set-Cookie', guard.endedCookie).send(null))
}
