import type { AnyNode, Identifier, Program } from 'acorn'
import { isFunction, patternIdentifiers, walk, type FunctionNode } from './tree.ts'

export type BindingKind = 'var' | 'let' | 'const' | 'function' | 'class' | 'param' | 'import' | 'catch'

export interface Binding {
  readonly name: string
  readonly kind: BindingKind
  readonly scope: Scope
  /** The declarator, function, class, import specifier or (for a parameter) the function. */
  readonly declaration: AnyNode
  readonly identifier: Identifier
  /** Every use, the declaration's own identifier left out, in source order. */
  readonly references: Identifier[]
}

export interface Scope {
  readonly node: AnyNode
  readonly parent: Scope | null
  readonly bindings: Map<string, Binding>
}

/** A program with the parent of every node and the binding of every name. */
export interface ScopedProgram {
  readonly program: Program
  readonly top: Scope
  parentOf(node: AnyNode): AnyNode | null
  /** The binding that an identifier refers to; null for a global or a property name. */
  bindingOf(identifier: AnyNode): Binding | null
  /** Identifiers that refer to no binding of the file. */
  readonly globals: readonly Identifier[]
  /** The innermost function around a node, the node itself left out. */
  functionAround(node: AnyNode): FunctionNode | null
  /** The text of a file that came with the program, by its path from the folder in which the program stands; null for any other. */
  fileText?(path: string): string | null
}

/** Resolves every name of a program as the language does: hoisted `var`, block-scoped `let`, `const`, `class` and functions, parameters. */
export function resolveScopes(program: Program): ScopedProgram {
  const parents = new Map<AnyNode, AnyNode | null>()
  const scopes = new Map<AnyNode, Scope>()
  const declared = new Set<AnyNode>()
  const uses: { identifier: Identifier; scope: Scope }[] = []
  const top: Scope = { node: program, parent: null, bindings: new Map() }
  const open: Scope[] = [top]
  scopes.set(program, top)

  walk(
    program,
    (node, parent) => {
      parents.set(node, parent)
      const outer = open.at(-1) as Scope
      if (node.type === 'FunctionDeclaration' && node.id) declare(outer, node.id, 'function', node)
      if (node.type === 'ClassDeclaration' && node.id) declare(outer, node.id, 'class', node)
      if (opensScope(node, parent)) {
        const scope: Scope = { node, parent: outer, bindings: new Map() }
        scopes.set(node, scope)
        open.push(scope)
      }
      const scope = open.at(-1) as Scope
      declareIn(scope, node)
      if (node.type === 'Identifier' && isReference(node, parent)) uses.push({ identifier: node, scope })
    },
    (node) => {
      if (node !== program && scopes.has(node)) open.pop()
    },
  )

  function declare(scope: Scope, identifier: Identifier, kind: BindingKind, declaration: AnyNode): void {
    declared.add(identifier)
    if (!scope.bindings.has(identifier.name)) {
      scope.bindings.set(identifier.name, { name: identifier.name, kind, scope, declaration, identifier, references: [] })
    }
  }

  function declareIn(scope: Scope, node: AnyNode): void {
    if (node.type === 'VariableDeclaration') {
      const kind = node.kind === 'var' || node.kind === 'let' ? node.kind : 'const'
      const target = kind === 'var' ? functionScope(scope) : scope
      for (const declarator of node.declarations) {
        for (const identifier of patternIdentifiers(declarator.id)) declare(target, identifier, kind, declarator)
      }
    } else if (isFunction(node)) {
      if (node.type === 'FunctionExpression' && node.id) declare(scope, node.id, 'function', node)
      for (const param of node.params) for (const identifier of patternIdentifiers(param)) declare(scope, identifier, 'param', node)
    } else if (node.type === 'ClassExpression' && node.id) declare(scope, node.id, 'class', node)
    else if (node.type === 'CatchClause' && node.param) {
      for (const identifier of patternIdentifiers(node.param)) declare(scope, identifier, 'catch', node)
    } else if (node.type === 'ImportSpecifier' || node.type === 'ImportDefaultSpecifier' || node.type === 'ImportNamespaceSpecifier') {
      declare(scope, node.local, 'import', node)
    }
  }

  const bound = new Map<AnyNode, Binding>()
  const globals: Identifier[] = []
  for (const { identifier, scope } of uses) {
    const binding = find(scope, identifier.name)
    if (!binding) globals.push(identifier)
    else {
      bound.set(identifier, binding)
      if (!declared.has(identifier)) binding.references.push(identifier)
    }
  }
  return {
    program,
    top,
    globals,
    parentOf: (node) => parents.get(node) ?? null,
    bindingOf: (identifier) => bound.get(identifier) ?? null,
    functionAround(node) {
      let current = parents.get(node) ?? null
      while (current && !isFunction(current)) current = parents.get(current) ?? null
      return current
    },
  }
}

function opensScope(node: AnyNode, parent: AnyNode | null): boolean {
  if (isFunction(node)) return true
  // A function's own block shares the scope of its parameters here: close enough, since redeclaring a parameter is an early error.
  if (node.type === 'BlockStatement') return !isFunction(parent)
  return ['ForStatement', 'ForInStatement', 'ForOfStatement', 'SwitchStatement', 'CatchClause', 'ClassExpression', 'StaticBlock'].includes(node.type)
}

function functionScope(scope: Scope): Scope {
  let current = scope
  while (current.parent && !isFunction(current.node) && current.node.type !== 'StaticBlock') current = current.parent
  return current
}

function find(scope: Scope, name: string): Binding | null {
  for (let current: Scope | null = scope; current; current = current.parent) {
    const binding = current.bindings.get(name)
    if (binding) return binding
  }
  return null
}

/** False for identifiers that only name something: properties, labels, exported names. */
function isReference(node: Identifier, parent: AnyNode | null): boolean {
  if (!parent) return false
  switch (parent.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed
    case 'Property':
      return parent.value === node || parent.computed
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.value === node || parent.computed
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
    case 'ImportAttribute':
    case 'ExportAllDeclaration':
      return false
    case 'ImportSpecifier':
      return parent.local === node
    case 'ExportSpecifier':
      return parent.local === node
    default:
      return true
  }
}
