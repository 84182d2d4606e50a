import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { type CommandContext, type GlobalFlags, examples, hostOptions, json, named, withHost } from '../command.ts'
import { errorLine, EXIT } from '../errors.ts'
import { explorationView } from '../explore/view.ts'
import type { Host, PruneReport, Run, Runtime } from '../host-types.ts'
import { copyArtifacts } from '../run/artifacts.ts'
import { defineCompare } from '../run/compare.ts'
import { writeFiles, writeJson } from '../run/execute.ts'
import { collectFiles } from '../run/flags.ts'
import { defineReplay } from '../run/replay.ts'
import { exclude } from '../run/request.ts'
import { scanView } from '../run/view.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { count, counted, duration, oneLine } from '../text.ts'

type ListFlags = GlobalFlags & { json?: boolean; limit: string; status?: Run['status'] }
type ShowFlags = GlobalFlags & { json?: boolean; timings?: boolean; out?: string[]; exploreOut?: string[]; artifacts?: string }
type PruneFlags = GlobalFlags & { json?: boolean; keep?: string; olderThan?: string }

const STATUSES = ['queued', 'running', 'paused', 'interrupted', 'completed', 'failed', 'cancelled'] as const
const MOST = 1_000_000

export function define(command: Command, context: CommandContext): void {
  const { terminal } = context
  command
    .option('--limit <runs>', 'most runs to list, the newest first', '20')
    .addOption(new Option('--status <status>', 'only runs that are so').choices(STATUSES))
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples('runs', 'runs --status paused', 'runs show last', 'runs show run-3f2a --out rows.csv', 'runs replay last', 'runs compare run-3f2a', 'runs prune --keep 20'))
    .action(() => list(terminal, command.optsWithGlobals<ListFlags>()))
  const showing = command.command('show').description('a run and its rows again')
  showing
    .argument('<run>', 'its id, the beginning of it, or last')
    .option('--out <file>', 'write the rows to a .csv, .parquet, .json or .ndjson file; may be given again', collectFiles('--out'))
    .option('--explore-out <file>', 'write the explored rows to a file; may be given again', collectFiles('--explore-out'))
    .option('--artifacts <dir>', 'copy the files that the script wrote to a folder', (text) => named('--artifacts', text, 'a folder'))
    .option('--timings', 'add batch, worker and durations to the row files')
    .option('--json', 'print one JSON document: run, rows and exploration')
    .addHelpText('after', () => examples('runs show last', 'runs show last --out rows.csv --explore-out contracts.csv', 'runs show run-3f2a --json > result.json', 'runs show last --artifacts files'))
    .action(async (id: string) => {
      if (!(await show(terminal, id, showing.optsWithGlobals<ShowFlags>()))) context.exitCode = EXIT.failed
    })
  defineReplay(command.command('replay').description('do again what a run did, and say whether it came to the same'), context)
  defineCompare(command.command('compare').description('what became of the hits of one run in another'), context)
  const pruning = command.command('prune').description('forget finished runs, and market data that only they stood on')
  pruning
    .option('--keep <runs>', 'keep this many of the newest')
    .option('--older-than <days>', 'forget those that ended longer ago')
    .option('--json', 'print JSON')
    .addHelpText('after', () => examples('runs prune --keep 20', 'runs prune --older-than 30'))
    .action(() => prune(terminal, pruning.optsWithGlobals<PruneFlags>()))
}

async function list(terminal: Terminal, flags: ListFlags): Promise<void> {
  const limit = wholeNumber('--limit', flags.limit, 1)
  const runtime = await terminal.runtime()
  const runs = await withHost(runtime, hostOptions(runtime, terminal, flags), async (host) => host.runs({ limit, status: flags.status }).items)
  if (flags.json) terminal.out.write(json(runs))
  else terminal.out.write(runs.length === 0 ? 'There are no runs.\n' : `${[...listLines(runs, Math.max(40, terminal.out.columns)), ...leftLines(runs)].join('\n')}\n`)
}

function listLines(runs: readonly Run[], width: number): string[] {
  const columns = [{ title: 'run' }, { title: 'status' }, { title: 'created', yields: true }, { title: 'as of', yields: true }, { title: 'file', shrinks: true, yields: true }, { title: 'rows', align: 'right' as const, yields: true }, { title: 'hits', align: 'right' as const }, { title: 'time', align: 'right' as const, yields: true }]
  return table(columns, runs.map(cellsOf), width)
}

/** How those are gone on with that nobody carries out. */
function leftLines(runs: readonly Run[]): string[] {
  return (['run', 'explore'] as const).flatMap((command) => {
    const left = runs.filter((run) => isLeft(run) && resumeCommand(run) === command)
    if (left.length === 0) return []
    const how = (['interrupted', 'paused'] as const).flatMap((status) => {
      const found = left.filter((run) => run.status === status).length
      return found === 0 ? [] : [`${count(found)} ${status}`]
    })
    return [`${how.join(', ')}: go on with \`strikescan ${command} --resume ${left.length === 1 ? left[0]!.id : 'RUN'}\``]
  })
}

