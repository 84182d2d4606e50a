import { expect, it } from 'vitest'

import { duration } from '../../../../api/cli/text.ts'

it.each([[0, '0 ms'], [850, '850 ms'], [12_345, '12.3 s'], [59_999, '1 min 00 s'], [245_000, '4 min 05 s'], [Number.POSITIVE_INFINITY, 'an unknown time'], [Number.NaN, 'an unknown time']])('a duration of %d ms is said as %s', (ms, said) => {
  expect(duration(ms)).toBe(said)
})
