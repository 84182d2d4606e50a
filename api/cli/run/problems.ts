import type { Host, Row, RowStatus } from '../host-types.ts'
import { count, counted, cut, harmless, oneLine } from '../text.ts'

const PROBLEM_STATUSES: RowStatus[] = ['failed', 'timed_out', 'out_of_memory']
/** Kinds of problems that are spelled out, symbols named for each, lines of a code frame. */
const KINDS = 8
const SAMPLES = 5
const FRAME_LINES = 12

interface Kind {
  first: Row
  rows: number
  samples: string[]
}

/** Lines on rows that went wrong, equal problems together, each with its hint and the author's line. @param rest where all rows are */
export function problemLines(host: Host, runId: string, width: number, rest = '--json or --out has every row'): string[] {
  const kinds = new Map<string, Kind>()
  let total = 0
  let beyond = 0
  for (const status of PROBLEM_STATUSES) {
    for (const row of host.rows(runId, { status })) {
      total++
      const key = JSON.stringify([status, row.error?.code, row.error?.line, row.error?.column, row.error?.message ?? row.reason])
      const kind = kinds.get(key)
      if (kind) {
        kind.rows++
        if (kind.samples.length < SAMPLES) kind.samples.push(nameOf(row))
      } else if (kinds.size < KINDS) kinds.set(key, { first: row, rows: 1, samples: [nameOf(row)] })
      else beyond++
    }
  }
  if (total === 0) return []
  const lines = [`${counted(total, 'row')} with problems:`]
  for (const kind of kinds.values()) lines.push(...kindLines(kind, width))
  if (beyond > 0) lines.push(`… ${counted(beyond, 'more row')} with other problems; ${rest}`)
  return lines
}

const nameOf = (row: Row): string => `${oneLine(row.symbol)} ${row.date}`

function kindLines({ first, rows, samples }: Kind, width: number): string[] {
  const { status, reason, error } = first
  const more = rows > samples.length ? `, … ${count(rows - samples.length)} more` : ''
  const lines = [cut(`  ${status} (${counted(rows, 'row')}): ${samples.join(', ')}${more}`, width)]
  lines.push(`    ${oneLine(error?.message ?? reason)}${error ? ` [${error.code}]` : ''}`)
  if (error?.frame) {
    const frame = harmless(error.frame).split('\n')
    lines.push(...frame.slice(0, FRAME_LINES).map((line) => cut(`    ${line}`, width)))
    if (frame.length > FRAME_LINES) lines.push(`    … ${counted(frame.length - FRAME_LINES, 'more line')}`)
  } else if (error?.line != null) {
    lines.push(`    at line ${error.line}${error.column === null ? '' : `, column ${error.column}`}`)
  }
  if (error?.hint) lines.push(`    ${oneLine(error.hint)}`)
  return lines
}
