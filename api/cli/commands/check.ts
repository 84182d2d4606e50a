import type { Command } from 'commander'
import { basename } from 'node:path'
import { examples, hostOptions, json, readInput, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { EXIT } from '../errors.ts'
import type { Inspection, IntakeReport } from '../host-types.ts'
import { count, counted, oneLine } from '../text.ts'

export function define(command: Command, context: CommandContext): void {
  command
    .argument('<file>', 'the scanner: JavaScript or TypeScript')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', () => examples('check scanner.js', 'check scanner.ts --json'))
    .action(async (file: string) => {
      const { terminal } = context
      const flags = command.optsWithGlobals<GlobalFlags & { json?: boolean }>()
      const source = readInput(terminal, 'The scanner', file)
      const runtime = await terminal.runtime()
      const filename = basename(file)
      const inspection = await withHost(runtime, hostOptions(runtime, terminal, flags), async (host) => host.inspect({ filename, source }))
      terminal.out.write(flags.json ? json(inspection.report ?? { filename, diagnostics: inspection.diagnostics }) : `${lines(filename, inspection).join('\n')}\n`)
      context.exitCode = isRefused(inspection) ? EXIT.usage : EXIT.done
    })
}

const isRefused = ({ report, diagnostics }: Inspection): boolean => report === null || diagnostics.some(({ severity }) => severity === 'error')

function lines(filename: string, inspection: Inspection): string[] {
  return [
    `${oneLine(filename)}: ${isRefused(inspection) ? 'cannot run' : 'can run'}`,
    ...(inspection.report === null ? [] : reportLines(inspection.report)),
    ...inspection.diagnostics.map(({ severity, code, message, hint, line, column }) => {
      const place = line === null ? '' : `${line}:${column ?? 1} `
      return `${place}${severity} [${code}]: ${oneLine(`${message} ${hint}`)}`
    }),
  ]
}

function reportLines(report: IntakeReport): string[] {
  const { symbols, dates, split } = report
  return [
    `  pattern   ${report.pattern}${report.name ? ` "${oneLine(report.name)}"` : ''} (${report.language} ${report.moduleKind}, ${counted(report.bytes, 'byte')})`,
    `  symbols   ${symbols.count === 0 ? "none of its own: the market's are put in" : `${count(symbols.count)} in ${symbols.declaredAs ?? 'the script'}: ${symbols.sample.map(oneLine).join(', ')}${symbols.count > symbols.sample.length ? ', …' : ''}`}`,
    `  dates     ${dates.values.length === 0 ? 'none of its own: the last session' : dates.values.map(oneLine).join(', ')}`,
    ...report.params.map((param) => `  parameter ${oneLine(param.name)} = ${JSON.stringify(param.default)}${rangeOf(param)}${param.help ? `: ${oneLine(param.help)}` : ''}`),
    ...report.imports.map(({ specifier, resolution }) => `  import    ${oneLine(specifier)}: ${oneLine(resolution)}`),
    `  split     ${split.mode}: ${oneLine(split.reason)}`,
    `  sha256    ${report.sha256}`,
  ]
}

function rangeOf({ min, max, options }: IntakeReport['params'][number]): string {
  if (options) return ` (one of ${options.map(oneLine).join(', ')})`
  if (min === undefined && max === undefined) return ''
  return ` (${min === undefined ? '' : `from ${min}`}${min !== undefined && max !== undefined ? ' ' : ''}${max === undefined ? '' : `to ${max}`})`
}
