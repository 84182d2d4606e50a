import type * as z from 'zod'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { refusals } from '../schemas/errors.ts'
import { noBody, noQuery } from '../schemas/operations.ts'
import { changesQuery, hitComparison, run, runBody, runComparison, runListQuery, runPage, runParams } from '../schemas/run.ts'
import type { ServerHost, SubmitRunRequest } from '../server/server-host.ts'
import { given, type App, type RouteContext } from './context.ts'
import { publicRun } from './public-run.ts'

const TAGS = ['runs']
const CHANGES = {
  cancel: 'Give a run up: rows that were not reached become cancelled',
  pause: 'Stop a run and keep what is done',
  resume: 'Go on with a paused run',
} as const

/** What one run takes from all others is the operator's to say; how long it may run is not. */
const GRANTED = { workers: 'workers.count', memoryMb: 'limits.memoryMb' } as const

export function runRoutes(app: App, { host }: RouteContext): void {
  app.post('/api/runs', {
    schema: {
      tags: TAGS, operationId: 'startRun', summary: 'Run a scanner', description: 'The run waits for its turn; its events tell what becomes of it.',
      querystring: noQuery, body: runBody, response: { 202: run, ...refusals(404, 409, 413, 415, 422, 503) },
    },
  }, async (request, reply) => {
    checkGranted(host, request.body.limits ?? {})
    const submitted = host.submitRun(given(request.body) as SubmitRunRequest)
    return reply.code(202).header('Location', `/api/runs/${submitted.id}`).send(publicRun(submitted))
  })

  app.get('/api/runs', {
    schema: { tags: TAGS, operationId: 'listRuns', summary: 'List runs, newest first', querystring: runListQuery, response: { 200: runPage, ...refusals() } },
  }, async (request) => {
    const { items, next } = host.runs(request.query)
    return { runs: items.map(publicRun), nextCursor: next }
  })

  app.get('/api/runs/:id', {
    schema: { tags: TAGS, operationId: 'getRun', summary: 'A run as it is now', params: runParams, querystring: noQuery, response: { 200: run, ...refusals(404) } },
  }, async (request) => publicRun(host.run(request.params.id)))

  app.get('/api/runs/:id/request', {
    schema: {
      tags: TAGS, operationId: 'getRunRequest', summary: 'What a run was asked for', description: 'As POST /api/runs takes it, so that it can be asked for again with other wishes. What is left out was left to the scanner and the settings.',
      params: runParams, querystring: noQuery, response: { 200: runBody, ...refusals(404, 409) },
    },
  }, async (request) => host.requestOf(request.params.id) as z.output<typeof runBody>)

  app.post('/api/runs/:id/replay', {
    schema: {
      tags: TAGS, operationId: 'replayRun', summary: 'Do again what a run did', description: 'The same script over the same snapshot, symbols, dates and parameters, so that its rows can be held against those of the run. Hits are not explored again.',
      params: runParams, querystring: noQuery, body: noBody, response: { 202: run, ...refusals(404, 409, 415, 503) },
    },
  }, async (request, reply) => {
    const submitted = await host.submitReplay(request.params.id)
    return reply.code(202).header('Location', `/api/runs/${submitted.id}`).send(publicRun(submitted))
  })

  app.get('/api/runs/:id/comparison', {
    schema: {
      tags: TAGS, operationId: 'compareReplay', summary: 'What came out otherwise in a replay', description: 'Row by row, of all rows; of those that differ the first are listed, with both.',
      params: runParams, querystring: noQuery, response: { 200: runComparison, ...refusals(404, 409) },
    },
  }, async (request) => host.replayComparison(request.params.id))

  app.get('/api/runs/:id/changes', {
    schema: {
      tags: TAGS, operationId: 'compareHits', summary: 'What became of the hits of another run',
      description: 'Which hits are new since that run, which are gone, which stayed and how their scores moved. Of a run that is under way, the hits so far.',
      params: runParams, querystring: changesQuery, response: { 200: hitComparison, ...refusals(404, 409) },
    },
  }, async ({ params, query }) => host.compareHits(query.since, params.id, query.by ?? null, query.limit))

  for (const [change, summary] of Object.entries(CHANGES) as [keyof typeof CHANGES, string][]) {
    app.post(`/api/runs/:id/${change}`, {
      schema: { tags: TAGS, operationId: `${change}Run`, summary, params: runParams, querystring: noQuery, body: noBody, response: { 200: run, ...refusals(404, 409, 415, 503) } },
    }, async (request) => publicRun(host[change](request.params.id)))
  }
}

/** @throws limit_over_setting */
function checkGranted(host: ServerHost, limits: { [Name in keyof typeof GRANTED]?: number | undefined }): void {
  const { values } = host.settings()
  for (const [name, setting] of Object.entries(GRANTED) as [keyof typeof GRANTED, (typeof GRANTED)[keyof typeof GRANTED]][]) {
    const value = limits[name]
    if (value !== undefined && value > values[setting]) throw new StrikescanError('limit_over_setting', { field: `limits.${name}`, value, most: values[setting], setting })
  }
}
