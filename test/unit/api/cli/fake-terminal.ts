import { loadRuntime } from '../../../../api/cli/runtime-door.ts'
import type { ChainImportReport, ChainSummary, HitComparison, Host, HostOptions, ImportReport, MarketReport, NewsImportReport, Row, RowStatus, Run, RunComparison, RunEvent, RunHandle, RunRequest } from '../../../../api/cli/host-types.ts'
import { runCommandLine } from '../../../../api/cli/main.ts'
import type { Sink, Terminal } from '../../../../api/cli/terminal.ts'
import { emptyLedger, LEDGER_FIELD } from '../../../../runtime/scan/row.ts'

export class FakeSink implements Sink {
  text = ''
  closed = false
  isTerminal = false
  columns = 100
  /** Writes after which the reader is behind until it drains, or gone. */
  slow = false
  closesAfter = Infinity
  writes = 0
  listeners: (() => void)[] = []

  write(text: string): boolean {
    if (this.closed) return true
    this.text += text
    if (++this.writes >= this.closesAfter) {
      this.closed = true
      for (const listener of this.listeners) listener()
    }
    return !this.slow
  }
  flushed(): Promise<void> {
    return Promise.resolve()
  }
  drained(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 1))
  }
  onClosed(listener: () => void): void {
    this.listeners.push(listener)
  }
}

export const row = (values: Partial<Row> = {}): Row => ({
  symbol: 'AAPL', date: '2026-11-20', status: 'miss', reason: 'no match', score: null, direction: null, data: null, strategies: [],
  batchId: 1, workerId: 1, attempt: 1, queueMs: 1, dataMs: 1, scriptMs: 1, error: null, ...values,
})

function runOf(rows: Row[], values: Partial<Run> = {}): Run {
  const ledger = emptyLedger(rows.length)
  for (const each of rows) ledger[LEDGER_FIELD[each.status]]++
  return {
    id: 'r1', kind: 'scan', scannerId: 's1', filename: 'gap.js', status: 'completed', stage: 'done', percent: 100, message: 'Done', etaMs: null,
    createdAt: '2026-11-20T12:00:00.000Z', startedAt: '2026-11-20T12:00:00.000Z', finishedAt: '2026-11-20T12:00:02.500Z',
    market: { source: 'simulated', simulated: true, snapshot: 'ab12', asOf: '2026-11-20' },
    prefilter: null, split: { mode: 'batch', reason: 'one symbol at a time' }, ledger, warnings: [], timings: { loadMs: 120 }, explore: null, error: null, ...values,
  }
}

/** A host that plays one scripted run. */
export class FakeHost {
  rowsOfRun: Row[] = []
  /** What a replay comes to. */
  comparison: RunComparison = { rows: 2, same: 2, differences: [] }
  /** What two runs come to. */
  hitComparison: HitComparison | null = null
  run: Run = runOf([])
  events: RunEvent[] = []
  request: RunRequest | null = null
  resumed: string | null = null
  options: HostOptions | null = null
  interrupted = 0
  cancelled = 0
  forgotten: string[] = []
  closed = false
  imported: unknown[] = []
  importReport: Partial<ImportReport> = {}
  chainReport: Partial<ChainImportReport> = {}
  chains: ChainSummary | null = null
  news: MarketReport['news'] = null
  newsReport: Partial<NewsImportReport> = {}
  imports: MarketReport['imports'] = []
  inspection: unknown = null
  /** Runs until it is cancelled. */
  endless = false

  /** The run of these rows, with a plausible log. */
  play(rows: Row[], values: Partial<Run> = {}): this {
    this.rowsOfRun = rows
    this.run = runOf(rows, values)
    const head = { at: '2026-11-20T12:00:00.000Z', runId: 'r1' }
    this.events = [
      { ...head, seq: 1, type: 'run', status: 'running', stage: 'executing', percent: 70, message: 'Processing symbols 1-50 of 300', ledger: this.run.ledger, etaMs: 5_000, market: { source: 'simulated', simulated: true, snapshot: 'ab12', asOf: '2026-11-20' } },
      { ...head, seq: 2, type: 'log', level: 'info', symbol: 'AAPL', text: 'hello \u001b[31mred\nsecond' },
      { ...head, seq: 3, type: 'symbols', symbols: rows.map(({ symbol, date, status }) => ({ symbol, date, status })) },
      { ...head, seq: 4, type: 'end', run: this.run },
    ]
    return this
  }

  handle(): RunHandle {
    let finish: (run: Run) => void = () => {}
    const done = new Promise<Run>((resolve) => (finish = resolve))
    return {
      id: 'r1',
      run: () => this.run,
      subscribe: (listener) => {
        for (const event of this.events) listener(event)
        if (!this.endless) finish(this.run)
        return () => {}
      },
      done,
      cancel: () => void this.cancelled++,
      interrupt: () => {
        this.interrupted++
        this.run = { ...this.run, status: 'paused', percent: 71.5 }
        finish(this.run)
      },
    }
  }

