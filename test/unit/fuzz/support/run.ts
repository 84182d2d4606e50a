import fc from 'fast-check'
import { Worker } from 'node:worker_threads'

/** Something that takes input from outside, and what must hold whatever the input. */
export interface Target {
  readonly name: string
  /** Cases in every `npm test`. */
  readonly quick: number
  /** Cases in a long run for each 1,000 of `FUZZ_CASES`. */
  readonly long: number
  property(): fc.IAsyncProperty<never>
}

/** Processor time that one case may take: more than a Parquet file is given, and as good as a hang. */
const CASE_CPU_MS = 5_000
/** Wall time after which a case is taken to hang. */
const HANG_MS = 60_000

/** A target with its inputs and what must hold. */
export function target<Inputs extends [unknown, ...unknown[]]>(
  name: string,
  { quick, long = 1_000 }: { quick: number; long?: number },
  arbitraries: { [Index in keyof Inputs]: fc.Arbitrary<Inputs[Index]> },
  check: (...inputs: Inputs) => Promise<void> | void,
): Target {
  const timed = async (...inputs: Inputs): Promise<void> => {
    const before = process.cpuUsage()
    const done = watched(() => fc.stringify(inputs))
    try {
      await check(...inputs)
    } finally {
      done()
    }
    const { user, system } = process.cpuUsage(before)
    const spentMs = (user + system) / 1_000
    if (spentMs > CASE_CPU_MS) throw new Error(`the case took ${Math.round(spentMs)} ms of processor time`)
  }
  return { name, quick, long, property: () => fc.asyncProperty(...(arbitraries as unknown as [fc.Arbitrary<unknown>]), timed as never) as unknown as fc.IAsyncProperty<never> }
}

export interface RunOptions {
  readonly cases: number
  readonly file: string
  /** The seed of the quick runs is always the same: they are to find what a change breaks. */
  readonly seed: number
}

/** Runs a target. A failure names the input, shrunk, and the command that replays it. `FUZZ_SEED` and `FUZZ_PATH` replay a case. */
export async function runTarget({ name, property }: Target, { cases, file, seed }: RunOptions): Promise<number> {
  const { FUZZ_SEED, FUZZ_PATH } = process.env
  const details = await fc.check(property(), { numRuns: cases, seed: FUZZ_SEED === undefined ? seed : Number(FUZZ_SEED), ...(FUZZ_PATH !== undefined && { path: FUZZ_PATH }) })
  if (!details.failed) return details.numRuns
  const replay = `FUZZ_SEED=${details.seed} FUZZ_PATH=${details.counterexamplePath ?? '0'} npm run ${file.includes('.long.') ? 'test:long' : 'test'} -- ${file} -t '${name}'`
  throw new Error(`${fc.defaultReportMessage(details)}\n\nReplay: ${replay}`, { cause: details.errorInstance })
}

let watchdog: { worker: Worker; state: Int32Array } | null = null

/** Has a thread of its own end this process where a case hangs, which no timer of the same thread could. */
function watched(shown: () => string): () => void {
  watchdog ??= startWatchdog()
  const { state, worker } = watchdog
  worker.postMessage(shown().slice(0, 4_000))
  Atomics.add(state, 0, 1)
  return () => void Atomics.add(state, 0, 1)
}

/** The count is odd while a case runs. */
function startWatchdog(): { worker: Worker; state: Int32Array } {
  const state = new Int32Array(new SharedArrayBuffer(4))
  const code = `
    const { parentPort, workerData: { state, hangMs } } = require('node:worker_threads')
    let input = '', seen = 0, since = 0
    parentPort.on('message', (shown) => { input = shown })
    setInterval(() => {
      const count = Atomics.load(state, 0)
      if (count !== seen || count % 2 === 0) { seen = count; since = Date.now() }
      else if (Date.now() - since > hangMs) {
        require('node:fs').writeSync(2, 'A case hangs. Its input: ' + input + '\\n')
        process.kill(process.pid, 'SIGKILL')
      }
    }, 1000)
  `
  const worker = new Worker(code, { eval: true, workerData: { state, hangMs: HANG_MS } })
  worker.unref()
  return { worker, state }
}
