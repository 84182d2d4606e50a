import type { AnyNode } from 'acorn'
import { SYMBOL_FIELD } from './list-names.ts'
import { holdersOf } from './nested-lists.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import type { Flow } from '../split/facts.ts'
import { followList } from '../split/flow.ts'
import { propertyName, unwrap, walk } from '../tree.ts'

/** Where hits are gathered that are no more than a symbol. */
const GATHERS = /(hit|match|result|signal|alert|candidate|pick|winner|found)/i
/** Members of a request that are no hit. */
const REQUEST = /^(params|query|body|searchParams|data)$/

/** Whether code that runs once for each element of a list makes an object that names it as its symbol, or adds it to what gathers hits. */
export function tellsHits(scoped: ScopedProgram, binding: Binding, isGrouped: boolean): boolean {
  const flow = followList(scoped, new Map([...holdersOf(scoped, binding).map((holder) => [holder, 'chunks'] as const), [binding, isGrouped ? 'chunks' : 'list']]))
  if (!flow.settled) return false
  const picked = pickedNames(scoped, flow)
  const isElement = (node: AnyNode): boolean => {
    const inner = unwrap(node)
    if (isPicked(flow, inner)) return true
    const named = inner.type === 'MemberExpression' && SYMBOL_FIELD.test(propertyName(inner) ?? '') ? unwrap(inner.object as AnyNode) : inner
    const of = named.type === 'Identifier' ? scoped.bindingOf(named) : null
    return of !== null && (flow.elements.has(of) || picked.has(of))
  }
  let tells = false
  walk(scoped.program, (node) => {
    if (node.type === 'ObjectExpression' && !isRequest(scoped, node)) {
      tells ||= node.properties.some((property) => property.type === 'Property' && SYMBOL_FIELD.test(keyOf(property.key as AnyNode)) && isElement(property.value as AnyNode))
    }
    if (node.type === 'CallExpression' && /^(push|add|set|unshift)$/.test(propertyName(node.callee as AnyNode) ?? '')) {
      const holder = unwrap((node.callee as { object: AnyNode }).object)
      const name = holder.type === 'Identifier' ? holder.name : (propertyName(holder) ?? '')
      const [first] = node.arguments
      tells ||= GATHERS.test(name) && first !== undefined && isElement(first as AnyNode)
    }
    return !tells
  })
  return tells
}

/** `BANKS[i]`, by whatever is counted. */
function isPicked(flow: Flow, node: AnyNode): boolean {
  return node.type === 'MemberExpression' && node.computed && flow.taintOf(node.object as AnyNode) === 'list' && unwrap(node.property as AnyNode).type !== 'Literal'
}

/** Names of what is picked out of a list: `const symbol = i < TECH.length ? TECH[i] : BANKS[i - TECH.length]`. */
function pickedNames(scoped: ScopedProgram, flow: Flow): Set<Binding> {
  const names = new Set<Binding>()
  const picks = (node: AnyNode): boolean => {
    const inner = unwrap(node)
    if (inner.type === 'ConditionalExpression') return picks(inner.consequent) || picks(inner.alternate)
    if (inner.type === 'LogicalExpression') return picks(inner.left) || picks(inner.right)
    return isPicked(flow, inner)
  }
  walk(scoped.program, (node) => {
    const binding = node.type === 'VariableDeclarator' && node.init && node.id.type === 'Identifier' && picks(node.init) ? scoped.bindingOf(node.id) : null
    if (binding !== null) names.add(binding)
  })
  return names
}

const keyOf = (key: AnyNode): string => (key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '')

function isRequest(scoped: ScopedProgram, node: AnyNode): boolean {
  const around = scoped.parentOf(node)
  if (around?.type === 'NewExpression') return true
  return around?.type === 'Property' && REQUEST.test(keyOf(around.key as AnyNode))
}
