import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import { command, FakeHost } from './fake-terminal.ts'

const cwd = mkdtempSync(join(tmpdir(), 'strikescan-commands-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))
writeFileSync(join(cwd, 'gap.js'), '')

const cli = (args: string, host = new FakeHost(), env = {}) => command(args.split(' ').filter((arg) => arg !== ''), host, { cwd, env })

describe('help', () => {
  it.each(['run', 'start', 'check', 'import bars', 'import news', 'market', 'market reset', 'config', 'config show', 'config init', 'doctor'])('of %s shows use and an example', async (name) => {
    const { code, out } = await cli(`${name} --help`)
    expect(code).toBe(0)
    expect(out).toContain(`Usage: strikescan ${name}`)
    expect(out).toContain('--home')
    if (name !== 'config') expect(out).toContain(`$ strikescan ${name}`)
  })

  it('lists all commands, and misspelt ones get a suggestion', async () => {
    expect((await cli('--help')).out).toMatch(/doctor +check this machine/)
    expect((await cli('help run')).out).toContain('Usage: strikescan run')
    const { code, err } = await cli('rnu')
    expect([code, err]).toEqual([2, expect.stringMatching(/^error: strikescan has no command 'rnu' \(Did you mean run\?\); there are serve, start, run, .*, doctor \(--help shows what there is\)\n$/)])
    expect((await cli('')).code).toBe(2)
  })

  it.each([
    ['market nope', "strikescan market has no command 'nope'; there is reset"], ['market rset --json', "has no command 'rset'"], ['config nope', "strikescan config has no command 'nope'; there are show, init"],
    ['runs nope last', "strikescan runs has no command 'nope'; there are show, replay, compare, prune"], ['import tardes', "strikescan import has no command 'tardes' (Did you mean bars?); there are bars, chains, news"], ['help nope', "there is no command 'nope' to help with"],
    // What is none but an argument too many is called that.
    ['config show nope', "too many arguments for 'show'"], ['market reset all', "too many arguments for 'reset'"], ['doctor all', "too many arguments for 'doctor'"],
  ])('says of "%s" in one line that it knows no such word, and what there is', async (line, message) => {
    const { code, out, err } = await cli(line)
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(/^error: [^\n]*\(--help shows what there is\)\n$/)])
    expect(err).toContain(message)
  })

  it('shows the help of a group at its --help, whatever stands before it', async () => {
    expect((await cli('runs compare --help')).out).toContain('Usage: strikescan runs compare')
    expect((await cli('runs --help')).out).toContain('compare [options] <before> [after]')
  })
})

describe('check', () => {
  const report = {
    sha256: 'ff', filename: 'gap.js', bytes: 12, language: 'javascript', moduleKind: 'module', pattern: 'scan', name: null,
    symbols: { count: 0, sample: [], declaredAs: null }, dates: { values: [], declaredAs: null },
    params: [{ name: 'minGap', default: 0.03, min: 0.005, max: 0.5, help: 'gap' }], imports: [], split: { mode: 'batch', reason: 'one symbol at a time' }, diagnostics: [] as unknown[],
    uses: {
      hosts: [{ host: 'api.polygon.io', served: true, lines: [3] }, { host: 'example.com', served: false, lines: [4, 9] }], environment: [{ name: 'POLYGON_API_KEY', lines: [2] }],
      filesRead: [], filesWritten: [7], random: [5], clock: [6], sleeps: [{ line: 8, ms: 250 }, { line: 10, ms: null }],
    },
  }

  it('as JSON gives the size and hash of the script and of what would be uploaded', async () => {
    const host = new FakeHost()
    host.inspection = { report, diagnostics: [] }
    expect(JSON.parse((await cli('check gap.js --json', host)).out)).toMatchObject({ sha256: 'ff', script: { bytes: 12, sha256: 'ff' }, upload: { bytes: 12, sha256: 'ff' } })
    host.inspection = { report: { ...report, files: [{ path: 'gap.js', bytes: 7, sha256: 'aa' }, { path: 'list.json', bytes: 5, sha256: 'bb' }] }, diagnostics: [] }
    expect(JSON.parse((await cli('check gap.js --json', host)).out)).toMatchObject({ sha256: 'ff', script: { bytes: 7, sha256: 'aa' }, upload: { bytes: 12, sha256: 'ff' } })
  })

  it('reports, and exits 2 where the script cannot run', async () => {
    const host = new FakeHost()
    host.inspection = { report, diagnostics: [] }
    const fine = await cli('check gap.js', host)
    expect(fine.code).toBe(0)
    expect(fine.out).toContain('gap.js: can run')
    expect(fine.out).toContain('minGap = 0.03 (from 0.005 to 0.5): gap')
    expect(fine.out).toContain([
      '  network   api.polygon.io (line 3): answered from the market data, nothing leaves the machine',
      '  network   example.com (lines 4, 9): no answer',
      '  key       POLYGON_API_KEY (line 2): a placeholder where it names a key, else not set',
      '  files     line 7: nothing is written; what would be is kept with the run',
      '  random    line 5: the same sequence in every run',
      "  clock     line 6: the close of the scan's date",
      '  sleep     lines 8, 10: 250 ms, no time is lost: the clock is virtual',
    ].join('\n'))
    const diagnostics = [{ severity: 'error', code: 'bad_syntax', message: 'Unexpected token.', hint: 'Mend it.', line: 2, column: 5 }]
    host.inspection = { report: null, diagnostics }
    const bad = await cli('check gap.js', host)
    expect(bad.code).toBe(2)
    expect(bad.out).toContain('2:5 error [bad_syntax]: Unexpected token. Mend it.')
    expect(JSON.parse((await cli('check gap.js --json', host)).out)).toEqual({ filename: 'gap.js', diagnostics })
  })
})

