import type { ExplorationRow, Run } from '../host-types.ts'
import { tailLines, warningLines } from '../run/summary.ts'
import { oneLine } from '../text.ts'
import { reportLines, sourceLine } from './report.ts'
import { explorationLines } from './rows.ts'

/** A finished exploration for people: where its chains are from, its rows, what became of them, and what it took. */
export function explorationSummary(run: Run, rows: Iterable<ExplorationRow>, width: number): string[] {
  const sections = [
    headLines(run),
    explorationLines(rows, width, '--json or --out has every row'),
    run.explore === null ? [] : reportLines(run.explore, run.status === 'paused' || run.status === 'interrupted'),
    warningLines(run),
    tailLines(run),
  ]
  return sections.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

function headLines(run: Run): string[] {
  const { explore } = run
  const state = `${oneLine(run.filename)}: ${run.status}${run.status === 'completed' ? '' : ` at ${Math.floor(run.percent)}% (${oneLine(run.message)})`}`
  if (explore === null || explore.provider === '') return [state]
  const source = sourceLine(explore)
  return [source.charAt(0).toUpperCase() + source.slice(1), state]
}
