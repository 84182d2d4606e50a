import type { AnyNode } from 'acorn'
import { looksLikeTicker, rankName } from './list-names.ts'
import { tellsHits } from './tells-hits.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import { evaluateStatically } from '../static-value.ts'
import { calleeName, isIdentifier, literalText, propertyName, unwrap } from '../tree.ts'

/** Several lists of symbols that are written out within one value, each with what its author calls it. */
export interface Groups {
  /** In source order: where each stands, and the symbols that it holds. */
  lists: { name: string; value: AnyNode; values: string[] }[]
  /** The name that holds them all, null for a property of something. */
  binding: Binding | null
  /** Whether a name says that they are symbols; else only their use does. */
  isNamed: boolean
}

/** A list that stands in a group: under a key of it, or alone. */
interface Member {
  key: string | null
  value: AnyNode
  values: string[]
}

/** Groups of one value; more are data. */
const MOST_GROUPS = 500

/**
 * The groups that a declaration, a property or an assignment gives a name; null where it gives none, or anything but groups.
 * @param follow how many names may still be followed through the file to tell what they hold
 */
export function groupsAt(scoped: ScopedProgram, node: AnyNode, follow: { left: number }): Groups | null {
  const held = heldAt(scoped, node)
  if (held === null) return null
  const lists = listsWithin(scoped, held.value)
  if (lists === null || lists.reduce((count, { values }) => count + values.length, 0) < 2) return null
  const isNamed = rankName(held.name, 'symbols') !== null || lists.every(({ key }) => key !== null && rankName(key, 'symbols') !== null)
  if (!isNamed && (held.binding === null || follow.left-- <= 0 || !tellsHits(scoped, held.binding, true))) return null
  const nameOf = (key: string | null, at: number): string => `${held.name}[${at}]${key === null ? '' : `.${key}`}`
  return { lists: lists.map(({ key, value, values }, at) => ({ name: nameOf(key, at), value, values })), binding: held.binding, isNamed }
}

/** Whether a value is groups by its text alone, whatever it is used for. */
export const holdsGroups = (scoped: ScopedProgram, value: AnyNode): boolean => listsWithin(scoped, value) !== null

function heldAt(scoped: ScopedProgram, node: AnyNode): { name: string; value: AnyNode; binding: Binding | null } | null {
  if (node.type === 'VariableDeclarator') {
    const { id, init } = node
    return init && id.type === 'Identifier' ? { name: id.name, value: init, binding: scoped.bindingOf(id) } : null
  }
  if ((node.type === 'Property' || node.type === 'PropertyDefinition') && node.value && !node.computed) {
    const name = node.key.type === 'Identifier' || node.key.type === 'PrivateIdentifier' ? node.key.name : literalText(node.key)
    return name === null ? null : { name, value: node.value as AnyNode, binding: null }
  }
  if (node.type !== 'AssignmentExpression' || node.operator !== '=' || node.left.type !== 'MemberExpression') return null
  const name = propertyName(node.left)
  return name === null ? null : { name, value: node.right, binding: null }
}

/**
 * The lists of groups that are the elements of a list, the entries of a Map, or the values of an object; null where any of them is
 * something else.
 */
function listsWithin(scoped: ScopedProgram, value: AnyNode): Member[] | null {
  const groups = groupNodes(value)
  if (groups.length === 0 || groups.length > MOST_GROUPS) return null
  const found = groups.map((group) => membersOf(scoped, group))
  const keys = found[0]!.map(({ key }) => key).filter((key) => found.every((members) => members.some((member) => member.key === key)))
  // Where groups hold several lists in upper case, a name must say which of them the symbols are.
  const named = keys.length > 1 ? keys.filter((key) => key !== null && rankName(key, 'symbols') !== null) : keys
  return named.length === 1 ? found.map((members) => members.find(({ key }) => key === named[0])!) : null
}

function groupNodes(value: AnyNode): AnyNode[] {
  const inner = unwrap(value)
  if (inner.type === 'CallExpression' || inner.type === 'NewExpression') {
    const wraps = inner.type === 'CallExpression' ? calleeName(inner) === 'Object.freeze' : isIdentifier(inner.callee, 'Map')
    return wraps && inner.arguments[0] ? groupNodes(inner.arguments[0] as AnyNode) : []
  }
  if (inner.type === 'ArrayExpression') return inner.elements.every((element) => element !== null) ? (inner.elements as AnyNode[]) : []
  if (inner.type !== 'ObjectExpression') return []
  return inner.properties.map((property) => (property.type === 'Property' ? (property.value as AnyNode) : property))
}

function membersOf(scoped: ScopedProgram, group: AnyNode): Member[] {
  const inner = unfrozen(group)
  const alone = symbolsOf(scoped, inner)
  if (alone !== null) return [{ key: null, value: inner, values: alone }]
  // `['tech', ['AAPL', 'MSFT']]`, an entry of a Map.
  const isPair = inner.type === 'ArrayExpression' && inner.elements.length === 2 && literalText(inner.elements[0]) !== null
  const parts: { key: string | null; value: AnyNode }[] = isPair ? [{ key: null, value: inner.elements[1] as AnyNode }] : propertiesOf(inner)
  return parts.flatMap(({ key, value }) => {
    const list = unfrozen(value)
    const values = symbolsOf(scoped, list)
    if (values !== null) return [{ key, value: list, values }]
    return inner.type === 'ArrayExpression' ? propertiesOf(list).flatMap((part) => memberOf(scoped, part)) : []
  })
}

function memberOf(scoped: ScopedProgram, { key, value }: { key: string; value: AnyNode }): Member[] {
  const list = unfrozen(value)
  const values = symbolsOf(scoped, list)
  return values === null ? [] : [{ key, value: list, values }]
}

function propertiesOf(node: AnyNode): { key: string; value: AnyNode }[] {
  if (node.type !== 'ObjectExpression') return []
  return node.properties.flatMap((property) => {
    if (property.type !== 'Property' || property.computed) return []
    const key = property.key.type === 'Identifier' ? property.key.name : literalText(property.key)
    return key === null ? [] : [{ key, value: property.value as AnyNode }]
  })
}

/** A list that is frozen is replaced inside of what freezes it. */
function unfrozen(node: AnyNode): AnyNode {
  const inner = unwrap(node)
  return inner.type === 'CallExpression' && calleeName(inner) === 'Object.freeze' && inner.arguments[0] ? unfrozen(inner.arguments[0] as AnyNode) : inner
}

/** What a list that is written out holds, where that is symbols throughout. */
function symbolsOf(scoped: ScopedProgram, node: AnyNode): string[] | null {
  if (node.type !== 'ArrayExpression') return null
  const found = evaluateStatically(node, scoped)
  if (found.kind !== 'list' || found.items.length === 0) return null
  const texts = found.items.map((item) => (item.kind === 'text' ? item.text.trim() : ''))
  return texts.every(looksLikeTicker) ? texts : null
}
