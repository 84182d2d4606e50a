/*
 * A peer: the limit's loops handed to the threads of a piscina pool, without isolation.
 *   node piscina.mjs SYMBOLS_A_TASK SNAPSHOT OUT.csv
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'

import { HEADER, partsOf } from '../plain-scan.mjs'

const [size, snapshot, out] = process.argv.slice(2)
const threads = availableParallelism()
const pool = new Piscina({ filename: fileURLToPath(new URL('piscina-task.mjs', import.meta.url)), minThreads: threads, maxThreads: threads })
const lines = await Promise.all(partsOf(snapshot, { size: Number(size) }).map((part) => pool.run(part)))
writeFileSync(out, HEADER + lines.join(''))
await pool.destroy()
