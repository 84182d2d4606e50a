import type { AnyNode, CallExpression, MemberExpression, VariableDeclarator } from 'acorn'
import type { Diagnostic } from '../../scan/run.ts'
import { diagnostic, type Place } from '../diagnostics.ts'
import { functionOf } from '../function-of.ts'
import { filledKeys, isFilled } from './filled-keys.ts'
import { holdsGroups } from './grouped-lists.ts'
import { defaultedAt, holdersAt } from './nested-lists.ts'
import type { LineIndex } from '../lines.ts'
import type { InnerList } from './inner-lists.ts'
import { DATE_FIELD, isSingular, looksLikeDate, looksLikeTicker, rankName, SYMBOL_FIELD, type ListRole } from './list-names.ts'
import type { ListDeclaration, ListForm, ListInjection } from '../plan.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import { evaluateStatically, isWritten, jsonModule, type StaticValue } from '../static-value.ts'
import type { Structure } from '../structure.ts'
import { calleeName, isFunction, isIdentifier, propertyName, unwrap, walk } from '../tree.ts'

export interface FoundLists {
  chosen: Record<ListRole, ListDeclaration | null>
  candidates: Record<ListRole, ListDeclaration[]>
  bindings: Record<ListRole, Binding | null>
  /** Candidates that are not chosen. */
  others: { list: ListDeclaration; binding: Binding }[]
  /** Those of symbols that the script goes through as well; see further-lists.ts. */
  further: { list: ListDeclaration; binding: Binding | null }[]
  diagnostics: Diagnostic[]
}

interface Candidate {
  declaration: ListDeclaration
  binding: Binding
  rank: 1 | 2 | 3
  usage: Usage
}

/** How the file uses a list: 3 iterates over it, 2 passes it to a call, 1 mentions it, 0 never uses it but to make another list. */
type Usage = 0 | 1 | 2 | 3

/** Finds the symbol and date lists of a file's top level and chooses one each: the one in use, then by name, then the first. */
export function findLists(scoped: ScopedProgram, structure: Structure, lines: LineIndex, place: (offset: number) => Place): FoundLists {
  const found: FoundLists = {
    chosen: { symbols: null, dates: null },
    candidates: { symbols: [], dates: [] },
    bindings: { symbols: null, dates: null },
    others: [],
    further: [],
    diagnostics: [],
  }
  for (const role of ['symbols', 'dates'] as const) {
    const candidates = candidatesOf(scoped, structure, lines, role, false)
    // An object that is filled while the file runs may be any cache: it is looked at where there is no list.
    if (candidates.length === 0) candidates.push(...candidatesOf(scoped, structure, lines, role, true))
    candidates.sort((a, b) => Number(b.usage >= 2) - Number(a.usage >= 2) || a.rank - b.rank || b.usage - a.usage || a.declaration.initializerStart - b.declaration.initializerStart)
    const [best, ...others] = candidates
    if (!best) continue
    found.chosen[role] = best.declaration
    found.bindings[role] = best.binding
    found.candidates[role] = candidates.map((candidate) => candidate.declaration)
    found.others.push(...others.map(({ declaration, binding }) => ({ list: declaration, binding })))
    found.diagnostics.push(...describeChoice(best, others, role, place))
  }
  return found
}

function candidatesOf(scoped: ScopedProgram, structure: Structure, lines: LineIndex, role: ListRole, mayBeFilled: boolean): Candidate[] {
  return [...scoped.top.bindings.values()].flatMap((binding) => asCandidate(scoped, structure, lines, binding, role, mayBeFilled) ?? [])
}

