import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { command, FakeHost, row } from './fake-terminal.ts'

const cwd = mkdtempSync(join(tmpdir(), 'strikescan-runs-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const host = (): FakeHost => new FakeHost().play([row({ status: 'hit', score: 2 }), row({ symbol: 'MSFT' })])

describe('runs', () => {
  it('lists runs', async () => {
    const { code, out } = await command(['runs'], host(), { cwd })
    expect(code).toBe(0)
    expect(out.split('\n')[1]).toMatch(/^r1 +completed +2026-11-20 12:00 +gap\.js +2 +1 +2\.5 s$/)
    expect(JSON.parse((await command(['runs', '--json'], host(), { cwd })).out)).toMatchObject([{ id: 'r1' }])
  })

  it('shows a run and writes its rows again', async () => {
    const shown = await command(['runs', 'show', 'last', '--out', 'rows.csv'], host(), { cwd })
    expect([shown.code, shown.err]).toEqual([0, expect.stringContaining('wrote 2 rows')])
    expect(shown.out).toContain('Rows: 2 = 1 hit + 1 miss')
    expect(readFileSync(join(cwd, 'rows.csv'), 'utf8').trim().split('\n')).toHaveLength(3)
    expect(JSON.parse((await command(['runs', 'show', 'last', '--json'], host(), { cwd })).out)).toMatchObject({ run: { id: 'r1' }, rows: [{ symbol: 'AAPL' }, { symbol: 'MSFT' }] })
    expect((await command(['runs', 'show', 'last', '--out', join('none', 'rows.csv')], host(), { cwd })).code).not.toBe(0)
  })

  it('forgets runs, by number or by age', async () => {
    const { out } = await command(['runs', 'prune', '--keep', '3'], host(), { cwd })
    expect(out).toBe('Forgot 2 runs, 1 scanner and 0 snapshots; the journal went from 3.0 MB to 1.0 MB.\n')
    for (const flags of [[], ['--keep', '1', '--older-than', '2'], ['--keep', '-1'], ['--older-than', 'week']]) {
      expect((await command(['runs', 'prune', ...flags], host(), { cwd })).code).toBe(2)
    }
  })
})
