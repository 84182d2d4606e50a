import type { FastifyRequest } from 'fastify'
import * as z from 'zod'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import type { IntakeReport } from '../../runtime/host.ts'
import { refusals, refusedUpload } from '../schemas/errors.ts'
import { filename } from '../schemas/fields.ts'
import { noQuery } from '../schemas/operations.ts'
import { scanner, scannerListQuery, scannerPage, scannerParams, uploadBody } from '../schemas/scanner.ts'
import type { ScannerRecord } from '../server/server-host.ts'
import { turnstile } from '../server/turnstile.ts'
import { validated } from '../server/zod-compilers.ts'
import type { App, RouteContext } from './context.ts'
import { attachment } from './downloads.ts'

const TAGS = ['scanners']
/** Each is read by a process of its own. */
const READ_AT_ONCE = 4
const WAITING = 64

export function scannerRoutes(app: App, { host }: RouteContext): void {
  const inTurn = turnstile(READ_AT_ONCE, WAITING)
  app.post('/api/scanners', {
    config: { takesForm: true },
    schema: {
      tags: TAGS, operationId: 'uploadScanner', summary: 'Upload a scanner',
      description: 'As JSON, or as multipart/form-data with one file in the field `file`. The bytes are kept exactly as they come. 200 where the same bytes are there already: they then have the name that was given last.',
      querystring: noQuery, body: uploadBody, consumes: ['application/json', 'multipart/form-data'],
      response: { 201: scanner, 200: scanner.describe('the same bytes were uploaded before'), ...refusals(415), 413: refusedUpload.describe('too large'), 422: refusedUpload.describe('the script can not run; nothing was stored') },
    },
    // A form is read by the handler, which checks it by the same schema.
    preValidation: async (request) => {
      if (request.isMultipart()) request.body = await formOf(request)
    },
  }, async (request, reply) => {
    const { filename: name, source } = request.body
    const bytes = uploadedFiles.get(request) ?? Buffer.from(source)
    const { scanner: stored, isNew, diagnostics } = await inTurn(() => host.saveScanner({ filename: name, source: bytes }))
    if (stored !== null) return reply.code(isNew ? 201 : 200).header('Location', `/api/scanners/${stored.id}`).send(recordOf(stored))
    const { status, body } = refusedAnswer(name, diagnostics)
    return reply.code(status as 422).send(body)
  })

  app.get('/api/scanners', {
    schema: { tags: TAGS, operationId: 'listScanners', summary: 'List scanners, newest first', querystring: scannerListQuery, response: { 200: scannerPage, ...refusals() } },
  }, async (request) => {
    const { items, next } = host.scanners(request.query)
    return { scanners: items.map(recordOf), nextCursor: next }
  })

  app.get('/api/scanners/:id', {
    schema: { tags: TAGS, operationId: 'getScanner', summary: 'What is known of a scanner', params: scannerParams, querystring: noQuery, response: { 200: scanner, ...refusals(404) } },
  }, async (request) => recordOf(host.scanner(request.params.id)))

  app.get('/api/scanners/:id/source', {
    schema: {
      tags: TAGS, operationId: 'getScannerSource', summary: 'The uploaded bytes, exactly', params: scannerParams, querystring: noQuery,
      response: { 200: { description: 'the file', content: { 'text/plain': { schema: z.string() } } }, ...refusals(404) },
    },
  }, async (request, reply) => {
    const { filename: name, source } = host.scannerSource(request.params.id)
    // As text to be saved: no browser runs it.
    return reply.header('Content-Type', 'text/plain; charset=utf-8').header('Content-Disposition', attachment(name)).send(Buffer.from(source) as never)
  })

  app.delete('/api/scanners/:id', {
    schema: {
      tags: TAGS, operationId: 'deleteScanner', summary: 'Delete a scanner', description: 'It is listed no more, and no further run of it is started. Its runs and their source stay readable, and the runs can be resumed and replayed. Uploading the same bytes brings it back.',
      params: scannerParams, querystring: noQuery, response: { 204: z.null().describe('deleted'), ...refusals(404) },
    },
  }, async (request, reply) => {
    host.hideScanner(request.params.id)
    return reply.code(204).send(null)
  })
}

const recordOf = ({ id, version, createdAt, deleted, report }: ScannerRecord) => ({ id, version, createdAt, deleted, ...report })

/** Bytes of files that came as forms: their text alone might not give them back. */
const uploadedFiles = new WeakMap<FastifyRequest, Buffer>()
const FORM = z.strictObject({ filename: filename(), file: z.literal(true, { error: 'one file' }) })

/** The one file of a form, as the body that JSON would have been. @throws field_…, body_… */
async function formOf(request: FastifyRequest): Promise<{ filename: string; source: string }> {
  const form: Record<string, unknown> = {}
  let bytes: Buffer | null = null
  try {
    bytes = await readForm(request, form)
  } catch (error) {
    if (error instanceof StrikescanError || (error as { statusCode?: number }).statusCode !== undefined) throw error
    throw new StrikescanError('body_malformed', { problem: 'it is not a whole form', advice: 'Send it as multipart/form-data with one file in the field file.' }, { cause: error })
  }
  if (bytes === null) form['filename'] = 'none.js'
  const { filename: name } = validated(FORM, 'body', form)
  uploadedFiles.set(request, bytes!)
  return { filename: name, source: '' }
}

/** The bytes of the file, null where there is none; the fields that there are, the file's name among them, go to `form`. */
async function readForm(request: FastifyRequest, form: Record<string, unknown>): Promise<Buffer | null> {
  let bytes: Buffer | null = null
  for await (const part of request.parts()) {
    if (part.type === 'field') form[part.fieldname] = true
    else if (part.fieldname === 'file' && bytes === null) {
      bytes = await part.toBuffer()
      Object.assign(form, { filename: part.filename ?? '', file: true })
    } else {
      part.file.resume()
      if (part.fieldname === 'file') throw new StrikescanError('body_malformed', { problem: 'it holds more than one file', advice: 'Send one file in the field file.' })
      form[part.fieldname] = true
    }
  }
  return bytes
}

/** A file that can not run is refused in the words of the command line: those of its first error. */
function refusedAnswer(name: string, diagnostics: IntakeReport['diagnostics']) {
  const problem = diagnostics.find(({ severity }) => severity === 'error')
  const place = problem?.line == null ? '' : `${name}:${problem.line}:${problem.column} `
  const refused = new StrikescanError('script_refused', { message: `${place}${problem?.message ?? 'the script can not be run'}`, hint: problem?.hint ?? '' })
  const isTooLarge = problem?.code === 'file_too_large'
  return { status: isTooLarge ? (413 as const) : (422 as const), body: { error: { code: isTooLarge ? 'file_too_large' : refused.code, message: refused.message, hint: refused.hint }, diagnostics } }
}