describe('import bars', () => {
  it('hands over paths and options and prints the report', async () => {
    const host = new FakeHost()
    const { code, out } = await command(['import', 'bars', 'a.csv', 'b', '--map', 'close=Adj Close,date=Day', '--replace', '--format', 'csv'], host, { cwd })
    expect(code).toBe(0)
    expect(host.imported[0]).toEqual([join(cwd, 'a.csv'), join(cwd, 'b')])
    expect(host.imported[1]).toMatchObject({ format: 'csv', replace: true, map: { close: 'Adj Close', date: 'Day' } })
    expect(out).toContain('Rows: 3 read, 2 kept, 1 rejected')
    expect(out).toContain('  1 row rejected: a price is zero or negative, first at bars.csv:3: column open has "-1" in A,2015-03-20,-1\n    Correct the price')
    expect(JSON.parse((await cli('import bars a.csv --json', host)).out)).toMatchObject({ rowsRead: 3, rowsKept: 2, rowsRejected: 1, reasons: { non_positive_price: 1 } })
  })

  it('is cancelled by an interrupt and says so', async () => {
    const host = new FakeHost()
    const api = host.api()
    const importBars: typeof api.importBars = (_, options) => new Promise((_resolve, reject) => options!.signal!.addEventListener('abort', () => reject(new StrikescanError('import_cancelled'))))
    host.api = () => ({ ...api, importBars })
    const { code, out, err } = await command(['import', 'bars', 'a.csv'], host, { cwd, onInterruptReady: (interrupt) => interrupt() })
    expect([code, out, err]).toEqual([130, '', 'error [import_cancelled]: The import was cancelled. The store is as it was before; import again to start over.\n'])
    expect(host.closed).toBe(true)
  })

  it('says which bars contradict each other, by which rule which stands, and what to do', async () => {
    const host = new FakeHost()
    const values = { open: 1, high: 3, low: 0.5, close: 2, volume: 100 }
    host.importReport = {
      rowsRead: 2, rowsKept: 2, rowsRejected: 0, reasons: {}, samples: [], conflicts: 1, conflictRule: 'the greater volume stands', unchanged: true,
      conflictSamples: [{ symbol: 'A', date: '2016-03-24', outcome: 'stored_kept', kept: values, dropped: { ...values, close: 2.5, volume: 90 } }],
      stored: { added: 0, replaced: 0, unchanged: 1, conflictingKept: 1 },
    }
    const { code, out } = await cli('import bars a.csv', host)
    expect(code).toBe(0)
    expect(out).toContain('conflicts, other values for a symbol and date: 1 (1 stored bar kept)')
    expect(out).toContain('rule: the greater volume stands')
    expect(out).toContain('A 2016-03-24: kept the stored close 2, volume 100; dropped the new close 2.5, volume 90')
    expect(out).toContain('with --replace')
    expect(out).toContain('0 added, 0 replaced, 1 unchanged, 1 conflicting, the stored kept')
    expect(out).not.toContain('all of this was there already')
  })

  it('exits 2 where nothing could be used or asked for', async () => {
    const host = new FakeHost()
    host.importReport = { rowsKept: 0, rowsRejected: 3 }
    expect((await cli('import bars a.csv', host)).code).toBe(2)
    for (const args of ['import bars', 'import trades a.csv', 'import bars a.csv --map close', 'import bars a.csv --map a=b,a=c']) {
      const { code, err } = await cli(args)
      expect([code, err.trimEnd().split('\n').length]).toEqual([2, 1])
    }
  })
})

