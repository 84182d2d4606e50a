import type { Command } from 'commander'

import { examples, json, type CommandContext } from '../command.ts'
import type { Runtime } from '../host-types.ts'
import { table } from '../table.ts'
import { paramLine } from '../params.ts'

export function define(command: Command, context: CommandContext): void {
  command
    .argument('[name]', 'one of them, for its parameters')
    .option('--source', 'print the file of the one named')
    .option('--json', 'print them as JSON')
    .addHelpText('after', () => examples('scanners', 'scanners gap-and-go', 'scanners gap-and-go --source > mine.ts', 'run @gap-and-go --universe all'))
    .action(async (given: string | undefined, flags: { source?: boolean; json?: boolean }) => {
      const { terminal } = context
      const runtime = await terminal.runtime()
      const name = given?.replace(/^@/, '')
      if (name === undefined && flags.source) command.error('error: --source prints the file of one scanner: name it')
      // Asked for first: a name that there is not is told with those there are.
      const file = name === undefined ? null : runtime.readBuiltInScanner(name)
      if (flags.source && file !== null) return void terminal.out.write(new TextDecoder().decode(file.source))
      const listed = await runtime.listBuiltInScanners()
      const shown = name === undefined ? listed : listed.filter((each) => each.name === name)
      terminal.out.write(flags.json ? json(name === undefined ? shown : shown[0]) : `${(name === undefined ? list(shown, Math.max(40, terminal.out.columns)) : details(shown[0]!)).join('\n')}\n`)
    })
}

type BuiltInScanner = Awaited<ReturnType<Runtime['listBuiltInScanners']>>[number]

function list(scanners: readonly BuiltInScanner[], width: number): string[] {
  const rows = scanners.map(({ name, description }) => [`@${name}`, description])
  return table([{ title: 'Scanner' }, { title: 'Reports', shrinks: true }], rows, width)
}

function details({ name, title, description, params }: BuiltInScanner): string[] {
  return [`@${name}: ${title}`, `  ${description}`, ...params.map((param) => `  ${paramLine(param)}`)]
}
