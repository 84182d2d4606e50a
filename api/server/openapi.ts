import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { FastifyInstance } from 'fastify'

import { DOCS_POLICY } from './headers.ts'

const DESCRIPTION = `Upload a scanner, run it over the market, watch it, read its rows.

Where the server asks for a token, send it as \`Authorization: Bearer TOKEN\`. Pages in browsers begin with \`POST /api/session\`, which gives a cookie for WebSockets, EventSource and downloads.

Every refusal is \`{error: {code, message, hint}}\` with a code that stays. Unknown fields are refused, so that a slip of the pen is never taken for a default.`

/** Describes all routes that are added afterwards at /openapi.json, readable at /docs without a network. */
export async function describeRoutes(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Strikescan', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: '/' }],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' }, session: { type: 'apiKey', in: 'cookie', name: 'strikescan_session' } } },
      security: [{ token: [] }, { session: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withForm(jsonSchemaTransformObject(document)),
    hideUntagged: true,
  })
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { validatorUrl: null, deepLinking: true, tryItOutEnabled: false }, staticCSP: DOCS_POLICY })
  app.get('/openapi.json', { config: { isOpen: true }, schema: { hide: true } }, async () => app.swagger())
  // Made once, before anybody has to wait for it.
  app.addHook('onReady', async () => void app.swagger())
}

/** The upload's form has a file where its JSON has a text. */
function withForm(document: ReturnType<typeof jsonSchemaTransformObject>): ReturnType<typeof jsonSchemaTransformObject> {
  const paths = document.paths as Record<string, { post?: { requestBody?: { content: Record<string, unknown> } } }> | undefined
  const content = paths?.['/api/scanners']?.post?.requestBody?.content
  if (content !== undefined) {
    content['multipart/form-data'] = { schema: { type: 'object', required: ['file'], additionalProperties: false, properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } } } }
  }
  return document
}
