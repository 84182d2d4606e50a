import type { Command } from 'commander'
import { resolve } from 'node:path'
import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { examples, hostOptions, named, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { explorationView } from '../explore/view.ts'
import type { Host, RunHandle } from '../host-types.ts'
import { execute } from '../run/execute.ts'
import { collectFiles, runName } from '../run/flags.ts'
import { resumed } from '../run/resume.ts'
import { exclude } from '../run/request.ts'
import type { Terminal } from '../terminal.ts'

type Flags = GlobalFlags & { out?: string[]; forceFull?: boolean; refresh?: boolean; resume?: string; timings?: boolean; json?: boolean; events?: boolean }

export function define(command: Command, context: CommandContext): void {
  command
    .argument('[strategies]', 'strategies to look for: CSV, JSON, NDJSON (each also .gz) or Parquet with the columns ticker and strategy')
    .option('--out <file>', 'write the rows to a .csv, .parquet, .json or .ndjson file; may be given again', collectFiles('--out'))
    .option('--force-full', 'compute every row, also those that the preflight would skip')
    .option('--refresh', 'fetch every chain anew')
    .option('--resume <run>', 'continue an exploration that was interrupted', runName)
    .option('--timings', 'add workers, calls and durations to the row files')
    .option('--json', 'print one JSON document: run, rows and exploration')
    .option('--events', 'print the events as they happen, one JSON object a line')
    .addHelpText('after', () => examples('explore strategies.csv', 'explore strategies.csv --out explored.csv --out explored.parquet', 'explore strategies.json --force-full --refresh --json > explored.json', 'explore --resume last'))
    .action(async (file: string | undefined) => {
      context.exitCode = await explore(context.terminal, file, command.optsWithGlobals<Flags>())
    })
}

async function explore(terminal: Terminal, file: string | undefined, flags: Flags): Promise<number> {
  if (flags.json && flags.events) exclude(['--json', '--events'], 'Standard output has room for one of them.')
  const begin = beginning(terminal, file, flags)
  const runtime = await terminal.runtime()
  const out = (flags.out ?? []).map((path) => resolve(terminal.cwd, path))
  for (const path of out) runtime.checkRowFile(path)
  const repeated = out.find((path, index) => out.indexOf(path) !== index)
  if (repeated) exclude([`--out ${repeated}`, `--out ${repeated}`], 'Name each row file once.')

  const timings = flags.timings === true
  const form = flags.json ? 'json' : flags.events ? 'events' : 'summary'
  return withHost(runtime, hostOptions(runtime, terminal, flags), (host) =>
    execute(terminal, runtime, host, { form, out, timings, view: explorationView(runtime, host, timings), begin: () => begin(host) }),
  )
}

function beginning(terminal: Terminal, file: string | undefined, flags: Flags): (host: Host) => RunHandle | Promise<RunHandle> {
  const { resume, forceFull = false, refresh = false } = flags
  if (resume === undefined) {
    if (file === undefined) throw new StrikescanError('flag_needed', { missing: 'The strategies file', hint: 'Name it, as in strikescan explore strategies.csv.' })
    const path = resolve(terminal.cwd, named('The strategies file', file, 'the name of a file'))
    return (host) => host.startExploration({ file: path, forceFull, refresh })
  }
  const given = forceFull ? '--force-full' : refresh ? '--refresh' : null
  if (given !== null) exclude(['--resume', given], 'A resumed exploration goes on as it was first asked for.')
  return (host) => resumed(terminal, resume, file, () => host.resumeExploration(resume))
}
