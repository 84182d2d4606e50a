import type { FoundPattern } from '../entry/pattern.ts'
import { fills } from './filling.ts'
import { otherInnerLists } from './inner-lists.ts'
import type { LineIndex } from '../lines.ts'
import type { FoundLists } from './lists.ts'
import type { ListDeclaration } from '../plan.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import type { Structure } from '../structure.ts'
import { tellsHits } from './tells-hits.ts'

/** Characters that are read for all lists together, each of which is followed through the file; lists beyond stay as they are. */
const MOST_READ = 400_000
/** Names of lists that scripts read beside those that they scan. */
const BESIDE = /bench|proxies|reference|exclu|skip|ignore|black|block|hedge/i

/**
 * The other lists of symbols that a script goes through, in source order, where it tells hits of each: the run's symbols are divided
 * among all of them. Only lists whose values the text tells.
 */
export function findFurtherLists(scoped: ScopedProgram, structure: Structure, lists: FoundLists, found: FoundPattern, lines: LineIndex): FoundLists['further'] {
  const { symbols: chosen } = lists.chosen
  const { symbols: held } = lists.bindings
  const isReplaced = found.pattern === 'script' || found.taken?.replaced.includes('symbols') === true
  // Groups are known together.
  if (lists.further.length > 0) return isReplaced ? lists.further : []
  if (!isReplaced || held === null || chosen === null || chosen.staticValue === null || chosen.form === 'single') return []
  const others = chosen.isInner === true ? otherInnerLists(scoped, structure, lines, held) : lists.others.filter(({ list }) => list.role === 'symbols')
  const known = others.filter(({ list }) => list.staticValue !== null && list.form !== 'single' && list.form !== 'unknown' && !BESIDE.test(list.name)).slice(0, Math.floor(MOST_READ / scoped.program.end))
  const counted = known.filter(({ list, binding }) => tellsHits(scoped, binding, list.form === 'groups') && !isFilledLater(scoped, structure, list, binding))
  return counted.toSorted((a, b) => a.list.initializerStart - b.list.initializerStart)
}

/** What a list holds that further statements fill is not what its own says. */
const isFilledLater = (scoped: ScopedProgram, structure: Structure, list: ListDeclaration, binding: Binding): boolean =>
  list.isInner !== true && structure.pieceNodes.some((node, index) => index !== list.pieceIndex && fills(scoped, node, binding))
