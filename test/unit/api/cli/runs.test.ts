import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

  it('hands out the files that the script wrote, over nothing that is there', async () => {
    const kept = join(cwd, '.strikescan/artifacts/r1')
    mkdirSync(join(kept, 'out'), { recursive: true })
    for (const path of ['out/hits.json', 'report.txt']) writeFileSync(join(kept, path), path)
    const wrote = (): FakeHost => {
      const fake = host()
      fake.run = { ...fake.run, files: [{ path: 'out/hits.json', bytes: 13 }, { path: 'report.txt', bytes: 10 }] }
      return fake
    }
    const shown = await command(['runs', 'show', 'last', '--artifacts', 'files'], wrote(), { cwd })
    expect([shown.code, shown.err]).toEqual([0, `wrote 2 files of the script to ${join(cwd, 'files')}\n`])
    expect(readFileSync(join(cwd, 'files/out/hits.json'), 'utf8')).toBe('out/hits.json')
    expect(shown.out).toContain('Files of the script: out/hits.json (13 bytes), report.txt (10 bytes); "runs show r1 --artifacts DIR" copies them')
    const again = await command(['runs', 'show', 'last', '--artifacts', 'files'], wrote(), { cwd })
    expect(again.code).toBe(1)
    expect(again.err).toContain('error [artifacts_not_copied]: files/out/hits.json cannot be written: a file is there already.')
    expect((await command(['runs', 'show', 'last', '--artifacts', 'none'], host(), { cwd })).err).toBe('the script of this run wrote no files\n')
  })

  it('forgets runs, by number or by age', async () => {
    const { out } = await command(['runs', 'prune', '--keep', '3'], host(), { cwd })
    expect(out).toBe('Forgot 2 runs, 1 scanner and 0 snapshots; the journal went from 3.0 MB to 1.0 MB.\n')
    for (const flags of [[], ['--keep', '1', '--older-than', '2'], ['--keep', '-1'], ['--older-than', 'week']]) {
      expect((await command(['runs', 'prune', ...flags], host(), { cwd })).code).toBe(2)
    }
  })
})
