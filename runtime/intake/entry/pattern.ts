import type { AnyNode, Class, NewExpression, ObjectExpression } from 'acorn'
import type { AskedSymbols } from '../lists/asked-symbols.ts'
import { rankName } from '../lists/list-names.ts'
import { functionOf } from '../function-of.ts'
import { findMainCall, findWorkingDeclaration, reaches, START_NAME, type FoundCall } from './main-call.ts'
import type { Entry, Pattern, TakenLists } from '../plan.ts'
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
  /** Of the pattern `main`: what it is handed, and which lists of the file stand for the rest. */
  taken?: TakenLists
  /** Of the pattern `main`: what is called is made by a function that stands outside the file. */
  isMadeElsewhere?: boolean
}

const MAX_PARENTS = 10
const NO_ENTRY: Entry = { export: null, local: null, member: null }

/**
 * Decides how a file is run. The first that applies:
 * 1. `defineScanner`: the default export is a call of it.
 * 2. `script`: the file starts itself over a list at its top level, or exports by default what that came to. An exported `main`, `scan` or default does not change that: it runs
 *    as its author runs it.
 * 3. `default`: the default export is a function, or an object with a `scan` method, its own or of its class, or such a class. One named `main`, or whose first
 *    parameter is named as a list of symbols, is `main`.
 * 4. `scan`: an export of that name, `main` where its first parameter is a list of symbols. 5. `main`: an export of that name. An exported class with such a method comes last.
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
    if (!value || !isCallable(value)) continue
    const entryFunction = isFunction(value) ? value : null
    return { ...base, pattern: namesSymbols(entryFunction) ? 'main' : name, entry: { ...NO_ENTRY, export: name }, entryFunction }
  }
  const fromClass = patternOfExportedClass(scoped, exported)
  if (fromClass) return { ...base, ...fromClass }
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
  const isStarted = symbols === null || (symbols.references.length === 0 ? !forgetsStart(scoped, structure) : reaches(scoped, [mainCall.node, mainCall.target], symbols))
  return isStarted ? { mainCall, config: null, exported: true, pattern: 'script', entry: NO_ENTRY, entryFunction: mainCall.calledFunction } : null
}

/** Whether a function that is named like a start stands there and nothing calls it. */
function forgetsStart(scoped: ScopedProgram, { functionNames }: Structure): boolean {
  return functionNames.some((name) => START_NAME.test(name) && scoped.top.bindings.get(name)?.references.length === 0)
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

function patternOfDefault(scoped: ScopedProgram, value: AnyNode): EntryOfValue | null {
  if (value.type === 'ObjectExpression') {
    for (const name of ['scan', 'main'] as const) {
      const method = memberFunction(scoped, value, name)
      if (method) return { pattern: namesSymbols(method) ? 'main' : name, entry: { ...NO_ENTRY, export: 'default', member: name }, entryFunction: method }
    }
    return null
  }
  if (value.type === 'NewExpression') return patternOfInstance(scoped, value)
  if (isClass(value)) return patternOfClass(scoped, value, 'default')
  if (!isCallable(value)) return null
  const entry = { ...NO_ENTRY, export: 'default' }
  if (!isFunction(value)) return { pattern: 'default', entry, entryFunction: null }
  return { pattern: takesLists(value) ? 'main' : 'default', entry, entryFunction: value }
}

type EntryOfValue = Pick<FoundPattern, 'pattern' | 'entry' | 'entryFunction'>

/** `export default new GapScanner()`, of a class of the file that has such a method. */
function patternOfInstance(scoped: ScopedProgram, { callee }: NewExpression): EntryOfValue | null {
  const made = valueOf(scoped, callee as AnyNode)
  return made !== null && isClass(made) ? patternOfMethods(scoped, made, false, { ...NO_ENTRY, export: 'default' }) : null
}

/** `module.exports = GapScanner`: its own method, or that of an object of it, which is made where its constructor asks for nothing. */
function patternOfClass(scoped: ScopedProgram, node: Class, exportedAs: string): EntryOfValue | null {
  const entry = { ...NO_ENTRY, export: exportedAs }
  const own = patternOfMethods(scoped, node, true, entry)
  return own ?? (isMadeOfNothing(scoped, node) ? patternOfMethods(scoped, node, false, { ...entry, isClass: true }) : null)
}

/** The only exported class that has such a method. */
function patternOfExportedClass(scoped: ScopedProgram, exported: ReadonlyMap<string, AnyNode>): EntryOfValue | null {
  const found = exportedClasses(scoped, exported).flatMap(({ name, node }) => patternOfClass(scoped, node, name) ?? [])
  return found.length === 1 ? found[0]! : null
}

/** The classes that a file lets out, by the names under which it does. */
export function exportedClasses(scoped: ScopedProgram, exported: ReadonlyMap<string, AnyNode>): { name: string; node: Class }[] {
  return [...exported].flatMap(([name, value]) => {
    const node = valueOf(scoped, value)
    return node !== null && isClass(node) ? [{ name, node }] : []
  })
}

/** Whether a class has a `scan` or a `main` that an object of it could be asked for. */
export const hasEntryMethod = (scoped: ScopedProgram, node: Class): boolean => patternOfMethods(scoped, node, false, NO_ENTRY) !== null

function patternOfMethods(scoped: ScopedProgram, node: Class, isStatic: boolean, entry: Entry): EntryOfValue | null {
  for (const name of ['scan', 'main'] as const) {
    const method = methodOf(scoped, node, name, isStatic)
    if (method !== null) return { pattern: namesSymbols(method) ? 'main' : name, entry: { ...entry, member: name }, entryFunction: method }
  }
  return null
}

/** A method of a class, or a field that holds a function, its own or of a class of the file that it extends. */
function methodOf(scoped: ScopedProgram, node: Class, name: string, isStatic: boolean, depth = 0): FunctionNode | null {
  for (const member of node.body.body) {
    if ((member.type !== 'MethodDefinition' && member.type !== 'PropertyDefinition') || member.static !== isStatic || member.computed || member.key.type !== 'Identifier' || member.key.name !== name) continue
    if (isFunction(member.value) && (member.type === 'PropertyDefinition' || member.kind === 'method')) return member.value
  }
  const parent = parentClass(scoped, node)
  return parent === null || depth > MAX_PARENTS ? null : methodOf(scoped, parent, name, isStatic, depth + 1)
}

/** Whether `new` needs no arguments: those of the constructor, its own or inherited, have defaults. */
function isMadeOfNothing(scoped: ScopedProgram, node: Class, depth = 0): boolean {
  const made = node.body.body.find((member) => member.type === 'MethodDefinition' && member.kind === 'constructor')
  if (made?.type === 'MethodDefinition') return made.value.params.every(({ type }) => type === 'AssignmentPattern' || type === 'RestElement')
  const parent = parentClass(scoped, node)
  return parent === null || depth > MAX_PARENTS ? !node.superClass : isMadeOfNothing(scoped, parent, depth + 1)
}

function parentClass(scoped: ScopedProgram, { superClass }: Class): Class | null {
  const parent = superClass ? valueOf(scoped, superClass as AnyNode) : null
  return parent !== null && isClass(parent) ? parent : null
}

const isClass = (node: AnyNode): node is AnyNode & Class => node.type === 'ClassDeclaration' || node.type === 'ClassExpression'

/** Whether a function takes a list of symbols, by its own name or that of its first parameter. */
export function takesLists(node: FunctionNode): boolean {
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
