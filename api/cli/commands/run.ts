import type { Command } from 'commander'
import { resolve } from 'node:path'
import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { examples, hostOptions, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import type { Host, RunHandle, Runtime } from '../host-types.ts'
import { execute } from '../run/execute.ts'
import { addRunFlags, collectFiles, runName } from '../run/flags.ts'
import { furtherRefusals } from '../run/refusals.ts'
import { exclude, requestOf, settingsOfFlags, type RunFlags } from '../run/request.ts'
import { resumed } from '../run/resume.ts'
import { readScanner, SCANNER_HELP } from '../run/scanner-file.ts'
import type { Terminal } from '../terminal.ts'

type Flags = RunFlags & GlobalFlags & { out?: string[]; exploreOut?: string[]; timings?: boolean; resume?: string; json?: boolean; events?: boolean }

export function define(command: Command, context: CommandContext): void {
  addRunFlags(command.argument('[file]', SCANNER_HELP))
    .option('--out <file>', 'write the rows to a .csv, .parquet, .json or .ndjson file; may be given again', collectFiles('--out'))
    .option('--explore-out <file>', 'write the explored rows to a file; may be given again', collectFiles('--explore-out'))
    .option('--timings', 'add batch, worker and durations to the row files')
    .option('--resume <run>', 'continue a run that was interrupted', runName)
    .option('--json', 'print one JSON document: run, rows and exploration')
    .option('--events', "print the run's events as they happen, one JSON object a line")
    .addHelpText('after', () => examples('run scanner.js', 'run @gap-and-go --universe all', 'run scanner.ts --symbols AAPL,MSFT --dates 2026-11-20', 'run scanner.js --universe all --out hits.csv --out hits.parquet', 'run scanner.js --param minGap=0.05 --json > result.json', 'run scanner.js --explore --explore-out contracts.csv', 'run --resume RUN'))
    .action(async (file: string | undefined) => {
      context.exitCode = await run(context.terminal, file, command.optsWithGlobals<Flags>())
    })
}

async function run(terminal: Terminal, file: string | undefined, flags: Flags): Promise<number> {
  if (flags.json && flags.events) exclude(['--json', '--events'], 'Standard output has room for one of them.')
  const changesWorkers = flags.workers !== undefined || flags.memoryMb !== undefined || (flags.set ?? []).length > 0
  const runtime = await terminal.runtime(changesWorkers ? undefined : { home: flags.home })
  const [out, exploreOut] = [flags.out ?? [], flags.exploreOut ?? []].map((paths) => paths.map((path) => resolve(terminal.cwd, path))) as [string[], string[]]
  const files = [...out, ...exploreOut]
  for (const path of files) runtime.checkRowFile(path)
  const repeated = files.find((path, index) => files.indexOf(path) !== index)
  if (repeated) exclude([`--out ${repeated}`, `--out ${repeated}`], 'Name each row file once.')

  const { overrides, ...beginning } = flags.resume === undefined ? newRun(terminal, runtime, file, flags) : resumedRun(terminal, flags.resume, file, flags)
  const form = flags.json ? 'json' : flags.events ? 'events' : 'summary'
  return withHost(runtime, hostOptions(runtime, terminal, flags, overrides), (host) =>
    execute(terminal, runtime, host, { form, out, exploreOut, timings: flags.timings === true, ...beginning }),
  )
}

interface Beginning {
  overrides: Record<string, unknown>
  begin: (host: Host) => RunHandle | Promise<RunHandle>
  furtherRefusals?: (host: Host) => Promise<string[]>
}

function newRun(terminal: Terminal, runtime: Runtime, file: string | undefined, flags: Flags): Beginning {
  if (file === undefined) throw new StrikescanError('flag_needed', { missing: 'The scanner to run', hint: 'Name its file, as in strikescan run scanner.js.' })
  if (flags.exploreOut !== undefined && flags.explore !== true) throw new StrikescanError('flag_needed', { missing: '--explore', hint: '--explore-out is for the strategies that are explored: give --explore with it, or leave it out.' })
  const request = requestOf(runtime, terminal, flags, readScanner(terminal, runtime, file))
  return { overrides: settingsOfFlags(runtime, flags), begin: (host) => host.startRun(request), furtherRefusals: (host) => furtherRefusals(host, request) }
}

/** Flags that a resumed run cannot heed: it goes on as it was asked for. */
const FIXED_FLAGS: [keyof RunFlags, string][] = [
  ['symbols', '--symbols'], ['symbolsFile', '--symbols-file'], ['universe', '--universe'], ['dates', '--dates'], ['from', '--from'],
  ['to', '--to'], ['asOf', '--as-of'], ['minVolume', '--min-volume'], ['minPrice', '--min-price'], ['maxPrice', '--max-price'],
  ['limit', '--limit'], ['explore', '--explore'], ['forceFull', '--force-full'], ['refresh', '--refresh'], ['split', '--split'], ['workers', '--workers'], ['timeout', '--timeout'], ['symbolTimeoutMs', '--symbol-timeout-ms'], ['memoryMb', '--memory-mb'],
]

function resumedRun(terminal: Terminal, id: string, file: string | undefined, flags: Flags): Beginning {
  const given = FIXED_FLAGS.find(([name]) => flags[name] !== undefined)?.[1] ?? (flags.param !== undefined ? '--param' : flags.prefilter ? null : '--no-prefilter')
  if (given) exclude(['--resume', given], 'A resumed run goes on as it was first asked for.')
  return { overrides: {}, begin: (host) => resumed(terminal, id, file, () => host.resumeRun(id)) }
}
