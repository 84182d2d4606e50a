import type { AnyNode } from 'acorn'
import { rankName, type ListRole } from '../lists/list-names.ts'
import { SCAN_KEYS } from '../lists/nested-lists.ts'
import type { TakenLists } from '../plan.ts'
import type { ScopedProgram } from '../scope.ts'
import { functionOf } from '../function-of.ts'
import { dottedName, isFunction, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'
import { isLeftToDefault, leavesFirst } from './left-defaults.ts'

/** Names of parameters that are handed settings, a request or tools, and no list. */
const NO_LIST = /^(opts?|options?|config|conf|cfg|settings?|params?|parameters|env|event|ctx|context|req|request|res|response|callback|cb|done|next|log|logger|client|http|fetcher|deps)$/i
/** Names by which a scan takes its symbol and its bars, read or not. */
const SCAN_NAMES = /^(sym|symbol|ticker|stock|name|bars?|candles|history|prices|quotes|series|data)$/i

/**
 * Which lists of the run a function takes that goes through them, in the order of its parameters; those that it does not surely take
 * come to it by its own lists, in whose place they are put. Without parameters to be seen it is called with both. What has a default of lists
 * of lists, or of groups of them, is left to that.
 */
export function takenLists(scoped: ScopedProgram, entry: FunctionNode | null): TakenLists {
  const isFirstLeft = entry !== null && leavesFirst(scoped, entry)
  if (isFirstLeft && (entry.params.length === 0 || entry.params[0]?.type === 'RestElement')) return { order: [], replaced: ['symbols', 'dates'] }
  if (entry === null || (readsArguments(scoped, entry) && !isFirstLeft)) return { order: ['symbols', 'dates'], replaced: ['symbols', 'dates'] }
  const order: (ListRole | null)[] = []
  const sure = new Set<ListRole>()
  for (const [index, param] of entry.params.slice(0, 2).entries()) {
    const inner = (param.type === 'AssignmentPattern' ? param.left : param) as AnyNode
    const byPlace = index === 0 ? 'symbols' : 'dates'
    if (inner.type === 'RestElement') {
      order.push(...(['symbols', 'dates'] as const).slice(index))
      break
    }
    const named = inner.type === 'Identifier' ? namedRole(inner.name) : null
    const isLeft = (index === 0 && isFirstLeft) || isLeftToDefault(scoped, param as AnyNode)
    const isNone = isLeft || inner.type === 'ObjectPattern' || (inner.type === 'Identifier' && named === null && (isUnused(scoped, inner) || NO_LIST.test(inner.name)))
    const role = isNone ? null : (named ?? byPlace)
    order.push(role)
    if (role !== null && named !== null && !isUnused(scoped, inner)) sure.add(role)
  }
  return { order, replaced: (['symbols', 'dates'] as const).filter((role) => !sure.has(role)) }
}

/** The same of a function that another is made of: what it takes may come from there, so that its lists are replaced in any case, and it is called without what it has no use for. */
export function takenByWrapped(scoped: ScopedProgram, inner: FunctionNode): TakenLists {
  const { order } = takenLists(scoped, inner)
  return { order: order.slice(0, order.findLastIndex((role) => role !== null) + 1), replaced: ['symbols', 'dates'] }
}

/** Whether a function takes something, as a scan of one symbol does, and reads none of it. */
export function passesOverItsSymbol(scoped: ScopedProgram, entry: FunctionNode): boolean {
  if (entry.params.length === 0 || readsArguments(scoped, entry) || readsOwnBars(entry)) return false
  return entry.params.every((param) => param.type === 'Identifier' && isUnused(scoped, param))
}

const MAKES_LIST = /^(filter|map|flatMap|sort|toSorted|slice|reverse|toReversed|concat|flat)$/
const HOLDS_HITS = /^(hits|results|matches|signals|alerts|candidates|picks)$/
const MAX_CALLS = 3

/** Whether what a function returns is surely a list, or an object with one: the hits of many symbols, and not the verdict on one. */
export function givesList(scoped: ScopedProgram, entry: FunctionNode, depth = 0): boolean {
  if (entry.body.type !== 'BlockStatement') return isList(scoped, entry.body, depth)
  const given: AnyNode[] = []
  walk(entry.body, (node) => {
    if (node.type === 'ReturnStatement' && node.argument) given.push(node.argument)
    return !isFunction(node)
  })
  const telling = given.map(unwrap).filter((node) => !(node.type === 'Literal' && node.value === null) && !(node.type === 'Identifier' && node.name === 'undefined'))
  return telling.length > 0 && telling.every((node) => isList(scoped, node, depth))
}

function isList(scoped: ScopedProgram, given: AnyNode, depth: number): boolean {
  const node = unwrap(given)
  if (depth > MAX_CALLS) return false
  if (node.type === 'ArrayExpression') return true
  if (node.type === 'AwaitExpression') return isList(scoped, node.argument, depth)
  if (node.type === 'ObjectExpression') return node.properties.some((property) => property.type === 'Property' && property.key.type === 'Identifier' && HOLDS_HITS.test(property.key.name))
  if (node.type === 'Identifier') {
    const declaration = scoped.bindingOf(node)?.declaration
    return declaration?.type === 'VariableDeclarator' && declaration.id === scoped.bindingOf(node)?.identifier && declaration.init ? isList(scoped, declaration.init, depth + 1) : false
  }
  if (node.type !== 'CallExpression') return false
  const callee = unwrap(node.callee as AnyNode)
  if (callee.type === 'MemberExpression') return MAKES_LIST.test(propertyName(callee) ?? '') || /^Promise\.all/.test(dottedName(callee) ?? '')
  const called = callee.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(callee)) : null
  return called !== null && givesList(scoped, called, depth + 1)
}

