import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'

import { workerCode, type WorkerEntry } from './worker-code.ts'

const PDEATHSIG = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => process.platform === 'linux' && existsSync(path))

export interface SpawnOptions {
  entry: WorkerEntry
  /** Bytes of private memory, in MB, that the process may hold before its own allocations fail. */
  dataLimitMb: number
  /** Descriptors handed down from number 4 on; the worker has no other way to any file. */
  descriptors: number[]
}

/**
 * Starts a worker process with as few rights as it can live with: Node's permission model (no files but its own
 * code while it starts, no network, no processes), an empty environment, lowered limits, and death with its parent.
 */
export function spawnWorker(options: SpawnOptions): ChildProcess {
  const { file, readable } = workerCode(options.entry)
  const node = [
    process.execPath,
    '--permission',
    ...readable.map((path) => `--allow-fs-read=${path}`),
    // What only isolated-vm needs; starting without Node's snapshot takes some 40 ms longer.
    ...(options.entry === 'scan' ? ['--allow-addons', '--no-node-snapshot'] : []),
    '--expose-gc',
    '--max-semi-space-size=4',
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    file,
  ]
  const [command, ...args] = underLimits(node, options.dataLimitMb)
  return spawn(command!, args, {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe', ...options.descriptors],
    // LIBC: without it the native loader looks at a file outside the folders allowed and dies. GLIBC_TUNABLES: every symbol
    // gets a buffer of its own, and to be given their memory in large pages halves what the system takes for it.
    env: { LIBC: 'glibc', GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1', TZ: 'UTC', LANG: 'C.UTF-8' },
    detached: process.platform !== 'win32',
    windowsHide: true,
  })
}

function underLimits(command: string[], dataLimitMb: number): string[] {
  if (process.platform === 'win32') return command
  const limits = `ulimit -c 0; ulimit -n 64; ulimit -d ${Math.round(dataLimitMb * 1024)} 2>/dev/null; exec "$@"`
  const tied = PDEATHSIG === undefined ? command : [PDEATHSIG, '--pdeathsig', 'KILL', ...command]
  return ['/bin/sh', '-c', limits, 'sh', ...tied]
}
