import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

import { detectHardware } from '../../../../runtime/config/hardware.ts'
import { loadConfig } from '../../../../runtime/config/load.ts'
import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import type { Analysis } from '../../../../runtime/intake/analyze.ts'
import { Journal } from '../../../../runtime/journal/journal.ts'
import { ScanRun, type ScanRunDeps } from '../../../../runtime/scan/scan-run.ts'
import type { Run, RunRequest } from '../../../../runtime/scan/run.ts'
import type { StoredPlan } from '../../../../runtime/scan/stored-plan.ts'
import { newScan } from '../../../../runtime/service/new-run.ts'

const source = new TextEncoder().encode('export const scan = () => true')
const sha256 = createHash('sha256').update(source).digest('hex')
const scanner = { id: sha256.slice(0, 16), sha256, filename: 'scan.mjs', source, createdAt: '2026-11-20T12:00:00.000Z' }

let home = ''
let journal: Journal
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'strikescan-scan-run-'))
  journal = Journal.open(home)
  journal.scanners.save(scanner)
})
afterEach(() => {
  journal.close()
  rmSync(home, { recursive: true, force: true })
})

function scanRun(deps: Pick<ScanRunDeps, 'inspect' | 'openSnapshot'>, asked: Partial<RunRequest> = { symbols: ['KO'], dates: ['2026-11-20'] }, change: (run: Run, plan: StoredPlan) => void = () => {}): ScanRun {
  const never = (): never => {
    throw new Error('not of use here')
  }
  const { run, plan } = newScan(scanner, { filename: scanner.filename, ...asked }, { source: 'simulated', simulated: true })
  change(run, plan)
  const { values: settings } = loadConfig({ file: null, env: {}, overrides: {}, hardware: detectHardware(home) })
  const number = journal.createRun(run, plan)
  return new ScanRun({ deps: { exploration: {} as never, news: {} as never, journal, settings, chosenPrefilter: {}, home, takeSpare: never, ...deps }, number, run, scanner, plan })
}

it('a run that fails before its script is read ends the reading', async () => {
  const reading = Promise.withResolvers<AbortSignal>()
  const work = scanRun({
    inspect: (_, signal) => {
      reading.resolve(signal)
      return new Promise<Analysis>(() => {})
    },
    openSnapshot: async () => {
      await reading.promise
      throw new StrikescanError('symbols_none')
    },
  })
  const run = await work.carryOut()
  expect([run.status, run.error?.code]).toEqual(['failed', 'symbols_none'])
  expect((await reading.promise).aborted).toBe(true)
})

const noMarket = async (): Promise<never> => {
  throw new StrikescanError('snapshot_damaged', { folder: '/market', what: 'bars.bin is missing' })
}
const reads = (symbols: string[] | null) => async () => ({ plan: { symbols: symbols && { staticValue: symbols }, dates: null }, diagnostics: [] }) as unknown as Analysis
const rowsOf = (): string[] => [...journal.rows(journal.runs(1)[0]!.number)].map(({ symbol, date, status, error }) => `${symbol} ${date} ${status} ${error?.code}`)

it.each<[string, Partial<RunRequest>, string[] | null, string[]]>([
  ['asked for, with their dates', { symbols: ['ko', 'PEP'], dates: ['2026-11-19', '2026-11-20'] }, null, ['KO 2026-11-19', 'KO 2026-11-20', 'PEP 2026-11-19', 'PEP 2026-11-20']],
  ['asked for on the sessions of a range', { symbols: ['KO'], from: '2026-11-19', to: '2026-11-24' }, null, ['KO 2026-11-19', 'KO 2026-11-20', 'KO 2026-11-23', 'KO 2026-11-24']],
  ['asked for as of a Sunday', { symbols: ['KO'], asOf: '2026-11-22' }, null, ['KO 2026-11-20']],
  ['that the script names', { dates: ['2026-11-20'] }, ['MSFT'], ['MSFT 2026-11-20']],
  ['that nobody names', {}, null, []],
  ['of the whole market', { universe: 'all', dates: ['2026-11-20'] }, ['MSFT'], []],
])('where the market cannot be opened, symbols %s have their rows', async (_, asked, own, expected) => {
  const run = await scanRun({ inspect: reads(own), openSnapshot: noMarket }, asked).carryOut()
  expect([run.status, run.error?.code, run.ledger.detected]).toEqual(['failed', 'snapshot_damaged', expected.length])
  expect(rowsOf().toSorted()).toEqual(expected.map((name) => `${name} failed snapshot_damaged`))
})

it('a run that is gone on with waits where its market cannot be opened', async () => {
  const begun = (run: Run, plan: StoredPlan): void => {
    run.startedAt = run.createdAt
    plan.scope = { symbols: ['KO'], dates: ['2026-11-20'], asOf: '2026-11-20' }
  }
  const run = await scanRun({ inspect: reads(null), openSnapshot: noMarket }, {}, begun).carryOut()
  expect([run.status, run.error?.code, rowsOf()]).toEqual(['paused', 'snapshot_damaged', []])
})
