import * as z from 'zod'

export const health = z.object({ status: z.literal('ok') })
export const readiness = z.object({
  ready: z.boolean(),
  reason: z.string().nullable(),
  draining: z.boolean(),
  queued: z.int(),
  running: z.int(),
  workers: z.int(),
}).meta({ id: 'Readiness' })
export const noQuery = z.strictObject({})
/** A POST without a body, or with an empty object. */
export const noBody = z.strictObject({}, { error: 'left out' }).nullish()
