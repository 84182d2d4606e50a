import type { AnyNode } from 'acorn'
import type { Binding, ScopedProgram } from '../scope.ts'
import type { Flow } from './facts.ts'
import { isInsideQuietCall, isQuiet } from './quiet.ts'
import { calleeName, isFunction, isIdentifier, unwrap, walk } from '../tree.ts'

const CLOCK_READS = /^(Date\.now|(\w+\.)?performance\.now)$/
const MOST_NAMES = 3

/** True for a name that keeps the time of the last request, and is read for nothing but how long to wait: no row depends on it. */
export function isForPacing(scoped: ScopedProgram, flow: Flow, binding: Binding): boolean {
  return isReadForWaits(scoped, flow, binding, 0)
}

function isReadForWaits(scoped: ScopedProgram, flow: Flow, binding: Binding, depth: number): boolean {
  return depth < MOST_NAMES && binding.references.every((use) => !flow.inRegion(use) || isTimeSet(scoped, use) || isInsideQuietCall(use, scoped) || isForWait(scoped, flow, use, depth))
}

/** `last = Date.now()`. */
function isTimeSet(scoped: ScopedProgram, use: AnyNode): boolean {
  const parent = scoped.parentOf(use)
  if (parent?.type !== 'AssignmentExpression' || parent.left !== use || parent.operator !== '=') return false
  let isTime = false
  let isPlain = true
  walk(unwrap(parent.right), (node, above) => {
    if (node.type === 'CallExpression' && CLOCK_READS.test(calleeName(node) ?? '')) {
      isTime = true
      return false
    }
    const isPart = node.type === 'BinaryExpression' || node.type === 'Literal' || (isIdentifier(node) && above?.type === 'BinaryExpression' && isConstant(scoped, node))
    isPlain &&= isPart
    return isPlain
  })
  return isTime && isPlain
}

function isConstant(scoped: ScopedProgram, name: AnyNode): boolean {
  const declaration = scoped.bindingOf(name)?.declaration
  return declaration?.type === 'VariableDeclarator' && declaration.init?.type === 'Literal'
}

/** Whether a read ends in a condition for a wait, or in a local name that does. */
function isForWait(scoped: ScopedProgram, flow: Flow, use: AnyNode, depth: number): boolean {
  for (let node = use, parent = scoped.parentOf(use); parent; node = parent, parent = scoped.parentOf(parent)) {
    if (parent.type === 'IfStatement') return parent.test === node && isQuiet(parent.consequent, scoped, flow) && isQuiet(parent.alternate, scoped, flow)
    if (parent.type === 'WhileStatement') return parent.test === node && isQuiet(parent.body, scoped, flow)
    if (parent.type === 'VariableDeclarator') {
      const local = isIdentifier(parent.id) ? scoped.bindingOf(parent.id) : null
      return local !== null && isReadForWaits(scoped, flow, local, depth + 1)
    }
    const isSum = parent.type === 'BinaryExpression' || (parent.type === 'CallExpression' && parent.callee !== node && /^Math\.\w+$/.test(calleeName(parent) ?? ''))
    if (!isSum || isFunction(parent)) return false
  }
  return false
}
