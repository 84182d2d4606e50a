import type { Command } from 'commander'

import { examples, json, named, type CommandContext, type GlobalFlags } from '../command.ts'
import { refusalLines } from '../dev/report.ts'
import { errorLine, EXIT } from '../errors.ts'
import type { Host, Row, RowStatus, Run, RunRequest, Runtime } from '../host-types.ts'
import { ServerClient, serverAddress } from '../push/server-client.ts'
import { watchRun } from '../push/watch-run.ts'
import { failureOf, isRefused } from '../run/end.ts'
import { addRunFlags } from '../run/flags.ts'
import { showProgress, type Progress } from '../run/progress.ts'
import { requestOf, type RunFlags } from '../run/request.ts'
import { readScanner, SCANNER_HELP } from '../run/scanner-file.ts'
import { summaryLines, type RestOf } from '../run/summary.ts'
import type { Terminal } from '../terminal.ts'
import { count, oneLine } from '../text.ts'
import { simulatedPart } from '../../schemas/simulated-part.ts'

type Flags = RunFlags & GlobalFlags & { server?: string; token?: string; watch: boolean; json?: boolean }

const DEFAULT_SERVER = 'http://127.0.0.1:7070'
/** Files that are named. */
const LISTED = 20
/** Rows that the summary is made of; the server has them all. */
const SUMMARY_ROWS = 5_000
const SUMMARY_STATUSES: RowStatus[] = ['hit', 'failed', 'timed_out', 'out_of_memory']

export function define(command: Command, context: CommandContext): void {
  addRunFlags(command.argument('<file>', SCANNER_HELP))
    .option('--server <url>', `where the server is (default: STRIKESCAN_SERVER, else ${DEFAULT_SERVER})`)
    .option('--token <token>', 'what the server asks for; STRIKESCAN_TOKEN keeps it out of the list of processes', (text) => named('--token', text, 'a token'))
    .option('--no-watch', 'start the run and leave')
    .option('--json', 'print one JSON document: run and rows')
    .addHelpText('after', () => examples('push scanner.ts', 'push scanner.ts --universe all --param minGap=0.05', 'push scanner.ts --server https://scans.example.com'))
    .action(async (file: string) => {
      context.exitCode = await push(context.terminal, file, command.optsWithGlobals<Flags>())
    })
}

async function push(terminal: Terminal, given: string, flags: Flags): Promise<number> {
  const runtime = await terminal.runtime()
  const client = new ServerClient(serverAddress(flags.server ?? terminal.env['STRIKESCAN_SERVER'] ?? DEFAULT_SERVER, flags.token ?? terminal.env['STRIKESCAN_TOKEN'] ?? null))
  const { filename, source, ...request } = requestOf(runtime, terminal, flags, readScanner(terminal, runtime, given))
  const beside = (runtime.unpackFiles(source) ?? []).slice(1).map(({ path }) => oneLine(path))
  // Said before anything leaves this machine: which files come along is up to what the script names.
  if (beside.length > 0) terminal.err.write(`sending ${oneLine(filename)} with ${listed(beside)} to ${client.address.url}\n`)
  const upload = await client.upload(filename, source)
  if ('refused' in upload) {
    const lines = refusalLines({ report: null, diagnostics: upload.refused }, filename, new TextDecoder().decode(source), runtime.codeFrame)
    terminal.err.write(lines.map((line) => `${line}\n`).join(''))
    return EXIT.usage
  }
  const { url } = client.address
  const started = await client.startRun(upload.scannerId, request as Omit<RunRequest, 'filename' | 'source'>)
  terminal.err.write(`${oneLine(filename)} is version ${count(upload.version)} on ${url}; run ${oneLine(started.id)}\n`)
  if (!flags.watch) {
    terminal.out.write(flags.json ? json(started) : `${url}/api/runs/${oneLine(started.id)}\n`)
    return EXIT.done
  }
  return watch(terminal, runtime, client, started, flags.json === true)
}

/** Names of files in a sentence: all of a few, the number of the rest. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).join(', ')
  return names.length > LISTED ? `${shown} and ${count(names.length - LISTED)} more files` : shown
}

async function watch(terminal: Terminal, runtime: Runtime, client: ServerClient, started: Run, asJson: boolean): Promise<number> {
  const aborter = new AbortController()
  let simulated = simulatedPart(started)
  const progress = showProgress(terminal.err, terminal.now, { plain: !asJson, simulated: () => simulated, tallies: ({ ledger }) => [`${count(ledger.hit)} ${ledger.hit === 1 ? 'hit' : 'hits'}`] })
  const release = terminal.onInterrupt(() => aborter.abort())
  terminal.out.onClosed(() => aborter.abort())
  try {
    const ended = await watchRun(client, started.id, {
      onEvent: (event) => {
        if (event.type === 'end') simulated = simulatedPart(event.run)
        progress.event(event)
      },
      onLost: (problem) => progress.say(`the connection is lost (${oneLine(problem)}); trying again`),
      signal: aborter.signal,
      now: terminal.now,
    })
    progress.end()
    if (ended === null) return detached(terminal, progress, client, started)
    if (asJson) terminal.out.write(json({ run: ended, rows: await Array.fromAsync(client.rows(ended.id)) }))
    else {
      const summary = summaryLines({ ...ended, explore: null }, await rowsFor(client, ended), Math.max(40, terminal.out.columns), onServer(client, ended))
      const explored = ended.explore === null ? [] : [`Exploration of the hits: ${client.address.url}/api/runs/${oneLine(ended.id)}/exploration.csv`]
      terminal.out.write([...summary, ...explored].map((line) => `${line}\n`).join(''))
    }
    const error = ended.error ?? (ended.status === 'completed' ? failureOf(ended) : null)
    if (error) progress.say(errorLine(error))
    if (isRefused(ended, ended.ledger.detected === ended.ledger.failed, runtime.faultOf)) return EXIT.usage
    return ended.status === 'completed' && error === null ? EXIT.done : EXIT.failed
  } finally {
    progress.end()
    release()
  }
}

/** Where the server has what the summary leaves out. */
function onServer({ address: { url } }: ServerClient, { id }: Run): RestOf {
  const of = `${url}/api/runs/${oneLine(id)}`
  return { rows: `${of}/rows.csv has every row`, explored: `${of}/exploration.csv has every row`, files: () => `${of}/files/content?path=NAME gives each` }
}

/** Who stops watching does not stop the run: others may watch it too. */
function detached(terminal: Terminal, progress: Progress, client: ServerClient, { id }: Run): number {
  const { url } = client.address
  progress.say(`no longer watching: run ${oneLine(id)} goes on at ${url}/api/runs/${oneLine(id)}; POST to its /cancel ends it`)
  return terminal.out.closed ? EXIT.done : EXIT.interrupted
}

/** What the summary of a local run reads from its host, read from the server. */
async function rowsFor(client: ServerClient, run: Run): Promise<Host> {
  const rows = new Map<RowStatus, Row[]>()
  for (const status of SUMMARY_STATUSES) {
    const found: Row[] = []
    for await (const row of client.rows(run.id, status)) if (found.push(row) >= SUMMARY_ROWS) break
    rows.set(status, found)
  }
  return { rows: (_, filter) => rows.get(filter?.status ?? 'hit') ?? [] } satisfies Pick<Host, 'rows'> as unknown as Host
}
