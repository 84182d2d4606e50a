import type { AnyNode } from 'acorn'
import type { FoundLists } from '../lists/lists.ts'
import { holdersOf } from '../lists/nested-lists.ts'
import type { FoundPattern } from '../entry/pattern.ts'
import type { ListDeclaration, SplitVerdict, SplitVerdicts } from '../plan.ts'
import type { Binding, ScopedProgram } from '../scope.ts'
import { findElapsedUse } from './elapsed.ts'
import type { Flow, Taint } from './facts.ts'
import { findKeptFile } from './files.ts'
import { followList } from './flow.ts'
import { findKeptObject } from './objects.ts'
import { findPrintedHits } from './printed-hits.ts'
import { findSharedState } from './state.ts'
import { findTimedChange } from './timed.ts'
import { findRelatingUse, type Violation } from './uses.ts'
import { calleeName, isIdentifier, patternIdentifiers, walk, type FunctionNode } from '../tree.ts'

type LineOf = (offset: number) => number

/**
 * Judges whether a script gives the same rows when it is run over its symbols, or its dates, in parts. Functions called per symbol may be
 * split unless they keep state; scripts and `main` where nothing gathered over the list is related across it. Anything not understood is `whole`.
 */
export function judgeSplit(scoped: ScopedProgram, found: FoundPattern, lists: FoundLists, lineOf: LineOf): SplitVerdicts {
  if (found.pattern !== 'script' && found.pattern !== 'main') {
    const verdict = judgePerSymbol(scoped, found.entryFunction, lineOf)
    return { symbols: verdict, dates: verdict }
  }
  return { symbols: judgeList(scoped, found, lists, 'symbols', lineOf), dates: judgeList(scoped, found, lists, 'dates', lineOf) }
}

function judgePerSymbol(scoped: ScopedProgram, entry: FunctionNode | null, lineOf: LineOf): SplitVerdict {
  if (!entry) return whole('the function that scans is made while the file loads, so what it keeps between symbols can\'t be seen', null)
  const state = findSharedState(scoped, entry)
  if (!state) return batch('each symbol is scanned by itself, and nothing is kept between symbols')
  const line = lineOf(state.offset)
  return whole(`line ${line} ${state.reason}`, line)
}

function judgeList(scoped: ScopedProgram, found: FoundPattern, lists: FoundLists, role: 'symbols' | 'dates', lineOf: LineOf): SplitVerdict {
  if (found.isMadeElsewhere) return whole('the function that goes through the lists is made by one from outside of the file, so what it compares can\'t be seen', null)
  const seeds = seedsOf(scoped, found, lists, role)
  if (seeds.size === 0 && role === 'symbols' && found.asked) return whole(`line ${lineOf(found.asked.offset)} asks ${found.asked.what}, so it runs once over all of them`, lineOf(found.asked.offset))
  const own = lists.chosen[role]
  if (seeds.size === 0 && own?.form === 'file') return whole(`the script reads its symbols from \`${own.name}\` while it runs`, null)
  if (seeds.size === 0) return role === 'dates' ? batch('the script reads no list of dates, so it runs once for each') : whole('no list of symbols was found', null)
  const unsafe = findUnsafeCode(scoped)
  if (unsafe) return whole(`line ${lineOf(unsafe.offset)} ${unsafe.reason}`, lineOf(unsafe.offset))
  if (lists.chosen[role]?.form === 'single' && seeds.size === 1) return batch(`the script takes one of the ${role} at a time`)
  const flow = followList(scoped, seeds)
  if (!flow.settled) return whole('the file is too intertwined to be judged', null)
  const relating = findRelatingUse(scoped, flow, role) ?? findHeldOutside(scoped, flow, role)
  if (relating) return whole(`line ${lineOf(relating.offset)} ${relating.reason}`, lineOf(relating.offset))
  if (flow.regions.size === 0) {
    if (role === 'dates' && !isUsed(seeds, flow)) return batch('the script never uses its list of dates')
    return whole(`no loop over the ${role} was recognised`, null)
  }
  const printed = role === 'symbols' ? findPrintedHits(scoped, found) : null
  if (printed) return whole(`line ${lineOf(printed.start)} prints what may be its hits one by one, and which of them are shows only over all symbols`, lineOf(printed.start))
  return { ...batch(`the ${role} are worked on one by one, and nothing gathered over them is compared, counted or reordered`), isGoneThrough: true }
}

