import type { Command } from 'commander'
import { resolve } from 'node:path'
import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { examples, hostOptions, json, splitPair, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { EXIT } from '../errors.ts'
import type { ChainImportOptions, ImportOptions, ImportProgress, NewsImportOptions } from '../host-types.ts'
import { barReportLines, chainReportLines, newsReportLines } from '../import-report.ts'
import type { Terminal } from '../terminal.ts'
import { counted, cut, oneLine } from '../text.ts'

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
  const news = command.command('news').description('news articles from Polygon’s answers, JSON, JSON lines, CSV, CSV.gz and zip files and folders')
  news
    .argument('<path...>', 'files or folders')
    .option('--format <name>', 'csv, json or ndjson; default: told by the content')
    .option('--map <field=column,...>', 'columns of the files for our fields, as in title=Head,published=Time')
    .option('--replace', 'let an article of these files take the place of the stored one of the same id')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', () => examples('import news news.json', 'import news news/ --json', 'import news headlines.csv --map title=Head,published=Time'))
    .action(async (paths: string[]) => {
      context.exitCode = await importNews(context.terminal, paths, news.optsWithGlobals<Flags>())
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
  terminal.out.write(flags.json ? json(report) : `${barReportLines(report).join('\n')}\n`)
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

async function importNews(terminal: Terminal, paths: string[], flags: Flags): Promise<number> {
  const map = flags.map === undefined ? undefined : columnMap(flags.map)
  const runtime = await terminal.runtime()
  const progress = importProgress(terminal)
  const options: NewsImportOptions = { map, format: flags.format, replace: flags.replace }
  const absolute = paths.map((path) => resolve(terminal.cwd, path))
  const report = await withHost(runtime, hostOptions(runtime, terminal, flags), (host) => host.importNews(absolute, options, progress.update)).finally(progress.end)
  terminal.out.write(flags.json ? json(report) : `${newsReportLines(report).join('\n')}\n`)
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
