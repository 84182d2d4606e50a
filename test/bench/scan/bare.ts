/*
 * The scanner's function called in a bare loop over the same columns, by one thread and without an isolate.
 *   node bare.ts SNAPSHOT      prints {"ms": [milliseconds spent inside the function, for each symbol]}
 */
import { closeSync, openSync, readFileSync } from 'node:fs'

import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { SnapshotReader } from '../../../runtime/market/snapshot-reader.ts'
import { ta, type Scanner } from '../../../sdk/index.ts'

const { default: scanner } = (await import(new URL('../scanners/scan.ts', import.meta.url).href)) as { default: Scanner }
const snapshot = process.argv[2]!
const index = parseSnapshotIndex(readFileSync(`${snapshot}/index.json`, 'utf8'), snapshot)
const barsFd = openSync(`${snapshot}/bars.bin`, 'r')
const reader = new SnapshotReader({ barsFd, index })
const day = index.sessions.at(-1)!
const ms: number[] = []
index.symbols.forEach((symbol, place) => {
  if (index.lastDays[place] !== day) return
  const bars = reader.readWindow(place, day)
  const started = performance.now()
  scanner.scan({ symbol, date: '', bars, ta, params: {}, log: null } as never)
  ms.push(performance.now() - started)
})
closeSync(barsFd)
process.stdout.write(`${JSON.stringify({ ms })}\n`)
