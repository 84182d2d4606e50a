/*
 * A peer: the same rule by window functions of DuckDB, over a Parquet file of the same bars.
 *   node duckdb.mjs PACKAGE SNAPSHOT BARS.parquet OUT.csv      PACKAGE is the main file of @duckdb/node-api
 */
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [main, snapshot, bars, out] = process.argv.slice(2)
const { DuckDBInstance } = await import(pathToFileURL(main).href)
const day = JSON.parse(readFileSync(`${snapshot}/index.json`, 'utf8')).sessions.at(-1)
const text = (value) => `'${value.replaceAll("'", "''")}'`

// Wilder's average weighs each move by a power of 14/13, but for the first 14, which weigh the same; what is common to gains and losses cancels.
const connection = await (await DuckDBInstance.create(':memory:')).connect()
await connection.run(`
  COPY (
    WITH moves AS (
      SELECT symbol, day, open, close, row_number() OVER bars - 1 AS place, lag(close) OVER bars AS previous
      FROM read_parquet(${text(bars)}) WINDOW bars AS (PARTITION BY symbol ORDER BY day)
    ), columns AS (
      SELECT symbol, day, place, close, open / previous - 1 AS gap,
        avg(close) OVER month AS average,
        2 * stddev_pop(close) OVER month AS width,
        sum(greatest(close - previous, 0) * pow(14.0::DOUBLE / 13, greatest(place - 14, 0))) OVER so_far AS gain,
        sum(greatest(previous - close, 0) * pow(14.0::DOUBLE / 13, greatest(place - 14, 0))) OVER so_far AS loss
      FROM moves WINDOW
        month AS (PARTITION BY symbol ORDER BY day ROWS 19 PRECEDING),
        so_far AS (PARTITION BY symbol ORDER BY day ROWS UNBOUNDED PRECEDING)
    ), found AS (
      SELECT *, 100 * gain / (gain + loss) AS strength, average + width AS upper, average - width AS lower
      FROM columns WHERE day = ${day} AND place >= 20
    )
    SELECT symbol, CASE WHEN gap > 0 THEN 'bullish' ELSE 'bearish' END AS direction, average, strength, upper, lower, gap
    FROM found WHERE abs(gap) >= 0.01 AND (close > upper OR close < lower OR strength >= 60 OR strength <= 40)
  ) TO ${text(out)} (FORMAT csv, HEADER)`)
connection.closeSync()
