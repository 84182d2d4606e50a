import type { Host, Runtime } from '../host-types.ts'
import { listed, type RunView } from '../run/view.ts'
import { count } from '../text.ts'
import { explorationRecords, fileOptions } from './records.ts'
import { explorationSummary } from './summary.ts'

/** The view of an exploration. */
export function explorationView(runtime: Runtime, host: Host, timings: boolean): RunView {
  let succeeded = 0
  let others = 0
  /** Rows that were told of as failed and may be told of again. */
  const retryable = new Set<number>()
  return {
    command: 'explore',
    // What users can mend stops an exploration before it looks at a row; one that was resumed keeps those it had.
    endedBefore: () => true,
    tallies: () => (succeeded + others === 0 ? [] : [`${count(succeeded)} Success`, ...(others > 0 ? [`${count(others)} other`] : [])]),
    event(event) {
      if (event.type !== 'explore') return
      const { position, outcome } = event.row
      if (retryable.delete(position)) others--
      if (outcome.retryable) retryable.add(position)
      if (outcome.explorationStatus === 'Success') succeeded++
      else others++
    },
    writeFile: (path, run) => runtime.writeExplorationFile(path, host.explorationRows(run.id), fileOptions(host, run, timings)),
    *document(run) {
      yield `{"run":${JSON.stringify(run)},\n"rows":[],\n"exploration":[`
      yield* listed(explorationRecords(runtime, host, run))
      yield '\n]}\n'
    },
    summary: (run, width) => explorationSummary(run, host.explorationRows(run.id), width),
  }
}
