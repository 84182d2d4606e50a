/*
 * A peer: the same rule by expressions of polars over each symbol, lazily, over a Parquet file of the same bars.
 *   node polars.mjs PACKAGE SNAPSHOT BARS.parquet OUT.csv      PACKAGE is the main file of nodejs-polars
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [main, snapshot, bars, out] = process.argv.slice(2)
const { default: pl } = await import(pathToFileURL(main).href)
const day = JSON.parse(readFileSync(`${snapshot}/index.json`, 'utf8')).sessions.at(-1)
const col = pl.col
/** Makes the deviation of a sample that of all: the package takes `ddof` and does not heed it. */
const OF_ALL = Math.sqrt(19 / 20)
const each = (expression) => expression.over('symbol')

/** Wilder's average: the mean of the first `period` moves, then exponential with 1 / period. */
const wilder = (moves, period) => {
  const seeded = pl.when(col('place').gt(period)).then(moves).when(col('place').eq(period)).then(moves.rollingMean(period)).otherwise(pl.lit(null))
  return each(seeded.ewmMean({ alpha: 1 / period, adjust: false, minPeriods: 1, bias: true, ignoreNulls: true }))
}

const frame = await pl
  .scanParquet(bars)
  .withColumns(each(col('close').shift(1)).alias('previous'), each(col('close').cumCount()).sub(1).alias('place'))
  .withColumns(col('close').sub(col('previous')).alias('move'), col('open').div(col('previous')).sub(1).alias('gap'))
  .withColumns(pl.when(col('move').gt(0)).then(col('move')).otherwise(pl.lit(0)).alias('up'), pl.when(col('move').lt(0)).then(col('move').mul(-1)).otherwise(pl.lit(0)).alias('down'))
  .withColumns(
    each(col('close').rollingMean(20)).alias('average'),
    each(col('close').rollingStd(20)).mul(2 * OF_ALL).alias('width'),
    wilder(col('up'), 14).alias('gain'),
    wilder(col('down'), 14).alias('loss'),
  )
  .filter(col('day').eq(day).and(col('place').gtEq(20)))
  .withColumns(col('gain').div(col('gain').add(col('loss'))).mul(100).alias('strength'), col('average').add(col('width')).alias('upper'), col('average').sub(col('width')).alias('lower'))
  .filter(
    col('gap').gtEq(0.01).or(col('gap').ltEq(-0.01))
      .and(col('close').gt(col('upper')).or(col('close').lt(col('lower'))).or(col('strength').gtEq(60)).or(col('strength').ltEq(40))),
  )
  .withColumns(pl.when(col('gap').gt(0)).then(pl.lit('bullish')).otherwise(pl.lit('bearish')).alias('direction'))
  .select('symbol', 'direction', 'average', 'strength', 'upper', 'lower', 'gap')
  .collect()
frame.writeCSV(out)
