import { describe, expect, it } from 'vitest'

import { readAttacks } from './support/attack.ts'
import { describeAttacks } from './support/attack-suite.ts'

const attacks = readAttacks()

it('there are as many as there should be, and most are not for show', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(100)
})

describe('each by itself, beside two honest runs', () => describeAttacks(attacks, 1))
