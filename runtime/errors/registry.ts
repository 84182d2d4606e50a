import { configErrors } from './codes/config.ts'
import { importErrors } from './codes/import.ts'
import { intakeErrors } from './codes/intake.ts'
import { runErrors } from './codes/run.ts'
import { scriptErrors } from './codes/script.ts'

/** One entry of the registry. Templates name the offending values as `{name}`. */
export interface ErrorDefinition {
  readonly fault: 'user' | 'script' | 'system'
  /** HTTP status where the error answers a request. */
  readonly status: number
  readonly message: string
  readonly hint: string
}

/** Every error that Strikescan can report, by its stable code. */
export const registry = {
  ...configErrors,
  ...importErrors,
  ...intakeErrors,
  ...runErrors,
  ...scriptErrors,
} satisfies Record<string, ErrorDefinition>

export type ErrorCode = keyof typeof registry