  api(): Host {
    return {
      settings: () => null as never,
      explain: (error) => error,
      importBars: async (paths, options) => {
        this.imported = [paths, options]
        return {
          rowsRead: 3, rowsKept: 2, rowsRejected: 1, reasons: { non_positive_price: 1 },
          samples: [{ file: 'bars.csv', line: 3, reason: 'non_positive_price', column: 'open', value: '-1', text: 'A,2015-03-20,-1' }],
          flagged: { zeroVolume: 0, highLowOrder: 0, nonSession: 0 }, duplicates: 0, conflictsInFiles: 0, conflictRule: '', conflictSamples: [], files: [], warnings: [],
          stored: { added: 2, replaced: 0, unchanged: 0, conflictingKept: 0 }, conflicts: 0, symbols: 1, firstDate: '2015-03-20', lastDate: '2015-03-23', snapshot: 'cd34', unchanged: false, ...this.importReport,
        }
      },
      importChains: async (paths, options) => {
        this.imported = [paths, options]
        return {
          rowsRead: 3, rowsKept: 2, rowsRejected: 1, reasons: { unknown_right: 1 },
          samples: [{ file: 'AAPL_2025-11-25.csv', line: 3, reason: 'unknown_right', column: 'type', value: 'x', text: 'AAPL251128X00110000,x' }],
          flagged: { zeroFilled: 1, crossed: 0, zeroImpliedVol: 0, closedDay: 0 }, duplicates: 0, conflicts: 0, conflictsInFiles: 0, conflictRule: '', conflictSamples: [], warnings: [],
          files: [{ name: 'AAPL_2025-11-25.csv', sha256: '', format: 'yahoo_equities', rowsRead: 3, rowsRejected: 1 }],
          stored: { added: 2, replaced: 0, unchanged: 0, conflictingKept: 0 }, tickers: 1, recordings: 1, firstDate: '2025-11-25', lastDate: '2025-11-25', snapshot: 'ef56', unchanged: false, ...this.chainReport,
        }
      },
      importNews: async (paths, options) => {
        this.imported = [paths, options]
        return {
          rowsRead: 3, rowsKept: 2, rowsRejected: 1, reasons: { no_title: 1 }, samples: [{ file: 'news.json', line: 3, reason: 'no_title', column: 'title', value: null, text: '{}' }],
          flagged: { cut: 1, cleaned: 0, dayOnly: 0, noZone: 0, noTicker: 0, badTicker: 0 }, duplicates: 0, conflicts: 0, conflictsInFiles: 0, conflictRule: 'the fuller stands', conflictSamples: [],
          stored: { added: 2, replaced: 0, unchanged: 0, conflictingKept: 0 }, files: [{ name: 'news.json', sha256: '', format: 'json', rowsRead: 3, rowsRejected: 1 }],
          tickers: 1, firstDate: '2025-11-25', lastDate: '2025-11-25', snapshot: 'ab78', unchanged: false, warnings: [], ...this.newsReport,
        }
      },
      market: async () => ({ sessions: 1260, source: 'simulated', simulated: true, snapshot: 'ab12', symbols: 5_000, bars: 6_300_000, firstDate: '2021-11-19', lastDate: '2026-11-20', newer: null, imports: this.imports, lastImport: null, chains: this.chains, news: this.news }),
      resetMarket: async () => ({ snapshots: 1, runs: 2 }),
      startExploration: async () => this.handle(),
      resumeExploration: () => this.handle(),
      explorationRows: () => [],
      explorationColumns: () => [],
      inspect: async () => this.inspection as never,
      previewPrefilter: async () => ({ kept: ['AAPL', 'MSFT'] }) as never,
      startRun: (request) => {
        this.request = request
        return this.handle()
      },
      resumeRun: (id) => {
        this.resumed = id
        return this.handle()
      },
      startReplay: async () => this.handle(),
      compareReplay: () => this.comparison,
      compareHits: async () => this.hitComparison!,
      rows: (_, filter?: { status?: RowStatus }) => this.rowsOfRun.filter((each) => !filter?.status || each.status === filter.status),
      events: (_, afterSeq = 0) => this.events.filter(({ seq }) => seq > afterSeq),
      runs: () => ({ items: [this.run], next: null }),
      findRun: () => this.run,
      forgetRun: (id) => void this.forgotten.push(id),
      prune: async () => ({ runs: 2, scanners: 1, snapshots: 0, bytesBefore: 3 * 2 ** 20, bytesAfter: 2 ** 20 }),
      close: async () => {
        this.closed = true
      },
    }
  }
}

export interface Session {
  code: number
  out: string
  err: string
  exits: number[]
}

/** Runs a command line against a fake host. */
export async function command(
  args: string[],
  host: FakeHost,
  options: { cwd: string; env?: Record<string, string>; out?: FakeSink; err?: FakeSink; onInterruptReady?: (interrupt: () => void) => void },
): Promise<Session> {
  const out = options.out ?? new FakeSink()
  const err = options.err ?? new FakeSink()
  const exits: number[] = []
  let clock = 0
  const terminal: Terminal = {
    out,
    err,
    env: options.env ?? {},
    cwd: options.cwd,
    now: () => (clock += 1_000),
    onInterrupt(listener) {
      setTimeout(() => options.onInterruptReady?.(listener), 5)
      return () => {}
    },
    exit: (code) => void exits.push(code),
    runtime: async () => ({
      ...(await loadRuntime()),
      openHost: async (hostOptions) => {
        host.options = hostOptions
        return host.api()
      },
    }),
  }
  const code = await runCommandLine(args, terminal)
  return { code, out: out.text, err: err.text, exits }
}
