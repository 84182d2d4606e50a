import type { AnyNode, CallExpression, ClassDeclaration } from 'acorn'
import { functionOf } from '../function-of.ts'
import { START_NAME } from './main-call.ts'
import type { FoundPattern } from './pattern.ts'
import type { StartCall } from '../plan.ts'
import type { ScopedProgram } from '../scope.ts'
import type { Structure } from '../structure.ts'
import { isFunction, patternIdentifiers, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'

/** What picks some elements of a list. */
const PICKING = /^(filter|find|findLast|reduce|reduceRight|flatMap|splice|shift|pop)$/
const PASSING = /^(catch|finally)$/
const LOOPS = ['ForStatement', 'ForOfStatement', 'ForInStatement', 'WhileStatement', 'DoWhileStatement']
const MAX_DEPTH = 3

interface Call {
  name: string
  call: CallExpression
  /** Where the name stands. */
  at: number
  /** The class of the object whose method is called. */
  owner: ClassDeclaration | null
}

/**
 * The call in a script's start whose value is what the script found, whatever is printed of it afterwards: that of its `main`, or of a
 * function or method named like a start, once and outside of loops. Null where there is none, and where what comes after picks some of that value:
 * the rest may be no hits.
 */
export function findStartCall(scoped: ScopedProgram, { pieceNodes }: Structure, { pattern, mainCall }: FoundPattern): StartCall | null {
  if (pattern !== 'script' || mainCall === null) return null
  const inline = mainCall.functionName === null && isFunction(mainCall.target) ? mainCall.target : null
  const calls = startCallsIn(scoped, mainCall.node, inline)
  const named = calls.filter(({ name }) => name === 'main')
  const [found, another] = named.length > 0 ? named : calls.filter(({ name }) => calls.length === 1 || !/^init/i.test(name))
  if (found === undefined || another !== undefined || isStatement(mainCall.node, found.call) || isPicked(scoped, found.call, 0)) return null
  const alias = aliasOf(scoped, found.name)
  if (alias === null) return null
  const { at: start, name, owner } = found
  return { start, name, alias, ...(owner !== null && { owner: { className: owner.id.name, pieceIndex: pieceNodes.indexOf(owner) } }) }
}

/** Whether a statement is a call and nothing besides: what that comes to is the statement's own value. */
function isStatement(statement: AnyNode, call: AnyNode): boolean {
  return statement.type === 'ExpressionStatement' && statement.expression.type !== 'UnaryExpression' && unwrap(statement.expression) === call
}

function startCallsIn(scoped: ScopedProgram, statement: AnyNode, inline: FunctionNode | null): Call[] {
  const calls: Call[] = []
  walk(statement, (node) => {
    if (isFunction(node) && node !== inline) return false
    const around = scoped.parentOf(node)
    // What a loop goes through is worked out once.
    if (around !== null && LOOPS.includes(around.type) && !(around.type === 'ForOfStatement' && around.right === node)) return false
    if (node.type !== 'CallExpression') return true
    const { callee } = node
    if (callee.type === 'MemberExpression') {
      const name = callee.computed || callee.optional ? '' : (propertyName(callee) ?? '')
      const owner = START_NAME.test(name) ? classOf(scoped, callee.object) : null
      if (owner !== null) calls.push({ name, call: node, at: callee.property.start, owner })
    } else if (callee.type === 'Identifier' && START_NAME.test(callee.name)) {
      const binding = scoped.bindingOf(callee)
      if (binding !== null && binding.scope === scoped.top && functionOf(scoped, binding) !== null) calls.push({ name: binding.name, call: node, at: callee.start, owner: null })
    }
    return true
  })
  return calls
}

/** The class at the top level of which an object is made, there or where its name is declared; null for any other object. */
function classOf(scoped: ScopedProgram, object: AnyNode): ClassDeclaration | null {
  const made = unwrap(object)
  const declared = made.type === 'Identifier' ? scoped.bindingOf(made)?.declaration : null
  const init = declared?.type === 'VariableDeclarator' && declared.init ? unwrap(declared.init) : made
  if (init.type !== 'NewExpression' || init.callee.type !== 'Identifier') return null
  const binding = scoped.bindingOf(init.callee)
  return binding?.scope === scoped.top && binding.declaration.type === 'ClassDeclaration' && binding.declaration.id !== null ? (binding.declaration as ClassDeclaration) : null
}

/** Whether what is done with the value of an expression, a list or a promise of one, takes some of its elements only. */
function isPicked(scoped: ScopedProgram, value: AnyNode, depth: number): boolean {
  const user = scoped.parentOf(value)
  if (user === null || depth > MAX_DEPTH) return false
  switch (user.type) {
    case 'AwaitExpression':
    case 'ParenthesizedExpression':
      return isPicked(scoped, user, depth)
    case 'VariableDeclarator':
      return user.init === value && patternIdentifiers(user.id).some((identifier) => isPickedByName(scoped, identifier, depth + 1))
    case 'ForOfStatement':
      return user.right === value && hasTest(user.body as AnyNode)
    case 'CallExpression': {
      const place = user.arguments.indexOf(value as never)
      return place !== -1 && isPickedByFunction(scoped, user.callee as AnyNode, place, depth + 1)
    }
    case 'MemberExpression': {
      const call = user.object === value ? scoped.parentOf(user) : null
      return call?.type === 'CallExpression' && call.callee === user && isPickedByMethod(scoped, call, propertyName(user) ?? '', depth)
    }
    default:
      return false
  }
}

function isPickedByMethod(scoped: ScopedProgram, call: CallExpression, method: string, depth: number): boolean {
  if (PICKING.test(method)) return true
  const [given] = call.arguments as AnyNode[]
  if (method === 'then') return given !== undefined && isPickedByFunction(scoped, given, 0, depth + 1)
  if (method === 'forEach' || method === 'map') return given !== undefined && isFunction(unwrap(given)) && hasTest((unwrap(given) as FunctionNode).body as AnyNode)
  // What is sorted, cut for display or handed on is the list still.
  return (PASSING.test(method) || /^(sort|toSorted|slice|reverse|toReversed|concat)$/.test(method)) && isPicked(scoped, call, depth + 1)
}

function isPickedByFunction(scoped: ScopedProgram, callee: AnyNode, place: number, depth: number): boolean {
  const inner = unwrap(callee)
  const called = isFunction(inner) ? inner : inner.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(inner)) : null
  const param = called?.params[place]
  return param !== undefined && patternIdentifiers(param).some((identifier) => isPickedByName(scoped, identifier, depth))
}

function isPickedByName(scoped: ScopedProgram, identifier: AnyNode, depth: number): boolean {
  return (scoped.bindingOf(identifier)?.references ?? []).some((use) => isPicked(scoped, use, depth))
}

/** Whether a loop's body does something for some elements only. */
function hasTest(body: AnyNode): boolean {
  let tests = false
  walk(body, (node) => {
    if (node.type === 'IfStatement' || node.type === 'ContinueStatement' || node.type === 'BreakStatement') tests = true
    if (node.type === 'ExpressionStatement' && ['LogicalExpression', 'ConditionalExpression'].includes(unwrap(node.expression).type)) tests = true
    return !tests
  })
  return tests || ['LogicalExpression', 'ConditionalExpression'].includes(unwrap(body).type)
}

/** A name of the same length that the file has not. */
function aliasOf(scoped: ScopedProgram, name: string): string | null {
  const taken = new Set<string>()
  walk(scoped.program, (node) => {
    if (node.type === 'Identifier') taken.add(node.name)
  })
  const candidates = ['$', '_', '$$', '_$', '$_', '__'].filter((start) => start.length <= name.length).map((start) => start + name.slice(start.length))
  return candidates.find((candidate) => !taken.has(candidate)) ?? null
}
