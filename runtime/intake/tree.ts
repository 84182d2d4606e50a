import type { AnyNode, ArrowFunctionExpression, CallExpression, Expression, FunctionDeclaration, FunctionExpression, Identifier, Node, Pattern } from 'acorn'

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression

const NOT_CHILDREN = new Set(['type', 'start', 'end', 'raw', 'regex', 'value', 'directive'])

/** The children of a node in the order of its fields, which is source order but for template literals. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = []
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    // `value` is a literal's plain value, but a property's or a method's node.
    if (NOT_CHILDREN.has(key) && !(key === 'value' && isNode(value))) continue
    // A shorthand property names the same node twice.
    if (key === 'key' && 'shorthand' in node && node.shorthand) continue
    if (Array.isArray(value)) {
      for (const element of value) if (isNode(element)) children.push(element)
    } else if (isNode(value)) children.push(value)
  }
  return children
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string' && 'start' in value
}

/**
 * Visits a tree in source order without recursion, so that depth costs memory and not stack.
 * `enter` returns false to leave a node's children out; `leave` is then not called for it.
 */
export function walk(root: AnyNode, enter: (node: AnyNode, parent: AnyNode | null) => boolean | void, leave?: (node: AnyNode) => void): void {
  const stack: { node: AnyNode; parent: AnyNode | null; leaving: boolean }[] = [{ node: root, parent: null, leaving: false }]
  for (let frame = stack.pop(); frame; frame = stack.pop()) {
    if (frame.leaving) {
      leave?.(frame.node)
      continue
    }
    if (enter(frame.node, frame.parent) === false) continue
    if (leave) stack.push({ ...frame, leaving: true })
    const children = childrenOf(frame.node)
    for (let index = children.length - 1; index >= 0; index--) {
      stack.push({ node: children[index] as AnyNode, parent: frame.node, leaving: false })
    }
  }
}

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return node?.type === 'FunctionDeclaration' || node?.type === 'FunctionExpression' || node?.type === 'ArrowFunctionExpression'
}

export function isIdentifier(node: Node | null | undefined, name?: string): node is Identifier {
  return node?.type === 'Identifier' && (name === undefined || (node as Identifier).name === name)
}

/** The expression without `await`, parentheses, optional chains and `void`. */
export function unwrap(node: AnyNode): AnyNode {
  let inner = node
  for (;;) {
    if (inner.type === 'AwaitExpression') inner = inner.argument
    else if (inner.type === 'ParenthesizedExpression' || inner.type === 'ChainExpression') inner = inner.expression
    else if (inner.type === 'UnaryExpression' && inner.operator === 'void') inner = inner.argument
    else return inner
  }
}

/** The name of a plain property access (`x.name`, `x['name']`), else null. */
export function propertyName(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression') return null
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null
  return node.property.type === 'Literal' && typeof node.property.value === 'string' ? node.property.value : null
}

/** `a.b.c` as text where the chain holds only names, else null. */
export function dottedName(node: AnyNode): string | null {
  const names: string[] = []
  let current: AnyNode = unwrap(node)
  while (current.type === 'MemberExpression') {
    const name = propertyName(current)
    if (name === null) return null
    names.unshift(name)
    current = unwrap(current.object)
  }
  if (current.type === 'Identifier') names.unshift(current.name)
  else if (current.type === 'MetaProperty') names.unshift(`${current.meta.name}.${current.property.name}`)
  else return null
  return names.join('.')
}

/** The identifiers that a binding pattern declares. */
export function patternIdentifiers(pattern: Pattern | Expression): Identifier[] {
  const found: Identifier[] = []
  const pending: AnyNode[] = [pattern as AnyNode]
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.type === 'Identifier') found.push(node)
    else if (node.type === 'AssignmentPattern') pending.push(node.left as AnyNode)
    else if (node.type === 'RestElement') pending.push(node.argument as AnyNode)
    else if (node.type === 'ArrayPattern') for (const element of node.elements.toReversed()) element && pending.push(element as AnyNode)
    else if (node.type === 'ObjectPattern') {
      for (const property of node.properties.toReversed()) {
        pending.push((property.type === 'RestElement' ? property.argument : property.value) as AnyNode)
      }
    }
  }
  return found
}

/** The literal text of a string or a template without placeholders, else null. */
export function literalText(node: Node | null | undefined): string | null {
  const inner = node as AnyNode | null | undefined
  if (inner?.type === 'Literal' && typeof inner.value === 'string') return inner.value
  if (inner?.type === 'TemplateLiteral' && inner.expressions.length === 0) return inner.quasis[0]?.value.cooked ?? null
  return null
}

/** The name under which a call goes: `main` for `main()`, `fs.writeFileSync` for a method of a name, else null. */
export function calleeName(call: CallExpression): string | null {
  return dottedName(call.callee)
}
