import type { OptionChain, OptionContract } from '../../../sdk/options/chain.ts'
import { readContract, type AskedChain, type SeenSeries } from './contract.ts'
import { field, isNone, isObject, listOf } from './values.ts'

/** What the readers make of a document: null where it is not the answer that was asked for. */
export type ReadContracts = Pick<OptionChain, 'contracts' | 'refused'>

/**
 * Contracts of `{"options":{"option":[…]}}`, where `option` may be one bare entry and both names may hold null or the text
 * `null`. Null where the document has no `options` at all.
 */
export function readContracts(document: unknown, asked: AskedChain): ReadContracts | null {
  if (!isObject(document) || !Object.hasOwn(document, 'options')) return null
  const { options } = document
  if (!isNone(options) && typeof options !== 'object') return null
  const entries = isObject(options) ? listOf(field(options, 'option')) : listOf(options)

  const contracts = new Map<string, OptionContract>()
  const refused = new Map<string, number>()
  const seen: SeenSeries = new Map()
  for (const entry of entries) {
    const contract = readContract(entry, asked, seen)
    const reason = typeof contract === 'string' ? contract : contracts.has(contract.occ) ? 'listed twice' : null
    if (reason !== null) refused.set(reason, (refused.get(reason) ?? 0) + 1)
    else if (typeof contract !== 'string') contracts.set(contract.occ, contract)
  }
  return {
    contracts: [...contracts.values()].sort(inOrder),
    refused: [...refused].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
  }
}

/** By strike, calls before puts, then by root. */
function inOrder(a: OptionContract, b: OptionContract): number {
  if (a.strike !== b.strike) return a.strike - b.strike
  if (a.right !== b.right) return a.right === 'call' ? -1 : 1
  return a.root < b.root ? -1 : a.root > b.root ? 1 : 0
}
