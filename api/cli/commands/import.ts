import type { Command } from 'commander'
import { resolve } from 'node:path'
import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { examples, hostOptions, json, splitPair, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import { errorLine, EXIT } from '../errors.ts'
import type { ChainImportReport, Host, ImportOptions, ImportProgress, ImportReport, NewsImportReport } from '../host-types.ts'
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
      context.exitCode = await importFiles(context.terminal, paths, bars.optsWithGlobals<Flags>(), BARS)
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
      context.exitCode = await importFiles(context.terminal, paths, chains.optsWithGlobals<Flags>(), CHAINS)
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
      context.exitCode = await importFiles(context.terminal, paths, news.optsWithGlobals<Flags>(), NEWS)
    })
}

interface Report {
  readonly rowsRead: number
  readonly rowsRejected: number
}

interface Options {
  map?: Record<string, string>
  format?: string
  replace?: true
  signal: AbortSignal
}

/** What sets the import of one kind of data apart. */
interface Import<Of extends Report> {
  read(host: Host, paths: string[], options: Options, onProgress: (progress: ImportProgress) => void): Promise<Of>
  lines(report: Of): string[]
}

const BARS: Import<ImportReport> = {
  read: (host, paths, { format, ...options }, onProgress) =>
    host.importBars(paths, { ...options, ...(format !== undefined && { format: format as NonNullable<ImportOptions['format']> }) }, onProgress),
  lines: barReportLines,
}
const CHAINS: Import<ChainImportReport> = { read: (host, ...asked) => host.importChains(...asked), lines: chainReportLines }
const NEWS: Import<NewsImportReport> = { read: (host, ...asked) => host.importNews(...asked), lines: newsReportLines }

async function importFiles<Of extends Report>(terminal: Terminal, paths: string[], flags: Flags, { read, lines }: Import<Of>): Promise<number> {
  const map = flags.map === undefined ? undefined : columnMap(flags.map)
  const runtime = await terminal.runtime()
  const progress = importProgress(terminal)
  const aborter = new AbortController()
  const release = terminal.onInterrupt(() => (aborter.signal.aborted ? terminal.exit(EXIT.interrupted) : aborter.abort()))
  const options: Options = { ...(map && { map }), ...(flags.format !== undefined && { format: flags.format }), ...(flags.replace && { replace: true as const }), signal: aborter.signal }
  const absolute = paths.map((path) => resolve(terminal.cwd, path))
  try {
    const report = await withHost(runtime, hostOptions(runtime, terminal, flags), (host) => read(host, absolute, options, progress.update)).finally(progress.end)
    terminal.out.write(flags.json ? json(report) : `${lines(report).join('\n')}\n`)
    // Nothing that could be used was in the files: the input is invalid, not merely flawed.
    return report.rowsRead > 0 && report.rowsRejected === report.rowsRead ? EXIT.usage : EXIT.done
  } catch (error) {
    if (!(error instanceof StrikescanError && error.code === 'import_cancelled')) throw error
    terminal.err.write(`${errorLine(error)}\n`)
    return EXIT.interrupted
  } finally {
    release()
  }
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