function asCandidate(scoped: ScopedProgram, structure: Structure, lines: LineIndex, binding: Binding, role: ListRole, mayBeFilled: boolean): Candidate | null {
  const { declaration } = binding
  if (declaration.type === 'ImportDefaultSpecifier') return importedCandidate(scoped, structure, lines, binding, role)
  if (declaration.type !== 'VariableDeclarator') return null
  const named = rankName(binding.name, role)
  // Taken out of an object, as in `const { symbols } = settings`, a list is seen only while the file runs.
  const isTakenOut = declaration.id.type !== 'Identifier'
  if (isTakenOut && (named === null || declaration.id.type !== 'ObjectPattern')) return null
  if (binding.references.some((use) => isWritten(scoped, use) && scoped.functionAround(use) !== null)) return null
  const found = initializerOf(scoped, structure, binding, declaration)
  const initializer = found && isTakenOut ? { ...found, node: null } : found
  if (!initializer || isFunction(initializer.node) || initializer.node?.type === 'ClassExpression') return null
  // Each list of such groups is one of its own; those of an object of plain lists are put in place by the names that they have.
  if (initializer.node && role === 'symbols' && holdsGroups(scoped, initializer.node) && !isPlainGroups(scoped, initializer.node)) return null
  const value = initializer.node ? filledValue(scoped, binding, evaluateStatically(initializer.node, scoped)) : ({ kind: 'opaque' } as const)
  const isKeyed = mayBeFilled && named === 1 && isEmptyKeyed(value) && isFilled(scoped, binding)
  const shape = isKeyed ? ({ form: value.kind, field: null, separator: null, staticValue: null } as const) : shapeOf(value, binding.name, role)
  if (!shape || (initializer.node !== null && cannotBeList(initializer.node))) return null
  const usage = usageOf(scoped, binding, role)
  if (named === null && !(usage === 3 && looksTheRole(shape, role))) return null
  const { start, end } = initializer.node ?? { start: declaration.end, end: declaration.end }
  return {
    binding,
    rank: named ?? 3,
    usage,
    declaration: {
      name: binding.name,
      role,
      ...shape,
      injection: injectionFor(scoped, binding, declaration, initializer.node, shape.form),
      declaredWith: binding.kind === 'let' || binding.kind === 'var' ? binding.kind : 'const',
      pieceIndex: initializer.pieceIndex,
      initializerStart: start,
      initializerEnd: end,
      ...lines.positionAt(binding.identifier.start),
    },
  }
}

/** A list in a JSON file that is imported; it is filled behind the first statement, which must not look at it yet. */
function importedCandidate(scoped: ScopedProgram, structure: Structure, lines: LineIndex, binding: Binding, role: ListRole): Candidate | null {
  const statement = scoped.parentOf(binding.declaration)
  const value = statement?.type === 'ImportDeclaration' ? jsonModule(String(statement.source.value), scoped) : null
  const shape = value === null || value.kind === 'opaque' ? null : shapeOf(value, binding.name, role)
  const first = structure.pieceNodes[0]
  const isEarly = first !== undefined && /Declaration$/.test(first.type) && !binding.references.some((use) => use.start < first.end && scoped.functionAround(use) === null)
  if (shape === null || shape.form === 'string' || shape.form === 'single' || !isEarly) return null
  const named = rankName(binding.name, role)
  const usage = usageOf(scoped, binding, role)
  if (named === null && !(usage === 3 && looksTheRole(shape, role))) return null
  const { start } = binding.identifier
  const declaration = { name: binding.name, role, ...shape, injection: 'inPlace', declaredWith: 'const', pieceIndex: 0, initializerStart: start, initializerEnd: start, ...lines.positionAt(start) } as const
  return { binding, rank: named ?? 3, usage, declaration }
}

/** `{ tech: ['AAPL'], banks: ['JPM'] }`, open to be changed. */
function isPlainGroups(scoped: ScopedProgram, node: AnyNode): boolean {
  const value = unwrap(node).type === 'ObjectExpression' ? evaluateStatically(node, scoped) : null
  return value?.kind === 'object' && [...value.entries.values()].every(({ kind }) => kind === 'list')
}

/** The declaration's own initializer, or that of the last top-level assignment where it has none or an empty one. */
function initializerOf(scoped: ScopedProgram, structure: Structure, binding: Binding, declarator: VariableDeclarator): { node: AnyNode | null; pieceIndex: number } | null {
  let node: AnyNode | null = declarator.init ?? null
  let pieceIndex = pieceAround(structure, declarator)
  if (!binding.references.some((use) => isWritten(scoped, use))) return pieceIndex === -1 ? null : { node, pieceIndex }
  structure.pieceNodes.forEach((statement, index) => {
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') return
    const { left, right, operator } = statement.expression
    if (operator === '=' && scoped.bindingOf(left as AnyNode) === binding) {
      node = right
      pieceIndex = index
    }
  })
  return pieceIndex === -1 ? null : { node, pieceIndex }
}

const isEmptyKeyed = (value: StaticValue): value is Extract<StaticValue, { kind: 'object' | 'map' }> => (value.kind === 'object' && value.entries.size === 0) || (value.kind === 'map' && value.keys.length === 0)

