import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { EXIT } from '../errors.ts'
import type { Host, Run, RunHandle, Runtime } from '../host-types.ts'
import type { Sink, Terminal } from '../terminal.ts'
import { counted, oneLine } from '../text.ts'
import { streamEvents } from './event-stream.ts'
import { showProgress, type Progress } from './progress.ts'
import { summaryLines } from './summary.ts'

export interface ExecuteOptions {
  /** What standard output gets. */
  form: 'summary' | 'json' | 'events'
  /** Row files to write. */
  out: string[]
  timings: boolean
  begin: (host: Host) => RunHandle | Promise<RunHandle>
}

/** Runs to the end, showing progress, then writes row files and the result. Gives the exit code. */
export async function execute(terminal: Terminal, runtime: Runtime, host: Host, options: ExecuteOptions): Promise<number> {
  const state: { handle: RunHandle | null; interrupted: boolean; stopped: boolean } = { handle: null, interrupted: false, stopped: false }
  const progress = showProgress(terminal.err, terminal.now, {
    plain: options.form === 'summary',
    simulated: () => state.handle?.run().market.simulated ?? false,
  })
  const events = options.form === 'events' ? streamEvents(terminal.out, host, () => state.handle!.id) : null
  const stop = (): void => {
    state.stopped = true
    state.handle?.interrupt()
  }
  const release = terminal.onInterrupt(() => {
    if (state.interrupted) return terminal.exit(EXIT.interrupted)
    state.interrupted = true
    progress.say('stopping; interrupt again to stop at once')
    stop()
  })
  // Nobody reads on: only row files are still of use.
  terminal.out.onClosed(() => {
    if (options.out.length === 0) stop()
  })

  try {
    const handle = await options.begin(host)
    state.handle = handle
    if (state.stopped) handle.interrupt()
    handle.subscribe((event) => {
      progress.event(event)
      events?.event(event)
    }, 0)
    const run = await handle.done
    progress.end()
    if (isRefused(run, runtime)) {
      if (options.form === 'json') await writeJson(terminal.out, run, host)
      else if (events) await events.finish()
      sayEnd(progress, run)
      return EXIT.usage
    }
    const filesWritten = await writeFiles(terminal, runtime, host, run, options)
    if (events) await events.finish()
    else if (options.form === 'json') await writeJson(terminal.out, run, host)
    else terminal.out.write(`${summaryLines(run, host, Math.max(40, terminal.out.columns)).join('\n')}\n`)
    sayEnd(progress, run)
    const code = exitCode(run, state.interrupted, terminal.out.closed)
    return filesWritten ? code : code || EXIT.failed
  } finally {
    progress.end()
    release()
  }
}

/** What was asked for made no run: there is nothing to show but what to mend. */
function isRefused(run: Run, runtime: Runtime): boolean {
  return run.error !== null && run.ledger.detected === 0 && runtime.faultOf(run.error.code) === 'user'
}

/** False where a file could not be written; the others and the result are still given. */
async function writeFiles(terminal: Terminal, runtime: Runtime, host: Host, run: Run, { out, timings }: ExecuteOptions): Promise<boolean> {
  let written = true
  for (const path of out) {
    try {
      const report = await runtime.writeRowFile(path, host.rows(run.id), { market: run.market, timings })
      terminal.err.write(`wrote ${counted(report.rows, 'row')} to ${path}\n`)
    } catch (error) {
      if (!(error instanceof StrikescanError)) throw error
      written = false
      terminal.err.write(`error [${error.code}]: ${oneLine(`${error.message} ${error.hint}`)}\n`)
    }
  }
  return written
}

/** One document, row by row: a run over the whole market for years is larger than memory. */
async function writeJson(sink: Sink, run: Run, host: Host): Promise<void> {
  sink.write(`{"run":${JSON.stringify(run)},\n"rows":[`)
  let before = '\n'
  for (const row of host.rows(run.id)) {
    if (!sink.write(before + JSON.stringify(row))) await sink.drained()
    if (sink.closed) return
    before = ',\n'
  }
  sink.write(`\n],\n"exploration":null}\n`)
}

function sayEnd(progress: Progress, run: Run): void {
  if (run.error) progress.say(`error [${run.error.code}]: ${oneLine(`${run.error.message} ${run.error.hint}`)}`)
  if (run.status === 'paused') progress.say(`continue with: strikescan run --resume ${run.id}`)
}

function exitCode(run: Run, interrupted: boolean, outputClosed: boolean): number {
  if (run.status === 'completed') return EXIT.done
  if (run.status === 'failed' || run.error !== null) return EXIT.failed
  // A reader that has seen enough is no interruption.
  return outputClosed && !interrupted ? EXIT.done : EXIT.interrupted
}
