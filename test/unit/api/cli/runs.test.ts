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
    expect(out.split('\n')[1]).toMatch(/^r1 +completed +2026-11-20 12:00 +2026-11-20 +gap\.js +2 +1 +2\.5 s$/)
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

  it('replays a run, and says which rows came out otherwise', async () => {
    const ended = host()
    ended.run = { ...ended.run, replayOf: 'run-1', status: 'completed' }
    const same = await command(['runs', 'replay', 'run-1'], ended, { cwd })
    expect([same.code, same.out.split(' (')[0]]).toEqual([0, 'The same: 2 of 2 rows of run-1 again, bit by bit'])
    ended.comparison = { rows: 30, same: 5, differences: Array.from({ length: 25 }, (_, at) => ({ symbol: `S${at}`, date: '2026-11-20', fields: ['status', 'score'], before: row({ status: 'hit', score: 2 }), after: row({ status: 'timed_out', reason: 'too \u001b[31mslow' }) })) }
    const other = await command(['runs', 'replay', 'run-1'], ended, { cwd })
    expect([other.code, other.out]).toEqual([1, expect.stringMatching(/^Not the same: 25 of 30 rows of run-1 came out otherwise/)])
    expect(other.out).toContain('timed_out: too \\x1b[31mslow  status, score')
    expect(other.out).toContain('… and 5 rows more')
    expect(other.out).not.toContain('\u001b')
    expect(JSON.parse((await command(['runs', 'replay', 'run-1', '--json'], ended, { cwd })).out)).toMatchObject({ run: { replayOf: 'run-1' }, same: 5, differences: ended.comparison.differences })
  })

  it('compares the hits of two runs, and says how', async () => {
    const fake = host()
    const compared = (firstDate: string) => ({ run: 'r1', dates: 1, firstDate, lastDate: firstDate })
    const hit = (score: number) => row({ status: 'hit', score })
    fake.hitComparison = {
      before: compared('2026-11-19'), after: compared('2026-11-20'), by: 'symbol', reason: 'the runs are of different dates, 2026-11-19 and 2026-11-20', isWhole: true, counts: { new: 1, gone: 1, changed: 1, same: 1 },
      changes: [
        { kind: 'new', symbol: 'NEW', before: row(), after: hit(7), scoreMove: null, fields: [] },
        { kind: 'gone', symbol: 'GONE', before: hit(3), after: null, scoreMove: null, fields: [] },
        { kind: 'changed', symbol: 'UP', before: hit(2), after: hit(2.5), scoreMove: 0.5, fields: ['score', '\u001b[31m'] },
        { kind: 'same', symbol: 'SAME', before: row({ status: 'hit' }), after: row({ status: 'hit' }), scoreMove: null, fields: [] },
      ],
    }
    const { code, out } = await command(['runs', 'compare', 'r1'], fake, { cwd })
    expect(code).toBe(0)
    expect(out).toMatch(/^SIMULATED market data/)
    expect(out).toContain('before  r1  gap.js, 2026-11-19: 1 hit\n')
    expect(out).toContain('Compared by symbol: the runs are of different dates, 2026-11-19 and 2026-11-20.\n\nHits: 1 new, 1 gone, 2 stayed (1 changed)\n')
    expect(out).toMatch(/New: 1\n.*\nNEW +7 +was miss: no match\n\nGone: 1\n.*\nGONE +3 +is not asked for\n\nStayed: 2\n.*\nUP +2 +2\.5 +\+0\.5 +score, \\x1b\[31m\nSAME +hit +hit\n$/)
    expect(JSON.parse((await command(['runs', 'compare', 'r1', 'last', '--json'], fake, { cwd })).out)).toEqual(fake.hitComparison)
    const refused = await command(['runs', 'compare', 'r1', '--by', 'date'], fake, { cwd })
    expect([refused.code, refused.out, refused.err]).toEqual([2, '', expect.stringContaining('row, symbol')])
  })

  it('shows why a run failed', async () => {
    const fake = new FakeHost().play([row()], { status: 'failed', percent: 80, message: 'All workers died.', error: { code: 'worker_lost', message: 'All workers died.', hint: 'Look at doctor.' } })
    const { out, err } = await command(['runs', 'show', 'last'], fake, { cwd })
    expect([out.includes('gap.js: failed at 80%\n'), err]).toEqual([true, 'error [worker_lost]: All workers died. Look at doctor.\n'])
  })

  it('names how runs are gone on with that nobody carries out', async () => {
    const fake = new FakeHost().play([row()], { status: 'interrupted', percent: 70, message: 'its process ended before it did' })
    fake.run.ledger.detected = 9
    expect((await command(['runs'], fake, { cwd })).out.trim().split('\n').at(-1)).toBe('1 interrupted: go on with `strikescan run --resume r1`')
    const shown = await command(['runs', 'show', 'last'], fake, { cwd })
    expect([shown.code, shown.err]).toEqual([0, 'continue with: strikescan run --resume r1\n'])
    expect(shown.out).toContain('gap.js: interrupted at 70% (its process ended before it did)')
    expect(shown.out).toContain('+ 8 not reached yet')
    fake.run = { ...fake.run, kind: 'exploration', status: 'paused' }
    expect((await command(['runs'], fake, { cwd })).out).toContain('1 paused: go on with `strikescan explore --resume r1`')
    expect((await command(['runs'], host(), { cwd })).out).not.toContain('--resume')
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
    expect([shown.code, shown.err]).toEqual([0, `wrote 2 files of the script to ${join(cwd, 'files')}: out/hits.json, report.txt\n`])
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
