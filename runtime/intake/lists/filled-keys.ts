import type { AnyNode } from 'acorn'
import type { Binding, ScopedProgram } from '../scope.ts'
import { calleeName, literalText, propertyName } from '../tree.ts'

/**
 * The keys that statements of the top level give an object or a Map one by one, as in `WATCH.AAPL = {}`, `WATCH['AAPL'] = 1` and
 * `watch.set('AAPL', 1)`, in order; null where there are none, or where anything else adds some or takes some away.
 */
export function filledKeys(scoped: ScopedProgram, binding: Binding): string[] | null {
  const keys: string[] = []
  for (const use of binding.references) {
    const change = changeAt(scoped, use)
    if (change === null) continue
    const statement = scoped.parentOf(change.node)
    const isAlone = statement?.type === 'ExpressionStatement' && scoped.parentOf(statement) === scoped.program
    if (!isAlone || change.key === null) return null
    keys.push(change.key)
  }
  return keys.length > 0 ? keys : null
}

/** Whether code outside of functions gives an object or a Map keys, of whatever kind. */
export function isFilled(scoped: ScopedProgram, binding: Binding): boolean {
  return binding.references.some((use) => scoped.functionAround(use) === null && changeAt(scoped, use) !== null)
}

interface Change {
  /** The assignment or the call. */
  node: AnyNode
  /** Null where the text does not tell it, and where keys are taken away. */
  key: string | null
}

/** What adds to a name's object or Map, or takes from it, at a use of the name; null where that does neither. */
function changeAt(scoped: ScopedProgram, use: AnyNode): Change | null {
  const member = scoped.parentOf(use)
  if (member?.type === 'CallExpression') return member.arguments[0] === use && /^Object\.(assign|definePropert)/.test(calleeName(member) ?? '') ? { node: member, key: null } : null
  const node = member?.type === 'MemberExpression' && member.object === use ? scoped.parentOf(member) : null
  if (member?.type !== 'MemberExpression' || node === null) return null
  if (node.type === 'AssignmentExpression' && node.left === member) return { node, key: node.operator === '=' ? propertyName(member) : null }
  if (node.type === 'UnaryExpression' && node.operator === 'delete') return { node, key: null }
  const method = node.type === 'CallExpression' && node.callee === member ? propertyName(member) : null
  if (node.type !== 'CallExpression' || method === null || !/^(set|delete|clear)$/.test(method)) return null
  return { node, key: method === 'set' ? literalText(node.arguments[0]) : null }
}
