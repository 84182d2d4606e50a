import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import type { Row, Run } from '../../runtime/host.ts'
import { measureProcess } from '../bench/measure/process.ts'
import { command } from './support/command-line.ts'

const FOLDER = fileURLToPath(new URL('../../../shared/data/daily_bars/pystock/', import.meta.url))
const LAUNCHER = fileURLToPath(new URL('../../api/cli/strikescan.js', import.meta.url))
const HANG_MS = 2_000
// A bomb needs about a second of a core to reach the limit of its heap, most of it in garbage collection; it ends by that limit, however slow the machine is.
const BOMB_MS = 60_000
const GIGABYTE = 2 ** 30

/** Of a run in which one symbol hangs and another fills its memory: enough for the bomb, and waited out for the hang. */
const BOTH_MS = 20_000

const scanner = (misdeeds: string): string => `
export function scan(symbol, bars) {
  ${misdeeds}
  const last = bars.at(-1)
  const before = bars.at(-2)
  return before && last.open / before.close - 1 > 0.03 ? { score: last.open / before.close - 1 } : null
}`

const HONEST = scanner('')
const HANGS = `
  if (symbol === 'AAPL') for (;;) {}
  if (symbol === 'IBM') throw { get message() { throw this }, get stack() { throw this } }`
const FILLS = `if (symbol === 'MSFT') { const kept = []; for (;;) kept.push(new Array(1e5).fill(symbol)) }`

const AT_FAULT = ['AAPL', 'MSFT', 'IBM']
const atFault = (rows: Row[]) => Object.fromEntries(rows.filter(({ symbol }) => AT_FAULT.includes(symbol)).map(({ symbol, status }) => [symbol, status]))
const others = (rows: Row[]) => rows.filter(({ symbol }) => !AT_FAULT.includes(symbol)).map(({ symbol, date, status, score }) => [symbol, date, status, score])

// The recorded market is not part of the repository.
describe.skipIf(!existsSync(FOLDER))('a year of the US market, all 6,548 symbols', () => {
  let home: string
  const run = async (name: string, source: string, symbolTimeoutMs: number) => {
    const file = join(home, `${name}.js`)
    writeFileSync(file, source)
    const measured = await measureProcess([process.execPath, LAUNCHER, 'run', file, '--home', home, '--no-prefilter', '--symbol-timeout-ms', String(symbolTimeoutMs), '--json'], { timeoutMs: 90_000 })
    return { ...measured, ...(JSON.parse(measured.stdout) as { run: Run; rows: Row[] }) }
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'strikescan-market-'))
    const files = readdirSync(FOLDER).map((name) => join(FOLDER, name))
    expect((await command(['import', 'bars', ...files, '--home', home])).code).toBe(0)
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it('costs a hang, a memory bomb and a hostile throw one row each, in under a gigabyte, and no other row', async () => {
    const honest = await run('honest', HONEST, BOMB_MS)
    const hang = await run('hang', scanner(HANGS), HANG_MS)
    const bomb = await run('bomb', scanner(FILLS), BOMB_MS)

    const { AAPL, MSFT, IBM } = atFault(honest.rows)
    expect(atFault(hang.rows)).toEqual({ AAPL: 'timed_out', MSFT, IBM: 'failed' })
    expect(atFault(bomb.rows)).toEqual({ AAPL, MSFT: 'out_of_memory', IBM })
    for (const { run: ended, rows, peakRssBytes } of [honest, hang, bomb]) {
      expect(ended.ledger.detected).toBe(6_548)
      expect(rows).toHaveLength(6_548)
      expect(others(rows)).toEqual(others(honest.rows))
      expect(peakRssBytes).toBeLessThan(GIGABYTE)
    }
    // The hang costs a deadline at most, and the replacing of a worker; the machine may be slow.
    expect(hang.wallMs).toBeLessThan(honest.wallMs * 4 + 4 * HANG_MS)
  })

  it.runIf(process.env.TEST_LONG === '1')('and all three in one run no more than that', async () => {
    const honest = await run('honest', HONEST, BOMB_MS)
    const all = await run('all', scanner(`${HANGS}\n  ${FILLS}`), BOTH_MS)
    expect(atFault(all.rows)).toEqual({ AAPL: 'timed_out', MSFT: 'out_of_memory', IBM: 'failed' })
    expect(all.run.ledger.detected).toBe(6_548)
    expect(others(all.rows)).toEqual(others(honest.rows))
    expect(all.peakRssBytes).toBeLessThan(GIGABYTE)
  })
})
