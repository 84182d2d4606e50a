import { Command } from 'commander'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { CommandContext } from '../../../../../api/cli/command.ts'
import { define } from '../../../../../api/cli/commands/explore.ts'
import { reportError } from '../../../../../api/cli/errors.ts'
import type { ExplorationReport, ExplorationRequest, ExplorationRow, Runtime } from '../../../../../api/cli/host-types.ts'
import type { Run, RunEvent, RunHandle } from '../../../../../api/cli/host-types.ts'
import { loadRuntime } from '../../../../../api/cli/runtime-door.ts'
import type { Terminal } from '../../../../../api/cli/terminal.ts'
import { explorationRecord, writeExplorationFile } from '../../../../../runtime/explore/columns.ts'
import { emptyOutcome } from '../../../../../runtime/explore/outcome.ts'
import { FakeHost, FakeSink } from '../fake-terminal.ts'

const cwd = mkdtempSync(join(tmpdir(), 'strikescan-explore-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const LEG = { side: 'long', right: 'call', strike: 150, expiration: '2026-12-18', quantity: 1, occ: 'AAPL  261218C00150000', multiplier: 100 } as const

function explored(ticker: string, outcome: Partial<ExplorationRow['outcome']> = {}): ExplorationRow {
  return {
    position: 0,
    input: {
      ticker, date: null, close: null, strategy: 'Long Call', tradeBias: null, horizon: null, dteMin: null, dteMax: null, marketCap: null, optionVolume: null,
      columns: { Ticker: ticker, Strategy: 'Long Call' }, problems: [],
    },
    outcome: { ...emptyOutcome('Success', 'fine'), ...outcome },
  }
}
const SUCCESS: Partial<ExplorationRow['outcome']> = { legs: [LEG], selectedExpiration: '2026-12-18', finalDte: 28, mid: 2.345, spreadPct: 0.042, greeksDelta: 0.512, capitalRequired: 1_234.5, sampledLiquidityClass: 'Good' }
const ROWS = [
  explored('AAPL', SUCCESS),
  explored('THIN', { ...SUCCESS, explorationStatus: 'Low_Liquidity', explorationReason: 'open interest 3 is below 10', dataQuality: ['stale'] }),
  explored('EVIL', { explorationStatus: 'Chain_Fetch_Failed', explorationReason: 'answered \u001b[2J<html>\nno' }),
]

const REPORT: ExplorationReport = {
  provider: 'simulated', simulated: true, rows: 3, tickers: 3, retryable: 0, byStatus: { Success: 1, Low_Liquidity: 1, Chain_Fetch_Failed: 1 },
  plan: { calls: 6, durationMs: 600, limitedBy: 'requestsPerSecond' }, calls: 7, priceCalls: 1, retries: 1, failures: { malformed: 2 },
  cache: { memory: 2, disk: 1, redis: 0, fetched: 5, failed: 0, stale: 0, corrupt: 0, unstorable: 0, hitRate: 0.375 }, durationMs: 812,
}

/** A host that plays one exploration. */
class FakeExploration {
  rows = ROWS
  asked: ExplorationRequest | null = null
  resumed: string | null = null
  interrupted = 0
  closed = false
  endless = false
  run: Run

  constructor(values: Partial<Run> = {}) {
    const base = new FakeHost().play([]).run
    this.run = { ...base, kind: 'exploration', split: null, filename: 'strategies.csv', market: { source: '', simulated: false, snapshot: '', asOf: null }, explore: REPORT, ...values }
  }

  events(): RunEvent[] {
    const head = { at: '2026-11-20T12:00:00.000Z', runId: 'r1' }
    const { ledger } = this.run
    return [
      ...this.rows.map((row, index) => ({ ...head, seq: index + 1, type: 'explore' as const, row })),
      { ...head, seq: this.rows.length + 1, type: 'run', status: 'running', stage: 'exploring', percent: 95, message: 'Exploring rows 3 of 3', ledger, etaMs: 2_000, market: { source: 'simulated', simulated: true, snapshot: 'ab12', asOf: '2026-11-20' } },
      { ...head, seq: this.rows.length + 2, type: 'end', run: this.run },
    ]
  }

  handle(): RunHandle {
    let finish: (run: Run) => void = () => {}
    const done = new Promise<Run>((resolve) => (finish = resolve))
    return {
      id: 'r1',
      run: () => this.run,
      subscribe: (listener) => {
        for (const event of this.events()) listener(event)
        if (!this.endless) finish(this.run)
        return () => {}
      },
      done,
      cancel: () => {},
      interrupt: () => {
        this.interrupted++
        this.run = { ...this.run, status: 'paused' }
        finish(this.run)
      },
    }
  }
}

interface Session {
  code: number
  out: string
  err: string
  exits: number[]
}

async function explore(args: string, fake = new FakeExploration(), options: { out?: FakeSink; err?: FakeSink; onInterruptReady?: (interrupt: () => void) => void } = {}): Promise<Session> {
  const out = options.out ?? new FakeSink()
  const err = options.err ?? new FakeSink()
  const exits: number[] = []
  let clock = 0
  const runtime = async (): Promise<Runtime> => ({
    ...(await loadRuntime()),
    writeExplorationFile,
    explorationRecord,
    openHost: async () => ({
      ...new FakeHost().api(),
      startExploration: async (request) => {
        fake.asked = request
        return fake.handle()
      },
      resumeExploration: (id) => {
        fake.resumed = id
        return fake.handle()
      },
      explorationRows: () => fake.rows,
      explorationColumns: () => ['Ticker', 'Strategy'],
      events: (_, afterSeq = 0) => fake.events().filter(({ seq }) => seq > afterSeq),
      close: async () => {
        fake.closed = true
      },
    }),
  })
  const terminal: Terminal = {
    out, err, env: {}, cwd, now: () => (clock += 20_000), exit: (code) => void exits.push(code), runtime,
    onInterrupt(listener) {
      setTimeout(() => options.onInterruptReady?.(listener), 5)
      return () => {}
    },
  }
  const context: CommandContext = { terminal, exitCode: 0 }
  const command = new Command('explore').exitOverride().configureOutput({ writeOut: (text) => void out.write(text), writeErr: () => {}, outputError: () => {} })
  command.option('--home <dir>').option('--set <key=value>')
  define(command, context)
  try {
    await command.parseAsync(args.split(' ').filter((word) => word !== ''), { from: 'user' })
  } catch (error) {
    context.exitCode = reportError(error, terminal)
  }
  return { code: context.exitCode, out: out.text, err: err.text, exits }
}

describe('explore: request', () => {
  it('hands the file and its flags to the host', async () => {
    const fake = new FakeExploration()
    expect((await explore('strategies.csv --force-full --refresh', fake)).code).toBe(0)
    expect(fake.asked).toEqual({ file: join(cwd, 'strategies.csv'), forceFull: true, refresh: true })
    expect(fake.closed).toBe(true)
    await explore('strategies.csv', fake)
    expect(fake.asked).toMatchObject({ forceFull: false, refresh: false })
  })

  it('resumes as it was asked for', async () => {
    const fake = new FakeExploration()
    expect((await explore('--resume last', fake)).code).toBe(0)
    expect([fake.resumed, fake.asked]).toEqual(['last', null])
    expect((await explore('strategies.csv --resume r1', fake)).err).toContain('strategies.csv is not read')
  })

  it.each([
    ['', 'The strategies file is missing'],
    ['s.csv --json --events', 'exclude each other'],
    ['s.csv --out rows.xlsx', '.csv, .parquet, .json, .ndjson'],
    ['s.csv --out nowhere/rows.csv', 'folder does not exist'],
    ['s.csv --out a.csv --out ./a.csv', 'exclude each other'],
    ['--resume r1 --force-full', '--resume and --force-full exclude each other'],
    ['--resume r1 --refresh', '--resume and --refresh exclude each other'],
    ['s.csv other.csv', 'too many arguments'],
    ['s.csv --frobnicate', '--frobnicate'],
  ])('refuses "%s" in one line, exit code 2', async (args, part) => {
    const fake = new FakeExploration()
    const { code, out, err } = await explore(args, fake)
    expect([code, out, fake.asked]).toEqual([2, '', null])
    expect(err).toMatch(/^error[^\n]+\n$/)
    expect(err).toContain(part)
  })
})

describe('explore: summary', () => {
  it('labels simulated chains, shows rows, and counts them', async () => {
    const wide = new FakeSink()
    wide.columns = 120
    const { code, out, err } = await explore('s.csv', new FakeExploration(), { out: wide })
    expect(code).toBe(0)
    const lines = out.split('\n')
    expect(lines.slice(0, 2)).toEqual(['SIMULATED option chains, no quote below was ever made by a market (simulated)', 'strategies.csv: completed'])
    expect(lines).toContainEqual(expect.stringMatching(/^AAPL +Long Call +2026-12-18 +28 +150 +2\.35 +4\.2% +0\.51 +\$1,235 +Good$/))
    expect(lines).toContainEqual(expect.stringMatching(/^THIN +Long Call .*Good +Low_Liquidity +stale$/))
    expect(out).toContain('2 rows without success (1 with contracts too):\nTicker  Strategy   Status              Reason\nTHIN    Long Call  Low_Liquidity       open interest 3 is below 10\nEVIL    Long Call  Chain_Fetch_Failed  answered \\x1b[2J<html> no\n')
    expect(lines).toContain('Rows: 3 of 3 tickers = 1 Success + 1 Low_Liquidity + 1 Chain_Fetch_Failed')
    expect(lines).toContain('Plan: 6 calls, about 600 ms, limited by the pace of calls')
    expect(lines).toContain('Calls: 7 sent, 1 of them for prices of many tickers; 1 retry; failed: 2 malformed; 812 ms')
    expect(lines).toContain('Cache: 8 answers = 2 from memory (25%) + 1 from disk (13%) + 5 fetched (63%)')
    expect(lines).toContain('Run: r1')
    expect(err).toBe('SIMULATED 95% Exploring rows 3 of 3, 1 Success, 2 other, 2.0 s to go\nSIMULATED 100% Done, 1 Success, 2 other\n')
    expect(out + err).not.toContain('\u001b')
  })

  it('keeps to the width, shows the first rows and counts the rest', async () => {
    const out = new FakeSink()
    out.columns = 80
    const fake = new FakeExploration({ explore: { ...REPORT, simulated: false, provider: 'tradier', rows: 100, byStatus: { Success: 60, Not_Viable: 40 } } })
    // Graded as a position otherwise than by its sample.
    const spread = { ...SUCCESS, finalLiquidityContext: 'Thin for SHORT: spread 16.7%', mid: 8.075, legs: [{ ...LEG, strike: 155, expiration: '2027-01-15' }, LEG] }
    fake.rows = Array.from({ length: 100 }, (_, i) => (i < 60 ? explored(`S${i}`, spread) : explored(`N${i}`, { explorationStatus: 'Not_Viable', explorationReason: 'reason '.repeat(60) })))
    const session = await explore('s.csv', fake, { out })
    expect(session.out).toContain('Option chains: tradier\n')
    expect(session.out).not.toContain('SIMULATED')
    expect(session.out).toContain('60 rows with contracts, the best 25:')
    expect(session.out).toContain('… 35 more rows; --json or --out has every row')
    expect(session.out).toContain('40 rows without success, the first 25:')
    expect(session.out).toMatch(/S0 .*150\/155 +8\.08 .* Thin/)
    const tableLines = session.out.split('\n').filter((line) => /^[SN]\d/.test(line))
    expect(Math.max(...tableLines.map(({ length }) => length))).toBeLessThanOrEqual(80)
  })

  it('shows what succeeded first, the best liquidity, score and spread before others, and else keeps the order', async () => {
    const fake = new FakeExploration()
    const graded = (ticker: string, liquidity: string, score: string, more: Partial<ExplorationRow['outcome']> = {}): ExplorationRow => {
      const row = explored(ticker, { ...SUCCESS, finalLiquidityContext: `${liquidity} for SHORT`, ...more })
      return { ...row, input: { ...row.input, columns: { ...row.input.columns, Score: score } } }
    }
    fake.rows = [
      graded('LOW', 'Excellent', '9', { explorationStatus: 'Low_Liquidity' }), graded('THIN', 'Thin', '99'), graded('NONE', 'Good', ''), graded('TWO', 'Good', '2'),
      graded('TEN', 'Good', '10'), graded('WIDE', 'Excellent', '1', { spreadPct: 0.2 }), graded('TIGHT', 'Excellent', '1', { spreadPct: 0.01 }), graded('AGAIN', 'Good', '10'),
      explored('LATE', { explorationStatus: 'Timed_Out' }), explored('NOT', { explorationStatus: 'Not_Viable' }),
    ]
    const { out } = await explore('s.csv', fake)
    const tickers = (text: string): string[] => text.split('\n').flatMap((line) => /^([A-Z]+)  /.exec(line)?.[1] ?? [])
    const [priced, others] = out.split('rows without success') as [string, string]
    expect(tickers(priced)).toEqual(['TIGHT', 'WIDE', 'TEN', 'AGAIN', 'TWO', 'NONE', 'THIN', 'LOW'])
    expect(tickers(others)).toEqual(['NOT', 'LOW', 'LATE'])
  })

  it('says so where there are no rows, or the counts do not add up', async () => {
    const none = new FakeExploration({ explore: { ...REPORT, rows: 0, tickers: 0, byStatus: {} } })
    none.rows = []
    const session = await explore('s.csv', none)
    expect([session.code, session.out.includes('No rows.'), session.out.includes('Rows: 0 of 0 tickers = 0')]).toEqual([0, true, true])
    const wrong = new FakeExploration({ explore: { ...REPORT, rows: 9 } })
    expect((await explore('s.csv', wrong)).out).toContain('ERROR: these make 3 rows, not 9')
  })

  it('draws a bar on a terminal and leaves none behind', async () => {
    const err = new FakeSink()
    err.isTerminal = true
    const session = await explore('s.csv', new FakeExploration(), { err })
    expect(session.err).toContain('SIMULATED [#######################.] 95% Exploring rows 3 of 3, 1 Success, 2 other')
    expect(session.err.endsWith('\r\u001b[2K')).toBe(true)
  })
})

describe('explore: machines', () => {
  it('prints one document with --json', async () => {
    const { code, out } = await explore('s.csv --json')
    const document = JSON.parse(out) as { run: Run; rows: unknown[]; exploration: Record<string, unknown>[] }
    expect([code, document.rows, document.run.explore]).toEqual([0, [], REPORT])
    expect(document.exploration).toHaveLength(3)
    expect(document.exploration[0]).toMatchObject({ Ticker: 'AAPL', Strategy: 'Long Call', explorationStatus: 'Success', legs: [LEG], apiCalls: 0, marketSource: 'simulated' })
  })

  it('prints every event once and in order with --events, however slow the reader', async () => {
    for (const slow of [false, true]) {
      const out = new FakeSink()
      out.slow = slow
      const session = await explore('s.csv --events', new FakeExploration(), { out })
      expect(session.out.trimEnd().split('\n').map((line) => (JSON.parse(line) as RunEvent).seq)).toEqual([1, 2, 3, 4, 5])
    }
  })

  it('writes row files', async () => {
    const { code, err } = await explore('s.csv --out a.csv --out b.json --timings')
    expect(code).toBe(0)
    expect(err).toContain(`wrote 3 rows to ${join(cwd, 'a.csv')}`)
    const text = readFileSync(join(cwd, 'a.csv'), 'utf8')
    expect(text.split('\n')[0]).toMatch(/^Ticker,Strategy,Sampled_Expiration,.*,Phase1_Duration_Ms,.*,Parallel_Error,Market_Source$/)
    expect(JSON.parse(readFileSync(join(cwd, 'b.json'), 'utf8'))).toHaveLength(3)
  })
})

describe('explore: ends', () => {
  const error = { code: 'strategies_file_missing', message: 'There is no strategies file s.csv.', hint: 'Check the path.' }

  it('exits 2 without a summary where the file is refused', async () => {
    const fake = new FakeExploration({ status: 'failed', explore: null, error })
    const { code, out, err } = await explore('s.csv', fake)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('error [strategies_file_missing]: There is no strategies file s.csv. Check the path.')
  })

  it('exits 1 where it failed on the way', async () => {
    const fake = new FakeExploration({ status: 'failed', percent: 93, message: 'Exploring', error: { code: 'home_disk_full', message: 'Full.', hint: 'Mend.' } })
    const { code, out } = await explore('s.csv', fake)
    expect([code, out.includes('strategies.csv: failed at 93% (Exploring)')]).toEqual([1, true])
  })

  it('stops at the first interrupt and leaves at the second', async () => {
    const fake = new FakeExploration({ explore: { ...REPORT, rows: 9 } })
    fake.endless = true
    const once = await explore('s.csv', fake, { onInterruptReady: (interrupt) => interrupt() })
    expect([once.code, fake.interrupted, once.exits]).toEqual([130, 1, []])
    expect(once.err).toContain('stopping; interrupt again to stop at once')
    expect(once.err).toContain('continue with: strikescan explore --resume r1')
    expect(once.out).toContain('+ 6 not reached yet')
    const written = await explore('s.csv --out rows.csv', Object.assign(new FakeExploration(), { endless: true }), { onInterruptReady: (interrupt) => interrupt() })
    expect(written.err).toMatch(/stopping, then writing the rows so far to .*rows\.csv; interrupt again to stop at once/)
    const stubborn = new FakeExploration()
    stubborn.endless = true
    const twice = await explore('s.csv --json', stubborn, { onInterruptReady: (interrupt) => [interrupt(), interrupt()] })
    expect(twice.exits).toEqual([130])
  })
})

