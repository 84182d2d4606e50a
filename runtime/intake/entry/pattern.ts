import type { AnyNode, NewExpression, ObjectExpression } from 'acorn'
import type { AskedSymbols } from '../lists/asked-symbols.ts'
import { rankName } from '../lists/list-names.ts'
import { functionOf } from '../function-of.ts'
import { findMainCall, findWorkingDeclaration, reaches, type FoundCall } from './main-call.ts'
import type { Entry, Pattern } from '../plan.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import type { Structure } from '../structure.ts'
import { isFunction, literalText, propertyName, unwrap, type FunctionNode } from '../tree.ts'

export interface FoundPattern {
  pattern: Pattern
  entry: Entry
  /** The function called per symbol or with the lists; null where the text does not show it. */
  entryFunction: FunctionNode | null
  /** The object given to `defineScanner`. */
  config: ObjectExpression | null
  mainCall: FoundCall | null
  /** False where the entry is a local function that the file does not export. */
  exported: boolean
  /** Where it has its symbols from, if it asks for those of the market. */
  asked?: AskedSymbols
}

const NO_ENTRY: Entry = { export: null, local: null, member: null }

/**
 * Decides how a file is run. The first that applies:
 * 1. `defineScanner`: the default export is a call of it.
 * 2. `script`: the file starts itself over a list at its top level, or exports by default what that came to. An exported `main`, `scan` or default does not change that: it runs
 *    as its author runs it.
 * 3. `default`: the default export is a function, or an object with a `scan` method, its own or of its class. One named `main`, or whose first parameter is
 *    named as a list of symbols, is `main`.
 * 4. `scan`: an export of that name. 5. `main`: an export of that name.
 * 6. `scan` or `main` as a top-level function that takes parameters, exported or not.
 * A file of pattern 3 to 6 that also calls its entry has that call left out. Null where none applies.
 */
export function findPattern(scoped: ScopedProgram, structure: Structure, symbols: Binding | null): FoundPattern | null {
  const exported = new Map<string, AnyNode>([...structure.commonjsNodes, ...structure.exportedNodes])
  const mainCall = findMainCall(scoped, structure, symbols)
  const base = { mainCall, config: null, exported: true }
  const defaultValue = valueOf(scoped, exported.get('default') ?? null)
  if (defaultValue && isDefineScanner(scoped, defaultValue)) {
    const config = configOf(scoped, defaultValue)
    return { ...base, pattern: 'defineScanner', entry: { ...NO_ENTRY, export: 'default' }, entryFunction: memberFunction(scoped, config, 'scan'), config }
  }
  if (mainCall && symbols && reaches(scoped, [mainCall.node, mainCall.target], symbols)) {
    return { ...base, pattern: 'script', entry: NO_ENTRY, entryFunction: mainCall.calledFunction }
  }
  // `export default results`, worked out while the file runs, is no function to call.
  const working = symbols !== null && defaultValue !== null && !isFunction(defaultValue) ? findWorkingDeclaration(scoped, structure, symbols, true) : null
  if (working) return { ...base, mainCall: working, pattern: 'script', entry: NO_ENTRY, entryFunction: null }
  const result = symbols === null ? null : exportedResult(scoped, structure, symbols)
  if (result) return { ...base, mainCall: result, pattern: 'script', entry: NO_ENTRY, entryFunction: result.calledFunction }
  const fromDefault = defaultValue ? patternOfDefault(scoped, defaultValue) : null
  if (fromDefault) return { ...base, ...fromDefault }
  for (const name of ['scan', 'main'] as const) {
    const value = valueOf(scoped, exported.get(name) ?? null)
    if (value && isCallable(value)) return { ...base, pattern: name, entry: { ...NO_ENTRY, export: name }, entryFunction: isFunction(value) ? value : null }
  }
  for (const name of ['scan', 'main'] as const) {
    const local = functionOf(scoped, scoped.top.bindings.get(name) ?? null)
    const startsElsewhere = name === 'scan' && mainCall?.functionName === 'main'
    // `main(config)`, called with what the file has for it, is no function of symbols and dates.
    const hasItsOwn = name === 'main' && mainCall?.calledFunction === local && mainCall.argumentCount > 0 && !namesSymbols(local)
    if (local && local.params.length > 0 && !startsElsewhere && !hasItsOwn) return { ...base, pattern: name, entry: { ...NO_ENTRY, local: name }, entryFunction: local, exported: false }
  }
  return null
}

/** The pattern of a file that starts itself over a list which stands inside something, or which only a declaration works on; null where none does. */
export function findHiddenScript(scoped: ScopedProgram, structure: Structure, symbols: Binding | null, hasList: boolean): FoundPattern | null {
  const mainCall = (symbols === null || scoped.functionAround(symbols.declaration) !== null ? null : findWorkingDeclaration(scoped, structure, symbols)) ?? findMainCall(scoped, structure, symbols)
  if (!hasList || mainCall === null) return null
  if (symbols !== null && !reaches(scoped, [mainCall.node, mainCall.target], symbols)) return null
  return { mainCall, config: null, exported: true, pattern: 'script', entry: NO_ENTRY, entryFunction: mainCall.calledFunction }
}

/** The pattern of a file that starts itself and asks the market for its symbols; null where nothing starts. */
export function findAskingScript(scoped: ScopedProgram, structure: Structure, asked: AskedSymbols): FoundPattern | null {
  const mainCall = findMainCall(scoped, structure, null)
  return mainCall && { mainCall, config: null, exported: true, pattern: 'script', entry: NO_ENTRY, entryFunction: mainCall.calledFunction, asked }
}

