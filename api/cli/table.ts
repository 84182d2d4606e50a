import { cut, widthOf } from './text.ts'

export interface TableColumn {
  title: string
  align?: 'left' | 'right'
  /** Gives way, latest first, where the table is wider than the terminal; never below its title or 8 columns. */
  shrinks?: boolean
}

/** Lines of a table of cells no wider than `width`, columns two blanks apart; columns with no text at all are left out. */
export function table(columns: TableColumn[], rows: string[][], width: number): string[] {
  const used = columns.map((_, index) => index).filter((index) => rows.some((row) => row[index] !== ''))
  const widths = new Map(used.map((index) => [index, Math.max(widthOf(columns[index]!.title), ...rows.map((row) => widthOf(row[index]!)))]))
  let excess = [...widths.values()].reduce((sum, each) => sum + each + 2, -2) - width
  for (const index of used.toReversed()) {
    if (excess <= 0) break
    if (!columns[index]!.shrinks) continue
    const least = Math.max(8, widthOf(columns[index]!.title))
    const given = Math.min(excess, Math.max(0, widths.get(index)! - least))
    widths.set(index, widths.get(index)! - given)
    excess -= given
  }
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
