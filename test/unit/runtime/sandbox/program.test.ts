import { describe, expect, it } from 'vitest'

import { workerPolicy } from '../../../../runtime/sandbox/policy.ts'
import { assemble } from '../../../../runtime/sandbox/program.ts'

/** The filter as the kernel would run it: what is answered to a call, by an interpreter of the packet filter's own definition (linux/filter.h). */

const X64 = 0xc000003e
const I386 = 0x40000003
const PID = 4_321

function answer(program: Uint8Array, call: number, args: bigint[] = [], architecture = X64): string {
  const data = new DataView(new ArrayBuffer(64))
  data.setUint32(0, call, true)
  data.setUint32(4, architecture, true)
  args.forEach((value, at) => data.setBigUint64(16 + at * 8, BigInt.asUintN(64, value), true))
  const code = new DataView(program.buffer)
  let accumulator = 0
  for (let at = 0; at < program.byteLength / 8; at++) {
    const [operation, then, otherwise, value] = [code.getUint16(at * 8, true), code.getUint8(at * 8 + 2), code.getUint8(at * 8 + 3), code.getUint32(at * 8 + 4, true)]
    if (operation === 0x20) accumulator = data.getUint32(value, true)
    else if (operation === 0x54) accumulator = (accumulator & value) >>> 0
    else if (operation === 0x15) at += accumulator === value ? then : otherwise
    else if (operation === 0x06) return value === 0x7fff0000 ? 'allow' : value === 0x80000000 ? 'kill' : `error ${value & 0xffff}`
    else throw new Error(`operation ${operation}`)
  }
  throw new Error('ran off its end')
}

describe('the filter of system calls', () => {
  const program = assemble(workerPolicy(PID))

  it.each([
    ['read', 0, [0n], 'allow'],
    ['write', 1, [3n], 'allow'],
    ['exit_group', 231, [], 'allow'],
    ['private memory', 9, [0n, 4096n, 3n, 0x22n], 'allow'],
    ['shared memory', 9, [0n, 4096n, 3n, 0x21n], 'error 1'],
    ['checked shared memory', 9, [0n, 4096n, 3n, 0x23n], 'error 1'],
    ['a thread', 56, [0x3d0f00n], 'allow'],
    ['a process', 56, [17n], 'error 1'],
    ['a thread in a namespace of its own', 56, [0x3d0f00n | 0x10000000n], 'error 1'],
    ['a thread by the newer call', 435, [0n], 'error 38'],
    ['a signal to itself', 234, [BigInt(PID), 1n, 6n], 'allow'],
    ['a signal to another', 234, [BigInt(PID + 1), 1n, 6n], 'error 1'],
    ['a signal to all', 62, [-1n, 9n], 'error 1'],
    ['a name for a thread', 157, [15n], 'allow'],
    ['life without the parent', 157, [1n, 0n], 'error 1'],
    ['flags of a descriptor', 72, [0n, 3n], 'allow'],
    ['an owner for its signals', 72, [0n, 8n, 1n], 'error 1'],
    ['a limit, read', 302, [0n, 7n, 0n, 1n], 'allow'],
    ['a limit, set', 302, [0n, 7n, 0x1000n, 0n], 'error 1'],
    ['a limit, set from high memory', 302, [0n, 7n, 0x7f0000000000n, 0n], 'error 1'],
    ['a file', 257, [-100n], 'error 1'],
    ['a program', 59, [], 'error 1'],
    ['a socket', 41, [2n, 1n, 0n], 'error 1'],
    ['a message with descriptors', 46, [3n], 'error 1'],
    ['a submission to a ring', 426, [4n], 'error 1'],
    ['a call by the numbers of x32', 0x40000000, [0n], 'error 1'],
    ['a call not invented yet', 1_000, [], 'error 1'],
  ])('%s', (_, call, args, expected) => {
    expect(answer(program, call, args)).toBe(expected)
  })

  it('ends a process that calls by other numbers', () => {
    // On i386, 3 is read.
    expect(answer(program, 3, [0n], I386)).toBe('kill')
  })

  it('is as long as the kernel takes at most', () => {
    expect(program.byteLength / 8).toBeLessThan(4_096)
  })
})
