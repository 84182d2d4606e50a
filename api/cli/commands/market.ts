import type { Command } from 'commander'
import { basename } from 'node:path'
import { examples, hostOptions, json, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import type { MarketReport } from '../host-types.ts'
import { count, oneLine } from '../text.ts'

type Flags = GlobalFlags & { json?: boolean }

export function define(command: Command, context: CommandContext): void {
  const { terminal } = context
  command
    .option('--json', 'print the report as JSON')
    .addHelpText('after', () => examples('market', 'market --json', 'market reset'))
    .action(async () => {
      const flags = command.optsWithGlobals<Flags>()
      const runtime = await terminal.runtime()
      const report = await withHost(runtime, hostOptions(runtime, terminal, flags), async (host) => host.market())
      terminal.out.write(flags.json ? json(report) : `${reportLines(report).join('\n')}\n`)
    })
  const reset = command.command('reset').description('forget imported data and go back to the simulated market')
  reset
    .addHelpText('after', () => examples('market reset'))
    .action(async () => {
      const flags = reset.optsWithGlobals<Flags>()
      const runtime = await terminal.runtime()
      const report = await withHost(runtime, hostOptions(runtime, terminal, flags), async (host) => {
        await host.resetMarket()
        return host.market()
      })
      terminal.out.write(flags.json ? json(report) : `Imported data is gone.\n${reportLines(report).join('\n')}\n`)
    })
}

function reportLines(report: MarketReport): string[] {
  return [
    ...(report.simulated ? ['SIMULATED market data: none of these prices was ever traded'] : []),
    `source    ${oneLine(report.source)}`,
    `snapshot  ${report.snapshot}`,
    `symbols   ${count(report.symbols)}`,
    `bars      ${count(report.bars)}`,
    `dates     ${report.firstDate === null ? 'none' : `${report.firstDate} to ${report.lastDate}`}`,
    `imports   ${report.imports.length === 0 ? 'none' : ''}`.trimEnd(),
    ...report.imports.map((entry) => `  ${entry.importedAt.slice(0, 10)} ${oneLine(basename(entry.name))}: ${count(entry.rowsRead)} rows`),
  ]
}
