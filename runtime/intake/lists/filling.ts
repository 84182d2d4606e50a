import type { AnyNode } from 'acorn'
import { functionOf } from '../function-of.ts'
import { looksLikeTicker } from './list-names.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import { isFunction, propertyName, unwrap, walk } from '../tree.ts'

const ADDING = /^(push|unshift|add|set|splice)$/
const CONSUMING = /^(map|forEach|filter|flatMap|reduce|entries|values|keys|some|every|shift|pop)$/

/** Whether a top-level statement adds to a list, itself or by a function of the file that it calls; one that works through the list does other things. */
export function fills(scoped: ScopedProgram, statement: AnyNode, binding: Binding, known = new Map<AnyNode, boolean>()): boolean {
  if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') return false
  if (addsTo(scoped, statement, binding)) return true
  const called = calledFunction(scoped, statement)?.body as AnyNode | undefined
  if (called === undefined) return false
  const adds = known.get(called) ?? addsTo(scoped, called, binding)
  known.set(called, adds)
  return adds
}

function calledFunction(scoped: ScopedProgram, statement: AnyNode): ReturnType<typeof functionOf> {
  const call = statement.type === 'ExpressionStatement' ? unwrap(statement.expression) : null
  const callee = call?.type === 'CallExpression' ? unwrap(call.callee) : null
  return callee?.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(callee)) : null
}

function addsTo(scoped: ScopedProgram, root: AnyNode, binding: Binding): boolean {
  let adds = false
  let consumes = false
  walk(root, (node, parent) => {
    // A function that is handed to a call, or called at once, runs with the statement; any other runs when it is called.
    if (isFunction(node) && node !== root && parent?.type !== 'CallExpression' && parent?.type !== 'ParenthesizedExpression') return false
    if (node.type !== 'Identifier' || scoped.bindingOf(node) !== binding) return true
    const use = scoped.parentOf(node)
    if (use?.type === 'ForOfStatement' || use?.type === 'ForInStatement') consumes ||= use.right === node
    if (use?.type !== 'MemberExpression' || use.object !== node) return true
    const name = propertyName(use) ?? ''
    const around = scoped.parentOf(use)
    adds ||= (around?.type === 'CallExpression' && ADDING.test(name)) || (around?.type === 'AssignmentExpression' && around.left === use && (use.computed || looksLikeTicker(name)))
    consumes ||= CONSUMING.test(name)
    return true
  })
  return adds && !consumes
}
