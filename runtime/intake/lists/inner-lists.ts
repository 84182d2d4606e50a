import type { AnyNode } from 'acorn'
import type { LineIndex } from '../lines.ts'
import { groupsAt, type Groups } from './grouped-lists.ts'
import { isGoneThrough } from './lists.ts'
import { tellsHits } from './tells-hits.ts'
import { looksLikeDate, looksLikeTicker, rankName, type ListRole } from './list-names.ts'
import type { ListDeclaration } from '../plan.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import { evaluateStatically } from '../static-value.ts'
import type { Structure } from '../structure.ts'
import { dottedName, isFunction, literalText, propertyName, unwrap, walk, type FunctionNode } from '../tree.ts'

/** A list that stands inside a function, an object or a class, and can only be replaced where it stands. */
export interface InnerList {
  declaration: ListDeclaration
  /** The local name that holds it; null for a property, a default value or an argument. */
  binding: Binding | null
  /** Where it stands, in words that follow "inside". */
  place: string
  offset: number
  /** Further lists of the same groups. */
  siblings: ListDeclaration[]
}

/** Rank of a list that nothing but its use tells: it holds tickers throughout, and is gone through. */
const UNNAMED = 5
/** Each is followed through the file to tell what it is. */
const MOST_UNNAMED = 8

interface Found {
  name: string
  value: AnyNode
  binding: Binding | null
  place: string
  /** The lower the plainer. */
  rank: 1 | 2 | 3 | 4 | 5
  /** The function whose parameter it is the default of. */
  owner: FunctionNode | null
}

/** The plainest list of a role that no name at the top level holds; with `of`, only one that is the default of that function's parameter. */
export function findInnerList(scoped: ScopedProgram, structure: Structure, lines: LineIndex, role: ListRole, of: FunctionNode | null = null): InnerList | null {
  const all = innerLists(scoped, role, of)
  let best = all.reduce<ReadFound | undefined>((first, next) => (first === undefined || next.found.rank < first.found.rank ? next : first), undefined)
  if (best === undefined) return null
  // Of several lists of upper-case words, those are of symbols that the file tells hits of.
  if (best.found.rank === UNNAMED && all.length > 1) best = all.slice(0, MOST_UNNAMED).find(({ found: { binding } }) => binding !== null && tellsHits(scoped, binding, false))
  return best === undefined ? null : asInnerList(structure, lines, role, best)
}

/** The other lists of symbols inside functions, with the names that hold them. */
export function otherInnerLists(scoped: ScopedProgram, structure: Structure, lines: LineIndex, chosen: Binding): { list: ListDeclaration; binding: Binding }[] {
  return innerLists(scoped, 'symbols', null).flatMap((known) => {
    const { binding } = known.found
    const inner = binding === null || binding === chosen ? null : asInnerList(structure, lines, 'symbols', known)
    return binding === null || inner === null ? [] : [{ list: inner.declaration, binding }]
  })
}

interface ReadFound {
  found: Found
  values: string[]
  /** The lists of the same groups that stand behind it. */
  siblings?: Groups['lists']
}

function innerLists(scoped: ScopedProgram, role: ListRole, of: FunctionNode | null): ReadFound[] {
  const all: ReadFound[] = []
  walk(scoped.program, (node) => {
    for (const found of listsAt(scoped, node, role, of)) {
      const values = of === null || found.owner === of ? valuesOf(scoped, found, role) : null
      if (values !== null) all.push({ found, values })
    }
  })
  return role === 'symbols' && of === null ? grouped(scoped, all) : all
}

/** What was found, with the lists of one value of groups taken together. */
function grouped(scoped: ScopedProgram, all: ReadFound[]): ReadFound[] {
  const groups: ReadFound[] = []
  const follow = { left: MOST_UNNAMED }
  walk(scoped.program, (node) => {
    const found = groupsAt(scoped, node, follow)
    const [first, ...siblings] = found?.lists ?? []
    if (found === null || first === undefined) return true
    const around = scoped.functionAround(node)
    const place = found.binding === null ? 'an object or a class' : `\`${found.binding.name}\`${around === null ? '' : ` of ${functionName(around)}`}`
    groups.push({ found: { name: first.name, value: first.value, binding: found.binding, place, rank: found.isNamed ? 2 : 3, owner: null }, values: first.values, siblings })
    return false
  })
  const within = new Set(groups.flatMap(({ found, siblings }) => [found.value, ...siblings!.map(({ value }) => value)]))
  return [...groups, ...all.filter(({ found }) => !within.has(unwrap(found.value)))]
}

