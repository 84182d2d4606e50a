import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { command, FakeHost, FakeSink, row } from './fake-terminal.ts'

const cwd = mkdtempSync(join(tmpdir(), 'strikescan-cli-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
writeFileSync(join(cwd, 'gap.js'), 'export const scan = () => true\n')
writeFileSync(join(cwd, 'list.txt'), '\uFEFFSymbol\nAAPL, msft # big ones\r\n\n"BRK.B";spy\n# QQQ\n')
writeFileSync(join(cwd, 'none.txt'), '# nothing\n\n')

const HIT = row({ status: 'hit', reason: 'matched', score: 0.12345678, direction: 'bullish', data: { gap: 0.05123456, note: 'x' }, strategies: ['Long Call'] })
const failedRow = (symbol: string) =>
  row({
    symbol, status: 'failed', reason: 'threw',
    error: { code: 'script_threw', message: 'x is not\n\u001b[2Ja function', hint: 'Mend it.', line: 3, column: 7, frame: '3 | x()\n    ^' },
  })
const ROWS = [HIT, row({ symbol: 'MSFT' }), failedRow('SPY'), failedRow('QQQ'), row({ symbol: 'T', status: 'rejected', reason: 'volume' })]

const host = () => new FakeHost().play(ROWS)
const run = (args: string, fake = host(), extra = {}) => command(['run', ...args.split(' ').filter((arg) => arg !== '')], fake, { cwd, ...extra })

describe('run: request', () => {
  it('hands every flag to the host', async () => {
    const fake = host()
    const { code } = await run(
      'gap.js --symbols AAPL,msft --dates 2026-11-19,2026-11-20 --as-of 2026-11-20 --param minGap=0.05 --param name=x=y --param on=true ' +
        '--min-volume 2_000_000 --min-price 2 --max-price 50 --limit 10 --split never --workers 3 --timeout 1.5 --symbol-timeout-ms 70 --memory-mb 256 --home h --set log.maxLines=5',
      fake,
    )
    expect(code).toBe(0)
    expect(fake.request).toMatchObject({
      filename: 'gap.js', symbols: ['AAPL', 'msft'], dates: ['2026-11-19', '2026-11-20'], asOf: '2026-11-20',
      params: { minGap: 0.05, name: 'x=y', on: true }, prefilter: { minVolume: 2_000_000, minPrice: 2, maxPrice: 50, limit: 10 },
      split: 'never', limits: { workers: 3, timeoutMs: 1_500, symbolTimeoutMs: 70, memoryMb: 256 },
    })
    expect(Buffer.from(fake.request!.source).toString()).toBe(readFileSync(join(cwd, 'gap.js'), 'utf8'))
    expect(fake.options).toMatchObject({ home: join(cwd, 'h'), set: { 'log.maxLines': '5' }, overrides: { 'limits.timeoutMs': 1_500, 'workers.count': 3 } })
    expect(fake.closed).toBe(true)
  })

  it('asks for no more than was typed', async () => {
    const fake = host()
    await run('gap.js', fake)
    const { filename, source, ...rest } = fake.request!
    expect(Object.values(rest).filter((value) => value !== undefined)).toEqual([])
    expect(fake.options!.overrides).toEqual({})
  })

  it('reads symbol files, the whole universe, ranges and --no-prefilter', async () => {
    const fake = host()
    await run('gap.js --symbols-file list.txt --from 2026-01-02 --to 2026-01-02 --no-prefilter', fake)
    expect(fake.request).toMatchObject({ symbols: ['AAPL', 'msft', 'BRK.B', 'spy'], from: '2026-01-02', to: '2026-01-02', prefilter: false })
    await run('gap.js --universe all', fake)
    expect(fake.request).toMatchObject({ universe: 'all' })
    expect(fake.request!.symbols).toBeUndefined()
  })

  it.each([
    ['', 'The scanner to run is missing'],
    ['nowhere.js', 'no such file'],
    ['. ', 'it is a folder'],
    ['gap.js --limit 0', '--limit: "0"', 'from 1 to 1000000'],
    ['gap.js --limit many', '--limit: "many"'],
    ['gap.js --min-price -5', '--min-price: "-5"', 'from 0'],
    ['gap.js --timeout 0', '--timeout: "0" must be a number of seconds from 0.1 to 86400'],
    ['gap.js --timeout 1e9', '--timeout: "1e9"'],
    ['gap.js --memory-mb 1', '--memory-mb', 'from 128'],
    ['gap.js --workers 0', '--workers', '"auto" or a whole number from 1 to 1024'],
    ['gap.js --split maybe', '--split', 'auto, always, never'],
    ['gap.js --symbols ,', '--symbols'],
    ['gap.js --symbols A --universe all', '--symbols and --universe exclude each other'],
    ['gap.js --symbols-file none.txt', 'none.txt holds nothing'],
    ['gap.js --symbols-file nowhere.txt', 'nowhere.txt cannot be read'],
    ['gap.js --dates 2026-02-30', '--dates: "2026-02-30"', 'a date such as'],
    ['gap.js --dates ,', '--dates'],
    ['gap.js --dates 2026-11-20 --from 2026-11-20', 'exclude each other'],
    ['gap.js --from 2026-11-20 --to 2026-11-19', '--from', 'no later than'],
    ['gap.js --to 2026-11-19', '--from is missing'],
    ['gap.js --as-of tomorrow', '--as-of'],
    ['gap.js --param minGap', '--param: "minGap"'],
    ['gap.js --param a=1 --param a=2', 'given twice'],
    ['gap.js --param a=1e999', 'finite'],
    ['gap.js --no-prefilter --limit 5', '--no-prefilter and --limit exclude'],
    ['gap.js --out rows.xlsx', '.csv, .parquet, .json, .ndjson'],
    ['gap.js --out nowhere/rows.csv', 'folder does not exist'],
    ['gap.js --out a.csv --out ./a.csv', 'exclude each other'],
    ['gap.js --json --events', 'exclude each other'],
    ['gap.js --resume r1 --limit 5', '--resume and --limit exclude'],
    ['gap.js --frobnicate', '--frobnicate'],
    ['gap.js other.js', 'too many arguments'],
    ['gap.js --set nonsense', '--set: "nonsense"'],
    ['gap.js --explore-out x.csv', '--explore is missing'],
  ])('refuses "%s" in one line, exit code 2', async (args, ...parts) => {
    const fake = host()
    const { code, out, err } = await run(args, fake)
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(/^error[^\n]+\n$/)
    for (const part of parts) expect(err).toContain(part)
    expect(err).not.toMatch(/\{\w+\}/)
    expect(fake.request).toBeNull()
  })
})

describe('run: summary', () => {
  it('labels simulated data, shows hits, counts every row and groups problems', async () => {
    const { code, out, err } = await run('gap.js')
    expect(code).toBe(0)
    const lines = out.split('\n')
    expect(lines[0]).toContain('SIMULATED market data')
    expect(lines[1]).toBe('gap.js: completed')
    expect(lines).toContainEqual(expect.stringMatching(/^AAPL +2026-11-20 +0\.12346 +bullish +gap=0\.051235 note=x +Long Call$/))
    expect(lines).toContain('Rows: 5 = 1 hit + 1 miss + 1 rejected + 2 failed')
    expect(out).toContain('2 rows with problems:\n  failed (2 rows): SPY 2026-11-20, QQQ 2026-11-20\n    x is not \\x1b[2Ja function [script_threw]\n    3 | x()\n        ^\n    Mend it.')
    expect(lines).toContain('Time: total 2.5 s, load 120 ms')
    expect(lines).toContain('Run: r1')
    expect(err).toBe('[info AAPL] hello \\x1b[31mred\n            second\nSIMULATED 100% Done, 1 hit, 2 with problems\n'.replace(/^/, 'SIMULATED 70% Processing symbols 1-50 of 300, 1 hit, 2 with problems, 5.0 s to go\n'))
    expect(out + err).not.toContain('\u001b')
  })

  it('says where real data is from, what the prefilter did, and warnings', async () => {
    const fake = new FakeHost().play(ROWS, {
      market: { source: 'imported', simulated: false, snapshot: 'cd34', asOf: null },
      prefilter: {
        settings: { minVolume: 1e6, minPrice: 1, maxPrice: 500, limit: 300, activateAbove: 100, window: 20 }, applied: true, in: 5_000, kept: 300,
        steps: [{ name: 'volume', removed: 4_000 }, { name: 'limit', removed: 700 }],
      },
      warnings: [{ code: 'foreign_hits', message: 'Hits for symbols that were not asked for', count: 7, samples: ['ZZZ'] }],
    })
    const { out } = await run('gap.js', fake)
    expect(out).not.toContain('SIMULATED')
    expect(out).toContain('Market data: imported, snapshot cd34')
    expect(out).toContain('Prefilter: 5,000 - 4,000 by volume - 700 over the limit = 300 kept')
    expect(out).toContain('warning [foreign_hits]: Hits for symbols that were not asked for (7 times): ZZZ')
  })

  it.each([
    [{ applied: false, dates: 1, in: 11, kept: 11 }, 'Prefilter: not applied to 11 symbols (it starts above 100 symbols)'],
    [{ applied: false, dates: 3, in: 33, kept: 33 }, 'Prefilter: not applied to 11 symbols (it starts above 100 symbols)'],
    [{ applied: false, in: 33, kept: 33 }, 'Prefilter: not applied (it starts above 100 symbols)'],
    [{ applied: true, dates: 15, in: 75_000, kept: 75_000 }, 'Prefilter: 75,000 (5,000 symbols on 15 dates) = 75,000 kept'],
    [{ applied: true, in: 75_000, kept: 75_000 }, 'Prefilter: 75,000 = 75,000 kept'],
  ])('counts symbols where it says so: %j', async (counts, line) => {
    const fake = new FakeHost().play(ROWS, { prefilter: { settings: { minVolume: 1e6, minPrice: 1, maxPrice: 500, limit: 300, activateAbove: 100, window: 20 }, steps: [], ...counts } })
    expect((await run('gap.js', fake)).out).toContain(`${line}\n`)
  })

  it.each([
    [true, false, 'SIMULATED bars 100% Done', 'SIMULATED bars, no price of theirs was ever traded', 'Exploration of the hits, option chains: tradier:'],
    [false, true, 'SIMULATED chains 100% Done', 'Market data: imported', 'Exploration of the hits, SIMULATED option chains, no quote below was ever made by a market (tradier):'],
    [true, true, 'SIMULATED 100% Done', 'SIMULATED market data', 'Exploration of the hits, SIMULATED option chains'],
  ])('says what is simulated of bars (%s) and the chains of their hits (%s)', async (bars, chains, progress, head, exploration) => {
    const explore = {
      provider: 'tradier', simulated: chains, rows: 0, tickers: 0, retryable: 0, byStatus: {}, plan: { calls: 0, durationMs: 0, limitedBy: 'nothing' }, calls: 0, priceCalls: 0, retries: 0, failures: {},
      cache: { memory: 0, disk: 0, redis: 0, fetched: 0, failed: 0, stale: 0, corrupt: 0, unstorable: 0, hitRate: null }, durationMs: 0,
    }
    const { out, err } = await run('gap.js', new FakeHost().play(ROWS, { explore, market: { source: bars ? 'simulated' : 'imported', simulated: bars, snapshot: 'cd34', asOf: null } }))
    expect(err).toContain(`\n${progress}`)
    expect(out.split('\n')[0]).toContain(head)
    expect(out).toContain(`\n${exploration}`)
  })

  it('shows the best hits, counts the rest and keeps to the width', async () => {
    const out = new FakeSink()
    out.columns = 70
    const hits = Array.from({ length: 60 }, (_, i) => row({ symbol: `S${i}`, status: 'hit', score: i, data: { text: '漢字'.repeat(40) } }))
    const session = await run('gap.js', new FakeHost().play(hits), { out })
    expect(session.out).toContain('60 hits, the 25 with the highest scores:')
    expect(session.out).toContain('… 35 more hits;')
    expect(session.out).toMatch(/\nS59 .*\nS58 /)
    const widest = Math.max(...session.out.split('\n').filter((line) => /^S\d/.test(line)).map((line) => line.length + (line.match(/[漢字]/g)?.length ?? 0)))
    expect(widest).toBeLessThanOrEqual(70)
  })

  it('spells out a few kinds of problems and counts the others', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => row({ symbol: `S${i}`, status: 'timed_out', reason: `reason ${i}` }))
    const { out } = await run('gap.js', new FakeHost().play(rows))
    expect(out).toContain('30 rows with problems:')
    expect(out.match(/timed_out \(1 row\)/g)).toHaveLength(8)
    expect(out).toContain('… 22 more rows with other problems')
  })

  it('says so where the counts do not add up', async () => {
    const fake = host()
    fake.run = { ...fake.run, ledger: { ...fake.run.ledger, detected: 9 } }
    expect((await run('gap.js', fake)).out).toContain('ERROR: these make 5 rows, not 9')
  })

  it('draws a bar on a terminal and leaves none behind', async () => {
    const err = new FakeSink()
    err.isTerminal = true
    const session = await run('gap.js', host(), { err })
    expect(session.err).toContain('SIMULATED [#################.......] 70% Processing symbols 1-50 of 300, 1 hit')
    expect(session.err.endsWith('\r\u001b[2K')).toBe(true)
  })

  it.each([
    [{}, 'SIMULATED 100% Done, 1 hit, 2 with problems'],
    [{ status: 'cancelled', percent: 71.4, message: 'cancelled' }, 'SIMULATED cancelled at 71%, 1 hit, 2 with problems'],
    [{ status: 'failed', percent: 71.4, message: 'Processing symbols 51-100 of 300' }, 'SIMULATED failed at 71% Processing symbols 51-100 of 300, 1 hit, 2 with problems'],
  ] as const)('writes whole lines to a file or a pipe, the last of them on how it ended (%j)', async (values, last) => {
    const fake = new FakeHost().play(ROWS, values)
    fake.events = fake.events.filter(({ type }) => type !== 'log')
    const { err } = await run('gap.js', fake)
    expect(err.split('\n').filter((line) => line.startsWith('SIMULATED'))).toEqual(['SIMULATED 70% Processing symbols 1-50 of 300, 1 hit, 2 with problems, 5.0 s to go', last])
    expect(err).not.toContain('\r')
    expect(err.endsWith('\n')).toBe(true)
  })

  it('shows a bounded number of log lines', async () => {
    const fake = host()
    fake.events = Array.from({ length: 200 }, (_, i) => ({ seq: i + 1, at: '', runId: 'r1', type: 'log' as const, level: 'info' as const, symbol: null, text: `line ${i}` }))
    const { err } = await run('gap.js', fake)
    expect(err.match(/\[info\] line/g)).toHaveLength(50)
    expect(err).toContain('… 150 more log lines')
  })
})

