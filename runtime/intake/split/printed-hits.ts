import type { AnyNode, CallExpression } from 'acorn'
import type { FoundPattern } from '../entry/pattern.ts'
import { functionOf } from '../function-of.ts'
import { FILE_WRITES } from '../hazards.ts'
import type { ScopedProgram } from '../scope.ts'
import { calleeName, isFunction, isIdentifier, propertyName, unwrap, walk } from '../tree.ts'

const PRINTING = /^(console\.(log|info)|process\.stdout\.write)$/
const GATHERING = /^(push|unshift|add|set)$/
const SYMBOL_FIELD = /^(symbol|ticker|sym)$/i
const SYMBOL_NAME = /^(s|t|sym|symbol|ticker|name)$/i

/**
 * The first call that prints an object which may be a hit, in a file that reports hits in no other way: it returns none from its start,
 * gathers none at its top level, prints no table and writes no file. Null in any other file, where such an object is a message.
 */
export function findPrintedHits(scoped: ScopedProgram, { pattern, entryFunction }: FoundPattern): CallExpression | null {
  if (pattern !== 'script' && pattern !== 'main') return null
  let printed: CallExpression | null = null
  let reports = entryFunction !== null && returnsValue(entryFunction.body)
  walk(scoped.program, (node) => {
    if (node.type === 'YieldExpression') reports = true
    else if (node.type === 'CallExpression') {
      reports ||= reportsOtherwise(scoped, node)
      if (PRINTING.test(calleeName(node) ?? '') && node.arguments.length === 1 && mayBeHit(scoped, node.arguments[0] as AnyNode)) printed ??= node
    }
    return !reports
  })
  return reports ? null : printed
}

function reportsOtherwise(scoped: ScopedProgram, node: CallExpression): boolean {
  const name = calleeName(node) ?? ''
  if (name === 'console.table' || FILE_WRITES.test(name)) return true
  const callee = unwrap(node.callee)
  if (callee.type !== 'MemberExpression' || !GATHERING.test(propertyName(callee) ?? '')) return false
  const list = unwrap(callee.object)
  if (list.type !== 'Identifier' || scoped.top.bindings.get(list.name) !== scoped.bindingOf(list)) return false
  return node.arguments.some((part) => isSymbolName(part as AnyNode) || mayBeHit(scoped, part as AnyNode))
}

/** An object with a symbol, as it stands there, as JSON, or behind a name. */
function mayBeHit(scoped: ScopedProgram, node: AnyNode): boolean {
  const value = unwrap(node)
  if (value.type === 'ObjectExpression') return hasSymbol(value)
  if (value.type === 'BinaryExpression') return value.operator === '+' && isJson(unwrap(value.left as AnyNode)) && mayBeHit(scoped, value.left as AnyNode)
  if (isJson(value)) return value.arguments[0] !== undefined && mayBeHit(scoped, value.arguments[0] as AnyNode)
  if (value.type !== 'Identifier' || isSymbolName(value)) return false
  const declaration = scoped.bindingOf(value)?.declaration
  if (isFunction(declaration)) return goesThrough(scoped.parentOf(declaration))
  if (declaration?.type !== 'VariableDeclarator') return false
  if (!declaration.init) return scoped.parentOf(scoped.parentOf(declaration) ?? declaration)?.type === 'ForOfStatement'
  const init = unwrap(declaration.init)
  return init.type === 'ObjectExpression' ? hasSymbol(init) : givesSymbol(scoped, init.type === 'AwaitExpression' ? unwrap(init.argument) : init)
}

/** `hits.forEach((hit) => …)`; what a function of the script's own is called with may be any message. */
const goesThrough = (call: AnyNode | null): boolean => call?.type === 'CallExpression' && /^(forEach|map|flatMap)$/.test(propertyName(unwrap(call.callee)) ?? '')

/** Whether a call is of a function of the file that returns an object with a symbol. */
function givesSymbol(scoped: ScopedProgram, call: AnyNode): boolean {
  const called = call.type === 'CallExpression' && call.callee.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(call.callee)) : null
  let gives = false
  if (called !== null) {
    walk(called.body, (node) => {
      if (node.type === 'ObjectExpression' && hasSymbol(node)) gives = true
      return !gives
    })
  }
  return gives
}

function hasSymbol(node: Extract<AnyNode, { type: 'ObjectExpression' }>): boolean {
  return node.properties.some((property) => property.type === 'Property' && !property.computed && SYMBOL_FIELD.test(isIdentifier(property.key) ? property.key.name : property.key.type === 'Literal' ? String(property.key.value) : ''))
}

const isJson = (node: AnyNode): node is CallExpression => node.type === 'CallExpression' && calleeName(node) === 'JSON.stringify'
const isSymbolName = (node: AnyNode): boolean => node.type === 'Identifier' && SYMBOL_NAME.test(node.name)

/** Whether a function returns more than an end: a list, or what another function gives. */
function returnsValue(body: AnyNode): boolean {
  let returns = false
  walk(body, (node) => {
    if (isFunction(node) && node !== body) return false
    if (node.type !== 'ReturnStatement' || !node.argument) return !returns
    const value = unwrap(node.argument)
    const isEnd = value.type === 'Literal' || isIdentifier(value, 'undefined') || (value.type === 'CallExpression' && /^(Promise\.\w+|console\.\w+|process\.exit)$/.test(calleeName(value) ?? ''))
    returns ||= !isEnd
    return !returns
  })
  return returns
}
