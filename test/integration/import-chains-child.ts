/** Imports the named files into a store of chains, as a process of its own: `node import-chains-child.ts HOME PAUSE-AT PATH…`. Prints the report. */
import { ChainStore } from '../../runtime/market/chains/chain-store.ts'

const [home, pauseAt, ...paths] = process.argv.slice(2)
const store = ChainStore.open(home!)
try {
  const report = await store.importChains(paths, { lockWaitMs: 20_000 }, (progress) => {
    // With a stage named, the process stops there until it is killed.
    if (progress.stage === pauseAt && (progress.stage === 'reading' || progress.symbolsDone > progress.symbolsTotal / 2)) {
      process.stdout.write('paused\n')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    }
  })
  process.stdout.write(`${JSON.stringify(report)}\n`)
} finally {
  store.close()
}
