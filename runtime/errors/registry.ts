import { authoringErrors } from './codes/authoring.ts'
import { configErrors } from './codes/config.ts'
import { exploreErrors } from './codes/explore.ts'
import { importErrors } from './codes/import.ts'
import { intakeErrors } from './codes/intake.ts'
import { liveErrors } from './codes/live.ts'
import { runErrors } from './codes/run.ts'
import { scriptErrors } from './codes/script.ts'
import { serverErrors } from './codes/server.ts'
import { serviceErrors } from './codes/service.ts'
import { simulateErrors } from './codes/simulate.ts'
import type { ErrorDefinition } from './definition.ts'

/** Every error that Strikescan can report, by its stable code. */
export const registry = {
  ...authoringErrors,
  ...configErrors,
  ...exploreErrors,
  ...importErrors,
  ...intakeErrors,
  ...liveErrors,
  ...runErrors,
  ...scriptErrors,
  ...serverErrors,
  ...serviceErrors,
  ...simulateErrors,
} satisfies Record<string, ErrorDefinition>

export type ErrorCode = keyof typeof registry
