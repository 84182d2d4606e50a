import type { Command } from 'commander'
import { basename, resolve } from 'node:path'
import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { examples, hostOptions, json, splitPair, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { EXIT } from '../errors.ts'
import type { ImportOptions, ImportProgress, ImportReport } from '../host-types.ts'
import type { Terminal } from '../terminal.ts'
import { count, counted, cut, oneLine } from '../text.ts'

type Flags = GlobalFlags & { format?: string; map?: string; replace?: boolean; json?: boolean }

const REDRAW_MS = 100

export function define(command: Command, context: CommandContext): void {
  const bars = command.command('bars').description('daily bars from CSV, CSV.gz, zip, Parquet or JSON files and folders')
  bars
    .argument('<path...>', 'files or folders')
    .option('--format <name>', 'the format of the files, where their names or first lines do not tell')
    .option('--map <field=column,...>', 'columns of the files for our fields, as in symbol=Ticker,date=Day')
    .option('--replace', 'let a bar of these files take the place of the stored one of the same symbol and date')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', () => examples('import bars prices.csv', 'import bars 2024.zip 2025.zip --map symbol=Ticker,close=Last', 'import bars data/ --json'))
    .action(async (paths: string[]) => {
      context.exitCode = await importBars(context.terminal, paths, bars.optsWithGlobals<Flags>())
    })
}

async function importBars(terminal: Terminal, paths: string[], flags: Flags): Promise<number> {
  const map = flags.map === undefined ? undefined : columnMap(flags.map)
  const runtime = await terminal.runtime()
  const progress = importProgress(terminal)
  const options: ImportOptions = {
    ...(flags.format === undefined ? {} : { format: flags.format as NonNullable<ImportOptions['format']> }),
    ...(map === undefined ? {} : { map }),
    ...(flags.replace ? { replace: true } : {}),
  }
  const absolute = paths.map((path) => resolve(terminal.cwd, path))
  const report = await withHost(runtime, hostOptions(runtime, terminal, flags), (host) => host.importBars(absolute, options, progress.update)).finally(progress.end)
  terminal.out.write(flags.json ? json(report) : `${reportLines(report).join('\n')}\n`)
  // Nothing that could be used was in the files: the input is invalid, not merely flawed.
  return report.rowsRead > 0 && report.rowsRejected === report.rowsRead ? EXIT.usage : EXIT.done
}

/** `field=column,field=column`. @throws flag_bad_value */
function columnMap(text: string): Record<string, string> {
  const map = new Map<string, string>()
  for (const part of text.split(',')) {
    const [field, column] = splitPair('--map', part, 'a list of field=column, as in close=Last,date=Day')
    if (map.has(field)) {
      throw new StrikescanError('flag_bad_value', { flag: '--map', value: JSON.stringify(text), allowed: 'a list that names each field once', hint: `${field} is given twice.` })
    }
    map.set(field, column.trim())
  }
  return Object.fromEntries(map)
}

function importProgress({ err, now }: Terminal): { update: (progress: ImportProgress) => void; end: () => void } {
  let drawn = -Infinity
  let shown = false
  return {
    update({ rowsRead, file }) {
      if (!err.isTerminal || now() - drawn < REDRAW_MS) return
      drawn = now()
      shown = true
      err.write(`\r\u001b[2K${cut(`${counted(rowsRead, 'row')} read${file ? `, ${oneLine(file)}` : ''}`, err.columns - 1)}`)
    },
    end() {
      if (shown) err.write('\r\u001b[2K')
    },
  }
}

function reportLines(report: ImportReport): string[] {
  const range = report.firstDate ? `, ${report.firstDate} to ${report.lastDate}` : ''
  return [
    `Rows: ${count(report.rowsRead)} read, ${count(report.rowsKept)} kept, ${count(report.rowsRejected)} rejected`,
    ...tally('rejected', report.reasons),
    ...report.samples.slice(0, 10).map(({ file, line, reason, text }) => `    ${cut(oneLine(`${basename(file)}:${line} ${reason}: ${text}`), 160)}`),
    ...report.warnings.map((warning) => `  ${oneLine(warning)}`),
    ...tally('kept and flagged', report.flagged),
    ...(report.duplicates > 0 ? [`  duplicates: ${count(report.duplicates)}`] : []),
    ...(report.conflicts > 0 ? [`  conflicts between files: ${count(report.conflicts)}`] : []),
    `These files: ${counted(report.symbols, 'symbol')}${range}`,
    `Store: snapshot ${report.snapshot ?? 'none'}${report.unchanged ? (report.rowsKept === 0 ? ', unchanged: nothing could be used' : ', unchanged: all of this was there already') : ''}`,
  ]
}

function tally(title: string, reasons: Record<string, number>): string[] {
  return Object.entries(reasons)
    .filter(([, rows]) => rows > 0)
    .map(([reason, rows]) => `  ${title}, ${oneLine(reason)}: ${count(rows)}`)
}
