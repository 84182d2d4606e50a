import type { AnyNode } from 'acorn'
import type { LineIndex } from '../lines.ts'
import { rankName, type ListRole } from './list-names.ts'
import type { FoundLists } from './lists.ts'
import { findMemberList } from './member-lists.ts'
import type { FoundPattern } from '../entry/pattern.ts'
import type { ScopedProgram } from '../scope.ts'
import { isWritten } from '../static-value.ts'
import type { Structure } from '../structure.ts'
import { propertyName, unwrap } from '../tree.ts'

/** What is named as a list of the run and is not taken as one, since it is known only in the midst of a run. */
export interface UnreadList {
  role: ListRole
  name: string
  offset: number
  /** In words that follow a colon. */
  why: string
}

/** Lists that nobody reads before a run: whoever wrote them expects them to count. At most one for each role that has no other. */
export function findUnreadLists(scoped: ScopedProgram, structure: Structure, lists: FoundLists, found: FoundPattern, lines: LineIndex, asModule: boolean): UnreadList[] {
  return (['symbols', 'dates'] as const).flatMap((role) => {
    const chosen = lists.chosen[role]
    if (role === 'symbols' && found.asked) return []
    // A CommonJS file that runs as one unit keeps its names to itself.
    const isHidden = structure.wholeReason !== null && !asModule && chosen?.staticValue === null
    if (chosen !== null) return isHidden ? [{ role, name: chosen.name, offset: chosen.initializerStart, why: `it is known only once it runs, and the file runs as one unit, since ${structure.wholeReason}` }] : []
    const unread = assignedLater(scoped, role) ?? computedMember(scoped, structure, lines, found, role) ?? computedDefault(found, role) ?? (role === 'dates' ? workedOutInside(scoped, found) : null)
    return unread === null ? [] : [{ role, ...unread }]
  })
}

type Found = Omit<UnreadList, 'role'> | null

function assignedLater(scoped: ScopedProgram, role: ListRole): Found {
  for (const binding of scoped.top.bindings.values()) {
    if (binding.declaration.type !== 'VariableDeclarator' || rankName(binding.name, role) !== 1) continue
    if (binding.references.some((use) => isWritten(scoped, use) && scoped.functionAround(use) !== null)) {
      return { name: binding.name, offset: binding.identifier.start, why: 'a function gives it its value, in the midst of the run' }
    }
  }
  return null
}

function computedMember(scoped: ScopedProgram, structure: Structure, lines: LineIndex, { pattern }: FoundPattern, role: ListRole): Found {
  if (pattern !== 'scan' && pattern !== 'default') return null
  const member = findMemberList(scoped, structure, lines, role)
  return member === null ? null : { name: member.declaration.name, offset: member.offset, why: 'it stands inside an object or a class, and what it holds is known only once it runs' }
}

function computedDefault({ entryFunction }: FoundPattern, role: ListRole): Found {
  for (const param of entryFunction?.params ?? []) {
    if (param.type !== 'AssignmentPattern' || param.left.type !== 'Identifier' || rankName(param.left.name, role) !== 1) continue
    if (computes(param.right as AnyNode)) return { name: param.left.name, offset: param.left.start, why: 'it is the default of a parameter, and what it holds is known only once it runs' }
  }
  return null
}

/** Dates that a script's start works out for itself and goes through. */
function workedOutInside(scoped: ScopedProgram, { pattern, entryFunction, taken }: FoundPattern): Found {
  const takesDates = taken?.order.includes('dates') === true
  if ((pattern !== 'script' && pattern !== 'main') || takesDates || entryFunction === null || entryFunction.body.type !== 'BlockStatement') return null
  for (const statement of entryFunction.body.body) {
    if (statement.type !== 'VariableDeclaration') continue
    for (const { id, init } of statement.declarations) {
      if (id.type !== 'Identifier' || !init || rankName(id.name, 'dates') !== 1 || !makesDates(scoped, init as AnyNode)) continue
      if (scoped.bindingOf(id) !== null && isGoneThrough(scoped, id as AnyNode)) return { name: id.name, offset: id.start, why: 'it is worked out inside a function, in the midst of the run' }
    }
  }
  return null
}

const computes = (node: AnyNode): boolean => ['CallExpression', 'AwaitExpression', 'NewExpression', 'ArrayExpression'].includes(node.type)

/** A call of a function of the file, or of `Array.from`: not what is taken out of an answer. */
function makesDates(scoped: ScopedProgram, init: AnyNode): boolean {
  const call = unwrap(init)
  if (call.type !== 'CallExpression') return false
  const callee = unwrap(call.callee)
  if (callee.type === 'Identifier') return scoped.bindingOf(callee) !== null
  return callee.type === 'MemberExpression' && callee.object.type === 'Identifier' && callee.object.name === 'Array' && propertyName(callee) === 'from'
}

function isGoneThrough(scoped: ScopedProgram, identifier: AnyNode): boolean {
  return (scoped.bindingOf(identifier)?.references ?? []).some((use) => {
    const parent = scoped.parentOf(use)
    if (parent?.type === 'ForOfStatement') return parent.right === use
    const isCalled = parent?.type === 'MemberExpression' && parent.object === use && scoped.parentOf(parent)?.type === 'CallExpression'
    return isCalled && /^(map|forEach|flatMap)$/.test(propertyName(parent) ?? '')
  })
}
