import type { AnyNode } from 'acorn'
import { fills } from '../lists/filling.ts'
import { functionOf } from '../function-of.ts'
import { holdersOf } from '../lists/nested-lists.ts'
import type { MainCall } from '../plan.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import type { Structure } from '../structure.ts'
import { dottedName, isFunction, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'

export interface FoundCall extends MainCall {
  node: AnyNode
  /** What starts: the function called, the immediately invoked function, or the statement itself. */
  target: AnyNode
  /** The function where one is called or invoked. */
  calledFunction: FunctionNode | null
  argumentCount: number
}

/** Names of functions that start a script. */
export const START_NAME = /^(main$|run|start|scan|execute|go|init)/i

/**
 * The top-level statement that starts a self-running script: a call of `main`, else behind a `require.main` guard, else of a function
 * named like a start, else the last call of one of the file's functions, else a statement that works on the list by itself.
 */
export function findMainCall(scoped: ScopedProgram, structure: Structure, symbols: Binding | null): FoundCall | null {
  const calls: FoundCall[] = []
  structure.pieceNodes.forEach((node, pieceIndex) => {
    const call = callIn({ scoped, structure }, node, pieceIndex)
    if (call) calls.push(call)
  })
  const known: KnownReach = { reaching: new Set(), others: new Set() }
  const adding = new Map<AnyNode, boolean>()
  const isFilling = ({ node, functionName }: FoundCall): boolean => symbols !== null && !START_NAME.test(functionName ?? '') && fills(scoped, node, symbols, adding)
  const touching = symbols === null ? calls : calls.filter((call) => reaches(scoped, [call.node, call.target], symbols, known) && !isFilling(call))
  // A loop that does nothing but fill the list starts nothing, also where nothing else does.
  const pool = touching.length > 0 ? touching : calls.filter((call) => call.calledFunction !== null || !isFilling(call))
  return (
    pool.find((call) => call.functionName === 'main') ??
    pool.find((call) => call.guarded) ??
    pool.findLast((call) => START_NAME.test(call.functionName ?? '')) ??
    pool.findLast((call) => call.functionName !== null) ??
    pool.findLast((call) => call.calledFunction !== null) ??
    pool.at(-1) ??
    null
  )
}

/** What a start is looked for in. */
type ScriptFile = { readonly scoped: ScopedProgram; readonly structure: Structure }

/** Functions and statements that mention one binding, and those that were gone through and do not, for many questions about it. */
interface KnownReach {
  reaching: Set<AnyNode>
  others: Set<AnyNode>
}

/** True where code that runs from the given nodes, functions of the file that it names included, mentions a binding. */
export function reaches(scoped: ScopedProgram, roots: readonly AnyNode[], wanted: Binding, known: KnownReach = { reaching: new Set(), others: new Set() }): boolean {
  const names = new Set([wanted, ...holdersOf(scoped, wanted)])
  const pending = [...roots]
  const seen = new Set<AnyNode>()
  for (let root = pending.pop(); root; root = pending.pop()) {
    if (known.reaching.has(root)) return true
    if (seen.has(root) || known.others.has(root)) continue
    seen.add(root)
    if (!mentions(scoped, root, names, pending)) continue
    known.reaching.add(root)
    return true
  }
  for (const root of seen) known.others.add(root)
  return false
}

/** Whether a node itself mentions one of some bindings; what it calls goes to `called`. */
function mentions(scoped: ScopedProgram, root: AnyNode, wanted: ReadonlySet<Binding>, called: AnyNode[]): boolean {
  let found = false
  walk(root, (node) => {
    const binding = node.type === 'Identifier' ? scoped.bindingOf(node) : null
    if (binding !== null && wanted.has(binding)) found = true
    if (binding && binding.declaration !== root) {
      const target = functionOf(scoped, binding) ?? (binding.kind === 'class' ? binding.declaration : (madeBy(binding) ?? methodsOf(binding)))
      if (target) called.push(target)
    }
    return !found
  })
  return found
}

/** A declaration that works on the list by itself, as `const rows = await Promise.all(SYMBOLS.map(scan))`: the first that does. `mustAwait` leaves out those that may make a function. */
export function findWorkingDeclaration(scoped: ScopedProgram, structure: Structure, symbols: Binding, mustAwait = false): FoundCall | null {
  for (const [pieceIndex, node] of structure.pieceNodes.entries()) {
    if (node.type !== 'VariableDeclaration' || node.declarations.some((declarator) => declarator === symbols.declaration) || !reaches(scoped, [node], symbols)) continue
    let works = false
    walk(node, (part) => {
      if (part.type === 'AwaitExpression' || (part.type === 'CallExpression' && !mustAwait)) works = true
      return !works
    })
    if (works) return { pieceIndex, functionName: null, guarded: false, node, target: node, calledFunction: null, argumentCount: 0 }
  }
  return null
}

function callIn(file: ScriptFile, node: AnyNode, pieceIndex: number): FoundCall | null {
  if (node.type === 'IfStatement') {
    const guarded = isEntryGuard(node.test)
    const statements = node.consequent.type === 'BlockStatement' ? node.consequent.body : [node.consequent]
    const inner = startAmong(file, statements, pieceIndex)
    return inner ? { ...inner, guarded } : null
  }
  if (node.type === 'TryStatement') return startAmong(file, node.block.body, pieceIndex)
  if (node.type === 'VariableDeclaration') {
    const [declarator] = node.declarations
    const call = declarator?.init ? startOf(file, declarator.init) : null
    return call && call.functionName !== null && /^(main|run|start|scan)/i.test(call.functionName) ? { ...call, node, pieceIndex, guarded: false } : null
  }
  if (node.type === 'ExpressionStatement') {
    const call = startOf(file, node.expression)
    return call ? { ...call, node, pieceIndex, guarded: false } : null
  }
  const isLoop = ['ForStatement', 'ForOfStatement', 'ForInStatement', 'WhileStatement', 'DoWhileStatement', 'BlockStatement'].includes(node.type)
  return isLoop ? { pieceIndex, functionName: null, guarded: false, node, target: node, calledFunction: null, argumentCount: 0 } : null
}

/** The last of several statements that calls a function of the file, else the last that starts anything: what prints the result comes behind. */
function startAmong(file: ScriptFile, statements: readonly AnyNode[], pieceIndex: number): FoundCall | null {
  const calls = statements.map((statement) => callIn(file, statement, pieceIndex)).filter((call) => call !== null)
  return calls.findLast(({ functionName }) => functionName !== null) ?? calls.at(-1) ?? null
}

/** Looks through `await`, `void`, `!` and `.then().catch().finally()` for the call that starts. */
function startOf({ scoped, structure }: ScriptFile, expression: AnyNode): Pick<FoundCall, 'functionName' | 'target' | 'calledFunction' | 'argumentCount'> | null {
  let node = unwrap(expression)
  for (;;) {
    if (node.type === 'UnaryExpression') node = unwrap(node.argument)
    else if (node.type === 'CallExpression' && ['then', 'catch', 'finally'].includes(propertyName(unwrap(node.callee)) ?? '')) {
      const callee = unwrap(node.callee)
      if (callee.type !== 'MemberExpression') return null
      node = unwrap(callee.object)
    } else break
  }
  if (node.type !== 'CallExpression') return null
  const callee = unwrap(node.callee)
  const argumentCount = node.arguments.length
  if (isFunction(callee)) return { functionName: null, target: callee, calledFunction: callee, argumentCount }
  if (callee.type === 'Identifier') {
    const calledFunction = functionOf(scoped, scoped.bindingOf(callee))
    return calledFunction ? { functionName: callee.name, target: calledFunction, calledFunction, argumentCount } : null
  }
  const exported = exportedFunction(scoped, structure, callee)
  if (exported !== null) return { functionName: propertyName(callee), target: exported, calledFunction: exported, argumentCount }
  return { functionName: null, target: madeFor(scoped, callee) ?? node, calledFunction: null, argumentCount }
}

/** The function behind `exports.main`, `module.exports.main` or `module.exports`, where it is plain to see. */
function exportedFunction(scoped: ScopedProgram, { commonjsNodes }: Structure, callee: AnyNode): FunctionNode | null {
  const dotted = dottedName(callee)
  const name = dotted === 'module.exports' ? 'default' : /^(?:module\.)?exports\.([\w$]+)$/.exec(dotted ?? '')?.[1]
  const assigned = name === undefined ? undefined : commonjsNodes.get(name)
  if (assigned === undefined) return null
  const value = unwrap(assigned)
  if (isFunction(value)) return value
  return value.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(value)) : null
}

