import type { ExplorationFileOptions, Host, Run, Runtime } from '../host-types.ts'

/** How a run's explored rows are written to a file. */
export function fileOptions(host: Host, run: Run, timings: boolean): ExplorationFileOptions {
  return { columns: host.explorationColumns(run.id), market: sourceOf(run), timings }
}

/** Explored rows as documents hold them: what is read by machines has everything. */
export function* explorationRecords(runtime: Runtime, host: Host, run: Run): Generator<Record<string, unknown>> {
  const options = fileOptions(host, run, true)
  for (const row of host.explorationRows(run.id)) yield runtime.explorationRecord(row, options)
}

/** Where the chains come from, not the bars. */
function sourceOf({ explore, market }: Run): ExplorationFileOptions['market'] {
  return explore === null || explore.provider === '' ? market : { source: explore.provider, simulated: explore.simulated, snapshot: '' }
}
