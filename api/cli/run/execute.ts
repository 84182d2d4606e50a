import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { simulatedPart } from '../../schemas/simulated-part.ts'
import { errorLine, EXIT } from '../errors.ts'
import type { Host, Run, RunHandle, Runtime } from '../host-types.ts'
import type { Sink, Terminal } from '../terminal.ts'
import { counted } from '../text.ts'
import { fileOptions } from '../explore/records.ts'
import { streamEvents } from './event-stream.ts'
import { exitCodeOf, failureOf, isRefused } from './end.ts'
import { showProgress, type Progress } from './progress.ts'
import { scanView, type RunView } from './view.ts'

export interface ExecuteOptions {
  /** What standard output gets. */
  form: 'summary' | 'json' | 'events'
  /** Row files to write. */
  out: string[]
  /** Files of explored rows to write. */
  exploreOut?: string[]
  timings: boolean
  /** What is run, where it is no scan. */
  view?: RunView
  begin: (host: Host) => RunHandle | Promise<RunHandle>
  /** Of a run that is begun anew: what its script is refused for besides what the run states. One that is refused before it began leaves nothing behind. */
  furtherRefusals?: (host: Host) => Promise<string[]>
}

/** Runs to the end, showing progress, then writes row files and the result. Gives the exit code. */
export async function execute(terminal: Terminal, runtime: Runtime, host: Host, options: ExecuteOptions): Promise<number> {
  const state: { handle: RunHandle | null; interrupted: boolean; stopped: boolean } = { handle: null, interrupted: false, stopped: false }
  const view = options.view ?? scanView(runtime, host, options.timings)
  const progress = showProgress(terminal.err, terminal.now, {
    plain: options.form === 'summary',
    simulated: () => (state.handle === null ? null : simulatedPart(state.handle.run())),
    tallies: (event) => view.tallies(event),
  })
  const events = options.form === 'events' ? streamEvents(terminal.out, host, () => state.handle!.id) : null
  const stop = (): void => {
    state.stopped = true
    state.handle?.interrupt()
  }
  const release = terminal.onInterrupt(() => {
    if (state.interrupted) return terminal.exit(EXIT.interrupted)
    state.interrupted = true
    const files = [...options.out, ...(options.exploreOut ?? [])]
    progress.say(`stopping${files.length === 0 ? '' : `, then writing the rows so far to ${files.join(' and ')}`}; interrupt again to stop at once`)
    stop()
  })
  // Nobody reads on: only row files are still of use.
  terminal.out.onClosed(() => {
    if (options.out.length + (options.exploreOut ?? []).length === 0) stop()
  })

  try {
    const handle = await options.begin(host)
    state.handle = handle
    if (state.stopped) handle.interrupt()
    handle.subscribe((event) => {
      view.event(event)
      progress.event(event)
      events?.event(event)
    }, 0)
    const run = await handle.done
    progress.end()
    const refused = isRefused(run, view.endedBefore(run), runtime.faultOf)
    const hasRows = !refused || run.ledger.detected > 0
    const filesWritten = !hasRows || await writeFiles(terminal, [
      ...options.out.map((path) => ({ path, write: () => view.writeFile(path, run) })),
      ...(options.exploreOut ?? []).map((path) => ({ path, write: () => runtime.writeExplorationFile(path, host.explorationRows(run.id), fileOptions(host, run, options.timings)) })),
    ])
    if (events) await events.finish()
    else if (options.form === 'json') await writeJson(terminal.out, view.document(run))
    else if (!refused) terminal.out.write(`${view.summary(run, Math.max(40, terminal.out.columns)).join('\n')}\n`)
    sayEnd(progress, run, view)
    if (refused) {
      await leaveNothing(terminal, runtime, host, run, options)
      return EXIT.usage
    }
    const code = exitCodeOf(run, state.interrupted, terminal.out.closed)
    return filesWritten ? code : code || EXIT.failed
  } finally {
    progress.end()
    release()
  }
}

/** Whoever made the mistake is told all of it and has the rows that were asked for: no run that never began is to stand among those that ran. */
async function leaveNothing(terminal: Terminal, { faultOf }: Runtime, host: Host, { id, status, error }: Run, { furtherRefusals }: ExecuteOptions): Promise<void> {
  if (furtherRefusals === undefined || status !== 'failed' || error === null) return
  if (error.code === 'script_refused') for (const line of await furtherRefusals(host)) terminal.err.write(`${line}\n`)
  // What the script itself threw is worth to be looked at again, with what it printed before.
  if (faultOf(error.code) === 'user') host.forgetRun(id)
}

/** False where a file could not be written; the others and the result are still given. */
export async function writeFiles(terminal: Terminal, files: { path: string; write: () => Promise<{ rows: number }> }[]): Promise<boolean> {
  let written = true
  for (const { path, write } of files) {
    try {
      const { rows } = await write()
      terminal.err.write(`wrote ${counted(rows, 'row')} to ${path}\n`)
    } catch (error) {
      if (!(error instanceof StrikescanError)) throw error
      written = false
      terminal.err.write(`${errorLine(error)}\n`)
    }
  }
  return written
}

/** Characters that are written together: a write for each row takes longer than the row. */
const PIECE_LENGTH = 65_536

/** One document, row by row: a run over the whole market for years is larger than memory. */
export async function writeJson(sink: Sink, document: Iterable<string>): Promise<void> {
  let piece = ''
  for (const text of document) {
    piece += text
    if (piece.length < PIECE_LENGTH) continue
    if (!sink.write(piece)) await sink.drained()
    if (sink.closed) return
    piece = ''
  }
  if (piece !== '') sink.write(piece)
}

function sayEnd(progress: Progress, run: Run, { command }: RunView): void {
  const error = run.error ?? (run.status === 'completed' ? failureOf(run) : null)
  if (error) progress.say(errorLine(error))
  const retryable = run.explore?.retryable ?? 0
  if (run.status === 'completed' && retryable > 0) progress.say(`${counted(retryable, 'row')} without a whole answer, for what can pass or be mended: strikescan ${command} --resume ${run.id} tries ${retryable === 1 ? 'it' : 'them'} again`)
  if (run.status === 'paused') progress.say(`continue with: strikescan ${command} --resume ${run.id}`)
}
