import { Option, type Command } from 'commander'
import { basename, resolve } from 'node:path'
import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { examples, hostOptions, readInput, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import type { Host, RunHandle, Runtime } from '../host-types.ts'
import { execute } from '../run/execute.ts'
import { exclude, requestOf, settingsOfFlags, type RunFlags } from '../run/request.ts'
import type { Terminal } from '../terminal.ts'

type Flags = RunFlags & GlobalFlags & { out?: string[]; timings?: boolean; resume?: string; json?: boolean; events?: boolean }

const collect = (text: string, before: string[] = []): string[] => [...before, text]

export function define(command: Command, context: CommandContext): void {
  command
    .argument('[file]', 'the scanner: JavaScript or TypeScript')
    .option('--symbols <list>', "symbols separated by commas, in place of the script's own")
    .option('--symbols-file <file>', 'a file of symbols: one a line or separated by commas, # for comments')
    .addOption(new Option('--universe <name>', 'every symbol of the market').choices(['all']))
    .option('--dates <list>', "dates separated by commas, in place of the script's own")
    .option('--from <date>', 'first date of a range of sessions')
    .option('--to <date>', 'last date of the range (default: the last session)')
    .option('--as-of <date>', 'nothing after this date is seen (default: the last date)')
    .option('--param <name=value>', "a value for one of the scanner's parameters; may be given again", collect)
    .option('--no-prefilter', 'scan every symbol, however thinly traded')
    .option('--min-volume <shares>', 'mean daily volume that a symbol must exceed')
    .option('--min-price <dollars>', 'lowest last close')
    .option('--max-price <dollars>', 'highest last close')
    .option('--limit <symbols>', 'most symbols kept by the prefilter')
    .addOption(new Option('--split <mode>', 'run the script batch by batch').choices(['auto', 'always', 'never']))
    .option('--workers <number>', 'worker processes, or auto')
    .option('--timeout <seconds>', 'longest that the run may take')
    .option('--symbol-timeout-ms <ms>', 'longest that one symbol may take')
    .option('--memory-mb <MB>', 'hard limit of one worker process')
    .option('--out <file>', 'write the rows to a .csv, .parquet, .json or .ndjson file; may be given again', collect)
    .option('--timings', 'add batch, worker and durations to the row files')
    .option('--resume <run>', 'continue a run that was interrupted')
    .option('--json', 'print one JSON document: run, rows and exploration')
    .option('--events', "print the run's events as they happen, one JSON object a line")
    .addHelpText('after', () => examples('run scanner.js', 'run scanner.ts --symbols AAPL,MSFT --dates 2026-11-20', 'run scanner.js --universe all --out hits.csv --out hits.parquet', 'run scanner.js --param minGap=0.05 --json > result.json', 'run --resume RUN'))
    .action(async (file: string | undefined) => {
      context.exitCode = await run(context.terminal, file, command.optsWithGlobals<Flags>())
    })
}

async function run(terminal: Terminal, file: string | undefined, flags: Flags): Promise<number> {
  if (flags.json && flags.events) exclude(['--json', '--events'], 'Standard output has room for one of them.')
  const runtime = await terminal.runtime()
  const out = (flags.out ?? []).map((path) => resolve(terminal.cwd, path))
  for (const path of out) runtime.checkRowFile(path)
  const repeated = out.find((path, index) => out.indexOf(path) !== index)
  if (repeated) exclude([`--out ${repeated}`, `--out ${repeated}`], 'Name each row file once.')

  const { overrides, begin } = flags.resume === undefined ? newRun(terminal, runtime, file, flags) : resumedRun(terminal, flags.resume, file, flags)
  const form = flags.json ? 'json' : flags.events ? 'events' : 'summary'
  return withHost(runtime, hostOptions(runtime, terminal, flags, overrides), (host) =>
    execute(terminal, runtime, host, { form, out, timings: flags.timings === true, begin }),
  )
}

interface Beginning {
  overrides: Record<string, unknown>
  begin: (host: Host) => RunHandle | Promise<RunHandle>
}

function newRun(terminal: Terminal, runtime: Runtime, file: string | undefined, flags: Flags): Beginning {
  if (file === undefined) throw new StrikescanError('flag_needed', { missing: 'The scanner to run', hint: 'Name its file, as in strikescan run scanner.js.' })
  const source = readInput(terminal, 'The scanner', file)
  const request = requestOf(runtime, terminal, flags, { filename: basename(file), source })
  return { overrides: settingsOfFlags(runtime, flags), begin: (host) => host.startRun(request) }
}

/** Flags that a resumed run cannot heed: it goes on as it was asked for. */
const FIXED_FLAGS: [keyof RunFlags, string][] = [
  ['symbols', '--symbols'], ['symbolsFile', '--symbols-file'], ['universe', '--universe'], ['dates', '--dates'], ['from', '--from'],
  ['to', '--to'], ['asOf', '--as-of'], ['minVolume', '--min-volume'], ['minPrice', '--min-price'], ['maxPrice', '--max-price'],
  ['limit', '--limit'], ['split', '--split'], ['workers', '--workers'], ['timeout', '--timeout'], ['symbolTimeoutMs', '--symbol-timeout-ms'], ['memoryMb', '--memory-mb'],
]

function resumedRun(terminal: Terminal, id: string, file: string | undefined, flags: Flags): Beginning {
  const given = FIXED_FLAGS.find(([name]) => flags[name] !== undefined)?.[1] ?? (flags.param !== undefined ? '--param' : flags.prefilter ? null : '--no-prefilter')
  if (given) exclude(['--resume', given], 'A resumed run goes on as it was first asked for.')
  if (file !== undefined) terminal.err.write(`resuming with the scanner that run ${id} was started with; ${file} is not read\n`)
  return { overrides: {}, begin: (host) => host.resumeRun(id) }
}
