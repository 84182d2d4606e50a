import type { AnyNode, Class, Node } from 'acorn'
import type { Binding, ScopedProgram } from '../scope.ts'
import { ownerOf } from './owner.ts'
import { calleeName, isFunction, isIdentifier, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'

/** A place where code that runs per symbol changes something that outlives the symbol. */
export interface SharedState {
  offset: number
  reason: string
}

/** Methods of the standard collections that change their receiver. */
export const MUTATING_METHODS = new Set(
  'push unshift pop shift splice sort reverse fill copyWithin set add delete clear append getOrInsert getOrInsertComputed next setTime setDate setFullYear setMonth setHours setMinutes setSeconds setUTCDate'.split(' '),
)

interface Root {
  name: string
  /** Null for a global of the host. */
  binding: Binding | null
}

/**
 * The first change of state outside themselves in the functions that a scan runs: assignments to outer names, changes of their contents
 * by property, method, alias or parameter, `this` of shared objects, patterns with a position. Null where there is none.
 */
export function findSharedState(scoped: ScopedProgram, entry: FunctionNode): SharedState | null {
  const owner = ownerOf(scoped, entry)
  const roots = reachableCode(scoped, owner === null ? [entry] : [entry, ...owner.methods])
  const judge = createJudge(scoped, roots)
  let first = owner?.state ?? null
  for (const root of roots) {
    walk(root, (node) => {
      const reason = judge(node)
      if (reason !== null && (first === null || node.start < first.offset)) first = { offset: node.start, reason }
    })
  }
  return first
}

/** Functions and classes that run per symbol. What only runs while the file loads is left out, what it leaves behind is in. */
function reachableCode(scoped: ScopedProgram, entries: readonly FunctionNode[]): Set<AnyNode> {
  const roots = new Set<AnyNode>(entries)
  const pending: AnyNode[] = [...roots]
  const loaded = new Set<AnyNode>()
  const add = (node: AnyNode) => {
    if (roots.has(node)) return
    roots.add(node)
    pending.push(node)
  }
  const addInnerFunctions = (outer: AnyNode) => {
    if (loaded.has(outer)) return
    loaded.add(outer)
    walk(outer, (node) => {
      if (node === outer || !isFunction(node)) return true
      add(node)
      return false
    })
  }
  const addFromInitializer = (initializer: AnyNode) => {
    walk(initializer, (node, parent) => {
      const isCalled = parent?.type === 'CallExpression' && unwrap(parent.callee) === node
      const binding = node.type === 'Identifier' ? scoped.bindingOf(node) : null
      const target = isFunction(node) ? node : binding && isFunction(binding.declaration) && binding.kind === 'function' ? binding.declaration : null
      if (target) {
        if (isCalled) addInnerFunctions(target)
        else add(target)
      } else if (binding?.kind === 'class') add(binding.declaration)
      return !isFunction(node)
    })
  }
  for (let root = pending.pop(); root; root = pending.pop()) {
    walk(root, (node) => {
      const binding = node.type === 'Identifier' ? scoped.bindingOf(node) : null
      if (!binding) return
      if (binding.kind === 'function' || binding.kind === 'class') add(binding.declaration)
      else if (binding.declaration.type === 'VariableDeclarator' && binding.declaration.init && !loaded.has(binding.declaration) && scoped.functionAround(binding.declaration) === null) {
        loaded.add(binding.declaration)
        addFromInitializer(binding.declaration.init)
      }
    })
  }
  return roots
}

function createJudge(scoped: ScopedProgram, roots: ReadonlySet<AnyNode>): (node: AnyNode) => string | null {
  const isOuter = (binding: Binding): boolean => {
    for (let node: AnyNode | null = binding.scope.node; node; node = scoped.parentOf(node)) if (roots.has(node)) return false
    return true
  }

  /** The outer name that an expression is a part of, looked for through aliases. */
  function rootOf(expression: Node | null | undefined, depth = 0): Root | null {
    if (!expression || depth > 20) return null
    const node = unwrap(expression as AnyNode)
    if (node.type === 'MemberExpression') return rootOf(node.object, depth + 1)
    if (node.type === 'LogicalExpression') return rootOf(node.left, depth + 1) ?? rootOf(node.right, depth + 1)
    if (node.type === 'ConditionalExpression') return rootOf(node.consequent, depth + 1) ?? rootOf(node.alternate, depth + 1)
    if (node.type === 'AssignmentExpression') return rootOf(node.left, depth + 1)
    if (node.type === 'CallExpression') {
      const callee = unwrap(node.callee)
      return callee.type === 'MemberExpression' && ['get', 'at', 'find', 'values', 'entries'].includes(propertyName(callee) ?? '') ? rootOf(callee.object, depth + 1) : null
    }
    if (node.type !== 'Identifier') return null
    const binding = scoped.bindingOf(node)
    if (!binding) return { name: node.name, binding: null }
    if (isOuter(binding)) return binding.kind === 'import' ? null : { name: binding.name, binding }
    return rootOf(sourceOf(binding), depth + 1)
  }

  /** The expression that a local name stands for a part of: its initializer, what its loop runs over, what its callback is called on. */
  function sourceOf(binding: Binding): AnyNode | null {
    const { declaration } = binding
    if (declaration.type === 'VariableDeclarator') {
      if (declaration.init) return declaration.init
      const loop = scoped.parentOf(scoped.parentOf(declaration) ?? declaration)
      return loop?.type === 'ForOfStatement' ? loop.right : null
    }
    const call = binding.kind === 'param' ? scoped.parentOf(declaration) : null
    const callee = call?.type === 'CallExpression' && call.callee !== declaration ? unwrap(call.callee) : null
    return callee?.type === 'MemberExpression' ? callee.object : null
  }

  function targetReason(target: AnyNode, verb: string): string | null {
    const node = unwrap(target)
    if (node.type === 'Identifier') {
      const binding = scoped.bindingOf(node)
      return binding === null || isOuter(binding) ? `${verb} \`${node.name}\`, which outlives the symbol` : null
    }
    if (node.type === 'MemberExpression') {
      if (unwrap(node.object).type === 'ThisExpression') return thisReason(node)
      const root = rootOf(node.object)
      return root ? `changes \`${root.name}\`, which outlives the symbol` : null
    }
    if (node.type === 'ArrayPattern') return node.elements.map((element) => element && targetReason(element as AnyNode, verb)).find(Boolean) ?? null
    if (node.type === 'ObjectPattern') return node.properties.map((property) => targetReason((property.type === 'Property' ? property.value : property.argument) as AnyNode, verb)).find(Boolean) ?? null
    return null
  }

  /** A change of `this` matters where the object is shared: in object literals and plain functions, not in a class made per symbol. */
  function thisReason(node: AnyNode): string | null {
    for (let current = scoped.parentOf(node); current; current = scoped.parentOf(current)) if (current.type === 'ClassBody') return null
    return 'changes `this`, which outlives the symbol'
  }

  function callReason(node: Extract<AnyNode, { type: 'CallExpression' }>): string | null {
    const callee = unwrap(node.callee)
    const method = propertyName(callee)
    if (callee.type === 'MemberExpression' && method !== null) {
      if (MUTATING_METHODS.has(method)) {
        const object = unwrap(callee.object)
        const root = object.type === 'ThisExpression' ? null : rootOf(object)
        if (root && (root.binding || /^(globalThis|global|window|self)$/.test(root.name))) return `changes \`${root.name}\` by ${method}(), which outlives the symbol`
        if (object.type === 'MemberExpression' && unwrap(object.object).type === 'ThisExpression') return thisReason(node)
      }
      if (/^(Object\.(assign|defineProperty|defineProperties|setPrototypeOf)|Reflect\.(set|defineProperty|deleteProperty))$/.test(calleeName(node) ?? '')) {
        const root = rootOf(node.arguments[0])
        if (root) return `changes \`${root.name}\`, which outlives the symbol`
      }
      if ((method === 'test' || method === 'exec') && hasPosition(scoped, callee.object)) return 'uses a pattern with the g or y flag, whose position outlives the symbol'
    }
    return argumentReason(node)
  }

  function argumentReason(node: Extract<AnyNode, { type: 'CallExpression' }>): string | null {
    const callee = unwrap(node.callee)
    const target = callee.type === 'Identifier' ? scoped.bindingOf(callee)?.declaration : null
    const called = isFunction(target) ? target : target?.type === 'VariableDeclarator' && isFunction(target.init) ? target.init : null
    if (!called) return null
    for (const [index, argument] of node.arguments.entries()) {
      const root = rootOf(argument)
      const param = called.params[index]
      if (root?.binding && isIdentifier(param) && changesParam(scoped, called, param.name)) return `changes \`${root.name}\` through ${calleeName(node)}(), which outlives the symbol`
    }
    return null
  }

  return (node) => {
    if (node.type === 'AssignmentExpression') return targetReason(node.left as AnyNode, 'assigns to')
    if (node.type === 'UpdateExpression') return targetReason(node.argument, 'counts in')
    if (node.type === 'UnaryExpression' && node.operator === 'delete') return targetReason(node.argument, 'deletes from')
    if ((node.type === 'ForOfStatement' || node.type === 'ForInStatement') && node.left.type !== 'VariableDeclaration') return targetReason(node.left as AnyNode, 'assigns to')
    if (node.type === 'CallExpression') return callReason(node)
    if (node.type === 'Identifier') {
      const binding = scoped.bindingOf(node)
      if (binding && isOuter(binding) && isStatefulInstance(scoped, binding)) return `uses \`${binding.name}\`, whose class keeps state between symbols`
      if (!binding && isReadOfCode(scoped, node)) return `makes code from text with ${node.name}, which can't be checked`
    }
    return null
  }
}

function isReadOfCode(scoped: ScopedProgram, node: AnyNode): boolean {
  return (isIdentifier(node, 'eval') || isIdentifier(node, 'Function')) && scoped.globals.includes(node) && scoped.parentOf(node)?.type !== 'BinaryExpression'
}

function hasPosition(scoped: ScopedProgram, object: AnyNode): boolean {
  const inner = unwrap(object)
  const declared = inner.type === 'Identifier' ? scoped.bindingOf(inner) : null
  if (declared?.declaration.type !== 'VariableDeclarator' || scoped.functionAround(declared.declaration)) return false
  const value = declared.declaration.init
  return value?.type === 'Literal' && value.regex !== undefined && /[gy]/.test(value.regex.flags)
}

function changesParam(scoped: ScopedProgram, node: FunctionNode, name: string): boolean {
  let changes = false
  const isParam = (expression: AnyNode): boolean => {
    let inner = unwrap(expression)
    while (inner.type === 'MemberExpression') inner = unwrap(inner.object)
    return isIdentifier(inner, name) && scoped.bindingOf(inner)?.declaration === node
  }
  walk(node, (part) => {
    if (part.type === 'AssignmentExpression' && part.left.type === 'MemberExpression' && isParam(part.left)) changes = true
    if (part.type === 'UpdateExpression' && part.argument.type === 'MemberExpression' && isParam(part.argument)) changes = true
    if (part.type === 'UnaryExpression' && part.operator === 'delete' && isParam(part.argument)) changes = true
    if (part.type === 'CallExpression') {
      const callee = unwrap(part.callee)
      if (callee.type === 'MemberExpression' && MUTATING_METHODS.has(propertyName(callee) ?? '') && isParam(callee.object)) changes = true
      if (/^Object\.assign$/.test(calleeName(part) ?? '') && part.arguments[0] && isParam(part.arguments[0])) changes = true
    }
    return !changes
  })
  return changes
}

/** True for a name that holds an instance of one of the file's classes which changes `this` outside its constructor. */
export function isStatefulInstance(scoped: ScopedProgram, binding: Binding): boolean {
  if (binding.declaration.type !== 'VariableDeclarator' || !binding.declaration.init) return false
  const value = unwrap(binding.declaration.init)
  if (value.type !== 'NewExpression') return false
  const made = unwrap(value.callee)
  const classNode = made.type === 'Identifier' ? classOf(scoped, made) : made.type === 'ClassExpression' ? made : null
  return classNode !== null && changesItself(classNode)
}

function classOf(scoped: ScopedProgram, identifier: AnyNode): Class | null {
  const declaration = scoped.bindingOf(identifier)?.declaration
  if (declaration?.type === 'ClassDeclaration') return declaration
  return declaration?.type === 'VariableDeclarator' && declaration.init?.type === 'ClassExpression' ? declaration.init : null
}

function changesItself(classNode: Class): boolean {
  // A class that extends another may change what can't be seen here.
  if (classNode.superClass) return true
  const holdsThis = (expression: AnyNode): boolean => {
    let inner = unwrap(expression)
    while (inner.type === 'MemberExpression') inner = unwrap(inner.object)
    return inner.type === 'ThisExpression'
  }
  let changes = false
  for (const member of classNode.body.body) {
    if (member.type !== 'MethodDefinition' || member.kind === 'constructor') continue
    walk(member as AnyNode, (node) => {
      if (node.type === 'AssignmentExpression' && holdsThis(node.left as AnyNode)) changes = true
      if (node.type === 'UpdateExpression' && holdsThis(node.argument)) changes = true
      if (node.type === 'CallExpression') {
        const callee = unwrap(node.callee)
        if (callee.type === 'MemberExpression' && callee.object.type !== 'ThisExpression' && MUTATING_METHODS.has(propertyName(callee) ?? '') && holdsThis(callee.object)) changes = true
      }
      return !changes
    })
  }
  return changes
}

