import { expect, it } from 'vitest'

import { progressMessage } from '../../../../runtime/scan/progress.ts'
import { emptyLedger } from '../../../../runtime/scan/row.ts'

it.each([
  // rows, of them rejected, dates, settled, dispatched
  [300, 0, 1, 0, 0, 'Processing 300 symbols'],
  [1, 0, 1, 0, 0, 'Processing 1 symbol'],
  [300, 0, 1, 0, 50, 'Processing symbols 1-50 of 300'],
  [5_000, 3_500, 1, 3_500, 0, 'Processing 1,500 symbols'],
  [5_000, 3_500, 1, 4_500, 50, 'Processing symbols 1,001-1,050 of 1,500'],
  [75_000, 70_500, 15, 70_500, 0, 'Processing 4,500 rows on 15 dates'],
  [75_000, 70_500, 15, 71_500, 50, 'Processing rows 1,001-1,050 of 4,500 on 15 dates'],
  [33, 32, 3, 32, 0, 'Processing 1 row on 3 dates'],
  [33, 0, 3, 33, 0, 'Processing rows 33-33 of 33 on 3 dates'],
  [33, 33, 3, 33, 0, 'no row is left to scan'],
  [5, 5, 1, 5, 0, 'no symbol is left to scan'],
])('of %i rows, %i rejected, on %i dates, %i settled, %i on their way: %s', (detected, rejected, dates, settled, dispatched, text) => {
  expect(progressMessage({ ...emptyLedger(detected), rejected }, dates, settled, dispatched)).toBe(text)
})
