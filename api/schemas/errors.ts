import * as z from 'zod'

/** What every refused request is answered with. */
export const errorBody = z.object({
  error: z.object({
    code: z.string().meta({ description: 'stable, from one registry', examples: ['run_unknown'] }),
    message: z.string().meta({ description: 'what is wrong, in one sentence' }),
    hint: z.string().meta({ description: 'what to do about it' }),
    details: z.array(z.object({ field: z.string(), message: z.string() })).optional().meta({ description: 'each field that is wrong, where there are several' }),
  }),
}).meta({ id: 'Error' })

export const diagnostic = z.object({
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  line: z.int().nullable(),
  column: z.int().nullable(),
}).meta({ id: 'Diagnostic' })

export const refusedUpload = errorBody.extend({ diagnostics: z.array(diagnostic) }).meta({ id: 'RefusedUpload' })

const CAUSES: Record<number, string> = {
  400: 'malformed: the message names the field',
  401: 'the token is missing or wrong',
  403: 'a host name or a page that is not of this server',
  404: 'there is no such thing',
  409: 'not in this state',
  410: 'it is gone',
  413: 'too large',
  415: 'a body of another type is wanted',
  422: 'understood and refused',
  429: 'too many requests; see Retry-After',
  503: 'the server is ending or can not work; see Retry-After',
}
const ALWAYS = [400, 401, 403, 429] as const

/** The answers of a route to requests that it refuses, `extra` beside those that every route has. */
export const refusals = (...extra: (404 | 409 | 410 | 413 | 415 | 422 | 503)[]) => Object.fromEntries([...ALWAYS, ...extra].map((status) => [status, errorBody.describe(CAUSES[status]!)]))
