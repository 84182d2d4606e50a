import * as z from 'zod'

import { refusals } from './errors.ts'
import { id } from './fields.ts'

const TAGS = ['events']
const params = z.strictObject({ id: id() })
const NUMBER = 'the number of an event'
const after = z.string({ error: NUMBER }).optional().meta({ description: 'number of the last event that is known; 0 where left out' })

/** What the live streams take. Their numbers are checked where the run they belong to is known. */
export const LIVE_SCHEMAS = {
  live: {
    tags: TAGS, operationId: 'watchRun', summary: 'Watch a run by WebSocket',
    description: 'Every event past `after`, then each as it happens: `{seq, at, runId, type, …}`, where `type` is run, symbols, worker, log, explore or end. May send {"type": "cancel"}, {"type": "pause"} or {"type": "resume"}.',
    params, querystring: z.strictObject({ after }),
    response: { 426: z.unknown().describe('an upgrade to WebSocket is wanted'), ...refusals(404, 503) },
  },
  events: {
    tags: TAGS, operationId: 'listEvents', summary: 'Events of a run, as JSON or as server-sent events',
    description: 'As server-sent events with `Accept: text/event-stream`: those past `after` or the header Last-Event-ID, then each as it happens.',
    params, querystring: z.strictObject({ after, limit: z.string({ error: 'a whole number' }).optional().meta({ description: 'most events of the answer, as JSON alone' }) }),
    response: { 200: { description: 'the events', content: { 'application/json': { schema: z.unknown() }, 'text/event-stream': { schema: z.string() } } }, ...refusals(404, 503) },
  },
}
