import { readAttacks } from './support/attack.ts'
import { describeAttacks } from './support/attack-suite.ts'

/** Those of `attacks/` that stand for the others, a few at a time; the long suite runs each by itself. */
describeAttacks(readAttacks().filter(({ quick }) => quick === true), 4)
