import type { AnyNode } from 'acorn'
import type { Binding, ScopedProgram } from '../scope.ts'
import type { Flow } from './facts.ts'
import { rootIdentifier } from './names.ts'
import type { Violation } from './uses.ts'
import { calleeName, isFunction, literalText, propertyName, unwrap, walk } from '../tree.ts'

/** Libraries whose objects are indicators that take one value after the other. */
const INDICATORS = /^(technicalindicators|trading-signals)$/
/** Methods by which an object of any library takes something in, or counts. */
const FEEDS = /^(nextValue|next|update|feed|tick|push|add|append|insert|enqueue|replace|record|observe|increment|consume|take|tryRemoveTokens)$/
/** Functions of helper libraries that count how often they are called. */
const COUNTING = /(^|\.)(after|before|uniqueId)$/
const HELPERS = /^(lodash|underscore)(\/|-|$)/

/** The first use, by code for one element, of an object of a library that keeps what it was given before; null where there is none. */
export function findKeptObject(scoped: ScopedProgram, flow: Flow, noun: string): Violation | null {
  let first: Violation | null = null
  walk(scoped.program, (node) => {
    if (first !== null) return false
    if (node.type !== 'CallExpression' || !flow.inRegion(node)) return true
    const callee = unwrap(node.callee)
    const root = rootIdentifier(callee)
    const binding = root && scoped.bindingOf(root)
    if (!root || !binding) return true
    const isHolding = flow.isOuter(binding) && holdsState(binding, propertyName(callee), node.arguments as AnyNode[])
    const isCounting = HELPERS.test(moduleOf(scoped, binding) ?? '') && COUNTING.test(calleeName(node) ?? '')
    if (isHolding || isCounting) first = { offset: node.start, reason: `uses \`${binding.name}\`, which may keep what it was given for one of the ${noun} for the next` }
    return first === null
  })
  return first

  function holdsState(binding: Binding, method: string | null, given: readonly AnyNode[]): boolean {
    const made = binding.declaration.type === 'VariableDeclarator' && binding.declaration.init ? unwrap(binding.declaration.init) : null
    if (made?.type === 'ObjectExpression' || made?.type === 'ArrayExpression') return holdsIndicator(made)
    if (made?.type !== 'NewExpression' && made?.type !== 'CallExpression') return false
    const maker = rootIdentifier(made.callee as AnyNode)
    const module = maker && moduleOf(scoped, scoped.bindingOf(maker))
    if (!module) return false
    if (made.type === 'CallExpression') return HELPERS.test(module) && COUNTING.test(calleeName(made) ?? '')
    if (method === null) return false
    return INDICATORS.test(module) || (FEEDS.test(method) && !given.some(isFunction))
  }

  /** `{ fast: new EMA(…), slow: new EMA(…) }`. */
  function holdsIndicator(made: AnyNode): boolean {
    let holds = false
    walk(made, (node) => {
      const maker = node.type === 'NewExpression' ? rootIdentifier(node.callee as AnyNode) : null
      if (maker && INDICATORS.test(moduleOf(scoped, scoped.bindingOf(maker)) ?? '')) holds = true
      return !holds && !isFunction(node)
    })
    return holds
  }
}

/** The module that a name comes from, by import or by require; null for any other name. */
function moduleOf(scoped: ScopedProgram, binding: Binding | null): string | null {
  if (!binding) return null
  if (binding.kind === 'import') {
    const declaration = scoped.parentOf(binding.declaration)
    return declaration?.type === 'ImportDeclaration' ? String(declaration.source.value) : null
  }
  const init = binding.declaration.type === 'VariableDeclarator' && binding.declaration.init ? unwrap(binding.declaration.init) : null
  const required = init?.type === 'MemberExpression' ? unwrap(init.object) : init
  if (required?.type === 'Identifier') return binding === scoped.bindingOf(required) ? null : moduleOf(scoped, scoped.bindingOf(required))
  const isLoading = required?.type === 'ImportExpression' || (required?.type === 'CallExpression' && calleeName(required) === 'require')
  return isLoading ? literalText(required.type === 'ImportExpression' ? required.source : required.arguments[0]) : null
}