const isLeft = ({ status }: Run): boolean => status === 'interrupted' || status === 'paused'
const resumeCommand = ({ kind }: Run): 'run' | 'explore' => (kind === 'scan' ? 'run' : 'explore')

function cellsOf(run: Run): string[] {
  const { id, kind, status, createdAt, startedAt, finishedAt, filename, ledger, explore, market } = run
  const isScan = kind === 'scan'
  return [
    id,
    status,
    createdAt.slice(0, 16).replace('T', ' '),
    market.asOf ?? '',
    oneLine(filename),
    isScan ? count(ledger.detected) : count(explore?.rows ?? 0),
    isScan ? count(ledger.hit) : '',
    startedAt !== null && finishedAt !== null ? duration(Date.parse(finishedAt) - Date.parse(startedAt)) : '',
  ]
}

/** False where a file could not be written, which has been said. */
async function show(terminal: Terminal, id: string, flags: ShowFlags): Promise<boolean> {
  const runtime = await terminal.runtime()
  const [out, exploreOut] = [flags.out ?? [], flags.exploreOut ?? []].map((paths) => paths.map((path) => resolve(terminal.cwd, path))) as [string[], string[]]
  const files = [...out, ...exploreOut]
  for (const path of files) runtime.checkRowFile(path)
  const repeated = files.find((path, index) => files.indexOf(path) !== index)
  if (repeated) exclude([`--out ${repeated}`, `--out ${repeated}`], 'Name each row file once.')
  const options = hostOptions(runtime, terminal, flags)
  return withHost(runtime, options, async (host) => {
    const run = host.findRun(id)
    const views = viewsOf(runtime, host, run, flags.timings === true)
    const written = await writeFiles(terminal, [
      ...out.map((path) => ({ path, write: () => views.own.writeFile(path, run) })),
      ...exploreOut.map((path) => ({ path, write: () => views.explored.writeFile(path, run) })),
    ])
    const copied = flags.artifacts === undefined || copyArtifacts(terminal, runtime, (path) => runtime.readArtifact(options.home, run, path), run.files ?? [], resolve(terminal.cwd, flags.artifacts))
    if (flags.json) await writeJson(terminal.out, views.own.document(run))
    else {
      terminal.out.write(`${views.own.summary(run, Math.max(40, terminal.out.columns)).join('\n')}\n`)
      if (run.error) terminal.err.write(`${errorLine(run.error)}\n`)
      if (isLeft(run)) terminal.err.write(`continue with: strikescan ${resumeCommand(run)} --resume ${run.id}\n`)
    }
    return written && copied
  })
}

/** How the run's own rows are shown, and how explored ones are. */
function viewsOf(runtime: Runtime, host: Host, run: Run, timings: boolean) {
  const explored = explorationView(runtime, host, timings)
  return { own: run.kind === 'scan' ? scanView(runtime, host, timings) : explored, explored }
}

async function prune(terminal: Terminal, flags: PruneFlags): Promise<void> {
  const { keep, olderThan } = flags
  if (keep === undefined && olderThan === undefined) {
    throw new StrikescanError('flag_needed', { missing: '--keep or --older-than', hint: 'Say how many of the newest runs to keep, or after how many days to forget one.' })
  }
  if (keep !== undefined && olderThan !== undefined) exclude(['--keep', '--older-than'], 'Choose by number or by age.')
  const wishes = {
    ...(keep !== undefined && { keep: wholeNumber('--keep', keep, 0) }),
    ...(olderThan !== undefined && { olderThanDays: wholeNumber('--older-than', olderThan, 0) }),
  }
  const runtime = await terminal.runtime()
  const report = await withHost(runtime, hostOptions(runtime, terminal, flags), (host) => host.prune(wishes))
  terminal.out.write(flags.json ? json(report) : `${pruneLine(report)}\n`)
}

function pruneLine({ runs, scanners, snapshots, bytesBefore, bytesAfter }: PruneReport): string {
  const size = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`
  return `Forgot ${counted(runs, 'run')}, ${counted(scanners, 'scanner')} and ${counted(snapshots, 'snapshot')}; the journal went from ${size(bytesBefore)} to ${size(bytesAfter)}.`
}

/** @throws flag_bad_value */
function wholeNumber(flag: string, text: string, least: number): number {
  const value = /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN
  if (value >= least && value <= MOST) return value
  throw new StrikescanError('flag_bad_value', { flag, value: JSON.stringify(text), allowed: `a whole number from ${least} to ${MOST}`, hint: `As in ${flag} 20.` })
}
