import type { AnyNode } from 'acorn'
import { rankName } from './list-names.ts'
import type { ScopedProgram } from '../scope.ts'
import { isWritten } from '../static-value.ts'
import { isFunction, patternIdentifiers, propertyName, unwrap, walk } from '../tree.ts'

/** A question for the symbols of the market: the run's are its answer. */
export interface AskedSymbols {
  offset: number
  /** What is asked, in words that follow "asks". */
  what: string
}

/** What stands for a placeholder of a template: no path that goes on behind one is that of a list. */
const PLACEHOLDER = '\u0000'
const LISTS: [path: RegExp, what: string][] = [
  [/(^|\/)v3\/reference\/tickers(?![\w/])(?!\S*[?&]ticker=)/, 'Polygon for its list of tickers'],
  [/(^|\/)v2\/snapshot\/locale\/us\/markets\/stocks\/(tickers|gainers|losers)(?![\w/])(?!\S*[?&]tickers=)/, 'Polygon for a snapshot of all tickers'],
  [/(^|\/)v2\/aggs\/grouped\/locale\/us\/market\/stocks(?![\w])/, 'Polygon for the bars of all tickers on a day'],
]
const CALLS = /(^|\.)(reference\.tickers|listTickers|stocks\.aggregatesGroupedDaily|getGroupedStocksAggregates|snapshotAllTickers|snapshotGainersLosers|getStocksSnapshotTickers|getStocksSnapshotDirection)$/

/** The first place at which a script asks a vendor for the symbols of the market, by an address or by a call of its client; null where none does. */
export function findAskedSymbols(scoped: ScopedProgram): AskedSymbols | null {
  let first: AskedSymbols | null = null
  walk(scoped.program, (node) => {
    const what = askedBy(node)
    if (what !== null && (first === null || node.start < first.offset)) first = { offset: node.start, what }
  })
  return first
}

function askedBy(node: AnyNode): string | null {
  if (node.type === 'CallExpression') return CALLS.test(lastNames(node.callee as AnyNode)) ? "Polygon's client for all tickers" : null
  const text = node.type === 'TemplateLiteral' ? node.quasis.map((quasi) => quasi.value.cooked ?? '').join(PLACEHOLDER) : node.type === 'Literal' && typeof node.value === 'string' ? node.value : null
  return text === null || text.length > 2_000 ? null : (LISTS.find(([path]) => path.test(text))?.[1] ?? null)
}

/** The last two names of what is called: `reference.tickers` of `client('key').reference.tickers`. */
function lastNames(callee: AnyNode): string {
  const inner = unwrap(callee)
  const holder = inner.type === 'MemberExpression' ? unwrap(inner.object as AnyNode) : null
  const name = inner.type === 'Identifier' ? inner.name : (propertyName(inner) ?? '')
  return `${holder?.type === 'Identifier' ? holder.name : holder === null ? '' : (propertyName(holder) ?? '')}.${name}`
}

/** What is named as the symbols and becomes known only while the script runs: the first such name, null where there is none. */
export function findComputedSymbols(scoped: ScopedProgram): { name: string; offset: number } | null {
  for (const binding of scoped.top.bindings.values()) {
    const isLater = binding.declaration.type === 'VariableDeclarator' && rankName(binding.name, 'symbols') === 1 && binding.references.some((use) => isWritten(scoped, use))
    if (isLater) return { name: binding.name, offset: binding.identifier.start }
  }
  let first: { name: string; offset: number } | null = null
  walk(scoped.program, (node) => {
    if (first !== null || node.type !== 'VariableDeclarator' || !node.init || isFunction(unwrap(node.init))) return
    const named = patternIdentifiers(node.id).find(({ name }) => rankName(name, 'symbols') === 1 && !/(symbol|ticker|stock)$/i.test(name))
    if (named !== undefined) first = { name: named.name, offset: named.start }
  })
  return first
}
