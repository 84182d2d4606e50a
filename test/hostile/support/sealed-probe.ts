/**
 * Runs where a worker runs, seals itself as a worker does, and then asks the kernel for whatever a script would that has turned into
 * native code: by system calls, past Node and the C library. Says on the descriptor for replies what came of each.
 */
import { writeSync } from 'node:fs'

import { sealProcess } from '../../../runtime/sandbox/seal.ts'

interface Foreign {
  dlopen(library: null, functions: Record<string, { arguments: string[]; return: string }>): { functions: Record<'syscall' | '__errno_location', (...args: bigint[]) => bigint> }
  getRawPointer(bytes: Uint8Array): bigint
  getInt32(pointer: bigint): number
}
const ffi = process.getBuiltinModule('node:ffi') as unknown as Foreign
const { syscall, __errno_location: errnoAt } = ffi.dlopen(null, {
  syscall: { arguments: Array<string>(7).fill('int64'), return: 'int64' },
  __errno_location: { arguments: [], return: 'pointer' },
}).functions

/** Kept, so that the memory that the kernel is pointed to stays. */
const kept: Uint8Array[] = []
function at(bytes: Uint8Array): bigint {
  kept.push(bytes)
  return ffi.getRawPointer(bytes)
}
const text = (value: string): bigint => at(new Uint8Array([...new TextEncoder().encode(value), 0]))
const room = at(new Uint8Array(4_096))

const errors: Record<number, string> = { 1: 'EPERM', 9: 'EBADF', 38: 'ENOSYS' }
function call(number: number, ...args: (number | bigint)[]): string {
  const given = [number, ...args, 0, 0, 0, 0, 0, 0].slice(0, 7).map(BigInt)
  const result = syscall(...given)
  if (result >= 0n) return `done ${result}`
  const error = ffi.getInt32(errnoAt())
  return errors[error] ?? `error ${error}`
}

const parent = process.ppid
const HERE = -100
const [PASSWD, NEW_FILE, PROGRAM, NAME] = [text('/etc/passwd'), text('/var/tmp/strikescan-sealed'), text('/bin/true'), text('x')]
const sealed = sealProcess()
const attempts = sealed ? {
  'read a file': call(257, HERE, PASSWD, 0),
  'read a file by the old call': call(2, PASSWD, 0),
  'read a file by the new call': call(437, HERE, PASSWD, room, 24),
  'look for a file': call(332, HERE, PASSWD, 0, 0xfff, room),
  'look for a file by the old call': call(262, HERE, PASSWD, room, 0),
  'write a file': call(257, HERE, NEW_FILE, 0o101, 0o600),
  'delete a file': call(87, NEW_FILE),
  'make a file in memory': call(319, NAME, 0),
  'cut a file': call(77, 4, 0),
  'connect to a server': call(41, 2, 1, 0),
  'connect to a local service': call(41, 1, 1, 0),
  'listen to the kernel': call(41, 16, 3, 0),
  'make a pair of sockets': call(53, 1, 1, 0, room),
  'pass a descriptor on': call(46, 3, room, 0),
  'start a program': call(59, PROGRAM, 0, 0),
  'start a program by descriptor': call(322, HERE, PROGRAM, 0, 0, 0),
  fork: call(57),
  'fork by clone': call(56, 17),
  'fork by the new call': call(435, room, 88),
  'signal the parent': call(62, parent, 0),
  'signal the parent by its thread': call(234, parent, parent, 0),
  'signal the parent with a value': call(129, parent, 34, room),
  'hold the parent': call(434, parent, 0),
  'trace the parent': call(101, 16, parent),
  'read memory of the parent': call(310, parent, room, 1, room, 1, 0),
  'have a signal sent': call(72, 3, 8, parent),
  'have a signal sent by the device': call(16, 3, 0x8901, room),
  'outlive the parent': call(157, 1, 0),
  'leave the session': call(112),
  'leave the group': call(109, 0, 0),
  'raise a limit': call(160, 1, room),
  'lower a limit of the parent': call(302, parent, 7, room, 0),
  'go before others': call(141, 0, 0, -5),
  'keep memory that does not count': call(9, 0, 4096, 3, 0x21, -1, 0),
  'keep memory with others': call(29, 0, 4096, 0o1600),
  'keep memory in place': call(149, room, 4096),
  'make a ring': call(425, 8, room),
  'use a ring': call(426, 4, 1, 0, 0, 0, 0),
  'make a namespace': call(272, 0x10000000),
  mount: call(165, NAME, NAME, NAME, 0, 0),
  'load a program into the kernel': call(321, 0, room, 32),
  'count what others do': call(298, room, 0, -1, -1, 0),
  'catch faults': call(323, 0),
  'use keys': call(250, 0, -4),
  'undo the filter': call(317, 0, 0, 0),
  'use the numbers of x32': call(0x40000000 | 39),
} : {}

/** What the kernel keeps for code that it placed itself, past any filter: who else asks for it is ended. */
const KERNELS_OWN = [335, 336]
/** What a policy lets through in some form; all else with a number is asked for with arguments that mean nothing. */
const named = new Set(JSON.parse(process.argv[2]!) as number[]).union(new Set(KERNELS_OWN))
const others = sealed ? Array.from({ length: 600 }, (_, number) => number).filter((number) => !named.has(number) && call(number, -1, -1, -1, -1, -1, -1) !== 'EPERM') : []
writeSync(3, `${JSON.stringify({ sealed, attempts, others, mayAsk: call(39) === `done ${process.pid}` })}\n`)

const ending = process.argv[3]
if (ending === 'throws') throw new Error('what went wrong')
if (ending === 'refuses') void Promise.reject(new Error('what went wrong'))
else if (ending === 'exits') process.exit(3)
else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
