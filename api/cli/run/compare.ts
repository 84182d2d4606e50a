import { Option, type Command } from 'commander'

import { examples, hostOptions, json, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import type { ComparedBy, HitChange, HitComparison, Row, Run } from '../host-types.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { count, counted, oneLine, short } from '../text.ts'

type CompareFlags = GlobalFlags & { json?: boolean; by?: ComparedBy }

/** Changes of each kind that are shown; `--json` has more. */
const MOST_SHOWN = 25
const MOST_LISTED = 5_000
const WAYS = ['row', 'symbol'] as const satisfies readonly ComparedBy[]

/** `runs compare BEFORE [AFTER]`: which hits are new, gone and still there. */
export function defineCompare(command: Command, context: CommandContext): void {
  const { terminal } = context
  command
    .argument('<before>', 'the run before: its id, or the beginning of it')
    .argument('[after]', 'the run to hold against it: its id, the beginning of it, or last', 'last')
    .addOption(new Option('--by <way>', 'match hits of one symbol and date, or of one symbol (default: symbol where the runs have no date in common, else row)').choices(WAYS))
    .option('--json', 'print one JSON document: how it was compared, counts, and the changes with both rows')
    .addHelpText('after', () => examples('runs compare run-3f2a', 'runs compare run-3f2a run-9c41 --by symbol', 'runs compare run-3f2a last --json'))
    .action((before: string, after: string) => compare(terminal, before, after, command.optsWithGlobals<CompareFlags>()))
}

async function compare(terminal: Terminal, before: string, after: string, flags: CompareFlags): Promise<void> {
  const runtime = await terminal.runtime()
  await withHost(runtime, hostOptions(runtime, terminal, flags), async (host) => {
    const runs = [host.findRun(before), host.findRun(after)] as const
    const comparison = await host.compareHits(runs[0].id, runs[1].id, flags.by ?? null, MOST_LISTED)
    terminal.out.write(flags.json ? json(comparison) : `${comparisonLines(comparison, runs, Math.max(40, terminal.out.columns)).join('\n')}\n`)
  })
}

function comparisonLines(comparison: HitComparison, runs: readonly [Run, Run], width: number): string[] {
  const { by, reason, counts, changes } = comparison
  const ways = { row: 'row by row (symbol and date)', symbol: 'by symbol' }
  const of = (...kinds: HitChange['kind'][]) => ({ listed: changes.filter(({ kind }) => kinds.includes(kind)), total: kinds.reduce((sum, kind) => sum + counts[kind], 0) })
  const stayed = by === 'symbol' ? { title: 'Stayed', ...of('changed', 'same') } : { title: 'Changed', ...of('changed') }
  const sections = [
    [
      ...(runs.some(({ market }) => market.simulated) ? ['SIMULATED market data, no price below was ever traded'] : []),
      `before  ${runLine(runs[0], comparison.before)}`,
      `after   ${runLine(runs[1], comparison.after)}`,
      `Compared ${ways[by]}: ${reason}.`,
      ...runs.filter(({ status }) => status !== 'completed').map(({ id, status }) => `note: ${id} is ${status}; the hits that it has are compared`),
    ],
    [countLine(comparison)],
    ...[{ title: 'New', ...of('new') }, { title: 'Gone', ...of('gone') }, stayed].map((part) => changeLines(part, by, width)),
  ]
  return sections.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

function runLine(run: Run, { dates, firstDate, lastDate }: HitComparison['before']): string {
  const over = dates === 0 ? 'no dates yet' : dates === 1 ? firstDate! : `${count(dates)} dates, ${firstDate!} to ${lastDate!}`
  return `${run.id}  ${oneLine(run.filename)}, ${over}: ${counted(run.ledger.hit, 'hit')}`
}

function countLine({ by, counts }: HitComparison): string {
  const stayed = counts.changed + counts.same
  const rest = by === 'symbol' ? `${count(stayed)} stayed (${count(counts.changed)} changed)` : `${count(counts.changed)} changed, ${count(counts.same)} the same`
  return `Hits: ${count(counts.new)} new, ${count(counts.gone)} gone, ${rest}`
}

function changeLines({ title, listed, total }: { title: string; listed: readonly HitChange[]; total: number }, by: ComparedBy, width: number): string[] {
  if (total === 0) return []
  const right = 'right' as const
  const columns = [{ title: 'Symbol' }, { title: 'Date', yields: true }, { title: 'Before', align: right }, { title: 'After', align: right }, { title: 'Move', align: right }, { title: 'What', shrinks: true, yields: true }]
  const cells = listed.slice(0, MOST_SHOWN).map((change) => [
    oneLine(change.symbol),
    by === 'row' ? (change.after ?? change.before)!.date : '',
    scoreText(change.before),
    scoreText(change.after),
    change.scoreMove === null ? '' : `${change.scoreMove > 0 ? '+' : ''}${short(change.scoreMove)}`,
    whatText(change),
  ])
  const rest = total - cells.length
  return [`${title}: ${count(total)}`, ...table(columns, cells, width), ...(rest > 0 ? [`… ${count(rest)} more; --json lists them`] : [])]
}

const scoreText = (row: Row | null): string => (row?.status !== 'hit' ? '' : row.score === null ? 'hit' : short(row.score))

/** What the symbol was in the run in which it was no hit; of one that stayed, what differs. */
function whatText({ kind, before, after, fields }: HitChange): string {
  if (kind === 'new') return `was ${outcomeText(before)}`
  if (kind === 'gone') return `is ${outcomeText(after)}`
  return fields.map(oneLine).join(', ')
}

function outcomeText(row: Row | null): string {
  if (row === null) return 'not asked for'
  return oneLine(`${row.status.replaceAll('_', ' ')}: ${row.error?.message ?? row.reason}`)
}