describe('run: machines', () => {
  it('prints one document with --json', async () => {
    const { code, out, err } = await run('gap.js --json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({ run: host().run, rows: ROWS, exploration: null })
    expect(err).not.toContain('Processing')
    expect(JSON.parse((await run('gap.js --json', new FakeHost().play([]))).out).rows).toEqual([])
  })

  it('prints every event once and in order with --events, however slow the reader', async () => {
    for (const slow of [false, true]) {
      const out = new FakeSink()
      out.slow = slow
      const session = await run('gap.js --events', host(), { out })
      expect(session.out.trimEnd().split('\n').map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3, 4])
    }
  })

  it('writes row files', async () => {
    const { code, err } = await run('gap.js --out a.csv --out b.parquet --out c.json')
    expect(code).toBe(0)
    expect(err).toContain(`wrote 5 rows to ${join(cwd, 'a.csv')}`)
    expect(readFileSync(join(cwd, 'a.csv'), 'utf8')).toContain('simulated:ab12')
    expect(existsSync(join(cwd, 'b.parquet'))).toBe(true)
    expect(JSON.parse(readFileSync(join(cwd, 'c.json'), 'utf8'))).toHaveLength(5)
  })
})

describe('run: ends', () => {
  it('exits 1 where the run failed, with the reason and the way on', async () => {
    const fake = new FakeHost().play(ROWS, { status: 'failed', percent: 80, message: 'Processing', error: { code: 'worker_lost', message: 'All workers died.', hint: 'Look at doctor.' } })
    const { code, err, out } = await run('gap.js', fake)
    expect(code).toBe(1)
    expect(err).toContain('error [worker_lost]: All workers died. Look at doctor.')
    expect(err).not.toContain('--resume')
    expect(out).toContain('gap.js: failed at 80%')
  })

  it('says of a run that came to no rows only that, and what to change once', async () => {
    const error = { code: 'definition_invalid', message: 'gap.js:3:15 params.n.default is 3.', hint: 'Change it.' } as const
    const fake = new FakeHost().play([], { status: 'failed', stage: 'loading', percent: 30, message: error.message, market: { source: '', simulated: false, snapshot: '', asOf: null }, split: null, error })
    const { code, err, out } = await run('gap.js', fake)
    expect([code, err.match(/params\.n/g)?.length, out]).toEqual([2, 1, ''])
  })

  it('says of a run that failed before there were rows only that', async () => {
    const error = { code: 'run_timeout', message: 'The run passed its deadline of 1 s.', hint: 'Raise it.' } as const
    const fake = new FakeHost().play([], { status: 'failed', stage: 'loading', percent: 30, message: error.message, market: { source: '', simulated: false, snapshot: '', asOf: null }, split: null, error })
    const { code, err, out } = await run('gap.js', fake)
    expect([code, err.match(/deadline/g)?.length, out.includes('deadline')]).toEqual([1, 1, false])
    expect(out).toContain('gap.js: failed at 30%\n\nNo rows: it ended before there were any.\n')
    for (const absent of ['Market data', 'Prefilter', 'No hits', 'Rows:']) expect(out).not.toContain(absent)
  })

  it('exits 2 with a line for each error where the scanner is refused, writes the rows that were asked for and leaves no run behind', async () => {
    const error = { code: 'script_refused', message: 'gap.js:1:7 It is refused.', hint: 'Change it.' } as const
    const fake = new FakeHost().play([row({ status: 'failed' })], { status: 'failed', percent: 15, message: error.message, error })
    const diagnostics = Array.from({ length: 30 }, (_, at) => ({ severity: at === 1 ? 'info' : 'error', code: 'x', message: `Error ${at}.`, hint: 'Mend it.', line: at + 1, column: 2 }))
    fake.inspection = { report: null, diagnostics }
    const { code, out, err } = await run('gap.js', fake)
    expect([code, out, fake.forgotten]).toEqual([2, '', ['r1']])
    const lines = err.trimEnd().split('\n').filter((line) => !line.startsWith('['))
    expect(lines.slice(-22, -20)).toEqual(['error [script_refused]: gap.js:1:7 It is refused. Change it.', 'error [script_refused]: gap.js:3:2 Error 2. Mend it.'])
    expect(lines.at(-1)).toBe('… and 8 more errors; strikescan check lists them all')
    expect((await run('gap.js --out refused.csv', fake)).code).toBe(2)
    expect(readFileSync(join(cwd, 'refused.csv'), 'utf8').trim().split('\n')).toHaveLength(2)
  })

  it('keeps a run whose script was at fault, and one that was gone on with', async () => {
    const failing = (code: string): FakeHost => new FakeHost().play([], { status: 'failed', percent: 30, error: { code, message: 'It failed.', hint: 'Mend it.' } })
    const thrown = failing('load_failed')
    expect([(await run('gap.js', thrown)).code, thrown.forgotten]).toEqual([2, []])
    const resumed = failing('param_invalid')
    expect([(await run('--resume r1', resumed)).code, resumed.forgotten]).toEqual([2, []])
    const refused = failing('param_invalid')
    expect([(await run('gap.js --param x=1', refused)).code, refused.forgotten]).toEqual([2, ['r1']])
  })

  it('resumes a run as it was asked for', async () => {
    const fake = host()
    expect((await run('--resume r1', fake)).code).toBe(0)
    expect([fake.resumed, fake.request]).toEqual(['r1', null])
    expect((await run('gap.js --resume r1', fake)).err).toContain('gap.js is not read')
    expect((await run('--resume r1', fake)).err).not.toContain('resuming')
    expect((await run('--resume last', fake)).err).toContain('resuming r1: gap.js, begun 2026-11-20 12:00 UTC, at 100%\n')
  })

  it('stops at the first interrupt and leaves at the second', async () => {
    const fake = host()
    fake.endless = true
    const once = await run('gap.js', fake, { onInterruptReady: (interrupt: () => void) => interrupt() })
    expect([once.code, fake.interrupted, once.exits]).toEqual([130, 1, []])
    expect(once.err).toContain('stopping; interrupt again to stop at once')
    expect(once.err).toContain('continue with: strikescan run --resume r1')
    expect(once.out).toContain('gap.js: paused at 71%')

    const stubborn = host()
    stubborn.endless = true
    const twice = await run('gap.js --json', stubborn, { onInterruptReady: (interrupt: () => void) => [interrupt(), interrupt()] })
    expect(twice.exits).toEqual([130])
  })

  it('fails where its result cannot be written out, and not where its reader has seen enough', async () => {
    const out = new FakeSink()
    const full = Object.assign(out, { closesAfter: 1, failure: Object.assign(new Error('write'), { code: 'ENOSPC' }) })
    expect(await run('gap.js', host(), { out: full })).toMatchObject({ code: 1, err: expect.stringMatching(/error \[standard_output_failed\]: Standard output cannot be written: the disk is full \(ENOSPC\)\..*\n$/) })
  })

  it.each([['--home'], ['--out'], ['--explore-out'], ['--resume']])('refuses an empty %s, as of a variable that is not set', async (flag) => {
    const { code, err } = await command(['run', 'gap.js', flag, ''], host(), { cwd })
    expect([code, err]).toEqual([2, expect.stringMatching(`^error \\[flag_bad_value\\]: ${flag}: "" must be .*\\n$`)])
  })

  it('stops quietly where nobody reads on', async () => {
    const out = new FakeSink()
    out.closesAfter = 2
    const fake = host()
    fake.endless = true
    const { code } = await run('gap.js --events', fake, { out })
    expect([code, fake.interrupted, out.writes]).toEqual([0, 1, 2])
  })
})
