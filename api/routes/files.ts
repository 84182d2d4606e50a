import { basename } from 'node:path'
import * as z from 'zod'

import { readArtifact } from '../../runtime/host.ts'
import { refusals } from '../schemas/errors.ts'
import { noQuery } from '../schemas/operations.ts'
import { fileList, fileQuery, runParams } from '../schemas/run.ts'
import type { App, RouteContext } from './context.ts'
import { attachment } from './downloads.ts'

const TAGS = ['runs']

/** The files that the script of a run wrote. They are what an untrusted script made: always saved, never shown. */
export function fileRoutes(app: App, { host }: RouteContext): void {
  app.get('/api/runs/:id/files', {
    schema: { tags: TAGS, operationId: 'listFiles', summary: 'Files that the script of a run wrote', params: runParams, querystring: noQuery, response: { 200: fileList, ...refusals(404) } },
  }, async (request) => ({ files: host.run(request.params.id).files ?? [] }))

  app.get('/api/runs/:id/files/content', {
    schema: {
      tags: TAGS, operationId: 'downloadFile', summary: 'One of these files', params: runParams, querystring: fileQuery,
      response: { 200: { description: 'the file', content: { 'application/octet-stream': { schema: z.string() } } }, ...refusals(404, 410) },
    },
  }, async (request, reply) => {
    const { path } = request.query
    const bytes = readArtifact(host.home, host.run(request.params.id), path)
    return reply.header('Content-Type', 'application/octet-stream').header('Content-Disposition', attachment(basename(path))).send(bytes as never)
  })
}
