import type { AnyNode, CallExpression } from 'acorn'
import { isList, joinTaints, type FlowFacts, type Taint } from './facts.ts'
import { calleeName, propertyName, unwrap } from '../tree.ts'

export const ELEMENTWISE = new Set(['map', 'forEach', 'filter', 'flatMap'])
const KEEPING_LIST = new Set([...ELEMENTWISE, ...'concat flat entries keys values join then catch finally toString json text slice splice split trim replace replaceAll toUpperCase toLowerCase sort toSorted reverse toReversed toSpliced with'.split(' ')])
const CHUNKING = /chunk|batch|partition|slices/i

/** What an expression has to do with the list, given the same of its parts. */
export function evaluate(node: AnyNode, facts: FlowFacts): Taint | null {
  switch (node.type) {
    case 'AwaitExpression':
    case 'SpreadElement':
    case 'YieldExpression':
      return facts.of(node.argument)
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return facts.of(node.expression)
    case 'SequenceExpression':
      return facts.of(node.expressions.at(-1))
    case 'UnaryExpression':
      return facts.of(node.argument) === 'count' ? 'count' : null
    case 'UpdateExpression':
      return facts.of(node.argument)
    case 'TemplateLiteral':
      return joinTaints(...node.expressions.map(facts.of))
    case 'BinaryExpression': {
      const [left, right] = [facts.of(node.left), facts.of(node.right)]
      if (left === 'count' || right === 'count') return joinTaints('count', node.operator === '+' ? joinTaints(left, right) : null)
      return node.operator === '+' ? joinTaints(left, right) : null
    }
    case 'LogicalExpression':
      return joinTaints(facts.of(node.left), facts.of(node.right))
    case 'ConditionalExpression':
      return joinTaints(facts.of(node.consequent), facts.of(node.alternate), facts.of(node.test) === 'count' ? 'count' : null)
    case 'AssignmentExpression':
      return facts.of(node.right)
    case 'ArrayExpression':
      return node.elements.some((element) => isList(facts.of(element))) ? 'list' : null
    case 'ObjectExpression':
      return node.properties.some((property) => isList(facts.of(property.type === 'Property' ? property.value : property))) ? 'list' : null
    case 'MemberExpression':
      return evaluateMember(node, facts)
    case 'NewExpression':
      return node.arguments.some((argument) => isList(facts.of(argument))) ? 'list' : null
    case 'CallExpression':
      return evaluateCall(node, facts)
    default:
      return facts.of(node)
  }
}

function evaluateMember(node: Extract<AnyNode, { type: 'MemberExpression' }>, facts: FlowFacts): Taint | null {
  const object = facts.of(node.object)
  if (!isList(object)) return null
  const name = propertyName(node)
  if (name === 'length' || name === 'size') return 'count'
  return name !== null || object === 'chunks' ? 'list' : null
}

function evaluateCall(node: CallExpression, facts: FlowFacts): Taint | null {
  const callee = unwrap(node.callee)
  const name = calleeName(node) ?? ''
  const called = facts.localFunction(callee)
  const args = joinTaints(...node.arguments.map(facts.of))
  if (called) return joinTaints(facts.returned(called), isList(args) && CHUNKING.test(name) ? 'chunks' : null)
  if (callee.type === 'MemberExpression') {
    const receiver = facts.of(callee.object)
    const method = propertyName(callee) ?? ''
    if (receiver === 'count') return 'count'
    if (isList(receiver)) return methodResult(receiver, method, node, facts)
  }
  if (/^console\./.test(name)) return null
  if (isList(args)) return CHUNKING.test(name) ? 'chunks' : args
  return args === 'count' && /^(Math\.\w+|Number|parseInt|parseFloat|String)$/.test(name) ? 'count' : null
}

function methodResult(receiver: Taint, method: string, node: CallExpression, facts: FlowFacts): Taint | null {
  if (method === 'then') return joinTaints(facts.returned(facts.localFunction(node.arguments[0])), 'list')
  if (receiver === 'chunks' && ELEMENTWISE.has(method)) return method === 'flatMap' ? 'list' : (joinTaints(facts.returned(facts.localFunction(node.arguments[0])), 'list') as Taint)
  if (receiver === 'chunks' && method === 'flat') return 'list'
  if (receiver === 'chunks' && (method === 'shift' || method === 'pop' || method === 'at')) return 'list'
  if (KEEPING_LIST.has(method)) return receiver
  return ['push', 'unshift', 'indexOf', 'findIndex', 'lastIndexOf'].includes(method) ? 'count' : null
}
