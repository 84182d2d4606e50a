import type { AnyNode } from 'acorn'
import type { Binding, ScopedProgram } from '../scope.ts'
import { evaluateStatically } from '../static-value.ts'
import { calleeName, unwrap } from '../tree.ts'

/** Keys of the context of one symbol's scan. */
export const SCAN_KEYS = /^(symbol|ticker|bars|ta)$/
const MAX_NAMES = 5

/** What was found of a value and of a name, for the many uses that may stand in one. */
const nested = new WeakMap<AnyNode, boolean>()
const holders = new WeakMap<Binding, Binding[]>()
const holdersOfList = new WeakMap<Binding, Binding[]>()

/** Whether a value holds something else than symbols: a list of lists or of objects, an object or a Map of groups or settings. */
export function isNested(scoped: ScopedProgram, value: AnyNode): boolean {
  const is = nested.get(value) ?? judgeNested(scoped, value)
  nested.set(value, is)
  return is
}

function judgeNested(scoped: ScopedProgram, value: AnyNode): boolean {
  const found = evaluateStatically(value, scoped)
  if (found.kind === 'object') return found.entries.size > 0 && ![...found.entries.keys()].some((key) => SCAN_KEYS.test(key))
  if (found.kind === 'map') return found.keys.length > 0
  if (found.kind === 'list' || found.kind === 'set') {
    return found.items.some(({ kind }) => kind !== 'text' && kind !== 'number' && kind !== 'opaque') || (found.items.some(({ kind }) => kind === 'opaque') && namesParts(scoped, value))
  }
  return found.kind === 'opaque' && makesGroups(scoped, value)
}

/** `[TECH, AUTOS]`, of names whose values only a run tells. */
function namesParts(scoped: ScopedProgram, value: AnyNode): boolean {
  const list = declaredValue(scoped, value)
  return list.type === 'ArrayExpression' && list.elements.some((element) => element !== null && element.type !== 'SpreadElement' && unwrap(element).type === 'Identifier')
}

/** An object or the pairs of one, where its text does not tell what it holds. */
function makesGroups(scoped: ScopedProgram, value: AnyNode): boolean {
  const made = declaredValue(scoped, value)
  return (made.type === 'ObjectExpression' && made.properties.length > 0) || (made.type === 'CallExpression' && calleeName(made) === 'Object.entries')
}

function declaredValue(scoped: ScopedProgram, value: AnyNode, depth = 0): AnyNode {
  const inner = unwrap(value)
  const declaration = inner.type === 'Identifier' ? scoped.bindingOf(inner)?.declaration : undefined
  return declaration?.type === 'VariableDeclarator' && declaration.id.type === 'Identifier' && declaration.init && depth < MAX_NAMES ? declaredValue(scoped, declaration.init, depth + 1) : inner
}

/** The parameter whose default a list itself is. */
export function defaultedAt(scoped: ScopedProgram, use: AnyNode): Binding[] {
  const around = scoped.parentOf(use)
  const param = around?.type === 'AssignmentPattern' && around.right === use && around.left.type === 'Identifier' ? scoped.bindingOf(around.left) : null
  return param === null ? [] : [param]
}

/**
 * The names that hold a list within what they stand for: the parameter `lists` of `(lists = [TECH, AUTOS]) => …`, also where a name stands for the
 * default, and `GROUPS` of `const GROUPS = [{ name: 'tech', symbols: TECH }]`.
 */
export function holdersOf(scoped: ScopedProgram, list: Binding): Binding[] {
  const found = holdersOfList.get(list) ?? [...new Set(list.references.flatMap((use) => holdersAt(scoped, use)))]
  holdersOfList.set(list, found)
  return found
}

/** The same of one use of a list. */
export function holdersAt(scoped: ScopedProgram, use: AnyNode): Binding[] {
  let node = use
  let around = scoped.parentOf(node)
  while (around && isContainer(around, node)) {
    node = around
    around = scoped.parentOf(node)
  }
  if (around?.type === 'AssignmentPattern' && around.right === node) {
    const holder = around.left.type === 'Identifier' ? scoped.bindingOf(around.left) : null
    return holder !== null && isNested(scoped, node) ? [holder] : []
  }
  const named = node !== use && around?.type === 'VariableDeclarator' && around.init === node && around.id.type === 'Identifier' ? scoped.bindingOf(around.id) : null
  return named === null ? [] : [...holdersOfName(scoped, named), ...(isNested(scoped, node) ? [named] : [])]
}

/** The parameters whose default is what a name stands for. */
function holdersOfName(scoped: ScopedProgram, name: Binding): Binding[] {
  const found = holders.get(name) ?? name.references.flatMap((use) => defaultedAt(scoped, use).filter(() => isNested(scoped, use)))
  holders.set(name, found)
  return found
}

function isContainer(around: AnyNode, node: AnyNode): boolean {
  if (around.type === 'Property') return around.value === node && node.type !== 'AssignmentPattern'
  if (around.type === 'CallExpression') return around.arguments[0] === node && /^Object\.(freeze|values|entries)$/.test(calleeName(around) ?? '')
  return around.type === 'ArrayExpression' || around.type === 'ObjectExpression' || around.type === 'ParenthesizedExpression'
}
