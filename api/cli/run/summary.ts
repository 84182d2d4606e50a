import type { Host, Run } from '../host-types.ts'
import { simulatedPart } from '../../schemas/simulated-part.ts'
import { count, counted, duration, oneLine } from '../text.ts'
import { reportLines, sourceLine } from '../explore/report.ts'
import { explorationLines } from '../explore/rows.ts'
import { hitLines } from './hits.ts'
import { problemLines } from './problems.ts'

const SAMPLES = 5

/** Where what a summary leaves out is to be had. */
export interface RestOf {
  readonly rows: string
  readonly explored: string
  /** Ends a sentence that names files of the script. */
  files(run: Run): string
}

const HERE: RestOf = {
  rows: '--json or --out has every row',
  explored: '--json or --explore-out has every row',
  files: ({ id }) => `"runs show ${id} --artifacts DIR" copies them`,
}

/** A finished run for people: where its data is from, its hits, what became of every row, and what went wrong. */
export function summaryLines(run: Run, host: Host, width: number, rest = HERE): string[] {
  if (endedWithoutRows(run)) return [...headLines(run), '', 'No rows: it ended before there were any.', ...warningLines(run), '', ...tailLines(run)]
  const sections = [
    headLines(run),
    hitLines(host.rows(run.id, { status: 'hit' }), width, rest.rows),
    [...funnelLines(run), ...ledgerLines(run)],
    run.explore === null ? [] : [`Exploration of the hits, ${sourceLine(run.explore)}:`, ...explorationLines(host.explorationRows(run.id), width, rest.explored)],
    run.explore === null ? [] : reportLines(run.explore, isUnfinished(run)),
    problemLines(host, run.id, width, rest.rows),
    warningLines(run),
    fileLines(run, rest),
    tailLines(run),
  ]
  return sections.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

const endedWithoutRows = ({ ledger, status, explore }: Run): boolean => status === 'failed' && ledger.detected === 0 && explore === null

function headLines(run: Run): string[] {
  const { source, simulated, snapshot, asOf } = run.market
  const market = `${source}, snapshot ${snapshot}${asOf ? `, as of ${asOf}` : ''}`
  // What went wrong is said with its code and what to do about it, apart from the summary.
  const doing = run.error?.message === run.message || run.status === run.message ? '' : ` (${oneLine(run.message)})`
  return [
    // A run that ended before it had read any names none.
    ...(snapshot === '' ? [] : [simulated ? `SIMULATED ${simulatedPart(run) === 'bars' ? 'bars, no price of theirs' : 'market data, no price below'} was ever traded (${market})` : `Market data: ${market}`]),
    `${oneLine(run.filename)}: ${run.status}${run.status === 'completed' ? '' : ` at ${Math.floor(run.percent)}%${doing}`}`,
  ]
}

const STEP_WORDS = { no_data: 'without data', volume: 'by volume', price: 'by price', limit: 'over the limit' } as const

function funnelLines({ prefilter, status, split }: Run): string[] {
  // One that failed before it came to screen says nothing of it.
  if (!prefilter) return status === 'failed' && split === null ? [] : ['Prefilter: off']
  const { settings, applied, dates } = prefilter
  // Runs of versions before do not tell of how many dates their counts are the sum.
  const symbols = dates === undefined ? null : counted(prefilter.in / dates, 'symbol')
  if (!applied) return [`Prefilter: not applied${symbols === null ? '' : ` to ${symbols}`} (it starts above ${counted(settings.activateAbove, 'symbol')})`]
  const removed = prefilter.steps.map(({ name, removed }) => `- ${count(removed)} ${STEP_WORDS[name] ?? name}`)
  const asked = `${count(prefilter.in)}${dates === undefined || dates === 1 ? '' : ` (${symbols} on ${count(dates)} dates)`}`
  return [`Prefilter: ${[asked, ...removed].join(' ')} = ${count(prefilter.kept)} kept`]
}

const LEDGER_WORDS = {
  hit: 'hit', miss: 'miss', rejected: 'rejected', failed: 'failed', timedOut: 'timed out', outOfMemory: 'out of memory', noData: 'no data', cancelled: 'cancelled',
} as const

const isUnfinished = ({ status }: Run): boolean => status === 'paused' || status === 'interrupted' || status === 'running' || status === 'queued'

function ledgerLines(run: Run): string[] {
  const { ledger } = run
  const parts = Object.entries(LEDGER_WORDS).map(([field, word]) => ({ word, rows: ledger[field as keyof typeof LEDGER_WORDS] }))
  const sum = parts.reduce((total, part) => total + part.rows, 0)
  const shown = parts.filter((part) => part.rows > 0).map((part) => `${count(part.rows)} ${part.word}`)
  const line = `Rows: ${count(ledger.detected)} = ${shown.join(' + ') || 'none'}`
  // A run that waits to be resumed has open rows, and no others are missing.
  if (isUnfinished(run) && sum < ledger.detected) return [`${line} + ${count(ledger.detected - sum)} not reached yet`]
  return sum === ledger.detected ? [line] : [line, `ERROR: these make ${count(sum)} rows, not ${count(ledger.detected)}`]
}

export function warningLines({ warnings }: Run): string[] {
  return warnings.map(({ code, message, count: times, samples }) => {
    const named = samples.slice(0, SAMPLES).map(oneLine).join(', ')
    return `warning [${code}]: ${oneLine(message)}${times > 1 ? ` (${count(times)} times)` : ''}${named ? `: ${named}${samples.length > SAMPLES ? ', …' : ''}` : ''}`
  })
}

function fileLines(run: Run, rest: RestOf): string[] {
  const { files } = run
  if (files === undefined || files.length === 0) return []
  const named = files.slice(0, SAMPLES).map(({ path, bytes }) => `${oneLine(path)} (${count(bytes)} bytes)`).join(', ')
  return [`Files of the script: ${named}${files.length > SAMPLES ? `, … (${count(files.length)} in all)` : ''}; ${rest.files(run)}`]
}

export function tailLines(run: Run): string[] {
  const lines: string[] = []
  if (run.split) lines.push(`Split: ${run.split.mode} (${oneLine(run.split.reason)})`)
  const wall = run.startedAt && run.finishedAt ? [`total ${duration(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`] : []
  const times = [...wall, ...Object.entries(run.timings).map(([name, ms]) => `${name.replace(/Ms$/, '')} ${duration(ms)}`)]
  if (times.length > 0) lines.push(`Time: ${times.join(', ')}`)
  lines.push(`Run: ${run.id}`)
  return lines
}
