import type { Command } from 'commander'

import { examples, hostOptions, json, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { EXIT } from '../errors.ts'
import type { Host, Row, Run, RunComparison, RunHandle, Runtime } from '../host-types.ts'
import { table } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import { count, counted, oneLine } from '../text.ts'
import { execute } from './execute.ts'
import { scanView, type RunView } from './view.ts'

type ReplayFlags = GlobalFlags & { json?: boolean }

/** Rows that are shown of those that differ; `--json` has more. */
const MOST_SHOWN = 20

/** `runs replay RUN`: does again what a run did, and says whether it came to the same. */
export function defineReplay(command: Command, context: CommandContext): void {
  const { terminal } = context
  command
    .argument('<run>', 'its id, the beginning of it, or last: the newest that can be replayed')
    .option('--json', 'print one JSON document: the replay, and the rows that differ')
    .addHelpText('after', () => examples('runs replay last', 'runs replay run-3f2a --json'))
    .action(async (id: string) => {
      context.exitCode = await replay(terminal, id, command.optsWithGlobals<ReplayFlags>())
    })
}

async function replay(terminal: Terminal, id: string, flags: ReplayFlags): Promise<number> {
  const runtime = await terminal.runtime()
  return withHost(runtime, hostOptions(runtime, terminal, flags), async (host) => {
    const view = replayView(runtime, host)
    const code = await execute(terminal, runtime, host, { form: flags.json ? 'json' : 'summary', out: [], timings: false, view, begin: () => begun(terminal, host, id) })
    return code === EXIT.done && view.differs() ? EXIT.failed : code
  })
}

/** Starts it, and says which run is meant where that was not given whole. */
async function begun(terminal: Terminal, host: Host, given: string): Promise<RunHandle> {
  const handle = await host.startReplay(given)
  const { replayOf } = handle.run()
  if (replayOf === undefined || replayOf === given) return handle
  const { filename, createdAt, status } = host.findRun(replayOf)
  terminal.err.write(`replaying ${replayOf}: ${oneLine(filename)}, begun ${createdAt.slice(0, 16).replace('T', ' ')} UTC, ${status}\n`)
  return handle
}

/** As a scan is shown while it runs; at its end, what it came to beside the run that it replays. */
function replayView(runtime: Runtime, host: Host): RunView & { differs(): boolean } {
  const view = scanView(runtime, host, false)
  let found: RunComparison | null = null
  const compared = (run: Run): RunComparison => (found ??= host.compareReplay(run))
  return {
    ...view,
    differs: () => found !== null && found.same < found.rows,
    // One that was interrupted has nothing to compare yet.
    summary: (run, width) => (run.status === 'completed' ? comparisonLines(run, compared(run), width) : view.summary(run, width)),
    *document(run) {
      yield json(run.status === 'completed' ? { run, ...compared(run) } : { run })
    },
  }
}

function comparisonLines(run: Run, { rows, same, differences }: RunComparison, width: number): string[] {
  const { replayOf, filename } = run
  const over = `${oneLine(filename)} over ${run.market.simulated ? 'the simulated market' : run.market.source}, snapshot ${run.market.snapshot.slice(0, 16)}`
  if (same === rows) return [`The same: ${count(rows)} of ${counted(rows, 'row')} of ${replayOf} again, bit by bit (${over}).`, `Replay: ${run.id}`]
  const columns = [{ title: 'symbol' }, { title: 'date' }, { title: 'before', shrinks: true }, { title: 'after', shrinks: true }, { title: 'differs in', shrinks: true, yields: true }]
  const cells = differences.slice(0, MOST_SHOWN).map((one) => [one.symbol, one.date, outcomeOf(one.before), outcomeOf(one.after), one.fields.join(', ')])
  const rest = rows - same - cells.length
  return [
    `Not the same: ${count(rows - same)} of ${counted(rows, 'row')} of ${replayOf} came out otherwise (${over}).`,
    '',
    ...table(columns, cells, width),
    ...(rest > 0 ? [`… and ${counted(rest, 'row')} more`] : []),
    '',
    'Rows that met a limit of time or memory hang on the machine; all others come out the same unless Strikescan itself changed, or option chains were imported that the script asks for.',
    `Replay: ${run.id}`,
  ]
}

function outcomeOf({ status, score, reason }: Row): string {
  return oneLine(status === 'hit' && score !== null ? `hit ${score}` : status === 'hit' ? 'hit' : `${status}: ${reason}`)
}
