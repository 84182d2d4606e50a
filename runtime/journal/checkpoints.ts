import { Worker } from 'node:worker_threads'

const EVERY_MS = 1_000
/** Looks until all of the log is copied: what was written meanwhile is little the second time. */
const MOST_ROUNDS = 6

/** Text rather than a file of its own: it runs where the program is one bundled file as well. It is all that the thread does. */
const THREAD = `
  const { workerData, parentPort } = require('node:worker_threads')
  const { DatabaseSync } = require('node:sqlite')
  const { file, everyMs, mostRounds } = workerData
  const db = new DatabaseSync(file)
  db.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;')
  const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  const copy = () => {
    try {
      for (let round = 0; round < mostRounds; round++) {
        const { busy, log, checkpointed } = checkpoint.get()
        if (busy !== 0 || log === checkpointed) return
      }
    } catch {
      // The next time, or the process that writes, which copies a log that has grown too long by itself.
    }
  }
  const timer = setInterval(copy, everyMs)
  parentPort.once('message', () => {
    clearInterval(timer)
    db.close()
    parentPort.close()
  })
`

/**
 * Copies what is written to a database's log into its file, in a thread of its own: that waits for the disk, a tenth of a
 * second and more at a time, and whoever writes would wait with it. Gives the way to stop.
 */
export function checkpointAside(file: string, warn: (message: string) => void): () => void {
  const thread = new Worker(THREAD, { eval: true, workerData: { file, everyMs: EVERY_MS, mostRounds: MOST_ROUNDS }, env: {}, execArgv: [] })
  thread.unref()
  thread.on('error', (error: unknown) => warn(`The journal is copied by the process that writes it, which may pause for that: ${(error as Error).message}`))
  return () => thread.postMessage('stop')
}
