import type { AnyNode } from 'acorn'
import { filledKeys } from './filled-keys.ts'
import { fills } from './filling.ts'
import type { FoundLists } from './lists.ts'
import type { FoundPattern } from '../entry/pattern.ts'
import type { ScopedProgram } from '../scope.ts'
import type { Structure } from '../structure.ts'

/**
 * Lists that a file makes empty, or with a few of its values, and fills by further statements of its top level: what they hold is
 * known once the last of these has run, and that is where others are put in their place.
 */
export function settleFilledLists(scoped: ScopedProgram, structure: Structure, lists: FoundLists, found: FoundPattern): void {
  const known = new Map<AnyNode, boolean>()
  const start = found.pattern === 'script' ? found.mainCall?.pieceIndex : undefined
  for (const role of ['symbols', 'dates'] as const) {
    const list = lists.chosen[role]
    const binding = lists.bindings[role]
    known.clear()
    if (list === null || binding === null || list.isInner === true || list.injection === 'replaceInitializer') continue
    const end = start === undefined || start <= list.pieceIndex ? structure.pieceNodes.length : start
    const last = structure.pieceNodes.slice(0, end).findLastIndex((node, index) => index > list.pieceIndex && fills(scoped, node, binding, known))
    const isTold = (list.form === 'object' || list.form === 'map') && filledKeys(scoped, binding) !== null
    if (last !== -1) Object.assign(list, { pieceIndex: last, ...(!isTold && { staticValue: null }) })
  }
}
