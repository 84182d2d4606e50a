import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** The policy of the pages of /docs: scripts and styles of their own alone. */
export const DOCS_POLICY = {
  'default-src': ["'none'"], 'script-src': ["'self'"], 'style-src': ["'self'", "'unsafe-inline'"], 'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"], 'font-src': ["'self'", 'data:'], 'base-uri': ["'none'"], 'form-action': ["'none'"], 'frame-ancestors': ["'none'"],
}

/** Headers that keep browsers from doing anything with an answer but to read it. */
export async function setHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': ["'none'"], 'base-uri': ["'none'"], 'form-action': ["'none'"], 'frame-ancestors': ["'none'"] } },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    // The server speaks plain HTTP; a proxy that adds TLS adds this as well.
    strictTransportSecurity: false,
  })
  app.addHook('onSend', async (request, reply) => {
    // What is behind a token, and what changes, is kept nowhere.
    if (!request.url.startsWith('/docs') && !reply.hasHeader('cache-control')) reply.header('Cache-Control', 'no-store')
  })
}
