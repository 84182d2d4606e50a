import { readdirSync, readFileSync, writeSync } from 'node:fs'

import { workerPolicy } from './policy.ts'
import { assemble } from './program.ts'

/** What of Node's `node:ffi` is used. */
interface ForeignFunctions {
  dlopen(library: null, functions: Record<string, { arguments: string[]; return: string }>): { functions: { syscall: SystemCall } }
  getRawPointer(bytes: Uint8Array): bigint
}
type SystemCall = (...numberAndArguments: bigint[]) => bigint

const SYS_PRCTL = 157n
const SYS_EXIT_GROUP = 231n
const SYS_SECCOMP = 317n
const PR_SET_NO_NEW_PRIVS = 38n
const SET_MODE_FILTER = 1n
/**
 * In all threads of the process; and without slower code, which some kernels otherwise have it run, as what a processor
 * leaks within a process is its own.
 */
const FILTER_FLAGS = 1n | 4n

/** Where a process finds its threads. */
export const OWN_THREADS = '/proc/self/task'
/** The thread of Node's that turns an event loop of its own, as the kernel shortens its name. */
const SCHEDULER = '(DelayedTaskSche)'
const MOST_WAITS = 500

/** Whether the numbers of calls that are used here are this system's. */
export const isSealable = (): boolean => process.platform === 'linux' && process.arch === 'x64'

/**
 * Has the kernel refuse this process, for good and in all its threads, every call that `workerPolicy` does not name. To be called once
 * all is loaded and opened. False where that can not be had: another system or processor, a kernel or a container without filters, a
 * Node without foreign functions or without the right to them.
 */
export function sealProcess(): boolean {
  const syscall = systemCalls()
  if (syscall === null) return false
  waitForScheduler()
  const ffi = foreignFunctions()!
  const filter = assemble(workerPolicy(process.pid))
  // struct sock_fprog: how many instructions, and where they are.
  const program = new DataView(new ArrayBuffer(16))
  program.setUint16(0, filter.byteLength / 8, true)
  program.setBigUint64(8, ffi.getRawPointer(filter), true)
  // Without it the kernel takes filters of the administrator alone.
  if (syscall(SYS_PRCTL, PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) !== 0n) return false
  if (syscall(SYS_SECCOMP, SET_MODE_FILTER, FILTER_FLAGS, ffi.getRawPointer(new Uint8Array(program.buffer)), 0n, 0n) !== 0n) return false
  endDirectly((code) => syscall(SYS_EXIT_GROUP, BigInt(code), 0n, 0n, 0n, 0n))
  return true
}

function foreignFunctions(): ForeignFunctions | undefined {
  return process.getBuiltinModule('node:ffi') as unknown as ForeignFunctions | undefined
}

/** The C library's `syscall`; null where it can not be had, or has other numbers than those above. */
function systemCalls(): SystemCall | null {
  if (!isSealable()) return null
  try {
    return (
      foreignFunctions()?.dlopen(null, { syscall: { arguments: Array<string>(6).fill('int64'), return: 'int64' } }).functions.syscall ??
      null
    )
  } catch {
    return null
  }
}

/**
 * Until Node's scheduler waits for work. It was started with the process and is long there, but on a machine that kept it from running
 * its first turn is still to come, and asks what is refused from now on.
 */
function waitForScheduler(): void {
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  for (let waits = 0; waits < MOST_WAITS && !isSchedulerAsleep(); waits++) Atomics.wait(sleeper, 0, 0, 1)
}

function isSchedulerAsleep(): boolean {
  try {
    for (const thread of readdirSync(OWN_THREADS)) {
      const stat = readFileSync(`${OWN_THREADS}/${thread}/stat`, 'latin1')
      if (stat.includes(SCHEDULER)) return stat.includes(`${SCHEDULER} S`)
    }
  } catch {
    // It may not look there; then it waits for nothing.
  }
  return true
}

/** Node's own way to end turns event loops, which ask for what is refused, and would have it die of that instead of what is to be told. */
function endDirectly(end: (code: number) => void): void {
  process.on('exit', end)
  process.setUncaughtExceptionCaptureCallback((error: unknown) => {
    writeSync(2, `${error instanceof Error ? error.stack : ''}\n${String(error)}\n`)
    end(1)
  })
}