/** `export default await main()`, or what an async function of the file gives: a result, worked out over the list while the file runs. */
function exportedResult(scoped: ScopedProgram, { exportedNodes, defaultExport }: Structure, symbols: Binding): FoundCall | null {
  const value = exportedNodes.get('default')
  const pieceIndex = defaultExport?.pieceIndex ?? null
  if (value === undefined || pieceIndex === null) return null
  const call = unwrap(value)
  const callee = call.type === 'CallExpression' && call.callee.type === 'Identifier' ? functionOf(scoped, scoped.bindingOf(call.callee)) : null
  if (value.type !== 'AwaitExpression' && callee?.async !== true) return null
  if (!reaches(scoped, [value], symbols)) return null
  return { pieceIndex, functionName: null, guarded: false, node: value, target: callee ?? value, calledFunction: callee, argumentCount: 0 }
}

function patternOfDefault(scoped: ScopedProgram, value: AnyNode): Pick<FoundPattern, 'pattern' | 'entry' | 'entryFunction'> | null {
  if (value.type === 'ObjectExpression') {
    for (const name of ['scan', 'main'] as const) {
      const method = memberFunction(scoped, value, name)
      if (method) return { pattern: name, entry: { ...NO_ENTRY, export: 'default', member: name }, entryFunction: method }
    }
    return null
  }
  if (value.type === 'NewExpression') return patternOfInstance(scoped, value)
  if (!isCallable(value)) return null
  const entry = { ...NO_ENTRY, export: 'default' }
  if (!isFunction(value)) return { pattern: 'default', entry, entryFunction: null }
  return { pattern: takesLists(value) ? 'main' : 'default', entry, entryFunction: value }
}

/** `export default new GapScanner()`, of a class of the file that has such a method. */
function patternOfInstance(scoped: ScopedProgram, { callee }: NewExpression): Pick<FoundPattern, 'pattern' | 'entry' | 'entryFunction'> | null {
  const made = valueOf(scoped, callee as AnyNode)
  if (made?.type !== 'ClassDeclaration' && made?.type !== 'ClassExpression') return null
  for (const name of ['scan', 'main'] as const) {
    const method = made.body.body.find((member) => member.type === 'MethodDefinition' && member.kind === 'method' && !member.static && !member.computed && member.key.type === 'Identifier' && member.key.name === name)
    if (method?.type === 'MethodDefinition') return { pattern: name, entry: { ...NO_ENTRY, export: 'default', member: name }, entryFunction: method.value }
  }
  return null
}

function takesLists(node: FunctionNode): boolean {
  return (node.type !== 'ArrowFunctionExpression' && node.id?.name === 'main') || namesSymbols(node)
}

/** Whether the first parameter is named as a list of symbols. */
function namesSymbols(node: FunctionNode | null): boolean {
  const first = node?.params[0]
  const name = first?.type === 'Identifier' ? first.name : first?.type === 'AssignmentPattern' && first.left.type === 'Identifier' ? first.left.name : ''
  return rankName(name, 'symbols') === 1 && !/(symbol|ticker|stock)$/i.test(name)
}

/** A function, or a call that may give one. */
function isCallable(value: AnyNode): boolean {
  return isFunction(value) || value.type === 'CallExpression'
}

/** The first parameter of a plain scan that takes it apart, as one of `defineScanner` does: what it is called with is a symbol, a text. */
export function contextTaker({ pattern, entryFunction }: FoundPattern): AnyNode | null {
  const [first] = pattern === 'scan' || pattern === 'default' ? (entryFunction?.params ?? []) : []
  const inner = first?.type === 'AssignmentPattern' ? first.left : first
  return inner?.type === 'ObjectPattern' ? inner : null
}

/** Follows names to what they were declared with. */
export function valueOf(scoped: ScopedProgram, node: AnyNode | null, depth = 0): AnyNode | null {
  if (!node || depth > 10) return null
  const inner = unwrap(node)
  if (inner.type === 'VariableDeclaration') {
    const [declarator] = inner.declarations
    return inner.declarations.length === 1 && declarator?.init ? valueOf(scoped, declarator.init, depth + 1) : null
  }
  if (inner.type !== 'Identifier') return inner
  const binding = scoped.bindingOf(inner)
  if (!binding) return null
  if (binding.declaration.type === 'VariableDeclarator') return valueOf(scoped, binding.declaration.init ?? null, depth + 1)
  return binding.kind === 'function' || binding.kind === 'class' ? binding.declaration : null
}

function isDefineScanner(scoped: ScopedProgram, value: AnyNode): boolean {
  if (value.type !== 'CallExpression') return false
  const callee = unwrap(value.callee)
  if (callee.type === 'MemberExpression') return propertyName(callee) === 'defineScanner'
  if (callee.type !== 'Identifier') return false
  const binding = scoped.bindingOf(callee)
  if (binding?.declaration.type === 'ImportSpecifier') return (binding.declaration.imported as { name?: string }).name === 'defineScanner'
  return callee.name === 'defineScanner' && binding?.kind !== 'function'
}

function configOf(scoped: ScopedProgram, call: AnyNode): ObjectExpression | null {
  const argument = call.type === 'CallExpression' ? (call.arguments[0] ?? null) : null
  const value = valueOf(scoped, argument)
  return value?.type === 'ObjectExpression' ? value : null
}

/** The value of a property of an object literal. */
export function memberValue(object: ObjectExpression | null, name: string): AnyNode | null {
  for (const property of object?.properties ?? []) {
    if (property.type !== 'Property' || property.computed) continue
    const key = property.key.type === 'Identifier' ? property.key.name : literalText(property.key)
    if (key === name) return property.value
  }
  return null
}

function memberFunction(scoped: ScopedProgram, object: ObjectExpression | null, name: string): FunctionNode | null {
  const value = valueOf(scoped, memberValue(object, name))
  return isFunction(value) ? value : null
}
