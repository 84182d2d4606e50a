/*
 * A peer: the same rule by the npm package `trading-signals`, in a plain Node loop. Its indicators take one price after the other.
 *   node trading-signals.mjs SNAPSHOT OUT.csv
 */
import { writeFileSync } from 'node:fs'
import { BollingerBands, RSI, SMA } from 'trading-signals'

import { HEADER } from '../plain-scan.mjs'
import { currentColumns, hitLine } from './columns.mjs'

const [snapshot, out] = process.argv.slice(2)
let lines = HEADER
for (const columns of currentColumns(snapshot)) {
  const [averages, strengths, bands] = [new SMA(20), new RSI(14), new BollingerBands(20, 2)]
  for (const price of columns.close) {
    averages.add(price)
    strengths.add(price)
    bands.add(price)
  }
  const { upper, lower } = bands.getResultOrThrow()
  lines += hitLine(columns, { average: averages.getResultOrThrow(), strength: strengths.getResultOrThrow(), upper, lower })
}
writeFileSync(out, lines)