/** The `new Scanner(SYMBOLS)` behind `scanner.run()`: what the method works on is given where its object is made. */
function madeFor(scoped: ScopedProgram, callee: AnyNode): AnyNode | null {
  const object = callee.type === 'MemberExpression' ? unwrap(callee.object) : null
  const binding = object?.type === 'Identifier' ? scoped.bindingOf(object) : null
  return binding && madeBy(binding)
}

/** The `new Scanner(SYMBOLS)` that a name is declared with. */
function madeBy({ declaration }: Binding): AnyNode | null {
  const made = declaration?.type === 'VariableDeclarator' && declaration.init ? unwrap(declaration.init) : null
  return made?.type === 'NewExpression' ? made : null
}

/** The object of functions that a name is declared with: `{ *[Symbol.iterator]() { yield* TECH } }`. */
function methodsOf({ declaration }: Binding): AnyNode | null {
  const made = declaration?.type === 'VariableDeclarator' && declaration.init ? unwrap(declaration.init) : null
  return made?.type === 'ObjectExpression' && made.properties.some((property) => property.type === 'Property' && isFunction(property.value)) ? made : null
}

/** `require.main === module`, `!module.parent`, `import.meta.url === …`, `import.meta.main`, `process.argv[1] === …`. */
function isEntryGuard(test: AnyNode): boolean {
  let guards = false
  walk(test, (node) => {
    if (node.type === 'MetaProperty') guards = true
    if (node.type === 'MemberExpression' && propertyName(node) === 'main') guards = true
    if (node.type === 'MemberExpression' && propertyName(node) === 'argv') guards = true
    if (dottedName(node) === 'module.parent') guards = true
    return !guards
  })
  return guards
}