/** An object or a Map that starts empty, with the keys that further statements give it. */
function filledValue(scoped: ScopedProgram, binding: Binding, value: StaticValue): StaticValue {
  const keys = isEmptyKeyed(value) ? filledKeys(scoped, binding) : null
  if (keys === null) return value
  const distinct = [...new Set(keys)]
  if (value.kind === 'map') return { kind: 'map', keys: distinct.map((text) => ({ kind: 'text', text })) }
  return { kind: 'object', entries: new Map(distinct.map((key) => [key, { kind: 'opaque' }])) }
}

/** The index of the top-level statement around a node, -1 for none. */
function pieceAround({ pieces }: Structure, { start, end }: AnyNode): number {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (pieces[middle]!.end < end) low = middle + 1
    else high = middle
  }
  return low < pieces.length && pieces[low]!.start <= start ? low : -1
}

/** `null` for values that are no list: numbers, objects without a list's look. */
function shapeOf(value: StaticValue, name: string, role: ListRole): Pick<ListDeclaration, 'form' | 'field' | 'separator' | 'staticValue'> | null {
  const shape = (form: ListForm, staticValue: string[] | null, more: { field?: string; separator?: string } = {}) => ({ form, staticValue, field: more.field ?? null, separator: more.separator ?? null })
  switch (value.kind) {
    case 'opaque':
      return shape('unknown', null)
    case 'number':
      return null
    case 'text':
      return shapeOfText(value.text, name, role)
    case 'set':
      return shape('set', textsOf(value.items))
    case 'map':
      return shape('map', textsOf(value.keys))
    case 'list': {
      const texts = textsOf(value.items)
      if (texts) return shape('array', texts)
      const field = fieldOf(value.items, role === 'symbols' ? SYMBOL_FIELD : DATE_FIELD)
      if (field === null) return value.items.every((item) => item.kind === 'opaque') ? shape('unknown', null) : null
      return shape('objects', textsOf(value.items.map((item) => (item.kind === 'object' ? (item.entries.get(field) ?? { kind: 'opaque' }) : { kind: 'opaque' }))), { field })
    }
    case 'object': {
      const values = [...value.entries.values()]
      const grouped = values.length > 0 ? values.map((group) => (group.kind === 'list' ? textsOf(group.items) : null)) : [null]
      if (grouped.every((group) => group !== null)) return shape('groups', [...new Set(grouped.flat())])
      const keys = [...value.entries.keys()]
      const looksRight = role === 'symbols' ? looksLikeTicker : looksLikeDate
      return keys.length > 0 && keys.every(looksRight) ? shape('object', keys) : null
    }
  }
}

function shapeOfText(text: string, name: string, role: ListRole): Pick<ListDeclaration, 'form' | 'field' | 'separator' | 'staticValue'> | null {
  const separator = [',', ';', '|', '\n', ' '].find((mark) => text.trim().includes(mark)) ?? null
  const values = text.split(separator === ' ' ? /\s+/ : (separator ?? '\n')).map((part) => part.trim()).filter(Boolean)
  const looksRight = role === 'symbols' ? looksLikeTicker : looksLikeDate
  if (values.length === 0 || !values.every((part) => looksRight(part.toUpperCase()))) return null
  if (values.length === 1 && isSingular(name)) return { form: 'single', field: null, separator: null, staticValue: values }
  return { form: 'string', field: null, separator: separator ?? ',', staticValue: values }
}

function textsOf(items: StaticValue[]): string[] | null {
  const texts: string[] = []
  for (const item of items) {
    if (item.kind !== 'text') return null
    if (item.text.trim() !== '') texts.push(item.text.trim())
  }
  return texts
}

function fieldOf(items: StaticValue[], pattern: RegExp): string | null {
  const [first] = items
  if (first?.kind !== 'object') return null
  return [...first.entries.keys()].find((key) => pattern.test(key) && items.every((item) => item.kind === 'object' && item.entries.has(key))) ?? null
}

/** A list under a name that says nothing must look like one: tickers or dates throughout, two at least. */
function looksTheRole(shape: Pick<ListDeclaration, 'form' | 'staticValue'>, role: ListRole): boolean {
  const values = shape.staticValue
  if (!values || values.length < 2 || shape.form === 'string') return false
  return values.every(role === 'symbols' ? looksLikeTicker : looksLikeDate)
}

/** Initializers that surely make no list: modules, clients, objects of functions, booleans, dates and patterns. */
function cannotBeList(node: AnyNode): boolean {
  const inner = unwrap(node)
  if (inner.type === 'Literal') return typeof inner.value !== 'string'
  if (inner.type === 'ObjectExpression') return inner.properties.length > 0 && inner.properties.every((property) => property.type === 'Property' && isFunction(property.value))
  if (inner.type === 'CallExpression') return calleeName(inner) === 'require' && !/\.json$/.test(String((inner.arguments[0] as { value?: unknown } | undefined)?.value))
  return inner.type === 'NewExpression' && isIdentifier(inner.callee) && !['Set', 'Map', 'Array', 'Date'].includes(inner.callee.name)
}

