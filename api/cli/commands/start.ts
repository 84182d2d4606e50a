import type { Command } from 'commander'
import { fileURLToPath } from 'node:url'
import { examples, hostOptions, readInput, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { execute } from '../run/execute.ts'

const EXAMPLE = 'examples/rsi-reversal.js'

export function define(command: Command, context: CommandContext): void {
  command.addHelpText('after', () => examples('start', `run ${EXAMPLE} --universe all --json`)).action(async () => {
    const { terminal } = context
    const source = readInput(terminal, 'The example', fileURLToPath(new URL(`../../../${EXAMPLE}`, import.meta.url)))
    const runtime = await terminal.runtime()
    terminal.err.write(`Running ${EXAMPLE} over every symbol of the market; "strikescan run FILE" runs yours.\n`)
    context.exitCode = await withHost(runtime, hostOptions(runtime, terminal, command.optsWithGlobals<GlobalFlags>()), (host) =>
      execute(terminal, runtime, host, {
        form: 'summary',
        out: [],
        timings: false,
        begin: () => host.startRun({ filename: 'rsi-reversal.js', source, universe: 'all' }),
      }),
    )
  })
}
