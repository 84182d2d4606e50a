import * as z from 'zod'

import { encodeExploration, explorationRecord, type ExplorationFileOptions, type Run } from '../../runtime/host.ts'
import { refusals } from '../schemas/errors.ts'
import { noQuery } from '../schemas/operations.ts'
import { explorationFileQuery, explorationPage, explorationQuery, exploreBody } from '../schemas/row.ts'
import { run, runParams } from '../schemas/run.ts'
import type { ServerHost } from '../server/server-host.ts'
import type { App, RouteContext } from './context.ts'
import { FILE_FORMATS, mediaType, sendFile } from './downloads.ts'
import { publicRun } from './public-run.ts'

const TAGS = ['exploration']

export function explorationRoutes(app: App, { host }: RouteContext): void {
  app.post('/api/explore', {
    schema: {
      tags: TAGS, operationId: 'startExploration', summary: 'Look for option contracts for strategies', description: 'Every strategy row comes back as exactly one row. The exploration is a run like any other.',
      querystring: noQuery, body: exploreBody, response: { 202: run, ...refusals(413, 415, 422, 503) },
    },
  }, async (request, reply) => {
    const submitted = await host.submitExploration(request.body)
    return reply.code(202).header('Location', `/api/runs/${submitted.id}`).send(publicRun(submitted))
  })

  app.get('/api/runs/:id/exploration', {
    schema: { tags: TAGS, operationId: 'listExploration', summary: 'Explored rows of a run, page by page', params: runParams, querystring: explorationQuery, response: { 200: explorationPage, ...refusals(404) } },
  }, async (request) => {
    const { status, ...query } = request.query
    const options = fileOptions(host, host.run(request.params.id), true)
    const { items, next } = host.explorationPage(request.params.id, { ...query, status: status?.split(',') })
    return { rows: items.map((row) => explorationRecord(row, options)), nextCursor: next }
  })

  for (const format of FILE_FORMATS) {
    app.get(`/api/runs/:id/exploration.${format}`, {
      schema: {
        tags: TAGS, operationId: `downloadExploration${format}`, summary: `All explored rows of a run as .${format}`, description: 'Of a run under way: the rows that are done.',
        params: runParams, querystring: explorationFileQuery,
        response: { 200: { description: 'the file', content: { [mediaType(format)]: { schema: z.string() } } }, ...refusals(404) },
      },
    }, async (request, reply) => {
      const of = host.run(request.params.id)
      const pieces = encodeExploration(format, paced(host.explorationRows(of.id)), fileOptions(host, of, request.query.timings === 'true'))
      return sendFile(reply, { name: `${of.id}-exploration`, format, pieces })
    })
  }
}

const ROWS_PER_TURN = 100

/** Rows with undefined where others may have a turn. */
function* paced<T>(rows: Iterable<T>): Generator<T | undefined> {
  let given = 0
  for (const row of rows) {
    yield row
    if (++given % ROWS_PER_TURN === 0) yield undefined
  }
}

/** The market of an exploration is where its chains come from. */
function fileOptions(host: ServerHost, { id, explore, market }: Run, timings: boolean): ExplorationFileOptions {
  const source = explore === null || explore.provider === '' ? market : { source: explore.provider, simulated: explore.simulated, snapshot: '' }
  return { columns: host.explorationColumns(id), market: source, timings }
}