function injectionFor(scoped: ScopedProgram, binding: Binding, declarator: VariableDeclarator, initializer: AnyNode | null, form: ListForm): ListInjection {
  const statement = scoped.parentOf(declarator)
  const usedBesides = statement?.type === 'VariableDeclaration' && binding.references.some((use) => use.start > declarator.end && use.end <= statement.end)
  if (usedBesides || (initializer !== null && readsFile(initializer))) return 'replaceInitializer'
  if (binding.kind !== 'const') return 'reassign'
  if (form === 'string' || form === 'single') return 'replaceInitializer'
  const outer = initializer === null ? null : unwrap(initializer)
  return outer?.type === 'CallExpression' && calleeName(outer) === 'Object.freeze' ? 'replaceInitializer' : 'inPlace'
}

function readsFile(initializer: AnyNode): boolean {
  let reads = false
  walk(initializer, (node) => {
    if (node.type === 'CallExpression' && /(^|\.)(readFileSync|readFile|readJsonSync|readdirSync)$/.test(calleeName(node) ?? '')) reads = true
    return !reads
  })
  return reads
}

const ITERATING = /^(map|forEach|filter|flatMap|reduce|entries|values|keys|some|every|for|slice|splice|shift|pop|length|size|split)$/

/** Functions that a list is handed on through. */
const MAX_CALLS = 3

/** Whether the file iterates over what a name holds. */
export const isGoneThrough = (scoped: ScopedProgram, binding: Binding, role: ListRole): boolean => usageOf(scoped, binding, role) === 3

function usageOf(scoped: ScopedProgram, binding: Binding, role: ListRole, calls = 0): Usage {
  let usage: Usage = 0
  for (const use of binding.references) {
    const found = usageAt(scoped, use, role, calls)
    if (found > usage) usage = found
  }
  return usage
}

function usageAt(scoped: ScopedProgram, use: AnyNode, role: ListRole, calls: number): Usage {
  // Of an object of lists, it is the object that stands for all of them.
  const holders = calls > 0 ? [] : [...defaultedAt(scoped, use), ...holdersAt(scoped, use).filter((holder) => !isHeldTogether(scoped, holder))]
  if (holders.some((holder) => isHolderGoneThrough(scoped, holder, role))) return 3
  let node = use
  let parent = scoped.parentOf(node)
  while (parent && (parent.type === 'ChainExpression' || parent.type === 'ParenthesizedExpression' || parent.type === 'SpreadElement')) {
    node = parent
    parent = scoped.parentOf(node)
  }
  // A copy, as `[...watch]` and `Array.from(watch)`, is gone through in its stead.
  while (parent && (isCopy(parent, node) || parent.type === 'ParenthesizedExpression')) {
    node = parent
    parent = scoped.parentOf(node)
  }
  if (!parent || isPartOfAnotherList(scoped, use, role)) return 0
  if ((parent.type === 'ForOfStatement' || parent.type === 'ForInStatement') && parent.right === node) return 3
  if ((parent.type === 'YieldExpression' && parent.delegate) || isLoopedContainer(scoped, node)) return 3
  if (parent.type === 'MemberExpression' && parent.object === node) return ITERATING.test(propertyName(parent) ?? '') || isPicked(parent) || isGroupGoneThrough(scoped, parent) ? 3 : 1
  if (parent.type === 'CallExpression' || parent.type === 'NewExpression') {
    if (parent.type === 'NewExpression') return 2
    return /^(Object\.(keys|entries|values)|Promise\.all)$/.test(calleeName(parent) ?? '') || isTakenThrough(scoped, parent, node, role, calls) ? 3 : 2
  }
  return 1
}

/** `for (const list of [TECH, BANKS])`: whoever goes through the lists goes through each. */
function isLoopedContainer(scoped: ScopedProgram, list: AnyNode): boolean {
  const container = scoped.parentOf(list)
  const around = container?.type === 'ArrayExpression' && list.type !== 'SpreadElement' ? scoped.parentOf(container) : null
  return around?.type === 'ForOfStatement' && around.right === container
}

/** Holders of which that is known: thousands of lists may stand in one default. */
const known: Record<ListRole, WeakMap<Binding, boolean>> = { symbols: new WeakMap(), dates: new WeakMap() }

