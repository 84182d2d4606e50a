import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { builtPage } from './page-build.ts'

/** Scripts, style sheets and requests of the server itself, and nothing else: no inline script, no inline style. */
const PAGE_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "worker-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ')

const TYPES: Record<string, string> = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', html: 'text/html; charset=utf-8' }
/** Names of assets change with what they hold. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/** Adds the web page: `/` and what it loads, `/assets/…`. Both are open: what they show is asked of the API, with its guard. */
export function registerWeb(app: FastifyInstance): void {
  const open = { config: { isOpen: true }, schema: { hide: true } } as const
  // Not awaited: the server answers meanwhile. A build that fails is told to whoever asks for the page.
  app.addHook('onListen', async () => void builtPage().catch((error: unknown) => app.log.error({ err: error }, 'the web page could not be built')))

  app.get('/', open, async (request, reply) => {
    const { folder } = await builtPage()
    reply.header('Content-Security-Policy', PAGE_POLICY).header('Cache-Control', 'no-cache')
    return sendBuilt(request, reply, join(folder, 'index.html'))
  })

  app.get<{ Params: { file: string } }>('/assets/:file', open, async (request, reply) => {
    const { folder, assets } = await builtPage()
    const { file } = request.params
    // Only names of the list are ever made a path.
    if (!assets.has(file)) return reply.callNotFound()
    // Workers have a policy of their own.
    reply.header('Content-Security-Policy', PAGE_POLICY).header('Cache-Control', FOR_EVER)
    return sendBuilt(request, reply, join(folder, 'assets', file))
  })
}

function sendBuilt(request: FastifyRequest, reply: FastifyReply, path: string): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding'])
  if (encoding !== null) reply.header('Content-Encoding', encoding.name)
  return reply
    .header('Vary', 'Accept-Encoding')
    .header('Content-Type', TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream')
    .send(createReadStream(encoding === null ? path : `${path}${encoding.suffix}`))
}

function encodingFor(accepted: string | string[] | undefined): { name: string; suffix: string } | null {
  const names = String(accepted ?? '').split(',').map((part) => part.trim().split(';')[0])
  if (names.includes('br')) return { name: 'br', suffix: '.br' }
  return names.includes('gzip') ? { name: 'gzip', suffix: '.gz' } : null
}