describe('import chains', () => {
  it('hands over paths and options and prints the report', async () => {
    const host = new FakeHost()
    const { code, out } = await command(['import', 'chains', 'AAPL.csv', 'b', '--map', 'asOf=Quote Date,strike=K', '--replace', '--format', 'contracts'], host, { cwd })
    expect(code).toBe(0)
    expect(host.imported).toEqual([[join(cwd, 'AAPL.csv'), join(cwd, 'b')], { format: 'contracts', replace: true, map: { asOf: 'Quote Date', strike: 'K' }, signal: expect.any(AbortSignal) }])
    expect(out).toContain('Rows: 3 read, 2 kept, 1 rejected')
    expect(out).toContain('  1 row rejected: the row says neither call nor put, first at AAPL_2025-11-25.csv:3: column type has "x" in AAPL251128X00110000,x\n    Write call or put')
    expect(out).toContain('yahoo_equities: 3 rows')
    expect(out).toContain('1 ticker, 1 recording, 2025-11-25 to 2025-11-25')
    expect(JSON.parse((await cli('import chains a.csv --json', host)).out)).toMatchObject({ rowsRead: 3, rowsKept: 2, rowsRejected: 1, reasons: { unknown_right: 1 } })
    host.chainReport = { rowsKept: 0, rowsRejected: 3 }
    expect((await cli('import chains a.csv', host)).code).toBe(2)
  })
})

describe('import news', () => {
  it('hands over paths and options and prints the report', async () => {
    const host = new FakeHost()
    const { code, out } = await command(['import', 'news', 'news.json', 'b', '--map', 'title=Head', '--replace', '--format', 'json'], host, { cwd })
    expect(code).toBe(0)
    expect(host.imported).toEqual([[join(cwd, 'news.json'), join(cwd, 'b')], { format: 'json', replace: true, map: { title: 'Head' }, signal: expect.any(AbortSignal) }])
    expect(out).toContain('Rows: 3 read, 2 kept, 1 rejected')
    expect(out).toContain('  1 row rejected: the article has no title, first at news.json:3: {}\n    Fill it in')
    expect(out).toContain('These files: 2 articles, 2025-11-25 to 2025-11-25')
    host.newsReport = { conflicts: 1, conflictsInFiles: 1, conflictSamples: [{ id: 'a', title: '\u001b[31mred' }] }
    expect((await cli('import news a.json', host)).out).toMatch(/1 between rows of these files[^]*rule: the fuller stands[^]*a: [^\u001b]*red/)
    host.newsReport = { rowsKept: 0, rowsRejected: 3 }
    expect((await cli('import news a.json --json', host)).code).toBe(2)
  })
})

