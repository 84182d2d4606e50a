import type { FastifySchemaCompiler, FastifySerializerCompiler } from 'fastify'
import * as z from 'zod'

import { checkDepth, refusalOf, type Part, type Refusal } from './validation.ts'

/** Thrown where a part of a request is not what its schema says. */
export class ValidationError extends Error {
  readonly refusal: Refusal
  readonly statusCode = 400

  constructor(refusal: Refusal) {
    super(refusal.error.message)
    this.refusal = refusal
  }
}

const PARTS: Record<string, Part> = { body: 'body', querystring: 'query', params: 'params', headers: 'headers' }

/** Checks a value against a schema. @throws ValidationError */
export function validated<T extends z.ZodType>(schema: T, part: Part, given: unknown): z.output<T> {
  if (part === 'body') checkDepth(given)
  const result = schema.safeParse(given)
  if (result.success) return result.data
  throw new ValidationError(refusalOf(result.error.issues, part, given, (path) => fieldsAt(schema, path)))
}

/** Requests are checked by the same schemas that describe them. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = PARTS[httpPart ?? 'body'] ?? 'body'
  return (given: unknown) => {
    try {
      return { value: validated(schema, part, given) as unknown }
    } catch (error) {
      return { error: error as Error }
    }
  }
}

/** Answers are what the runtime gives: their types are checked by the compiler, and that they match their schemas by tests. */
export const serializerCompiler: FastifySerializerCompiler<z.ZodType> = () => (answer) => JSON.stringify(answer)

/** Names of the fields of the object at a path of a schema; none where there is no such object. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let level: z.ZodType[] = options(schema)
  for (const step of path) {
    level = level.flatMap((one) => {
      if (one instanceof z.ZodArray) return options(one.element as z.ZodType)
      if (one instanceof z.ZodObject) return options(one.shape[String(step)] as z.ZodType | undefined)
      return []
    })
  }
  return level.flatMap((one) => (one instanceof z.ZodObject ? Object.keys(one.shape) : []))
}

/** A schema without what may be left out around it; each of those that it may be. */
function options(schema: z.ZodType | undefined): z.ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) return options(schema.unwrap() as z.ZodType)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((one) => options(one as z.ZodType))
  return schema === undefined ? [] : [schema]
}
