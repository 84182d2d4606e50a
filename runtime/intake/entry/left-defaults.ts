import type { AnyNode } from 'acorn'
import { functionOf } from '../function-of.ts'
import { looksLikeTicker } from '../lists/list-names.ts'
import { isNested, SCAN_KEYS } from '../lists/nested-lists.ts'
import type { ScopedProgram } from '../scope.ts'
import { evaluateStatically } from '../static-value.ts'
import { isIdentifier, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'

const MAX_CALLS = 3

/** Whether a parameter has a default that is neither a list of symbols nor one of dates, so that only the default can stand there. */
export function isLeftToDefault(scoped: ScopedProgram, param: AnyNode): boolean {
  if (param.type !== 'AssignmentPattern') return false
  return isNested(scoped, param.right) || (param.left.type === 'ObjectPattern' && takesNestedMember(scoped, param.left))
}

/** Whether the first parameter has a list of symbols as its default, whatever its name: it takes them all, and not one. */
export function takesListByDefault(scoped: ScopedProgram, { params: [first] }: FunctionNode): boolean {
  const found = first?.type === 'AssignmentPattern' ? evaluateStatically(first.right as AnyNode, scoped) : null
  return found?.kind === 'list' && found.items.length > 0 && found.items.every((item) => item.kind === 'text' && looksLikeTicker(item.text))
}

/** `({ lists = [TECH, AUTOS] } = {})`. */
function takesNestedMember(scoped: ScopedProgram, { properties }: Extract<AnyNode, { type: 'ObjectPattern' }>): boolean {
  const members = properties.filter((property) => property.type === 'Property')
  if (members.some(({ key }) => key.type === 'Identifier' && SCAN_KEYS.test(key.name))) return false
  return members.some(({ value }) => value.type === 'AssignmentPattern' && isNested(scoped, value.right as AnyNode))
}

/** Whether what a function is called with comes first to such a parameter: its own, or that of one to which it hands on what it takes. */
export function leavesFirst(scoped: ScopedProgram, entry: FunctionNode, depth = 0): boolean {
  const [first] = entry.params as AnyNode[]
  if (first !== undefined && isLeftToDefault(scoped, first)) return true
  if (depth >= MAX_CALLS || (first !== undefined && first.type !== 'Identifier' && first.type !== 'RestElement')) return false
  let leaves = false
  walk(entry.body, (node) => {
    if (leaves || node.type !== 'CallExpression') return !leaves
    const called = handedOnTo(scoped, node, first)
    leaves = called !== null && called !== entry && leavesFirst(scoped, called, depth + 1)
    return !leaves
  })
  return leaves
}

/** The function that a call hands the first of what was taken: `scan(first)`, `scan(...all)`, `scan.call(this, first)`, `scan.apply(this, arguments)`. */
function handedOnTo(scoped: ScopedProgram, call: Extract<AnyNode, { type: 'CallExpression' }>, first: AnyNode | undefined): FunctionNode | null {
  const callee = unwrap(call.callee as AnyNode)
  const method = callee.type === 'MemberExpression' ? propertyName(callee) : null
  const named = callee.type === 'MemberExpression' && (method === 'apply' || method === 'call') ? unwrap(callee.object as AnyNode) : callee
  if (named.type !== 'Identifier') return null
  const handed = call.arguments[named === callee ? 0 : 1] as AnyNode | undefined
  if (handed === undefined) return null
  const isAll = method === 'apply' || handed.type === 'SpreadElement'
  const value = unwrap(handed.type === 'SpreadElement' ? (handed.argument as AnyNode) : handed)
  const isHandedOn = isAll ? isIdentifier(value, 'arguments') || isSame(scoped, value, first?.type === 'RestElement' ? (first.argument as AnyNode) : undefined) : isSame(scoped, value, first?.type === 'Identifier' ? first : undefined)
  return isHandedOn ? functionOf(scoped, scoped.bindingOf(named)) : null
}

function isSame(scoped: ScopedProgram, value: AnyNode, param: AnyNode | undefined): boolean {
  const binding = param === undefined || value.type !== 'Identifier' ? null : scoped.bindingOf(value)
  return binding !== null && binding === scoped.bindingOf(param!)
}
