import * as z from 'zod'

import { encodeRows, type RowStatus } from '../../runtime/host.ts'
import { refusals } from '../schemas/errors.ts'
import { rowFileQuery, rowPage, rowQuery } from '../schemas/row.ts'
import { runParams } from '../schemas/run.ts'
import type { App, RouteContext } from './context.ts'
import { FILE_FORMATS, mediaType, sendFile } from './downloads.ts'

const TAGS = ['rows']

export function rowRoutes(app: App, { host }: RouteContext): void {
  app.get('/api/runs/:id/rows', {
    schema: { tags: TAGS, operationId: 'listRows', summary: 'Rows of a run, page by page, in the order asked for', params: runParams, querystring: rowQuery, response: { 200: rowPage, ...refusals(404) } },
  }, async (request) => {
    const { status, symbol, ...query } = request.query
    const { items, next } = await host.rowPage(request.params.id, { ...query, symbol: symbol?.trim().toUpperCase(), status: status?.split(',') as RowStatus[] | undefined })
    return { rows: items, nextCursor: next }
  })

  for (const format of FILE_FORMATS) {
    app.get(`/api/runs/:id/rows.${format}`, {
      schema: {
        tags: TAGS, operationId: `downloadRows${format}`, summary: `All rows of a run as .${format}`, description: 'Of a run under way: the rows that are there.',
        params: runParams, querystring: rowFileQuery,
        response: { 200: { description: 'the file', content: { [mediaType(format)]: { schema: z.string() } } }, ...refusals(404) },
      },
    }, async (request, reply) => {
      const { status, timings } = request.query
      const { id, market } = host.run(request.params.id)
      const rows = host.pacedRows(id, status === undefined ? {} : { status })
      return sendFile(reply, { name: `${id}-rows`, format, pieces: encodeRows(format, rows, { market, timings: timings === 'true' }) })
    })
  }
}
