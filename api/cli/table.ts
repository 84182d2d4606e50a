import { cut, widthOf } from './text.ts'

export interface TableColumn {
  title: string
  align?: 'left' | 'right'
  /** Gives way, latest first, where the table is wider than the terminal; never below its title or 8 columns. */
  shrinks?: boolean
  /** Left out, latest first, where the table is wider than the terminal with all that gives way. */
  yields?: boolean
}

/** Lines of a table of cells no wider than `width` as far as its columns give way, two blanks apart; columns with no text at all are left out. */
export function table(columns: TableColumn[], rows: string[][], width: number): string[] {
  const all = columns.map((_, index) => index).filter((index) => rows.some((row) => row[index] !== ''))
  const full = new Map(all.map((index) => [index, Math.max(widthOf(columns[index]!.title), ...rows.map((row) => widthOf(row[index]!)))]))
  const used = roomFor(columns, all, full, width)
  const widths = shrunk(columns, used, full, width)
  const line = (cells: string[]) =>
    used
      .map((index) => {
        const text = cut(cells[index]!, widths.get(index)!)
        const blanks = ' '.repeat(widths.get(index)! - widthOf(text))
        return columns[index]!.align === 'right' ? blanks + text : text + blanks
      })
      .join('  ')
      .trimEnd()
  return [line(columns.map((column) => column.title)), ...rows.map(line)]
}

const totalOf = (widths: readonly number[]): number => widths.reduce((sum, each) => sum + each + 2, -2)
const leastOf = ({ title, shrinks = false }: TableColumn, width: number): number => (shrinks ? Math.min(width, Math.max(8, widthOf(title))) : width)

/** The columns that there is room for once all give way that can. */
function roomFor(columns: TableColumn[], all: readonly number[], full: ReadonlyMap<number, number>, width: number): number[] {
  const used = [...all]
  for (const index of all.toReversed()) {
    if (totalOf(used.map((each) => leastOf(columns[each]!, full.get(each)!))) <= width) break
    if (columns[index]!.yields) used.splice(used.indexOf(index), 1)
  }
  return used
}

function shrunk(columns: TableColumn[], used: readonly number[], full: ReadonlyMap<number, number>, width: number): Map<number, number> {
  const widths = new Map(used.map((index) => [index, full.get(index)!]))
  let excess = totalOf([...widths.values()]) - width
  for (const index of used.toReversed()) {
    if (excess <= 0) break
    const given = Math.min(excess, widths.get(index)! - leastOf(columns[index]!, widths.get(index)!))
    widths.set(index, widths.get(index)! - given)
    excess -= given
  }
  return widths
}