describe('market', () => {
  it('shows the news', async () => {
    const host = new FakeHost()
    expect((await cli('market', host)).out).toContain('news      none')
    host.news = { snapshot: 'ab78', articles: 12_345, tickers: 1, firstDate: '2021-01-01', lastDate: '2025-12-30' }
    expect((await cli('market', host)).out).toContain('news      12,345 articles of 1 ticker, 2021-01-01 to 2025-12-30, snapshot ab78')
  })

  it('lists what was imported as it was named, and what an archive held', async () => {
    const host = new FakeHost()
    const file = { sha256: 'ab', rowsRead: 1_200, snapshot: 'cd', importedAt: '2026-11-20T12:00:00.000Z' }
    host.imports = [
      { ...file, name: '/data/bars.csv', members: 0, member: null },
      { ...file, name: '/data/day.zip', members: 1, member: 'inner/bars.csv' },
      { ...file, name: '/data/2024.zip', members: 252, member: 'a.csv', rowsRead: 1 },
    ]
    const { out } = await cli('market', host)
    expect(out).toContain('2026-11-20 bars.csv: 1,200 rows\n  2026-11-20 day.zip (inner/bars.csv): 1,200 rows\n  2026-11-20 2024.zip (252 files): 1 row\n')
  })

  it('shows the chains', async () => {
    expect((await cli('market')).out).toContain('chains    none')
    const host = new FakeHost()
    const tickers = Array.from({ length: 500 }, (_, index) => `T${index}`)
    host.chains = {
      snapshot: 'ef56', tickers, recordings: 1000, contracts: 1_200_000, dates: ['2026-08-10', '2026-08-11'],
      sources: [{ source: 'cboe_delayed', tickers: 500, recordings: 1000, contracts: 1_200_000, firstDate: '2026-08-10', lastDate: '2026-08-11' }],
    }
    const { out } = await cli('market', host)
    expect(out).toContain('chains    1,200,000 contracts of 500 tickers in 1,000 recordings, snapshot ef56')
    expect(out).toContain('… 488 more …, T499')
    expect(out).toContain('cboe_delayed: 1,200,000 contracts, 500 tickers, 2026-08-10 to 2026-08-11')
    expect(JSON.parse((await cli('market --json', host)).out).chains).toEqual(host.chains)
  })

  it('says what there is, and calls simulated data simulated', async () => {
    expect((await cli('market')).out).toContain('SIMULATED')
    expect((await cli('market reset')).out).toMatch(/^Imported data is gone; 1 snapshot stays that 2 runs stand on, until `strikescan runs prune` forgets them\.\n/)
    expect(JSON.parse((await cli('market reset --json')).out)).toMatchObject({ kept: { snapshots: 1, runs: 2 }, simulated: true })
    expect(JSON.parse((await cli('market --json')).out)).toMatchObject({ simulated: true, symbols: 5_000 })
  })
})

describe('config', () => {
  it('shows settings with their origin, without creating anything', async () => {
    const { code, out } = await cli('config --set prefilter.limit=50', new FakeHost(), { STRIKESCAN_PREFILTER_WINDOW: '30' })
    expect(code).toBe(0)
    expect(out).toMatch(/prefilter\.limit +50 +symbols +command line/)
    expect(out).toMatch(/prefilter\.window +30 +sessions +environment +STRIKESCAN_PREFILTER_WINDOW/)
    const shown = JSON.parse((await cli('config show --json')).out)
    expect(shown.settings).toContainEqual(expect.objectContaining({ key: 'prefilter.minVolume', value: 1_000_000, source: 'default', unit: 'shares/day' }))
  })

  it('writes a settings file once', async () => {
    const { code, out } = await cli('config init --preset server --home made')
    expect([code, JSON.parse(readFileSync(join(cwd, 'made', 'config.json'), 'utf8'))]).toEqual([0, { preset: 'server' }])
    expect(out).toContain('Preset server was asked for.')
    expect((await cli('config init --home made')).code).toBe(2)
    expect((await cli('config init --force --home made')).code).toBe(0)
    expect((await cli('config init --preset desktop --home made')).code).toBe(2)
  })

  it('blames what was written: --set for what --set says, the flag for what the flag says', async () => {
    expect((await cli('config --set prefilter.limit=abc')).err).toMatch(/^error \[config_bad_value\]: --set prefilter\.limit: "abc" is no value for prefilter\.limit,/)
    expect((await cli('run gap.js --limit abc')).err).toMatch(/^error \[config_bad_value\]: --limit: "abc" is no value/)
    expect((await cli('config --set prefilter.minPrice=60 --set prefilter.maxPrice=50')).err).toContain('(60, --set prefilter.minPrice) must not be above prefilter.maxPrice (50, --set prefilter.maxPrice)')
    expect((await cli('config --set prefilter.limit=50 --json')).out).toContain('"where": "--set prefilter.limit"')
  })

  it('names what is wrong in one line', async () => {
    writeFileSync(join(cwd, 'made', 'config.json'), '{"limit": 3}')
    const { code, err } = await cli('config show --home made')
    expect(code).toBe(2)
    expect(err).toMatch(/^error \[config_unknown_key\]: .*config\.json sets "limit".* Did you mean prefilter\.limit\?\n$/)
  })
})

describe('launcher', () => {
  it('starts the command line with this Node', () => {
    const launcher = fileURLToPath(new URL('../../../../api/cli/strikescan.js', import.meta.url))
    const version = spawnSync(process.execPath, [launcher, '--version'], { encoding: 'utf8' })
    expect([version.status, version.stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
    const usage = spawnSync(process.execPath, [launcher, 'run', '--nonsense'], { encoding: 'utf8' })
    expect([usage.status, usage.stdout]).toEqual([2, ''])
  })
})
