import type { Target } from '../support/run.ts'
import { barTargets } from './bars.ts'
import { chainTargets } from './chains.ts'
import { frameTargets } from './frames.ts'
import { intakeTargets } from './intake.ts'
import { liveTargets } from './live.ts'
import { providerTargets } from './providers.ts'
import { strategyTargets } from './strategies.ts'

export const allTargets: readonly Target[] = [...barTargets, ...chainTargets, ...strategyTargets, ...providerTargets, ...intakeTargets, ...frameTargets, ...liveTargets]
