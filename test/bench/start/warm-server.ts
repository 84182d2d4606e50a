import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

import { openHost, type RunEvent } from '../../../runtime/host.ts'

type Host = Awaited<ReturnType<typeof openHost>>

const SCANNER = fileURLToPath(new URL('../scanners/scan.ts', import.meta.url))
/** Spare processes are replaced a moment after they were taken. */
const REFILL_MS = 1_500
const RUNS_AT_ONCE = 3

/** A host as the server opens it, with processes standing by. */
export async function openWarmHost(home: string, overrides: Record<string, unknown>): Promise<Host> {
  const host = await openHost({ home, overrides: { ...overrides, 'queue.maxRunning': RUNS_AT_ONCE }, env: {} })
  host.recover()
  await host.market()
  await pause(REFILL_MS)
  return host
}

/** Milliseconds from an upload never seen before to the first row that its script decided. The run is given up then. */
export async function uploadToFirstRow(host: Host, isFirstRow: (event: RunEvent) => boolean): Promise<number> {
  const source = fresh()
  const started = performance.now()
  const id = await submit(host, source)
  const ms = await new Promise<number>((resolve, reject) => {
    host.watch(id, (events) => {
      for (const event of events) {
        try {
          if (isFirstRow(event)) return resolve(performance.now() - started)
        } catch (error) {
          return reject(error as Error)
        }
        if (event.type === 'end') return reject(new Error(`the run gives no row: ${event.run.message}`))
      }
    })
  })
  const ended = untilEnd(host, id)
  host.cancel(id)
  await ended
  await pause(REFILL_MS)
  return ms
}

/** Longest time, in milliseconds, that nothing else could happen in the host's process while several runs were under way. */
export async function longestBlock(host: Host): Promise<number> {
  const delays = monitorEventLoopDelay({ resolution: 2 })
  delays.enable()
  const ids = await Promise.all(Array.from({ length: RUNS_AT_ONCE }, () => submit(host, fresh())))
  await Promise.all(ids.map((id) => untilEnd(host, id)))
  delays.disable()
  await pause(REFILL_MS)
  return delays.max / 1e6
}

async function submit(host: Host, source: Uint8Array): Promise<string> {
  const { scanner, diagnostics } = await host.saveScanner({ filename: 'scan.ts', source })
  if (scanner === null) throw new Error(`the scanner is refused: ${diagnostics[0]?.message}`)
  return host.submitRun({ scannerId: scanner.id, universe: 'all', prefilter: false }).id
}

function untilEnd(host: Host, id: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = host.watch(id, (events) => {
      if (!events.some(({ type }) => type === 'end')) return
      stop()
      resolve()
    })
    if (host.run(id).finishedAt !== null) resolve()
  })
}

let uploads = 0

/** The bench's scanner with bytes of its own, so that nothing that is kept of an earlier upload serves. */
function fresh(): Uint8Array {
  return Buffer.concat([readFileSync(SCANNER), Buffer.from(`\n// upload ${process.pid}-${Date.now()}-${uploads++}\n`)])
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
