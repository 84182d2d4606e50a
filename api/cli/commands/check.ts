import type { Command } from 'commander'
import { examples, hostOptions, json, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { EXIT } from '../errors.ts'
import type { Inspection, IntakeReport } from '../host-types.ts'
import { paramLine } from '../params.ts'
import { readScanner, SCANNER_HELP } from '../run/scanner-file.ts'
import { count, counted, oneLine } from '../text.ts'

export function define(command: Command, context: CommandContext): void {
  command
    .argument('<file>', SCANNER_HELP)
    .option('--json', 'print the report as JSON')
    .addHelpText('after', () => examples('check scanner.js', 'check scanner.ts --json'))
    .action(async (file: string) => {
      const { terminal } = context
      const flags = command.optsWithGlobals<GlobalFlags & { json?: boolean }>()
      const runtime = await terminal.runtime()
      const { filename, source } = readScanner(terminal, runtime, file)
      const inspection = await withHost(runtime, hostOptions(runtime, terminal, flags), async (host) => host.inspect({ filename, source }))
      terminal.out.write(flags.json ? json(inspection.report === null ? { filename, diagnostics: inspection.diagnostics } : withBoth(inspection.report)) : `${lines(filename, inspection).join('\n')}\n`)
      context.exitCode = isRefused(inspection) ? EXIT.usage : EXIT.done
    })
}

const isRefused = ({ report, diagnostics }: Inspection): boolean => report === null || diagnostics.some(({ severity }) => severity === 'error')

/** A report with the size and hash of the script by itself, which are those that the text shows, and of all that would be uploaded. */
function withBoth(report: IntakeReport): object {
  const { bytes, sha256 } = report.files?.[0] ?? report
  return { ...report, script: { bytes, sha256 }, upload: { bytes: report.bytes, sha256: report.sha256 } }
}

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
  const [script = report, ...others] = report.files ?? []
  return [
    `  pattern   ${report.pattern}${report.name ? ` "${oneLine(report.name)}"` : ''} (${report.language} ${report.moduleKind}, ${counted(script.bytes, 'byte')})`,
    `  symbols   ${symbols.count === 0 ? notKnown(symbols.declaredAs, "the market's are put in") : `${count(symbols.count)} in ${symbols.declaredAs ?? 'the script'}: ${symbols.sample.map(oneLine).join(', ')}${symbols.count > symbols.sample.length ? ', …' : ''}`}`,
    `  dates     ${dates.values.length === 0 ? notKnown(dates.declaredAs, 'the last session') : dates.values.map(oneLine).join(', ')}`,
    ...report.params.map((param) => `  ${paramLine(param)}`),
    ...report.imports.map(({ specifier, resolution }) => `  import    ${oneLine(specifier)}: ${oneLine(resolution)}`),
    ...useLines(report.uses).map((line) => `  ${line}`),
    `  split     ${split.mode}: ${oneLine(split.reason)}`,
    `  sha256    ${script.sha256}`,
    ...others.map(({ path, bytes }) => `  with      ${oneLine(path)} (${counted(bytes, 'byte')})`),
  ]
}

/** What there is to say of a list that the text does not tell. */
const notKnown = (name: string | null, instead: string): string => (name === null ? `none of its own: ${instead}` : `in ${oneLine(name)}, known once the script runs`)

/** What the script takes from the world, and what it gets here instead. */
function useLines({ hosts, environment, filesRead, filesWritten, random, clock, sleeps }: IntakeReport['uses']): string[] {
  const at = (lines: readonly number[]): string => `line${lines.length === 1 ? '' : 's'} ${lines.slice(0, 5).join(', ')}${lines.length > 5 ? ', …' : ''}`
  const one = (label: string, lines: readonly number[], what: string): string[] => (lines.length === 0 ? [] : [`${label} ${at(lines)}: ${what}`])
  return [
    ...hosts.map(({ host, served, lines }) => `network   ${oneLine(host)} (${at(lines)}): ${served ? 'answered from the market data, nothing leaves the machine' : 'no answer'}`),
    ...environment.map(({ name, lines }) => `key       ${oneLine(name)} (${at(lines)}): a placeholder where it names a key, else not set`),
    ...one('files', filesWritten, 'nothing is written; what would be is kept with the run'),
    ...one('files', filesRead, 'only files that came with it can be read'),
    ...one('random', random, 'the same sequence in every run'),
    ...one('clock', clock, "the close of the scan's date"),
    ...one('sleep', sleeps.map(({ line }) => line), `${sleeps.some(({ ms }) => ms !== null) ? `${[...new Set(sleeps.flatMap(({ ms }) => (ms === null ? [] : [ms])))].slice(0, 3).join(', ')} ms, ` : ''}no time is lost: the clock is virtual`),
  ].map((line) => line.replace(/^(files|random|clock|sleep) /, (label) => label.trimEnd().padEnd(10)))
}
