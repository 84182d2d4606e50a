/*
 * A peer: the same rule by the npm package `technicalindicators`, in a plain Node loop.
 *   node technicalindicators.mjs SNAPSHOT OUT.csv
 */
import { writeFileSync } from 'node:fs'
import { BollingerBands, RSI, SMA } from 'technicalindicators'

import { HEADER } from '../plain-scan.mjs'
import { currentColumns, hitLine } from './columns.mjs'

const [snapshot, out] = process.argv.slice(2)
let lines = HEADER
for (const columns of currentColumns(snapshot)) {
  const values = Array.from(columns.close)
  const average = SMA.calculate({ period: 20, values }).at(-1)
  const strength = RSI.calculate({ period: 14, values }).at(-1)
  const { upper, lower } = BollingerBands.calculate({ period: 20, stdDev: 2, values }).at(-1)
  lines += hitLine(columns, { average, strength, upper, lower })
}
writeFileSync(out, lines)
