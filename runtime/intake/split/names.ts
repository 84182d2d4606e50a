import type { AnyNode } from 'acorn'
import type { Binding, ScopedProgram } from '../scope.ts'
import { isFunction, propertyName, unwrap, walk } from '../tree.ts'

/** `n++`, `n += 1`, `n = 0`, `found = true`: keeps count without keeping data. */
export function isCounting(node: Extract<AnyNode, { type: 'AssignmentExpression' }>): boolean {
  const value = unwrap(node.right)
  if (value.type !== 'Literal' || typeof value.value === 'string') return false
  return ['=', '+=', '-='].includes(node.operator)
}

/** The name of which an expression may be a part: through properties, `get`, `find`, `at` and alternatives, but no other calls. */
export function aliasedName(source: AnyNode): AnyNode | null {
  let current = unwrap(source)
  for (;;) {
    if (current.type === 'MemberExpression') current = unwrap(current.object)
    else if (current.type === 'LogicalExpression') current = unwrap(current.left)
    else if (current.type === 'AssignmentExpression') current = unwrap(current.left as AnyNode)
    else if (current.type === 'ConditionalExpression') current = unwrap(current.consequent)
    else if (current.type === 'CallExpression') {
      const callee = unwrap(current.callee)
      if (callee.type !== 'MemberExpression' || !['get', 'find', 'at', 'values', 'entries'].includes(propertyName(callee) ?? '')) return null
      current = unwrap(callee.object)
    } else return current.type === 'Identifier' ? current : null
  }
}

/** The name at the start of `a.b[c]` and of `a.get(k).x`. */
export function rootIdentifier(node: AnyNode): AnyNode | null {
  let current = unwrap(node)
  for (;;) {
    if (current.type === 'MemberExpression') current = unwrap(current.object)
    else if (current.type === 'CallExpression') {
      const callee = unwrap(current.callee)
      if (callee.type !== 'MemberExpression') return null
      current = unwrap(callee.object)
    } else return current.type === 'Identifier' ? current : null
  }
}

/** True for a node that is one of the given ones or stands inside one. */
export function isInside(scoped: ScopedProgram, node: AnyNode, set: ReadonlySet<AnyNode>): boolean {
  for (let current: AnyNode | null = node; current; current = scoped.parentOf(current)) if (set.has(current)) return true
  return false
}

/** True for a name that each turn sets at the top of its body before anything reads it: such a name carries nothing over. */
export function isSetAnew(scoped: ScopedProgram, regions: ReadonlySet<AnyNode>, binding: Binding): boolean {
  const inRegions = binding.references.filter((use) => isInside(scoped, use, regions))
  const [first] = inRegions
  if (!first || inRegions.length !== binding.references.length) return false
  const assignment = assignmentOf(scoped, first)
  const statement = assignment && scoped.parentOf(assignment)
  const region = statement?.type === 'ExpressionStatement' ? regionOfStatement(scoped, regions, statement) : null
  if (!assignment || !region) return false
  const uses = inRegions.slice(1)
  // What is assigned is worked out first: `n = down ? n + 1 : 0` carries the value of the turn before.
  if (uses.some((use) => isWithin(use, assignment) || isInHoisted(scoped, use, region))) return false
  // Every use must stand inside this very region, or another turn's value could be read.
  return uses.every((use) => isWithin(use, region)) && !mayMeetOthers(region, assignment, uses)
}

/** The plain assignment that a name stands on the left of, by itself or in a pattern. */
function assignmentOf(scoped: ScopedProgram, name: AnyNode): AnyNode | null {
  let target = name
  let parent = scoped.parentOf(name)
  while (parent?.type === 'ArrayPattern' || parent?.type === 'ObjectPattern' || parent?.type === 'Property' || parent?.type === 'RestElement') [target, parent] = [parent, scoped.parentOf(parent)]
  return parent?.type === 'AssignmentExpression' && parent.left === target && parent.operator === '=' ? parent : null
}

/** The region of which each turn comes to a statement: that with nothing around it but blocks. */
function regionOfStatement(scoped: ScopedProgram, regions: ReadonlySet<AnyNode>, statement: AnyNode): AnyNode | null {
  let current = statement
  while (!regions.has(current)) {
    const parent = scoped.parentOf(current)
    if (!parent || (parent.type !== 'BlockStatement' && !isFunction(parent))) return null
    if (isFunction(parent) && !regions.has(parent)) return null
    current = parent
  }
  return current
}

const isWithin = (node: AnyNode, outer: AnyNode): boolean => node.start >= outer.start && node.end <= outer.end

/** Whether a use stands in a function that can be called before the line that it stands on is reached. */
function isInHoisted(scoped: ScopedProgram, use: AnyNode, region: AnyNode): boolean {
  for (let around = scoped.functionAround(use); around && around !== region; around = scoped.functionAround(around)) if (around.type === 'FunctionDeclaration') return isWithin(around, region)
  return false
}

/** Whether turns of an asynchronous function may run at the same time, and another of them set the name while this one waits to read it. */
function mayMeetOthers(region: AnyNode, assignment: AnyNode, uses: readonly AnyNode[]): boolean {
  if (!isFunction(region) || !region.async) return false
  const last = Math.max(...uses.map(({ end }) => end), 0)
  let waits = false
  walk(region, (node) => {
    if (node.type === 'AwaitExpression' && node.start > assignment.end && node.start < last) waits = true
    return !waits
  })
  return waits
}

/** The variable that a loop counts the list with, and whether by one or by more. */
export function positionVariable(scoped: ScopedProgram, loop: Extract<AnyNode, { type: 'ForStatement' | 'WhileStatement' }>, isCount: (node: AnyNode) => boolean): { identifier: AnyNode; step: 'one' | 'many' } | null {
  const test = loop.test ? unwrap(loop.test as AnyNode) : null
  if (test?.type !== 'BinaryExpression') return null
  const sides = [unwrap(test.left as AnyNode), unwrap(test.right)]
  const names = sides.filter((side) => side.type === 'Identifier')
  for (const identifier of names) {
    const other = sides.find((side) => side !== identifier)
    if (!other || !(isCount(other) || isCount(identifier))) continue
    const binding = scoped.bindingOf(identifier)
    const step = binding ? stepOf(scoped, binding, loop) : null
    if (step) return { identifier, step }
  }
  return null
}

function stepOf(scoped: ScopedProgram, binding: Binding, loop: AnyNode): 'one' | 'many' | null {
  let step: 'one' | 'many' | null = null
  for (const use of binding.references) {
    if (use.start < loop.start || use.end > loop.end) continue
    const parent = scoped.parentOf(use)
    if (parent?.type === 'UpdateExpression') step ??= 'one'
    else if (parent?.type === 'AssignmentExpression' && parent.left === use) {
      const isOne = parent.operator === '+=' && parent.right.type === 'Literal' && parent.right.value === 1
      step = isOne ? (step ?? 'one') : 'many'
    }
  }
  return step
}
