import { expect, test } from 'vitest'

import type { InjectionPlan } from '../../../../runtime/intake/plan.ts'
import { fieldsRead } from '../../../../runtime/isolate/fields-read.ts'

const read = (code: string) => fieldsRead({ code } as InjectionPlan)

test.each([
  ['if (d.c >= d.vw) hits.push(d)', ['vw']],
  ["const cap = q['marketCap'] ?? 0; if (q?.trailingPE < 60) go()", ['marketCap', 'trailingPE']],
  ['const { c, vw } = bar', ['vw']],
  ['bars.filter(({ c, vw: weighted }) => c > weighted)', ['vw']],
  ['for (const { t, vw } of bars) use(t, vw)', ['vw']],
  ['total += bar.n', ['n']],
])('what is read: %s', (code, fields) => {
  expect(read(code)).toEqual(fields)
})

test.each([
  'hits.push({ symbol, n: closes.length }); hits.sort((a, b) => b.n - a.n)', 'const vw = sum / volume; hits.push({ symbol, vw })', 'row.marketCap = price * shares', '// the marketCap is not known\nconst marketCap = 1', 'bar.n()', 'bar.vwap', '',
])('what is the script\'s own: %s', (code) => {
  expect(read(code)).toEqual([])
})