/** Both verdicts said in one, where a script goes through dates too. */
export function splitReason({ symbols, dates }: SplitVerdicts): string {
  if (symbols.reason === dates.reason) return symbols.reason
  if (dates.mode === 'whole') return `${symbols.reason}; several dates at once: ${dates.reason}`
  return dates.isGoneThrough ? `${symbols.reason}; several dates one by one` : symbols.reason
}

/** What elements share beside the names of the file: the clock, files, and objects of libraries. */
function findHeldOutside(scoped: ScopedProgram, flow: Flow, role: 'symbols' | 'dates'): Violation | null {
  return findElapsedUse(scoped, flow, role) ?? findTimedChange(scoped, flow, role) ?? findKeptFile(scoped, flow, role) ?? findKeptObject(scoped, flow, role)
}

function batch(reason: string): SplitVerdict {
  return { mode: 'batch', reason, line: null }
}

function whole(reason: string, line: number | null): SplitVerdict {
  return { mode: 'whole', reason, line }
}

/** Whether the name of a list holds several of them. */
const isGrouped = (list: ListDeclaration | null): boolean => list?.form === 'groups' || list?.isGroup === true

/** The list's own name, and the parameter of `main` that receives it. */
function seedsOf(scoped: ScopedProgram, found: FoundPattern, lists: FoundLists, role: 'symbols' | 'dates'): Map<Binding, Taint> {
  const seeds = new Map<Binding, Taint>()
  const own = lists.bindings[role]
  if (own) seeds.set(own, isGrouped(lists.chosen[role]) ? 'chunks' : 'list')
  // A list made of other lists carries what they carry.
  for (const candidate of lists.candidates[role].slice(1)) {
    const binding = scoped.top.bindings.get(candidate.name)
    if (binding && candidate.form !== 'single') seeds.set(binding, isGrouped(candidate) ? 'chunks' : 'list')
  }
  if (role === 'symbols') for (const { list, binding } of lists.further) if (binding !== null) seeds.set(binding, isGrouped(list) ? 'chunks' : 'list')
  for (const binding of [...seeds.keys()]) for (const holder of holdersOf(scoped, binding)) seeds.set(holder, 'chunks')
  if (found.pattern === 'main' && found.entryFunction) {
    const place = found.taken?.order.indexOf(role) ?? -1
    const param = place === -1 ? undefined : (found.entryFunction.params[place] ?? found.entryFunction.params.find(({ type }) => type === 'RestElement'))
    for (const identifier of param ? patternIdentifiers(param) : []) {
      const binding = scoped.bindingOf(identifier)
      if (binding) seeds.set(binding, 'list')
    }
  }
  return seeds
}

function isUsed(seeds: ReadonlyMap<Binding, Taint>, flow: Flow): boolean {
  return [...seeds.keys()].some((binding) => binding.references.some((use) => flow.taintOf(use) !== null))
}

/** What no check of the text can follow: code made from text, and one sequence of random numbers for all. */
function findUnsafeCode(scoped: ScopedProgram): { offset: number; reason: string } | null {
  let first: { offset: number; reason: string } | null = null
  walk(scoped.program, (node: AnyNode) => {
    if (first) return false
    if (node.type === 'CallExpression' && calleeName(node) === 'Math.random') first = { offset: node.start, reason: 'draws random numbers from one sequence for all symbols' }
    if ((node.type === 'CallExpression' || node.type === 'NewExpression') && (isIdentifier(node.callee, 'eval') || isIdentifier(node.callee, 'Function'))) {
      first = { offset: node.start, reason: 'makes code from text, which can\'t be checked' }
    }
    return true
  })
  return first
}
