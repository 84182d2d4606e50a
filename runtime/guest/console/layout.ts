import {
  listPush,
  MathFloor,
  MathMax,
  MathMin,
  MathRound,
  MathSqrt,
  newList,
  stringIncludes,
  stringPadEnd,
  stringPadStart,
  stringRepeat,
} from '../language/intrinsics.ts'
import { joinText } from '../language/text.ts'
import type { InspectContext } from './options.ts'

const SEPARATOR = 2

/** How `layOut` puts the entries of one object together. */
export interface Block {
  /** What stands before the opening brace: a date, an error's stack, a reference mark. */
  base: string
  open: string
  close: string
  entries: string[]
  isArray: boolean
  /** Array entries are all numbers, which line up on the right. */
  isNumeric: boolean
  /** True where the last entry only says how many more there are. */
  hasMoreEntry: boolean
}

/** One object's entries on one line or on several, by the rules of Node's `util.inspect`. */
export function layOut(context: InspectContext, block: Block, depth: number): string {
  const { base, open, close } = block
  const count = block.entries.length
  const entries = block.isArray && count > 6 && context.compact >= 1 ? groupEntries(context, block) : block.entries
  const prefix = base === '' ? '' : `${base} `
  if (context.compact >= 1 && context.currentDepth - depth < context.compact && entries.length === count) {
    const start = entries.length + context.indentation + open.length + base.length + 10
    if (fitsLine(context, entries, start, base)) {
      const joined = joinText(entries, ', ')
      if (!stringIncludes(joined, '\n')) return `${prefix}${open} ${joined} ${close}`
    }
  }
  const lineStart = `\n${stringRepeat(' ', context.indentation)}`
  return `${prefix}${open}${lineStart}  ${joinText(entries, `,${lineStart}  `)}${lineStart}${close}`
}

function fitsLine(context: InspectContext, entries: string[], start: number, base: string): boolean {
  let total = entries.length + start
  if (total + entries.length > context.breakLength) return false
  for (let i = 0; i < entries.length; i++) {
    total += (entries[i] as string).length
    if (total > context.breakLength) return false
  }
  return base === '' || !stringIncludes(base, '\n')
}

/** Entries of a long array in columns, as near to a square as 2.5 times taller characters make it. */
function groupEntries(context: InspectContext, block: Block): string[] {
  const { entries } = block
  const count = block.hasMoreEntry ? entries.length - 1 : entries.length
  let total = 0
  let longest = 0
  for (let i = 0; i < count; i++) {
    const { length } = entries[i] as string
    total += length + SEPARATOR
    if (length > longest) longest = length
  }
  const widest = longest + SEPARATOR
  if (widest * 3 + context.indentation >= context.breakLength || (total / widest <= 5 && longest > 6)) return entries
  const bias = MathMax(widest - 3 - MathSqrt(widest - total / entries.length), 1)
  const columns = MathMin(
    MathRound(MathSqrt(2.5 * bias * count) / bias),
    MathFloor((context.breakLength - context.indentation) / widest),
    context.compact * 4,
    15,
  )
  if (columns <= 1) return entries

  const widths = newList<number>()
  for (let column = 0; column < columns; column++) {
    let width = 0
    for (let i = column; i < count; i += columns) width = MathMax(width, (entries[i] as string).length)
    listPush(widths, width + SEPARATOR)
  }
  const lines = newList<string>()
  for (let i = 0; i < count; i += columns) {
    const end = MathMin(i + columns, count)
    let line = ''
    for (let j = i; j < end - 1; j++) {
      const cell = `${entries[j]}, `
      const width = widths[j - i] as number
      line += block.isNumeric ? stringPadStart(cell, width, ' ') : stringPadEnd(cell, width, ' ')
    }
    const last = entries[end - 1] as string
    line += block.isNumeric ? stringPadStart(last, (widths[end - 1 - i] as number) - SEPARATOR, ' ') : last
    listPush(lines, line)
  }
  if (block.hasMoreEntry) listPush(lines, entries[count] as string)
  return lines
}