/** Whether a name stands for an object of plain lists, which is a list of its own. */
const isHeldTogether = (scoped: ScopedProgram, { declaration }: Binding): boolean => declaration.type === 'VariableDeclarator' && declaration.init != null && isPlainGroups(scoped, declaration.init)

/** Whether the parameter or the name in whose value a list stands is gone through. */
function isHolderGoneThrough(scoped: ScopedProgram, holder: Binding, role: ListRole): boolean {
  const goes = known[role].get(holder) ?? usageOf(scoped, holder, role, 1) === 3
  known[role].set(holder, goes)
  return goes
}

/** Whether a function of the file that is called with a list goes through it. */
function isTakenThrough(scoped: ScopedProgram, call: CallExpression, list: AnyNode, role: ListRole, calls: number): boolean {
  const callee = unwrap(call.callee as AnyNode)
  const called = callee.type === 'Identifier' && calls < MAX_CALLS ? functionOf(scoped, scoped.bindingOf(callee)) : null
  const param = called?.params[call.arguments.indexOf(list as never)]
  const identifier = param?.type === 'AssignmentPattern' ? param.left : param
  const binding = identifier?.type === 'Identifier' ? scoped.bindingOf(identifier) : null
  return binding !== null && usageOf(scoped, binding, role, calls + 1) === 3
}

/** `BANKS[i]`. */
const isPicked = ({ computed, property }: MemberExpression): boolean => computed && unwrap(property as AnyNode).type !== 'Literal'

/** `for (const symbol of watch.tech)` and `watch.tech.map(…)` go through a part of what the name holds. */
function isGroupGoneThrough(scoped: ScopedProgram, group: AnyNode): boolean {
  const around = scoped.parentOf(group)
  if (around?.type === 'ForOfStatement') return around.right === group
  return around?.type === 'MemberExpression' && around.object === group && /^(map|forEach|filter|flatMap)$/.test(propertyName(around) ?? '')
}

function isCopy(around: AnyNode, list: AnyNode): boolean {
  if (around.type === 'ArrayExpression') return list.type === 'SpreadElement' && around.elements.length === 1
  return around.type === 'CallExpression' && around.arguments[0] === list && calleeName(around) === 'Array.from'
}

/** True inside the top-level initializer of a name that could be such a list itself. */
function isPartOfAnotherList(scoped: ScopedProgram, use: AnyNode, role: ListRole): boolean {
  for (let node = scoped.parentOf(use); node; node = scoped.parentOf(node)) {
    if (isFunction(node)) return false
    if (node.type === 'VariableDeclarator') return node.id.type === 'Identifier' && rankName(node.id.name, role) !== null
  }
  return false
}

function describeChoice(best: Candidate, others: Candidate[], role: ListRole, place: (offset: number) => Place): Diagnostic[] {
  const { declaration } = best
  const diagnostics: Diagnostic[] = []
  const why = best.usage === 3 ? 'the script iterates over' : best.usage === 2 ? 'the script passes on' : 'has the plainer name'
  for (const other of others) {
    if (other.usage === 0 && best.usage > 0) continue
    const values = { name: other.binding.name, role, chosen: best.binding.name, why, suggestion: role.toUpperCase() }
    diagnostics.push(diagnostic('info', 'list_ambiguous', values, place(other.binding.identifier.start)))
  }
  const at = place(best.binding.identifier.start)
  const example = declaration.staticValue?.[0] ?? ''
  if (declaration.form === 'single') diagnostics.push(diagnostic('info', 'list_single', { name: declaration.name, plural: role.toUpperCase(), example }, at))
  else if (declaration.injection === 'replaceInitializer') diagnostics.push(diagnostic('info', 'list_replaced', { name: declaration.name }, at))
  if (role === 'dates' && best.binding.references.length === 0) diagnostics.push(diagnostic('warning', 'dates_unused', { name: declaration.name }, at))
  return diagnostics
}

/** Takes a list that stands inside something as the one of its role, where the top level has none. */
export function takeInnerList(found: FoundLists, { declaration, binding, place: around, offset, siblings }: InnerList, place: (offset: number) => Place): void {
  const { role } = declaration
  found.chosen[role] = declaration
  found.candidates[role] = [declaration]
  found.bindings[role] = binding
  found.further = siblings.map((list) => ({ list, binding }))
  found.diagnostics.push(diagnostic('info', 'list_inside', { role, place: around }, place(offset)))
}
