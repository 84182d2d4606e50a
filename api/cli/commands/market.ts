import type { Command } from 'commander'
import { basename } from 'node:path'
import { examples, hostOptions, json, withHost, type CommandContext, type GlobalFlags } from '../command.ts'
import type { ChainSummary, MarketReport, ResetReport } from '../host-types.ts'
import { count, counted, cut, oneLine } from '../text.ts'

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
      const { kept, report } = await withHost(runtime, hostOptions(runtime, terminal, flags), async (host) => ({ kept: await host.resetMarket(), report: await host.market() }))
      terminal.out.write(flags.json ? json({ ...report, kept }) : `${resetLine(kept)}\n${reportLines(report).join('\n')}\n`)
    })
}

function resetLine({ snapshots, runs }: ResetReport): string {
  if (runs === 0) return 'Imported data is gone.'
  const [stay, stand] = [snapshots === 1 ? 'stays' : 'stay', runs === 1 ? 'stands' : 'stand']
  return `Imported data is gone; ${counted(snapshots, 'snapshot')} ${stay} that ${counted(runs, 'run')} ${stand} on, until \`strikescan runs prune\` forgets ${runs === 1 ? 'it' : 'them'}.`
}

function reportLines(report: MarketReport): string[] {
  return [
    ...(report.simulated ? ['SIMULATED market data: none of these prices was ever traded'] : []),
    `source    ${oneLine(report.source)}`,
    `snapshot  ${report.snapshot}`,
    `symbols   ${count(report.symbols)}`,
    `bars      ${count(report.bars)}`,
    `dates     ${report.firstDate === null ? 'none' : `${report.firstDate} to ${report.lastDate}`}${report.newer === null ? '' : `; ${counted(report.newer.symbols, 'symbol')} to ${report.newer.date}`}`,
    `imports   ${report.imports.length === 0 ? 'none' : ''}`.trimEnd(),
    ...report.imports.map((entry) => `  ${entry.importedAt.slice(0, 10)} ${oneLine(fileName(entry))}: ${counted(entry.rowsRead, 'row')}`),
    ...(report.chains === null ? ['chains    none'] : chainLines(report.chains)),
    newsLine(report.news),
  ]
}

/** The file as it was named, and what was read out of it where it is an archive: `2024.zip (bars.csv)`, `2024.zip (252 files)`. */
function fileName({ name, members, member }: MarketReport['imports'][number]): string {
  const file = basename(name)
  if (member === null) return file
  return `${file} (${members === 1 ? member : counted(members, 'file')})`
}

function newsLine(news: MarketReport['news']): string {
  if (news === null) return 'news      none'
  const { articles, tickers, firstDate, lastDate, snapshot } = news
  return `news      ${counted(articles, 'article')} of ${counted(tickers, 'ticker')}, ${firstDate} to ${lastDate}, snapshot ${snapshot}`
}

const LISTED = 12

function chainLines({ snapshot, tickers, dates, recordings, contracts, sources }: ChainSummary): string[] {
  return [
    `chains    ${counted(contracts, 'contract')} of ${counted(tickers.length, 'ticker')} in ${counted(recordings, 'recording')}, snapshot ${snapshot}`,
    `  tickers ${listed(tickers)}`,
    `  dates   ${listed(dates)}`,
    ...sources.map(({ source, ...of }) => `  ${oneLine(source)}: ${counted(of.contracts, 'contract')}, ${counted(of.tickers, 'ticker')}, ${of.firstDate} to ${of.lastDate}`),
  ]
}

/** The first and last of many names. */
function listed(names: readonly string[]): string {
  const shown = names.length <= LISTED ? names : [...names.slice(0, LISTED - 1), `… ${count(names.length - LISTED)} more …`, names.at(-1)!]
  return cut(oneLine(shown.join(', ')), 200)
}
