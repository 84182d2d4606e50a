import { describe, expect, it } from 'vitest'

import { table } from '../../../../api/cli/table.ts'
import { duration, widthOf } from '../../../../api/cli/text.ts'

it.each([[0, '0 ms'], [850, '850 ms'], [12_345, '12.3 s'], [59_999, '1 min 00 s'], [245_000, '4 min 05 s'], [Number.POSITIVE_INFINITY, 'an unknown time'], [Number.NaN, 'an unknown time']])('a duration of %d ms is said as %s', (ms, said) => {
  expect(duration(ms)).toBe(said)
})

describe('a table', () => {
  const columns = [{ title: 'Symbol' }, { title: 'Date', yields: true }, { title: 'Score', align: 'right' as const }, { title: 'None' }, { title: 'Note', shrinks: true, yields: true }]
  const rows = [['AAPL', '2026-11-20', '1.5', '', 'a note that is longer than eight'], ['株式', '2026-11-20', '10', '', 'x']]
  const titles = (width: number): string[] => table(columns, rows, width)[0]!.split(/ +/)

  it('is as wide as its cells where there is room, without columns that hold nothing', () => {
    expect(table(columns, rows, 100)).toEqual(['Symbol  Date        Score  Note', 'AAPL    2026-11-20    1.5  a note that is longer than eight', '株式    2026-11-20     10  x'])
  })

  it('shrinks what can shrink, then leaves out what may be left out, the latest first, and never what may not', () => {
    expect(table(columns, rows, 39)[1]).toBe('AAPL    2026-11-20    1.5  a note that…')
    expect([35, 34, 25, 24, 13, 5].map((width) => titles(width).at(-1))).toEqual(['Note', 'Score', 'Score', 'Score', 'Score', 'Score'])
    expect([25, 24, 5].map((width) => titles(width).join(' '))).toEqual(['Symbol Date Score', 'Symbol Score', 'Symbol Score'])
    for (const width of [13, 24, 25, 34, 35, 40, 60]) expect(Math.max(...table(columns, rows, width).map(widthOf))).toBeLessThanOrEqual(width)
  })
})
