import type { Command } from 'commander'
import { basename, resolve } from 'node:path'

import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { examples, hostOptions, readInput, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { DevLoop } from '../dev/loop.ts'
import { mostTraded } from '../dev/universe.ts'
import { watchFile } from '../dev/watch-file.ts'
import { EXIT } from '../errors.ts'
import type { Host, RunRequest } from '../host-types.ts'
import { addScopeFlags } from '../run/flags.ts'
import { requestOf, settingsOfFlags, type RunFlags } from '../run/request.ts'
import type { Terminal } from '../terminal.ts'

type Flags = RunFlags & GlobalFlags & { most: string; types: boolean }

/** More symbols than this are no quick look; a list of the script's own up to this length is taken as it is. */
const MOST_SYMBOLS = 100

export function define(command: Command, context: CommandContext): void {
  addScopeFlags(command.argument('<file>', 'the scanner: JavaScript or TypeScript'))
    .option('--most <symbols>', 'how many of the most traded symbols to try it on, where none are named; at most 100', '50')
    .option('--symbol-timeout-ms <ms>', 'longest that one symbol may take')
    .option('--no-types', 'leave the type check out')
    .addHelpText('after', () => examples('dev scanner.ts', 'dev scanner.ts --symbols AAPL,MSFT --param minGap=0.05', 'dev scanner.ts --from 2026-11-02 --to 2026-11-20'))
    .action(async (file: string) => {
      context.exitCode = await dev(context.terminal, file, command.optsWithGlobals<Flags>())
    })
}

async function dev(terminal: Terminal, given: string, flags: Flags): Promise<number> {
  const runtime = await terminal.runtime()
  const file = resolve(terminal.cwd, given)
  const filename = basename(file)
  const gather = (content: Uint8Array): Uint8Array => runtime.gatherScript(file, content)
  const source = gather(readInput(terminal, 'The scanner', given))
  const most = mostOf(flags.most)
  const { filename: _name, source: _source, ...request } = requestOf(runtime, terminal, { ...flags, prefilter: true }, { filename, source })
  return withHost(runtime, hostOptions(runtime, terminal, flags, settingsOfFlags(runtime, flags)), async (host) => {
    const ended = interruption(terminal)
    const scope = await scopeOf(host, request, { filename, source }, most)
    const loop = new DevLoop(terminal, runtime, host, {
      file, request: scope, checkTypes: flags.types, say: (line) => void terminal.err.write(`${line}\n`),
    })
    const watch = watchFile(file, (state) => loop.saved(state), { gather, beside: [file.replace(/(\.[cm]?[jt]sx?)?$/, '.test$1')] })
    await ended
    watch.close()
    await loop.close()
    return EXIT.done
  })
}

/** The symbols named, else the script's own list where it is short, else the most traded ones; without the prefilter, which has done its work. */
async function scopeOf(host: Host, request: Omit<RunRequest, 'filename' | 'source'>, file: { filename: string; source: Uint8Array }, most: number): Promise<Omit<RunRequest, 'filename' | 'source'>> {
  if (request.symbols !== undefined) return { ...request, prefilter: false }
  const { report } = await host.inspect(file)
  const own = report?.symbols.count ?? 0
  if (own > 0 && own <= MOST_SYMBOLS) return { ...request, prefilter: false }
  const symbols = await mostTraded(host, most, request)
  return { ...request, ...(symbols.length > 0 ? { symbols } : { universe: 'all' as const }), prefilter: false }
}

/** @throws flag_bad_value */
function mostOf(text: string): number {
  const most = /^\d+$/.test(text) ? Number(text) : 0
  if (most >= 1 && most <= MOST_SYMBOLS) return most
  throw new StrikescanError('flag_bad_value', { flag: '--most', value: JSON.stringify(text), allowed: `a whole number from 1 to ${MOST_SYMBOLS}`, hint: 'Name more with --symbols or --symbols-file.' })
}

/** Resolves at an interrupt, or when nobody reads on. */
function interruption(terminal: Terminal): Promise<void> {
  return new Promise((end) => {
    const release = terminal.onInterrupt(() => {
      release()
      end()
    })
    terminal.out.onClosed(end)
  })
}
