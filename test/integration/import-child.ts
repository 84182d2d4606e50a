/** Imports the named files into a store, as a process of its own: `node import-child.ts HOME [--pause-at STAGE] PATH…`. Prints the report. */
import { BarStore } from '../../runtime/market/store.ts'

const [home, pauseAt, ...paths] = process.argv.slice(2)
const store = BarStore.open(home!)
try {
  const report = await store.importBars(paths, { lockWaitMs: 20_000 }, (progress) => {
    // With a stage named, the process stops there until it is killed.
    if (progress.stage === pauseAt && (progress.stage === 'reading' || progress.symbolsDone > progress.symbolsTotal / 2)) {
      process.stdout.write('paused\n')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    }
  })
  process.stdout.write(`${JSON.stringify(report)}\n`)
} catch (error) {
  process.stdout.write(`${JSON.stringify({ code: (error as { code?: string }).code, message: (error as Error).message })}\n`)
  process.exitCode = 1
} finally {
  store.close()
}
