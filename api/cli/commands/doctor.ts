import type { Command } from 'commander'
import { examples, hostOptions, json, type CommandContext, type GlobalFlags } from '../command.ts'
import { EXIT } from '../errors.ts'
import { oneLine } from '../text.ts'

const MARKS = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const

export function define(command: Command, context: CommandContext): void {
  command
    .option('--json', 'print the checks as JSON')
    .addHelpText('after', () => examples('doctor', 'doctor --home /var/lib/strikescan --json'))
    .action(async () => {
      const { terminal } = context
      const flags = command.optsWithGlobals<GlobalFlags & { json?: boolean }>()
      const runtime = await terminal.runtime()
      const checks = await runtime.runDoctor(hostOptions(runtime, terminal, flags))
      const lines = checks.flatMap(({ name, status, detail, hint }) => [
        `${MARKS[status]}  ${name.padEnd(13)} ${oneLine(detail)}`,
        ...(hint ? [`${' '.repeat(20)}${oneLine(hint)}`] : []),
      ])
      terminal.out.write(flags.json ? json({ checks }) : `${lines.join('\n')}\n`)
      context.exitCode = checks.some(({ status }) => status === 'fail') ? EXIT.failed : EXIT.done
    })
}
