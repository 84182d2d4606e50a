import { configErrors } from './codes/config.ts'
import { importErrors } from './codes/import.ts'
import { intakeErrors } from './codes/intake.ts'
import { runErrors } from './codes/run.ts'
import { scriptErrors } from './codes/script.ts'
import type { ErrorDefinition } from './definition.ts'

/** Every error that Strikescan can report, by its stable code. */
export const registry = {
  ...configErrors,
  ...importErrors,
  ...intakeErrors,
  ...runErrors,
  ...scriptErrors,
} satisfies Record<string, ErrorDefinition>

export type ErrorCode = keyof typeof registry
