import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Row, Run } from '../../runtime/host.ts'
import { measureProcess } from '../bench/measure/process.ts'
import { command } from '../integration/support/command-line.ts'

const FOLDER = fileURLToPath(new URL('../../../shared/data/daily_bars/pystock/', import.meta.url))
const LAUNCHER = fileURLToPath(new URL('../../api/cli/strikescan.js', import.meta.url))
// The bomb needs about a second of a core to reach the limit of its heap, most of it in garbage collection, beside a hang that holds the other core.
const SYMBOL_TIMEOUT_MS = 6_000
const GIGABYTE = 2 ** 30

const scanner = (misdeeds: string): string => `
export function scan(symbol, bars) {
  ${misdeeds}
  const last = bars.at(-1)
  const before = bars.at(-2)
  return before && last.open / before.close - 1 > 0.03 ? { score: last.open / before.close - 1 } : null
}`

const HONEST = scanner('')
const HOSTILE = scanner(`
  if (symbol === 'AAPL') for (;;) {}
  if (symbol === 'MSFT') { const kept = []; for (;;) kept.push(new Array(1e5).fill(symbol)) }
  if (symbol === 'IBM') throw { get message() { throw this }, get stack() { throw this } }`)

// The recorded market is not part of the repository.
describe.skipIf(!existsSync(FOLDER))('a year of the US market, all 6,548 symbols', () => {
  let home: string
  const run = (name: string, source: string): string[] => {
    const file = join(home, `${name}.js`)
    writeFileSync(file, source)
    return ['run', file, '--home', home, '--no-prefilter', '--symbol-timeout-ms', String(SYMBOL_TIMEOUT_MS), '--json']
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'strikescan-market-'))
    const files = readdirSync(FOLDER).map((name) => join(FOLDER, name))
    expect((await command(['import', 'bars', ...files, '--home', home])).code).toBe(0)
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('costs a hang, a memory bomb and a hostile throw one row each, in under a gigabyte, and no other row', async () => {
    const honest = await measureProcess([process.execPath, LAUNCHER, ...run('honest', HONEST)], { timeoutMs: 60_000 })
    const hostile = await measureProcess([process.execPath, LAUNCHER, ...run('hostile', HOSTILE)], { timeoutMs: 60_000 })
    const clean = JSON.parse(honest.stdout) as { run: Run; rows: Row[] }
    const { run: ended, rows } = JSON.parse(hostile.stdout) as { run: Run; rows: Row[] }

    expect(ended.ledger.detected).toBe(6_548)
    expect(rows).toHaveLength(6_548)
    const status = new Map(rows.map((row) => [row.symbol, row.status]))
    expect(['AAPL', 'MSFT', 'IBM'].map((symbol) => status.get(symbol))).toEqual(['timed_out', 'out_of_memory', 'failed'])

    const others = (all: Row[]) =>
      all.filter(({ symbol }) => !['AAPL', 'MSFT', 'IBM'].includes(symbol)).map(({ symbol, date, status: outcome, score }) => [symbol, date, outcome, score])
    expect(others(rows)).toEqual(others(clean.rows))

    // The hang and the bomb cost a deadline each at most, and the replacing of a worker; the machine may be slow.
    expect(hostile.wallMs).toBeLessThan(honest.wallMs * 3 + 4 * SYMBOL_TIMEOUT_MS)
    expect(honest.peakRssBytes).toBeLessThan(GIGABYTE)
    expect(hostile.peakRssBytes).toBeLessThan(GIGABYTE)
  })
})
