import type { Command } from 'commander'
import { basename, resolve } from 'node:path'
import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { examples, hostOptions, json, splitPair, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { EXIT } from '../errors.ts'
import type { ChainImportOptions, ChainImportReport, ImportOptions, ImportProgress, ImportReport } from '../host-types.ts'
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
  const chains = command.command('chains').description('recorded option chains from CSV, CSV.gz, zip, Parquet or JSON files and folders')
  chains
    .argument('<path...>', 'files or folders')
    .option('--format <name>', 'cboe_delayed, yahoo_equities, yahoo_etfs, lean_eod_greeks or contracts; default: told by the columns')
    .option('--map <field=column,...>', 'columns of the files for our fields, as in strike=K,right=CP,asOf=QuoteDate')
    .option('--replace', 'let the quotes of these files take the place of stored ones of the same contract and time')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', () => examples('import chains AAPL_chain_20260807_194024.csv.gz', 'import chains chains/ --json', 'import chains quotes.csv --map strike=K,asOf=QuoteDate'))
    .action(async (paths: string[]) => {
      context.exitCode = await importChains(context.terminal, paths, chains.optsWithGlobals<Flags>())
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

async function importChains(terminal: Terminal, paths: string[], flags: Flags): Promise<number> {
  const map = flags.map === undefined ? undefined : columnMap(flags.map)
  const runtime = await terminal.runtime()
  const progress = importProgress(terminal)
  const options: ChainImportOptions = { map, format: flags.format, replace: flags.replace }
  const absolute = paths.map((path) => resolve(terminal.cwd, path))
  const report = await withHost(runtime, hostOptions(runtime, terminal, flags), (host) => host.importChains(absolute, options, progress.update)).finally(progress.end)
  terminal.out.write(flags.json ? json(report) : `${chainReportLines(report).join('\n')}\n`)
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
  return [...rowLines(report), ...(report.conflicts > 0 ? [`  conflicts between files: ${count(report.conflicts)}`] : []), `These files: ${counted(report.symbols, 'symbol')}${rangeOf(report)}`, storeLine(report)]
}

function chainReportLines(report: ChainImportReport): string[] {
  const formats = new Map<string, number>()
  for (const { format, rowsRead } of report.files) formats.set(format, (formats.get(format) ?? 0) + rowsRead)
  return [
    ...rowLines(report),
    ...(report.conflicts > 0 ? [`  other values for a contract that was there: ${count(report.conflicts)}`] : []),
    ...[...formats].map(([format, rows]) => `  ${format}: ${counted(rows, 'row')}`),
    `These files: ${counted(report.tickers, 'ticker')}, ${counted(report.recordings, 'recording')}${rangeOf(report)}`,
    storeLine(report),
  ]
}

function rowLines(report: ImportReport | ChainImportReport): string[] {
  return [
    `Rows: ${count(report.rowsRead)} read, ${count(report.rowsKept)} kept, ${count(report.rowsRejected)} rejected`,
    ...tally('rejected', report.reasons),
    ...report.samples.slice(0, 10).map(({ file, line, reason, text }) => `    ${cut(oneLine(`${basename(file)}:${line} ${reason}: ${text}`), 160)}`),
    ...report.warnings.map((warning) => `  ${oneLine(warning)}`),
    ...tally('kept and flagged', report.flagged),
    ...(report.duplicates > 0 ? [`  duplicates: ${count(report.duplicates)}`] : []),
  ]
}

function rangeOf({ firstDate, lastDate }: ImportReport | ChainImportReport): string {
  return firstDate ? `, ${firstDate} to ${lastDate}` : ''
}

function storeLine({ snapshot, unchanged, rowsKept }: ImportReport | ChainImportReport): string {
  return `Store: snapshot ${snapshot ?? 'none'}${unchanged ? (rowsKept === 0 ? ', unchanged: nothing could be used' : ', unchanged: all of this was there already') : ''}`
}

function tally(title: string, reasons: Record<string, number>): string[] {
  return Object.entries(reasons)
    .filter(([, rows]) => rows > 0)
    .map(([reason, rows]) => `  ${title}, ${oneLine(reason)}: ${count(rows)}`)
}
