import type { Binding, ScopedProgram } from './scope.ts'
import { isFunction, unwrap, type FunctionNode } from './tree.ts'

/** The function that a binding stands for, where that is plain to see. */
export function functionOf(scoped: ScopedProgram, binding: Binding | null, depth = 0): FunctionNode | null {
  if (!binding || depth > 10) return null
  const { declaration } = binding
  if (isFunction(declaration) && binding.kind === 'function') return declaration
  if (declaration.type !== 'VariableDeclarator' || declaration.id.type !== 'Identifier' || !declaration.init) return null
  const value = unwrap(declaration.init)
  if (isFunction(value)) return value
  return value.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(value), depth + 1) : null
}
