/** A process with a host of its own, as the server is one. Runs that it is told to submit go on until it is killed. */
import { openHost } from '../../../runtime/host.ts'

const [home, count, source] = process.argv.slice(2) as [string, string, string]
const host = await openHost({ home, env: {}, overrides: { 'market.simulatedSymbols': 300, 'workers.count': 2, 'queue.maxRunning': 2, 'batch.maxSymbols': 10, 'batch.targetMs': 20 } })
host.recover()
await host.market()
for (let n = 0; n < Number(count); n++) {
  const { scanner } = await host.saveScanner({ filename: `scan-${n}.js`, source: new TextEncoder().encode(`// ${n}\n${source}`) })
  process.stdout.write(`${host.submitRun({ scannerId: scanner!.id, universe: 'all', prefilter: false }).id}\n`)
}
process.stdout.write('submitted\n')
setInterval(() => {}, 1_000)
