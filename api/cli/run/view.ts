import type { Host, Run, RunEvent, Runtime } from '../host-types.ts'
import { count } from '../text.ts'
import { explorationRecords } from '../explore/records.ts'
import { summaryLines } from './summary.ts'

/** What sets one kind of run apart from another: its rows, and how they are shown and written. */
export interface RunView {
  /** The command that goes on with an interrupted one. */
  command: 'run' | 'explore'
  /** Whether it ended before anything was looked at: there are no rows, or rows that only say so. */
  endedBefore(run: Run): boolean
  /** Counts for the progress line, from the events so far. */
  tallies(event: Extract<RunEvent, { type: 'run' }>): string[]
  /** Told every event, before it is shown. */
  event(event: RunEvent): void
  /** Writes one row file and gives its number of rows. */
  writeFile(path: string, run: Run): Promise<{ rows: number }>
  /** The document of --json, in pieces. */
  document(run: Run): Iterable<string>
  summary(run: Run, width: number): string[]
}

/** The view of a scan, with the exploration of its hits where there is one. */
export function scanView(runtime: Runtime, host: Host, timings: boolean): RunView {
  return {
    command: 'run',
    endedBefore: ({ ledger }) => ledger.detected === ledger.failed,
    tallies({ ledger }) {
      const bad = ledger.failed + ledger.timedOut + ledger.outOfMemory
      return [`${count(ledger.hit)} ${ledger.hit === 1 ? 'hit' : 'hits'}`, ...(bad > 0 ? [`${count(bad)} with problems`] : [])]
    },
    event: () => {},
    writeFile: (path, run) => runtime.writeRowFile(path, host.rows(run.id), { market: run.market, timings }),
    *document(run) {
      yield `{"run":${JSON.stringify(run)},\n"rows":[`
      yield* listed(host.rows(run.id))
      if (run.explore === null) return yield `\n],\n"exploration":null}\n`
      yield `\n],\n"exploration":[`
      yield* listed(explorationRecords(runtime, host, run))
      yield '\n]}\n'
    },
    summary: (run, width) => summaryLines(run, host, width),
  }
}

/** The elements of a JSON array, one a line: a run may have more rows than memory holds. */
export function* listed(values: Iterable<unknown>): Generator<string> {
  let before = '\n'
  for (const value of values) {
    yield before + JSON.stringify(value)
    before = ',\n'
  }
}
