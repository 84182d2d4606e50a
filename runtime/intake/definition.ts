import type { AnyNode, ObjectExpression } from 'acorn'
import { ScannerDefinitionError } from '../../sdk/errors.ts'
import { defineScanner } from '../../sdk/scanner.ts'
import type { Diagnostic } from '../scan/run.ts'
import { diagnostic, type Place } from './diagnostics.ts'
import { isWritten } from './static-value.ts'
import type { ScopedProgram } from './scope.ts'
import { isFunction, literalText, unwrap } from './tree.ts'

/** What only running the file would tell. */
const UNKNOWN = Symbol('unknown')
/** Stands for any function of a definition. */
const FUNCTION = (): null => null
const MAX_DEPTH = 5
const MAX_MEMBERS = 1_000

/**
 * What `defineScanner` will refuse in a definition, at its place, as far as the text shows the definition: its own checks run
 * over the values that stand there, and what is worked out while the file runs is left to that.
 */
export function definitionProblem(scoped: ScopedProgram, config: ObjectExpression | null, place: (offset: number) => Place): Diagnostic | null {
  const definition = config === null ? UNKNOWN : valueIn(scoped, config, 0)
  if (config === null || definition === UNKNOWN) return null
  try {
    defineScanner(withoutUnknown(definition as Record<string, unknown>) as never)
    return null
  } catch (error) {
    if (!(error instanceof ScannerDefinitionError)) throw error
    return diagnostic('error', 'definition_invalid', { message: error.message }, place(nodeAt(scoped, config, error.path).start))
  }
}

/** The definition with a stand-in for what is unknown where that is needed, else without it: no problem comes of it. */
function withoutUnknown(definition: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(definition).filter(([key, value]) => key === 'scan' || !isPartlyUnknown(value))
  const params = isRecord(definition['params']) ? { params: Object.fromEntries(Object.entries(definition['params']).filter(([, value]) => !isPartlyUnknown(value))) } : {}
  return { ...Object.fromEntries(kept), ...params, ...(isPartlyUnknown(definition['scan']) && { scan: FUNCTION }) }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function isPartlyUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(isPartlyUnknown)
}

function valueIn(scoped: ScopedProgram, node: AnyNode | null, depth: number): unknown {
  if (node === null || depth > MAX_DEPTH) return UNKNOWN
  const inner = constantOf(scoped, node)
  if (isFunction(inner)) return FUNCTION
  const text = literalText(inner)
  if (text !== null) return text
  switch (inner.type) {
    case 'Literal':
      return inner.regex ? UNKNOWN : inner.value
    case 'UnaryExpression': {
      const value = inner.operator === '-' ? valueIn(scoped, inner.argument, depth + 1) : UNKNOWN
      return typeof value === 'number' ? -value : UNKNOWN
    }
    case 'ArrayExpression':
      return inner.elements.length > MAX_MEMBERS ? UNKNOWN : inner.elements.map((element) => (element?.type === 'SpreadElement' ? UNKNOWN : valueIn(scoped, element, depth + 1)))
    case 'ObjectExpression':
      return objectIn(scoped, inner, depth)
    default:
      return UNKNOWN
  }
}

function objectIn(scoped: ScopedProgram, node: ObjectExpression, depth: number): unknown {
  if (node.properties.length > MAX_MEMBERS) return UNKNOWN
  const members: [string, unknown][] = []
  for (const property of node.properties) {
    const key = property.type === 'Property' && property.kind === 'init' ? keyOf(property) : null
    if (property.type !== 'Property' || key === null) return UNKNOWN
    members.push([key, valueIn(scoped, property.value, depth + 1)])
  }
  return Object.fromEntries(members)
}

function keyOf(property: Extract<ObjectExpression['properties'][number], { type: 'Property' }>): string | null {
  const key = property.computed ? null : property.key.type === 'Identifier' ? property.key.name : literalText(property.key)
  // Names no member but the object's prototype.
  return key === '__proto__' ? null : key
}

/** What a name at the top level stands for, where nothing ever changes it; else the node itself. */
function constantOf(scoped: ScopedProgram, node: AnyNode, depth = 0): AnyNode {
  const inner = unwrap(node)
  const binding = inner.type === 'Identifier' && depth < MAX_DEPTH ? scoped.bindingOf(inner) : null
  if (!binding || binding.scope !== scoped.top) return inner
  if (binding.kind === 'function') return binding.declaration
  if (binding.declaration.type !== 'VariableDeclarator' || binding.declaration.id.type !== 'Identifier' || !binding.declaration.init) return inner
  const value = unwrap(binding.declaration.init)
  const isPrimitive = value.type === 'Literal' || value.type === 'UnaryExpression' || isFunction(value)
  // What another place also holds can be changed from there.
  const canChange = isPrimitive ? binding.references.some((use) => isWritten(scoped, use)) : binding.references.length > 1
  return canChange ? inner : constantOf(scoped, value, depth + 1)
}

/** The property at a path such as `params.minGap.default`, or what is nearest to it. */
function nodeAt(scoped: ScopedProgram, config: ObjectExpression, path: string): AnyNode {
  let found: AnyNode = config
  let inside: AnyNode = config
  for (const step of path === '' ? [] : path.split('.')) {
    const object = constantOf(scoped, inside)
    const property = object.type !== 'ObjectExpression' ? undefined : object.properties.find((each) => each.type === 'Property' && keyOf(each) === step)
    if (property?.type !== 'Property') break
    found = property
    inside = property.value
  }
  return found
}
