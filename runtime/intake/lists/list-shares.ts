import type { InjectionPlan, ListDeclaration } from '../plan.ts'

/** What the lists of a script say of the symbols and dates that it covers. */
type Lists = Pick<InjectionPlan, 'symbols' | 'dates' | 'further'>

const plain = (symbol: string): string => symbol.trim().toUpperCase()

/** Every list of a script in whose place those of a run are put. */
export const listsOf = ({ symbols, dates, further = [] }: Lists): ListDeclaration[] => [symbols, dates, ...further].filter((list) => list !== null)

/** The script's symbols over all its lists of them, by what `read` found in the first; null where nothing tells those of the first. */
export function allSymbols({ symbols, further = [] }: Lists, read: readonly string[] | null = symbols?.staticValue ?? null): string[] | null {
  return read === null ? null : [...read, ...further.flatMap(({ staticValue }) => staticValue ?? [])]
}

/** How the symbols of a run differ from those of a script's several lists: those that no list holds go to the first. Nothing where it has one list. */
export function changedSymbols(lists: Lists, symbols: readonly string[]): { added: string[]; left: string[] } {
  if ((lists.further ?? []).length === 0) return { added: [], left: [] }
  const own = new Set((allSymbols(lists) ?? []).map(plain))
  const asked = new Set(symbols)
  return { added: symbols.filter((symbol) => !own.has(symbol)), left: [...own].filter((symbol) => !asked.has(symbol)) }
}

/**
 * What a list gets of a run's symbols or dates: all of them, but where a script goes through several lists, each those that it holds
 * itself, and the first also those that none holds.
 */
export function shareOf(lists: Lists, list: ListDeclaration, values: string[]): string[] {
  const { symbols, further = [] } = lists
  if (list.role !== 'symbols' || further.length === 0) return values
  if (list !== symbols) {
    const asked = new Set(values)
    return (list.staticValue ?? []).map(plain).filter((symbol) => asked.has(symbol))
  }
  const own = new Set((symbols.staticValue ?? []).map(plain))
  const ofOthers = new Set(further.flatMap(({ staticValue }) => staticValue ?? []).map(plain))
  return values.filter((symbol) => own.has(symbol) || !ofOthers.has(symbol))
}
