import type { AnyNode, CallExpression, Node } from 'acorn'
import { isList, type Flow } from './facts.ts'
import { isCounting } from './names.ts'
import type { ScopedProgram } from '../scope.ts'
import { calleeName, isIdentifier, propertyName, unwrap } from '../tree.ts'

const SLEEP = /(^|\.)(sleep|delay|wait|pause|throttle|rateLimit|setTimeout)\w*$/i
const TALK = /^(console\.\w+|process\.std(out|err)\.\w+|(\w+\.)?(log|logger|print|debug|info|warn|progress|spinner|bar)\w*(\.\w+)*)$/

/** A call that only talks or waits: console, progress, sleeps. */
export function isQuietCall(node: CallExpression): boolean {
  const name = calleeName(node) ?? ''
  return TALK.test(name) || SLEEP.test(name)
}

/** True for code that no row can depend on: messages, waits and the counting for them. */
export function isQuiet(node: Node | null | undefined, scoped: ScopedProgram, flow: Flow): boolean {
  if (!node) return true
  const inner = node as AnyNode
  switch (inner.type) {
    case 'EmptyStatement':
      return true
    case 'BlockStatement':
      return inner.body.every((statement) => isQuiet(statement, scoped, flow))
    case 'IfStatement':
      return isQuiet(inner.consequent, scoped, flow) && isQuiet(inner.alternate, scoped, flow)
    case 'ExpressionStatement':
      return isQuietExpression(inner.expression, scoped, flow)
    case 'VariableDeclaration':
      return inner.declarations.every((declarator) => isIdentifier(declarator.id) && flow.bindingTaint(scoped.bindingOf(declarator.id) as never) === 'count')
    default:
      return false
  }
}

export function isQuietExpression(node: AnyNode, scoped: ScopedProgram, flow: Flow): boolean {
  const inner = unwrap(node)
  if (inner.type === 'CallExpression') return isQuietCall(inner) && !reportsHits(inner, flow)
  if (inner.type === 'NewExpression') return isIdentifier(inner.callee, 'Promise') && isSleep(inner.arguments[0] as AnyNode | undefined)
  if (inner.type === 'LogicalExpression') return isQuietExpression(inner.right, scoped, flow)
  const isCounter = (target: AnyNode) => {
    const binding = target.type === 'Identifier' ? scoped.bindingOf(target) : null
    return binding !== null && flow.bindingTaint(binding) === 'count'
  }
  if (inner.type === 'UpdateExpression') return isCounter(inner.argument)
  return inner.type === 'AssignmentExpression' && isCounting(inner) && isCounter(inner.left as AnyNode)
}

/** `console.table(hits)` and `console.log(JSON.stringify(hits))` are ways to report hits, and so more than talk. */
function reportsHits(call: CallExpression, flow: Flow): boolean {
  const isTable = calleeName(call) === 'console.table'
  return call.arguments.some((argument) => {
    const value = unwrap(argument as AnyNode)
    if (isTable) return isList(flow.taintOf(value))
    return value.type === 'CallExpression' && calleeName(value) === 'JSON.stringify' && value.arguments.some((part) => isList(flow.taintOf(part as AnyNode)))
  })
}

/** `r => setTimeout(r, 250)`. */
function isSleep(callback: AnyNode | undefined): boolean {
  if (callback?.type !== 'ArrowFunctionExpression' && callback?.type !== 'FunctionExpression') return false
  const body = callback.body.type === 'BlockStatement' ? callback.body.body : [callback.body]
  return body.length === 1 && body.every((part) => {
    const call = part?.type === 'ExpressionStatement' ? unwrap(part.expression) : part ? unwrap(part as AnyNode) : null
    return call?.type === 'CallExpression' && calleeName(call) === 'setTimeout'
  })
}

/** True inside the arguments of a call that only talks or waits. */
export function isInsideQuietCall(node: AnyNode, scoped: ScopedProgram): boolean {
  for (let current: AnyNode = node, parent = scoped.parentOf(node); parent; current = parent, parent = scoped.parentOf(parent)) {
    if (parent.type === 'CallExpression' && parent.callee !== current && isQuietCall(parent)) return true
    if (parent.type.endsWith('Statement') || parent.type.endsWith('Declaration') || parent.type.includes('Function')) return false
  }
  return false
}

/** `x.length === 0`, `!x.length`, `x.length > 0`, `x.length`: whether a test asks for empty or not empty, else null. */
export function emptinessOf(test: AnyNode): 'empty' | 'filled' | null {
  const node = unwrap(test)
  const isLength = (part: AnyNode) => ['length', 'size'].includes(propertyName(unwrap(part)) ?? '')
  if (isLength(node)) return 'filled'
  if (node.type === 'UnaryExpression' && node.operator === '!') return isLength(node.argument) ? 'empty' : null
  if (node.type !== 'BinaryExpression' || !isLength(node.left as AnyNode) || node.right.type !== 'Literal') return null
  const { value } = node.right
  if (value === 0 && ['===', '=='].includes(node.operator)) return 'empty'
  if (value === 0 && ['>', '!==', '!='].includes(node.operator)) return 'filled'
  if (value === 1) return node.operator === '<' ? 'empty' : node.operator === '>=' ? 'filled' : null
  return null
}

/** A branch that says there is nothing and leaves: messages, `return`, `return []`, `return results`. */
export function leavesQuietly(node: Node | null | undefined, scoped: ScopedProgram, flow: Flow): boolean {
  if (!node) return true
  const statements = (node as AnyNode).type === 'BlockStatement' ? (node as Extract<AnyNode, { type: 'BlockStatement' }>).body : [node as AnyNode]
  return statements.every((statement) => {
    if (statement.type !== 'ReturnStatement') return isQuiet(statement, scoped, flow)
    const value = statement.argument ? unwrap(statement.argument) : null
    return value === null || (value.type === 'ArrayExpression' && value.elements.length === 0) || value.type === 'Literal' || (value.type === 'Identifier' && flow.taintOf(value) === 'list')
  })
}
