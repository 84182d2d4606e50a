import { expect, it } from 'vitest'

import { simulatedPart, simulatedWord } from '../../../../api/schemas/simulated-part.ts'
import type { Run } from '../../../../runtime/host.ts'

const run = (kind: Run['kind'], bars: boolean, chains: boolean | null, provider = 'tradier'): Run =>
  ({ kind, market: { simulated: bars }, explore: chains === null ? null : { provider, simulated: chains } }) as Run

it.each([
  ['simulated bars', run('scan', true, null), 'all'],
  ['real bars', run('scan', false, null), null],
  ['simulated bars and chains', run('scan', true, true), 'all'],
  ['real bars and chains', run('scan', false, false), null],
  ['simulated bars with a vendor\'s chains', run('scan', true, false), 'bars'],
  ['simulated bars before a source of chains is open', run('scan', true, false, ''), 'all'],
  ['real bars with simulated chains', run('scan', false, true), 'chains'],
  ['simulated chains alone', run('exploration', true, true), 'all'],
  ['simulated chains alone, of a report', run('exploration', false, true), 'all'],
  ['a vendor\'s chains alone', run('exploration', false, false), null],
  ['chains alone before there is a report', run('exploration', true, null), 'all'],
] as const)('of a run over %s', (_, shown, part) => {
  expect(simulatedPart(shown)).toBe(part)
})

it('is said with what it is where the rest is real', () => {
  expect((['all', 'bars', 'chains'] as const).map(simulatedWord)).toEqual(['SIMULATED', 'SIMULATED bars', 'SIMULATED chains'])
})
