/*
 * A peer: the same file read, sorted by symbol and date, and written as Parquet by DuckDB.
 *   node duckdb.mjs PACKAGE BARS.csv OUT.parquet MEMORY_MB      PACKAGE is the main file of @duckdb/node-api
 */
import { pathToFileURL } from 'node:url'

const [main, file, out, memoryMb] = process.argv.slice(2)
const { DuckDBInstance } = await import(pathToFileURL(main).href)
const text = (value) => `'${value.replaceAll("'", "''")}'`
const connection = await (await DuckDBInstance.create(':memory:', { memory_limit: `${memoryMb}MB`, temp_directory: `${out}.spill` })).connect()
await connection.run(`COPY (SELECT * FROM read_csv(${text(file)}) ORDER BY symbol, date) TO ${text(out)} (FORMAT parquet)`)
const [[rows]] = (await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM read_parquet(${text(out)})`)).getRows()
connection.closeSync()
process.stdout.write(JSON.stringify({ rows }))
