import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'

import { isSealable, OWN_THREADS } from './seal.ts'

const TRY_MS = 10_000
/** Asks the kernel whether it has filters, by the call that also sets one. */
const TRY = `const ffi = process.getBuiltinModule('node:ffi')
const { syscall } = ffi.dlopen(null, { syscall: { arguments: Array(4).fill('int64'), return: 'int64' } }).functions
process.exitCode = Number(syscall(317n, 2n, 0n, ffi.getRawPointer(new Uint8Array([0, 0, 5, 0])))) === 0 ? 0 : 1`

let known: { obstacle: string | null } | null = null

/** Why workers can not seal themselves here, in a few words; null where nothing is known to be in the way. */
export function sealObstacle(): string | null {
  return (known ??= { obstacle: findObstacle() }).obstacle
}

/** What Node's permission model must grant a worker for it to seal itself; the worker gives all of it up right after. */
export function sealingRights(): string[] {
  return sealObstacle() === null ? ['--allow-ffi', `--allow-fs-read=${OWN_THREADS}/*`] : []
}

function findObstacle(): string | null {
  if (!isSealable()) return `the filter is for Linux on x64, this is ${process.platform} on ${process.arch}`
  if (!isBuiltin('node:ffi')) return 'this Node has no foreign functions'
  return filtersOf('self') === 0 || mayAskForFilters() ? null : 'what this server runs under takes no filter from a process'
}

/**
 * Tried by a process of its own where there is a filter already, as in most containers: one that does not allow the
 * call may end whoever asks.
 */
function mayAskForFilters(): boolean {
  return spawnSync(process.execPath, ['--no-warnings', '-e', TRY], { stdio: 'ignore', timeout: TRY_MS, env: {} }).status === 0
}

/** How many filters of system calls a process has, those of what it runs under among them. */
export function filtersOf(pid: number | 'self'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1')
    // Older kernels say only that there are some.
    return Number((/^Seccomp_filters:\s*(\d+)$/m.exec(status) ?? /^Seccomp:\s*(\d)$/m.exec(status))?.[1] ?? 0)
  } catch {
    return 0
  }
}
