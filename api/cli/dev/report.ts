import { basename } from 'node:path'

import type { Host, Inspection, Row, Run, Runtime } from '../host-types.ts'
import { hitLines } from '../run/hits.ts'
import { problemLines } from '../run/problems.ts'
import { warningLines } from '../run/summary.ts'
import { count, counted, cut, duration, harmless, oneLine } from '../text.ts'
import type { TypeProblem } from './type-check.ts'

type CodeFrame = Runtime['codeFrame']

const TYPE_PROBLEMS = 5

/** What a run of one save came to, in the lines that an author looks for: problems at their place first, then the hits. */
export function roundLines(host: Host, run: Run, width: number, ms: number): string[] {
  const { ledger, market } = run
  const parts: [number, string][] = [
    [ledger.hit, ledger.hit === 1 ? 'hit' : 'hits'], [ledger.miss, ledger.miss === 1 ? 'miss' : 'misses'], [ledger.failed, 'failed'],
    [ledger.timedOut, 'timed out'], [ledger.outOfMemory, 'out of memory'], [ledger.noData, 'without data'], [ledger.rejected, 'rejected'], [ledger.cancelled, 'cancelled'],
  ]
  const outcome = parts.filter(([rows]) => rows > 0).map(([rows, word]) => `${count(rows)} ${word}`).join(', ')
  return [
    ...section(problemLines(host, run.id, width)),
    ...section(ledger.hit > 0 ? hitLines(hitsOf(host, run), width, 'narrow it down with --symbols or --limit') : []),
    ...section(warningLines(run)),
    `${outcome || 'no rows'} in ${duration(ms)}${market.simulated ? '  SIMULATED market' : ''}${market.asOf === null ? '' : `  as of ${market.asOf}`}`,
  ]
}

const hitsOf = (host: Host, run: Run): Iterable<Row> => host.rows(run.id, { status: 'hit' })

/** A file that can not run: each problem with the author's line. */
export function refusalLines(inspection: Inspection, file: string, source: string, codeFrame: CodeFrame): string[] {
  return inspection.diagnostics.filter(({ severity }) => severity === 'error').flatMap(({ code, message, hint, line, column }) => [
    `${basename(file)}${line === null ? '' : `:${line}:${column ?? 1}`} ${oneLine(message)} [${code}]`,
    ...frameLines(codeFrame, source, line, column),
    `    ${oneLine(hint)}`,
  ])
}

/** Findings of the type checker, those of the scanner first. @param read the text of a file, null where it can not be read */
export function typeLines(problems: readonly TypeProblem[], file: string, read: (path: string) => string | null, codeFrame: CodeFrame): string[] {
  const ordered = [...problems.filter((problem) => problem.file === file), ...problems.filter((problem) => problem.file !== file)]
  const lines = ordered.slice(0, TYPE_PROBLEMS).flatMap((problem) => {
    const source = problem.file === null ? null : read(problem.file)
    const [first, ...rest] = harmless(problem.message).split('\n')
    return [
      `${problem.file === null ? '' : `${basename(problem.file)}:${problem.line}:${problem.column} `}type error [${problem.code}]: ${first}`,
      ...rest.slice(0, 3).map((line) => `    ${line.trimEnd()}`),
      ...(source === null ? [] : frameLines(codeFrame, source, problem.line, problem.column)),
    ]
  })
  const more = ordered.length - TYPE_PROBLEMS
  return more > 0 ? [...lines, `… ${counted(more, 'more type error')}`] : lines
}

function frameLines(codeFrame: CodeFrame, source: string, line: number | null, column: number | null): string[] {
  const frame = line === null ? null : codeFrame(source, line, column ?? 1)
  return frame === null ? [] : harmless(frame).split('\n').map((each) => cut(`    ${each}`, 140))
}

const section = (lines: string[]): string[] => (lines.length === 0 ? [] : [...lines, ''])