function asInnerList(structure: Structure, lines: LineIndex, role: ListRole, { found: { name, value, binding, place }, values, siblings }: ReadFound): InnerList | null {
  const pieceIndex = structure.pieces.findIndex((piece) => piece.start <= value.start && value.end <= piece.end)
  if (pieceIndex === -1) return null
  const isGroup = siblings !== undefined
  const declare = (list: Groups['lists'][number]): ListDeclaration => ({
    name: list.name, role, form: 'array', field: null, separator: null, staticValue: list.values, injection: 'replaceInitializer', declaredWith: 'const', isInner: true, ...(isGroup && { isGroup }),
    pieceIndex, initializerStart: list.value.start, initializerEnd: list.value.end, ...lines.positionAt(list.value.start),
  })
  return { declaration: declare({ name, value, values }), binding, place, offset: value.start, siblings: (siblings ?? []).map(declare) }
}

function listsAt(scoped: ScopedProgram, node: AnyNode, role: ListRole, of: FunctionNode | null): Found[] {
  const named = (key: AnyNode): string | null => {
    const name = key.type === 'Identifier' ? key.name : key.type === 'PrivateIdentifier' ? key.name : literalText(key)
    return name !== null && rankName(name, role) !== null ? name : null
  }
  if (node.type === 'VariableDeclarator' && node.init && node.id.type === 'Identifier') {
    const around = scoped.functionAround(node)
    const binding = scoped.bindingOf(node.id)
    if (around === null || (named(node.id) === null && (role !== 'symbols' || binding === null || !isGoneThrough(scoped, binding, role)))) return []
    return [{ name: node.id.name, value: node.init, binding, place: functionName(around), rank: named(node.id) === null ? UNNAMED : 1, owner: null }]
  }
  const looped = role === 'symbols' ? loopedLiteral(node) : null
  if (looped !== null) return [{ name: 'a list', value: looped, binding: null, place: 'a loop', rank: UNNAMED, owner: null }]
  if ((node.type === 'Property' || node.type === 'PropertyDefinition') && node.value && !node.computed) {
    const name = named(node.key as AnyNode)
    const inPattern = scoped.parentOf(node)?.type === 'ObjectPattern'
    return name === null || inPattern ? [] : [{ name, value: node.value as AnyNode, binding: null, place: node.type === 'Property' ? 'an object' : 'a class', rank: 2, owner: null }]
  }
  if (node.type === 'AssignmentExpression' && node.operator === '=' && node.left.type === 'MemberExpression') {
    const name = propertyName(node.left)
    return name === null || rankName(name, role) === null ? [] : [{ name, value: node.right, binding: null, place: 'an object', rank: 2, owner: null }]
  }
  // What the entry itself is handed in the stead of a default needs no telling name.
  const nameOf = (key: AnyNode): string | null => (node === of && key.type === 'Identifier' ? key.name : named(key))
  if (isFunction(node)) return node.params.flatMap((param) => defaultOf(node, param as AnyNode, nameOf))
  return node.type === 'CallExpression' || node.type === 'NewExpression' ? argumentsOf(node.arguments as AnyNode[], dottedName(node.callee as AnyNode) ?? '') : []
}

/** The list that a loop or a method of its own goes through where it is written out: `for (const symbol of ['AAPL', 'HD'])`. */
function loopedLiteral(node: AnyNode): AnyNode | null {
  const list = node.type === 'ForOfStatement' ? node.right : node.type === 'MemberExpression' && /^(map|forEach|filter|flatMap)$/.test(propertyName(node) ?? '') ? (node.object as AnyNode) : null
  return list !== null && unwrap(list).type === 'ArrayExpression' ? list : null
}

function defaultOf(owner: FunctionNode, param: AnyNode, named: (key: AnyNode) => string | null): Found[] {
  if (param.type !== 'AssignmentPattern' || named(param.left as AnyNode) === null) return []
  return [{ name: named(param.left as AnyNode)!, value: param.right, binding: null, place: `the parameters of ${functionName(owner)}`, rank: 3, owner }]
}

function argumentsOf(values: AnyNode[], callee: string): Found[] {
  if (/^(console\.|new Set|Set|Map|Object\.)/.test(callee)) return []
  return values.filter((value) => unwrap(value).type === 'ArrayExpression').map((value) => ({ name: callee || 'a call', value, binding: null, place: `the call of \`${callee || 'a function'}\``, rank: 4, owner: null }))
}

function functionName(node: FunctionNode): string {
  return node.type !== 'ArrowFunctionExpression' && node.id ? `\`${node.id.name}\`` : 'a function'
}

/** Tickers or dates throughout, or null. An argument that nothing names must be several. */
function valuesOf(scoped: ScopedProgram, { value, rank }: Found, role: ListRole): string[] | null {
  if (unwrap(value).type === 'Identifier') return null
  const found = evaluateStatically(value, scoped)
  if (found.kind !== 'list' || found.items.length < (rank >= 4 ? 2 : 1)) return null
  const texts = found.items.map((item) => (item.kind === 'text' ? item.text.trim() : ''))
  return texts.every(role === 'symbols' ? looksLikeTicker : looksLikeDate) ? texts : null
}