/** Whether nothing that a function takes is one symbol or its bars: it has no parameters, takes settings, or reads none of what it takes under other names. */
export function takesNoSymbol(scoped: ScopedProgram, entry: FunctionNode): boolean {
  if (readsArguments(scoped, entry) || readsOwnBars(entry)) return false
  return entry.params.every((param, index) => {
    const inner = (param.type === 'AssignmentPattern' ? param.left : param) as AnyNode
    if (inner.type === 'Identifier') return (isUnused(scoped, inner) && !SCAN_NAMES.test(inner.name)) || (index === 0 && NO_LIST.test(inner.name))
    const keys = inner.type === 'ObjectPattern' && index === 0 && param.type === 'AssignmentPattern' ? inner.properties : null
    return keys !== null && !keys.some((property) => property.type === 'RestElement' || (property.key.type === 'Identifier' && SCAN_KEYS.test(property.key.name)))
  })
}

function namedRole(name: string): ListRole | null {
  return rankName(name, 'dates') !== null ? 'dates' : rankName(name, 'symbols') !== null ? 'symbols' : null
}

const isUnused = (scoped: ScopedProgram, identifier: AnyNode): boolean => scoped.bindingOf(identifier)?.references.length === 0

/** Whether a function reads its `arguments`, arrows within it included. */
function readsArguments(scoped: ScopedProgram, entry: FunctionNode): boolean {
  if (entry.type === 'ArrowFunctionExpression') return false
  return scoped.globals.some((global) => global.name === 'arguments' && ownerOfArguments(scoped, global) === entry)
}

function ownerOfArguments(scoped: ScopedProgram, node: AnyNode): FunctionNode | null {
  let around = scoped.functionAround(node)
  while (around?.type === 'ArrowFunctionExpression') around = scoped.functionAround(around)
  return around
}

/** A method that has its bars from its object is called for one symbol at a time. */
function readsOwnBars(entry: FunctionNode): boolean {
  let reads = false
  walk(entry, (node) => {
    if (node.type === 'MemberExpression' && node.object.type === 'ThisExpression' && propertyName(node) === 'bars') reads = true
    return !reads
  })
  return reads
}
