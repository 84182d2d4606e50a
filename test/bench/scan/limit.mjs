/*
 * The limit: what a plain Node program, written for this one job, takes for the same rule over the same columns, on as
 * many threads as there are cores.
 *   node limit.mjs SNAPSHOT OUT.csv [THREADS]
 */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

import { HEADER, partsOf, scanPart } from './plain-scan.mjs'

if (isMainThread) {
  const [snapshot, out, threadsText] = process.argv.slice(2)
  const parts = partsOf(snapshot, { groups: threadsText === undefined ? availableParallelism() : Number(threadsText) })
  // This thread takes the first part itself.
  const others = parts.slice(1).map(
    (part) => new Promise((resolve, reject) => new Worker(new URL(import.meta.url), { workerData: part }).on('message', resolve).on('error', reject)),
  )
  const lines = [scanPart(parts[0]), ...(await Promise.all(others))]
  writeFileSync(out, HEADER + lines.join(''))
} else {
  parentPort.postMessage(scanPart(workerData))
}
