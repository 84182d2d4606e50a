import { spawn, type ChildProcess } from 'node:child_process'

import { confined } from '../sandbox/confinement.ts'
import { sealingRights, sealObstacle } from '../sandbox/offer.ts'
import { workerCode, type WorkerCode, type WorkerEntry } from './worker-code.ts'

export interface SpawnOptions {
  entry: WorkerEntry
  /** Bytes of private memory, in MB, that the process may hold before its own allocations fail. */
  dataLimitMb: number
  /** Descriptors handed down from number 4 on; the worker has no other way to any file. */
  descriptors: number[]
  /** What it runs; that of `entry` by default. */
  code?: WorkerCode
}

/** Starts a worker process: requests on its standard input, its faults on standard error, its replies on descriptor 3. */
export type LaunchWorker = (options: SpawnOptions) => ChildProcess

/**
 * Starts a worker process with as few rights as it can live with: Node's permission model (no files but its own
 * code while it starts, no network, no processes), an empty environment, lowered limits, and death with its parent. Once its
 * code is loaded it has the kernel refuse it all that it needs no more, see `sealProcess`.
 */
export function spawnWorker({ entry, dataLimitMb, descriptors, code = workerCode(entry) }: SpawnOptions): ChildProcess {
  const node = [
    process.execPath,
    '--permission',
    ...code.readable.map((path) => `--allow-fs-read=${path}`),
    ...sealingRights(),
    // What only isolated-vm needs; starting without Node's snapshot takes some 40 ms longer.
    ...(entry === 'scan' ? ['--allow-addons', '--no-node-snapshot'] : []),
    '--max-semi-space-size=4',
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    code.file,
    ...(code.arguments ?? []),
  ]
  const [command, ...args] = confined(node, dataLimitMb, { sealsItself: sealObstacle() === null })
  return spawn(command!, args, {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe', ...descriptors],
    // LIBC: without it the native loader looks at a file outside the folders allowed and dies. GLIBC_TUNABLES: every symbol
    // gets a buffer of its own, and to be given their memory in large pages halves what the system takes for it.
    env: { LIBC: 'glibc', GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1', TZ: 'UTC', LANG: 'C.UTF-8' },
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
}
