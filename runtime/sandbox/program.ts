import type { Condition, Policy, Rule } from './policy.ts'

/** One instruction of the kernel's classic packet filter: how far to go on where a comparison holds and where it does not. */
interface Instruction {
  code: number
  then?: number
  otherwise?: number
  value: number
}

const LOAD_WORD = 0x20
const AND = 0x54
const JUMP_IF_EQUAL = 0x15
const RETURN = 0x06

const ALLOW = 0x7fff0000
const KILL_PROCESS = 0x80000000
const ERROR = 0x00050000
const EPERM = 1

/** Where the kernel puts what it asks a filter about: number of the call, instruction set, and six arguments of 64 bits. */
const CALL_AT = 0
const ARCHITECTURE_AT = 4
const ARGUMENTS_AT = 16

const INSTRUCTION_BYTES = 8

/** The policy as a filter for `seccomp(2)`, in the byte order of the processors that it is for. */
export function assemble({ architecture, allowed, answers }: Policy): Uint8Array {
  const instructions: Instruction[] = [
    load(ARCHITECTURE_AT),
    { code: JUMP_IF_EQUAL, then: 1, otherwise: 0, value: architecture },
    give(KILL_PROCESS),
    load(CALL_AT),
    ...allowed.flatMap(ruleInstructions),
    ...answers.flatMap(({ call, error }) => onlyFor(call, [give(ERROR | error)])),
    give(ERROR | EPERM),
  ]
  const bytes = new DataView(new ArrayBuffer(instructions.length * INSTRUCTION_BYTES))
  instructions.forEach(({ code, then = 0, otherwise = 0, value }, at) => {
    const offset = at * INSTRUCTION_BYTES
    bytes.setUint16(offset, code, true)
    bytes.setUint8(offset + 2, then)
    bytes.setUint8(offset + 3, otherwise)
    bytes.setUint32(offset + 4, value, true)
  })
  return new Uint8Array(bytes.buffer)
}

function ruleInstructions({ call, when = [] }: Rule): Instruction[] {
  // What is loaded for a condition is no call's number any more, so whoever comes here leaves with an answer.
  return onlyFor(call, [...when.flatMap(conditionInstructions), give(ALLOW)])
}

/** Goes on behind itself where the condition holds, else refuses. */
function conditionInstructions({ argument, half = 'low', mask, equals }: Condition): Instruction[] {
  return [
    load(ARGUMENTS_AT + argument * 8 + (half === 'high' ? 4 : 0)),
    ...(mask === undefined ? [] : [{ code: AND, value: mask }]),
    ...equals.map((value, at) => ({ code: JUMP_IF_EQUAL, then: equals.length - at, otherwise: 0, value })),
    give(ERROR | EPERM),
  ]
}

function onlyFor(call: number, instructions: Instruction[]): Instruction[] {
  return [{ code: JUMP_IF_EQUAL, then: 0, otherwise: instructions.length, value: call }, ...instructions]
}

const load = (offset: number): Instruction => ({ code: LOAD_WORD, value: offset })
const give = (value: number): Instruction => ({ code: RETURN, value })
