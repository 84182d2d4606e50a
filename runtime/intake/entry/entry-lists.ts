import type { AnyNode } from 'acorn'
import type { LineIndex } from '../lines.ts'
import { findAskedSymbols, findComputedSymbols } from '../lists/asked-symbols.ts'
import { findInnerList, type InnerList } from '../lists/inner-lists.ts'
import { isGoneThrough, type FoundLists } from '../lists/lists.ts'
import { leavesFirst, takesListByDefault } from './left-defaults.ts'
import { reaches } from './main-call.ts'
import { takesLists, type FoundPattern } from './pattern.ts'
import { givesList, passesOverItsSymbol, takenByWrapped, takenLists, takesNoSymbol } from './taken-lists.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import type { Structure } from '../structure.ts'
import { isFunction, propertyName, walk, type FunctionNode } from '../tree.ts'
import { wrappedEntry } from './wrapped.ts'

/** What the lists of an entry are looked for in. */
interface Sources {
  scoped: ScopedProgram
  structure: Structure
  lists: FoundLists
  lines: LineIndex
  /** Whether it reads a file that holds symbols. */
  readsSymbols: boolean
  /** Takes a list that stands inside something as that of its role. */
  take(inner: InnerList): void
}

/**
 * An exported function that takes no symbol and goes through a list of its own runs as a script does: once over the list, in whose place
 * that of the run is put, and not symbol by symbol.
 */
export function asWalker(found: FoundPattern, sources: Sources): FoundPattern {
  const { scoped, structure, lists } = sources
  const { pattern, entryFunction } = found
  if (pattern !== 'scan' && pattern !== 'default') return found
  const wrapped = wrappedEntry(scoped, structure, found)
  const walker = entryFunction ?? wrapped?.inner ?? null
  if (walker === null) return found
  // What a call makes of a function may read the list too.
  const roots: AnyNode[] = wrapped === null ? [walker] : [walker, wrapped.call]
  const asMain: FoundPattern = { ...found, pattern: 'main' }
  if ((wrapped !== null && takesLists(walker)) || leavesFirst(scoped, walker) || takesListByDefault(scoped, walker)) return asMain
  const own = lists.bindings.symbols
  if (own !== null && standsInFor(scoped, walker, own)) return asMain
  if (own !== null && passesOverItsSymbol(scoped, walker) && isGoneThrough(scoped, own, 'symbols') && readsList(scoped, roots, own) && givesList(scoped, walker)) return asMain
  if (!takesNoSymbol(scoped, walker)) return found
  if (own !== null) return readsList(scoped, roots, own) ? asMain : found
  const inner = lists.chosen.symbols === null ? findInnerList(scoped, structure, sources.lines, 'symbols') : null
  const reads = inner === null ? sources.readsSymbols || findAskedSymbols(scoped) !== null || worksOutSymbols(scoped, walker) || onlyGoesThrough(walker) : roots.some((root) => readsInner(scoped, root, inner))
  return reads ? asMain : found
}

/** Whether a function has a list of symbols that only its run tells. */
function worksOutSymbols(scoped: ScopedProgram, entry: FunctionNode): boolean {
  const computed = findComputedSymbols(scoped)
  return computed !== null && entry.start <= computed.offset && computed.offset < entry.end
}

/** Whether a list is what the first parameter is where it is not given: `(list = SYMBOLS)`, `list || SYMBOLS`. */
function standsInFor(scoped: ScopedProgram, { params: [first] }: FunctionNode, list: Binding): boolean {
  if (first?.type === 'AssignmentPattern') return scoped.bindingOf(first.right as AnyNode) === list
  const param = first?.type === 'Identifier' ? scoped.bindingOf(first) : null
  return param !== null && list.references.some((use) => {
    const around = scoped.parentOf(use)
    if (around?.type === 'AssignmentExpression') return around.right === use && /^(\|\||\?\?)=$/.test(around.operator) && scoped.bindingOf(around.left as AnyNode) === param
    if (around?.type === 'ConditionalExpression') return [around.consequent, around.alternate].some((branch) => scoped.bindingOf(branch as AnyNode) === param)
    return around?.type === 'LogicalExpression' && around.right === use && scoped.bindingOf(around.left as AnyNode) === param
  })
}

/** Whether a function goes through a list inside itself or one that it calls, or names the property that holds it. */
function readsInner(scoped: ScopedProgram, entry: AnyNode, { declaration, binding }: InnerList): boolean {
  if (entry.start <= declaration.initializerStart && declaration.initializerEnd <= entry.end) return true
  if (binding !== null) return reaches(scoped, [entry], binding)
  let reads = false
  walk(scoped.program, (node) => {
    if (propertyName(node) === declaration.name && !isAssigned(scoped, node)) reads = true
    return !reads
  })
  return reads
}

/** Whether a function goes through something and returns nothing: what it finds, it leaves elsewhere. */
function onlyGoesThrough({ body }: FunctionNode): boolean {
  let goes = false
  let returns = body.type !== 'BlockStatement'
  walk(body, (node) => {
    if (node.type === 'ForOfStatement' || (node.type === 'CallExpression' && /^(forEach|map)$/.test(propertyName(node.callee as AnyNode) ?? ''))) goes = true
    if (node.type === 'ReturnStatement' && node.argument) returns = true
    return !returns && !isFunction(node)
  })
  return goes && !returns
}

function isAssigned(scoped: ScopedProgram, node: AnyNode): boolean {
  const around = scoped.parentOf(node)
  return around?.type === 'AssignmentExpression' && around.left === node
}

/** Adds what a `main` is handed, with the lists inside functions that stand for what it is not. */
export function withTaken(found: FoundPattern, { scoped, structure, lists, lines, take }: Sources): FoundPattern {
  if (found.pattern !== 'main') return found
  const wrapped = wrappedEntry(scoped, structure, found)
  const taken = wrapped === null ? takenLists(scoped, found.entryFunction) : takenByWrapped(scoped, wrapped.inner)
  for (const role of ['symbols', 'dates'] as const) {
    if (lists.chosen[role] !== null) continue
    const isHanded = taken.order.includes(role)
    const inner = findInnerList(scoped, structure, lines, role, isHanded ? found.entryFunction : null)
    if (inner !== null && (found.entryFunction !== null || !isHanded)) take(inner)
  }
  return { ...found, taken, ...(wrapped?.isMadeHere === false && { isMadeElsewhere: true }) }
}

/** Whether code that runs from a function, or from the object or class that it is a method of, reads a list. */
function readsList(scoped: ScopedProgram, roots: readonly AnyNode[], list: Binding): boolean {
  return reaches(scoped, roots.flatMap((root) => [root, holderOf(scoped, root) ?? root]), list)
}

function holderOf(scoped: ScopedProgram, node: AnyNode): AnyNode | null {
  for (let around = scoped.parentOf(node); around; around = scoped.parentOf(around)) {
    if (around.type === 'ClassDeclaration' || around.type === 'ClassExpression') return around
    if (around.type === 'ObjectExpression' && scoped.functionAround(around) === null) return around
  }
  return null
}
