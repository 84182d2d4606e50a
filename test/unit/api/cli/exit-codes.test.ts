import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

import { reportError } from '../../../../api/cli/errors.ts'
import { exitCodeOf, failureOf, isRefused } from '../../../../api/cli/run/end.ts'
import type { Run } from '../../../../api/cli/host-types.ts'
import type { Terminal } from '../../../../api/cli/terminal.ts'
import { registry, type ErrorCode } from '../../../../runtime/errors/registry.ts'
import { faultOf, StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import { FakeHost, FakeSink, row } from './fake-terminal.ts'

/** What neither whoever typed the command nor the author of the script can be told to type otherwise: the machine, the network, what is stored, and Strikescan. */
const FAILURES = new Set<string>([
  'home_disk_full', 'output_disk_full', 'standard_output_failed', 'store_disk_full', 'journal_unusable', 'journal_damaged', 'journal_write_failed', 'journal_busy',
  'store_unwritable', 'store_catalogue_damaged', 'store_version', 'snapshot_damaged', 'snapshot_version', 'chain_recording_damaged', 'scanner_damaged',
  'scanner_plugin_broken', 'strategy_plugin_broken', 'strategy_name_taken', 'explore_no_provider', 'provider_bars_invalid', 'simulate_unavailable', 'compiler_failed', 'not_transpiled',
  'worker_lost', 'worker_unusable', 'ledger_mismatch', 'explore_ledger_mismatch', 'replay_rows_missing', 'internal_error', 'server_failed',
  'push_unreachable', 'push_watch_lost', 'chain_unavailable', 'explored_all_failed', 'host_draining', 'live_closing',
])
const CODES = Object.keys(registry) as ErrorCode[]
const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')

const ended = (code: string, rows = 0): Run => {
  const error = { code, message: 'It ended.', hint: 'Mend it.' }
  return new FakeHost().play(Array.from({ length: rows }, () => row({ status: 'miss' })), { status: 'failed', percent: 40, error }).run
}
const exitOf = (run: Run): number => (isRefused(run, run.ledger.detected === run.ledger.failed, faultOf) ? 2 : exitCodeOf(run, false, false))

describe('exit codes', () => {
  it('are those that the README tells', () => {
    expect(readme.replaceAll(/\s+/g, ' ')).toMatch(/Exit codes: `0` done; `1` the run failed.*; `2` bad usage or invalid input.*; `130` interrupted/)
  })

  it.each(CODES)('go by whose fault %s is, thrown or as the end of a run without rows', (code) => {
    const expected = FAILURES.has(code) ? 1 : 2
    const err = new FakeSink()
    expect(reportError(new StrikescanError(code), { err } as unknown as Terminal)).toBe(expected)
    expect(err.text.trimEnd().split('\n')).toHaveLength(1)
    // A deadline passes sooner or later: the code must not hang on whether there were rows by then.
    expect(exitOf(ended(code))).toBe(code === 'run_timeout' ? 1 : expected)
  })

  it('is 1 for a run that broke off with rows, whoever is to blame', () => {
    for (const code of CODES) expect(exitOf(ended(code, 3))).toBe(1)
  })

  it('knows every failure', () => {
    expect([...FAILURES].filter((code) => !CODES.includes(code as ErrorCode))).toEqual([])
  })
})

describe('a run that came to its end', () => {
  const played = (statuses: Parameters<typeof row>[0][], values: Partial<Run> = {}): Run => new FakeHost().play(statuses.map((status) => row(status)), values).run

  it.each([
    ['nothing but failed rows', ['failed', 'timed_out', 'out_of_memory'], 1],
    ['failed rows among those that were not scanned', ['failed', 'rejected', 'no_data'], 1],
    ['one that was scanned', ['failed', 'failed', 'miss'], 0],
    ['hits', ['hit', 'failed'], 0],
    ['no data at all', ['no_data', 'no_data'], 0],
    ['none kept by the prefilter', ['rejected'], 0],
    ['no rows', [], 0],
  ] as const)('with %s (%j) ends with %d', (_, statuses, code) => {
    const run = played(statuses.map((status) => ({ status })))
    expect([exitOf(run), failureOf(run) === null]).toEqual([code, code === 0])
  })

  it.each([
    [{ API_Error: 3 }, 1],
    [{ Chain_Fetch_Failed: 1, Timed_Out: 1, Evaluation_Error: 1, Skipped_Compute: 5 }, 1],
    [{ API_Error: 3, No_Expirations: 1 }, 0],
    [{ Success: 1, API_Error: 3 }, 0],
    [{ Skipped_Compute: 3 }, 0],
    [{}, 0],
  ])('whose strategies came to %j ends with %d, alone or after a scan', (byStatus, code) => {
    const explore = { byStatus } as unknown as NonNullable<Run['explore']>
    for (const kind of ['exploration', 'scan'] as const) expect(exitOf(played([{ status: 'hit' }], { kind, explore }))).toBe(code)
  })
})
