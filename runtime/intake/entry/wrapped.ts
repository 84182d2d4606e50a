import type { AnyNode, CallExpression } from 'acorn'
import { functionOf } from '../function-of.ts'
import type { ScopedProgram } from '../scope.ts'
import type { Structure } from '../structure.ts'
import { isFunction, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'
import { memberValue, valueOf, type FoundPattern } from './pattern.ts'

/** What an entry that a call makes does its work with, as the function in `module.exports = withRetry(async () => …)`. */
export interface WrappedEntry {
  /** The call that makes the entry. */
  call: CallExpression
  /** The function that is handed to it, the one that is bound, or what a function of the file gives. */
  inner: FunctionNode
  /** Nothing that stands outside the file has a hand in it: a function that does may compare what the other gives. */
  isMadeHere: boolean
}

const MAX_DEPTH = 5
/** Names by which a function takes one symbol or its bars. */
const ONE_SYMBOL = /^(sym|symbol|ticker|stock|bars?|candles)$/i

/** The function behind an entry that the text shows as a call only; null where there is none, or where what the call gives takes one symbol. */
export function wrappedEntry(scoped: ScopedProgram, structure: Structure, { entry, entryFunction }: FoundPattern): WrappedEntry | null {
  if (entryFunction !== null || entry.export === null) return null
  const exported = valueOf(scoped, structure.exportedNodes.get(entry.export) ?? structure.commonjsNodes.get(entry.export) ?? null)
  const call = entry.member === null || exported?.type !== 'ObjectExpression' ? exported : valueOf(scoped, memberValue(exported, entry.member))
  const inner = call?.type === 'CallExpression' ? innerOf(scoped, call, 0) : null
  return inner === null ? null : { call: call as CallExpression, inner, isMadeHere: isMadeHere(scoped, call as CallExpression) }
}

function isMadeHere(scoped: ScopedProgram, call: CallExpression, depth = 0): boolean {
  const callee = unwrap(call.callee as AnyNode)
  const isBound = callee.type === 'MemberExpression' && propertyName(callee) === 'bind'
  if (!isBound && !isFunction(callee) && (callee.type !== 'Identifier' || functionOf(scoped, scoped.bindingOf(callee)) === null)) return false
  return [callee, ...call.arguments].every((part) => {
    const value = depth < MAX_DEPTH ? valueOf(scoped, part as AnyNode) : null
    return value?.type !== 'CallExpression' || isMadeHere(scoped, value, depth + 1)
  })
}

function innerOf(scoped: ScopedProgram, call: CallExpression, depth: number): FunctionNode | null {
  if (depth > MAX_DEPTH) return null
  const callee = unwrap(call.callee as AnyNode)
  if (callee.type === 'MemberExpression' && propertyName(callee) === 'bind') return functionAt(scoped, callee.object as AnyNode, depth)
  const maker = isFunction(callee) ? callee : callee.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(callee)) : null
  const made = maker === null ? null : returnedBy(scoped, maker)
  if (made !== null && takesOneSymbol(made)) return null
  for (const argument of call.arguments) {
    const handed = argument.type === 'SpreadElement' ? null : functionAt(scoped, argument as AnyNode, depth)
    if (handed !== null) return handed
  }
  return made
}

function functionAt(scoped: ScopedProgram, node: AnyNode, depth: number): FunctionNode | null {
  const value = valueOf(scoped, node)
  if (isFunction(value)) return value
  return value?.type === 'CallExpression' ? innerOf(scoped, value, depth + 1) : null
}

/** The function that a function gives: its only one. */
function returnedBy(scoped: ScopedProgram, maker: FunctionNode): FunctionNode | null {
  if (maker.body.type !== 'BlockStatement') {
    const value = localValue(scoped, maker.body)
    return isFunction(value) ? value : null
  }
  const given: (AnyNode | null)[] = []
  walk(maker.body, (node) => {
    if (node.type === 'ReturnStatement') given.push(node.argument ? localValue(scoped, node.argument) : null)
    return !isFunction(node)
  })
  const [only, another] = given
  return only !== undefined && only !== null && another === undefined && isFunction(only) ? only : null
}

/** What an expression is, or the function that its name stands for, wherever that is declared. */
function localValue(scoped: ScopedProgram, node: AnyNode): AnyNode | null {
  const inner = unwrap(node)
  return inner.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(inner)) : inner
}

const takesOneSymbol = ({ params: [first] }: FunctionNode): boolean => first?.type === 'Identifier' && ONE_SYMBOL.test(first.name)
