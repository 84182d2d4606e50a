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

function scanRun(deps: Pick<ScanRunDeps, 'inspect' | 'openSnapshot'>): ScanRun {
  const never = (): never => {
    throw new Error('not of use here')
  }
  const { run, plan } = newScan(scanner, { filename: scanner.filename, symbols: ['KO'], dates: ['2026-11-20'] }, { source: 'simulated', simulated: true })
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
