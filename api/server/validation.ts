import { isDeepStrictEqual } from 'node:util'

import type { core } from 'zod'

import { closest } from '../../sdk/closest.ts'
import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { SETTING_KEYS, settingInfo, type SettingKey } from '../../runtime/host.ts'

/** A mistake in a request: the error that it is answered with, and every wrong field where there are several. */
export interface Refusal {
  readonly error: StrikescanError
  readonly details: { field: string; message: string }[]
}

/** The part of a request that is validated. */
export type Part = 'body' | 'query' | 'params' | 'headers'

const MAX_DETAILS = 20
const DEEPEST = 64
/** Limits of a run whose setting has another name. */
const SETTING_OF_FIELD: Record<string, SettingKey> = { 'limits.workers': 'workers.count' }

/** What a schema found wrong in a part of a request, said as the command line says the same mistake. */
export function refusalOf(issues: readonly core.$ZodIssue[], part: Part, given: unknown, known: (path: readonly PropertyKey[]) => readonly string[]): Refusal {
  // A field that is missing is often there under a wrong name: that comes first.
  const told = issues.toSorted((a, b) => Number(b.code === 'unrecognized_keys') - Number(a.code === 'unrecognized_keys')).slice(0, MAX_DETAILS)
  const errors = told.map((issue) => errorOf(issue, part, given, known))
  const details = errors.map((error, place) => ({ field: fieldOf(told[place]!.path, part), message: error.message }))
  return { error: errors[0]!, details: details.length > 1 ? details : [] }
}

/** @throws field_bad_value for JSON that is nested deeper than anything here needs: it would break what walks it */
export function checkDepth(body: unknown): void {
  let level: unknown[] = [body]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) {
      throw new StrikescanError('field_bad_value', { field: 'The body', value: 'what was sent', allowed: `nested at most ${DEEPEST} levels deep`, hint: 'Flatten it.' })
    }
    const next: unknown[] = []
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue
      for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) next.push(inner)
    }
    level = next
  }
}

function errorOf(issue: core.$ZodIssue, part: Part, given: unknown, known: (path: readonly PropertyKey[]) => readonly string[]): StrikescanError {
  const field = fieldOf(issue.path, part)
  if (issue.code === 'unrecognized_keys') return unknownFields(issue.keys, issue.path, part, known(issue.path))
  if (issue.code === 'invalid_union') {
    // The branch that got furthest, or speaks of fields, is the one that was meant.
    const inner = issue.errors.flat().toSorted((a, b) => rank(b) - rank(a))[0]
    if (inner !== undefined && rank(inner) > 0) return errorOf({ ...inner, path: [...issue.path, ...inner.path] } as core.$ZodIssue, part, given, known)
  }
  const excluded = issue.code === 'custom' ? (issue.params as { excludes?: string; hint: string } | undefined) : undefined
  if (excluded?.excludes !== undefined) return new StrikescanError('fields_exclude', { first: field, second: excluded.excludes, hint: excluded.hint })

  const value = valueAt(given, issue.path)
  const setting = SETTING_OF_FIELD[field] ?? SETTING_KEYS.find((key) => key === field)
  if (setting !== undefined) {
    const info = settingInfo(setting)
    return new StrikescanError('config_bad_value', { where: field, value: shown(value), key: setting, allowed: info.allowed, default: shown(info.default) })
  }
  const allowed = allowedBy(issue)
  if (value === undefined) return new StrikescanError('field_missing', { field, allowed })
  return new StrikescanError('field_bad_value', { field, value: shown(value), allowed, hint: 'See /docs for what is understood.' })
}

const rank = (issue: core.$ZodIssue): number => issue.path.length * 2 + (issue.code === 'unrecognized_keys' ? 1 : 0)

function unknownFields(keys: readonly string[], path: readonly PropertyKey[], part: Part, known: readonly string[]): StrikescanError {
  const where = path.length > 0 ? fieldOf(path, part) : part === 'query' ? 'The query' : 'The body'
  const near = keys.length === 1 ? closest(keys[0]!, known) : null
  const suggestion = near !== null ? `Did you mean ${near}?` : known.length > 0 ? `It has ${known.join(', ')}.` : 'Leave it out.'
  return new StrikescanError('field_unknown', { where, fields: keys.slice(0, MAX_DETAILS).map((key) => shown(key)).join(', '), suggestion })
}

/** What the value must be: the schema's own words, else what can be said of the kind of mistake. */
function allowedBy(issue: core.$ZodIssue): string {
  const words = issue.message
  // Zod's own sentences begin with a capital letter, ours go on a sentence.
  if (!/^(Invalid|Too|Unrecognized|Expected|Required)\b/.test(words)) return words
  if (issue.code === 'invalid_type') return issue.expected === 'object' || issue.expected === 'record' ? 'an object' : `a ${issue.expected}`
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'too_big') return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
  if (issue.code === 'too_small') return `at least ${issue.minimum}${issue.origin === 'string' ? ' characters' : ''}`
  return 'of another form'
}

function fieldOf(path: readonly PropertyKey[], part: Part): string {
  if (path.length === 0) return part === 'body' ? 'The body' : `The ${part}`
  return path.map((step, place) => (typeof step === 'number' ? `[${step}]` : `${place === 0 ? '' : '.'}${String(step).slice(0, 60)}`)).join('')
}

function valueAt(given: unknown, path: readonly PropertyKey[]): unknown {
  let value = given
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}

/** A value in a message: JSON on one line, cut where it is long. */
function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length <= 60 ? value : `${value.slice(0, 57)}...`)
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `a list of ${value.length}`
  return isDeepStrictEqual(value, {}) ? '{}' : 'an object'
}
