import { createHash } from 'node:crypto'

import type { HostObserver, HostState, Page, PageQuery, PrefilterPreview, RowQuery, ScannerRecord, ScannerUpload, ServerHost, SubmitExplorationRequest, SubmitRunRequest } from '../../../../api/server/server-host.ts'
import { StrikescanError } from '../../../../runtime/errors/strikescan-error.ts'
import { loadSettings, type Config, type ComparedBy, type ExplorationRow, type HitComparison, type IntakeReport, type MarketReport, type Row, type RowStatus, type Run, type RunComparison, type RunEvent } from '../../../../runtime/host.ts'
import { emptyLedger } from '../../../../runtime/scan/row.ts'

export const row = (values: Partial<Row> = {}): Row => ({
  symbol: 'AAPL', date: '2026-11-20', status: 'miss', reason: 'no match', score: null, direction: null, data: null, strategies: [],
  batchId: 1, workerId: 1, attempt: 1, queueMs: 1, dataMs: 1, scriptMs: 1, error: null, ...values,
})

export const report = (values: Partial<IntakeReport> = {}): IntakeReport => ({
  sha256: 'ab'.repeat(32), filename: 'gap.js', bytes: 12, language: 'javascript', moduleKind: 'module', pattern: 'scan', name: null,
  symbols: { count: 0, sample: [], declaredAs: null }, dates: { values: [], declaredAs: null },
  params: [{ name: 'minGap', default: 0.03, min: 0.005, max: 0.5, help: 'gap' }], imports: [], split: { mode: 'batch', reason: 'one symbol at a time' },
  uses: { hosts: [], environment: [], filesRead: [], filesWritten: [], random: [], clock: [], sleeps: [] }, diagnostics: [], ...values,
})

export const runOf = (values: Partial<Run> = {}): Run => ({
  id: 'run-1', kind: 'scan', scannerId: 'scanner-1', filename: 'gap.js', status: 'completed', stage: 'done', percent: 100, message: 'Done', etaMs: null,
  createdAt: '2026-11-20T12:00:00.000Z', startedAt: null, finishedAt: null,
  market: { source: 'simulated', simulated: true, snapshot: 'ab12', asOf: '2026-11-20' },
  prefilter: null, split: { mode: 'batch', reason: 'one symbol at a time' }, ledger: emptyLedger(0), warnings: [], timings: { loadMs: 120 }, explore: null, error: null, ...values,
})

const fields = (inputs: Record<string, string>): ExplorationRow => ({
  position: 0,
  input: { ticker: 'AAPL', date: null, close: 100, strategy: 'Long Call', tradeBias: null, horizon: 'SHORT', dteMin: null, dteMax: null, marketCap: null, optionVolume: null, columns: inputs, problems: [] },
  outcome: {
    sampledExpiration: '2026-12-18', sampledDte: 28, sampledAtmStrike: 100, sampledLiquidityClass: 'Good', explorationStatus: 'Success', explorationReason: 'found',
    explorationSkipped: false, skipReason: null, escalatedToFullChain: false, escalationReason: null, selectedStrike: 100, selectedStrikes: [100], selectedExpiration: '2026-12-18', finalDte: 28,
    legs: [], positionShares: 0, underlyingPriceUsed: 150, bid: 1, ask: 1.1, mid: 1.05, spreadPct: 0.09, openInterest: 500, volume: 10, impliedVol: 0.3, greeksDelta: 0.5, greeksGamma: 0.1, greeksTheta: -0.1, greeksVega: 0.1, greeksRho: 0.1,
    greeksSource: 'computed', capitalRequired: 105, maxProfit: 'unlimited', maxLoss: 105, breakevens: [101.05], finalLiquidityContext: 'Good', dataQuality: [], chainCacheHit: false, apiCalls: 2,
    phase1DurationMs: 1, phase2DurationMs: 1, parallelWorkerId: 1, parallelProcessingTime: 2, parallelBatchSize: 1, parallelError: null,
  },
})

export const settingsOf = (overrides: Record<string, unknown> = {}): Config => loadSettings({ home: 'none', env: {}, overrides })

/** A host with one scanner and one finished run, which remembers what it was asked for. */
export class FakeServerHost implements ServerHost {
  scannerList: ScannerRecord[] = [{ id: 'scanner-1', version: 1, createdAt: '2026-11-20T12:00:00.000Z', deleted: false, report: report() }]
  sources = new Map<string, { filename: string; source: Uint8Array }>([['scanner-1', { filename: 'gap.js', source: Buffer.from('export const scan = () => 1') }]])
  runList: Run[] = [runOf()]
  rowList: Iterable<Row> = [row({ symbol: 'AAPL', status: 'hit', score: 1, data: { gap: 0.1 } }), row({ symbol: 'MSFT' })]
  explored: ExplorationRow[] = [fields({ ticker: 'AAPL', strategy: 'Long Call' })]
  eventList: RunEvent[] = [{ seq: 1, at: '2026-11-20T12:00:00.000Z', runId: 'run-1', type: 'log', level: 'info', symbol: null, text: 'hello' }]
  submitted: SubmitRunRequest[] = []
  explorations: SubmitExplorationRequest[] = []
  uploads: { filename: string; source: Uint8Array }[] = []
  queries: unknown[] = []
  hidden: string[] = []
  changes: string[] = []
  drained: number[] = []
  closed = false
  /** Thrown by every method that answers a request. */
  failure: Error | null = null
  /** What an upload comes back with in place of being stored. */
  refusal: ScannerUpload['diagnostics'] | null = null
  home = 'none'
  stateNow: HostState = { ready: true, reason: null, draining: false, queued: 0, running: 0, workers: [{ pid: 7, rssBytes: 1_000, runId: null }] }
  observers = new Set<HostObserver>()

  settings(): Config {
    return settingsOf({ 'workers.count': 4, 'limits.memoryMb': 512 })
  }
  state(): HostState {
    return this.stateNow
  }
  explain(error: unknown): unknown {
    return error
  }
  observe(observer: HostObserver): () => void {
    this.observers.add(observer)
    return () => void this.observers.delete(observer)
  }
  async saveScanner(file: { filename: string; source: Uint8Array }): Promise<ScannerUpload> {
    this.#check()
    this.uploads.push(file)
    if (this.refusal !== null) return { scanner: null, isNew: false, diagnostics: this.refusal }
    const sha256 = createHash('sha256').update(file.source).digest('hex')
    const known = this.scannerList.find(({ report: { sha256: other } }) => other === sha256)
    if (known !== undefined) return { scanner: known, isNew: false, diagnostics: [] }
    const record = { id: sha256.slice(0, 16), version: 1, createdAt: '2026-11-20T12:00:00.000Z', deleted: false, report: report({ sha256, filename: file.filename, bytes: file.source.length }) }
    this.scannerList.unshift(record)
    this.sources.set(record.id, file)
    return { scanner: record, isNew: true, diagnostics: [] }
  }
  scanners(query: PageQuery): Page<ScannerRecord> {
    return this.#page(query, this.scannerList)
  }
  scanner(id: string): ScannerRecord {
    this.#check()
    const found = this.scannerList.find((one) => one.id === id)
    if (found === undefined) throw new StrikescanError('scanner_unknown', { scanner: id })
    return found
  }
  scannerSource(id: string): { filename: string; source: Uint8Array } {
    this.scanner(id)
    return this.sources.get(id)!
  }
  hideScanner(id: string): void {
    this.scanner(id)
    this.hidden.push(id)
    this.scannerList = this.scannerList.map((one) => (one.id === id ? { ...one, deleted: true } : one))
  }
  submitRun(request: SubmitRunRequest): Run {
    if (this.scanner(request.scannerId).deleted) throw new StrikescanError('scanner_deleted', { scanner: request.scannerId, file: 'gap.js' })
    this.submitted.push(request)
    const run = runOf({ id: `run-${this.runList.length + 1}`, status: 'queued', stage: 'integrity', percent: 0 })
    this.runList.unshift(run)
    return run
  }
  async submitReplay(id: string): Promise<Run> {
    const { id: replayOf } = this.run(id)
    const run = { ...runOf({ id: `run-${this.runList.length + 1}`, status: 'queued', stage: 'integrity', percent: 0 }), replayOf }
    this.runList.unshift(run)
    return run
  }
  async replayComparison(id: string): Promise<RunComparison> {
    if (this.run(id).replayOf === undefined) throw new StrikescanError('replay_none', { run: id })
    const [before, after] = [row(), row({ status: 'hit' })]
    return { rows: 2, same: 1, differences: [{ symbol: 'AAPL', date: '2026-11-20', fields: ['status'], before, after }] }
  }
  async compareHits(before: string, after: string, by: ComparedBy | null, most: number): Promise<HitComparison> {
    for (const id of [before, after]) this.run(id)
    this.queries.push({ before, after, by, most })
    const compared = { dates: 1, firstDate: '2026-11-20', lastDate: '2026-11-20' }
    const changes = [{ kind: 'new' as const, symbol: 'AAPL', before: row(), after: row({ status: 'hit', score: 2 }), scoreMove: null, fields: [] }]
    return { before: { run: before, ...compared }, after: { run: after, ...compared }, by: by ?? 'row', reason: 'as asked for', counts: { new: 1, gone: 0, changed: 0, same: 3 }, changes, isWhole: true }
  }
  async submitExploration(request: SubmitExplorationRequest): Promise<Run> {
    this.#check()
    this.explorations.push(request)
    return runOf({ kind: 'exploration', scannerId: null, status: 'queued' })
  }
  runs(query: PageQuery): Page<Run> {
    return this.#page(query, this.runList)
  }
  run(id: string): Run {
    this.#check()
    const found = this.runList.find((one) => one.id === id)
    if (found === undefined) throw new StrikescanError('run_unknown', { run: id })
    return found
  }
  requestOf(id: string): SubmitRunRequest {
    this.run(id)
    return { scannerId: 'scanner-1', symbols: ['AAPL'], params: { minGap: 0.05 } }
  }
  cancel(id: string): Run {
    return this.#change('cancel', id)
  }
  pause(id: string): Run {
    return this.#change('pause', id)
  }
  resume(id: string): Run {
    return this.#change('resume', id)
  }
  async rowPage(id: string, query: RowQuery): Promise<Page<Row>> {
    this.run(id)
    return this.#page(query, [...this.rowList])
  }
  pacedRows(id: string, filter: { status?: RowStatus } = {}): Iterable<Row | undefined> {
    this.run(id)
    return filter.status === undefined ? this.rowList : [...this.rowList].filter(({ status }) => status === filter.status)
  }
  explorationPage(id: string, query: PageQuery): Page<ExplorationRow> {
    this.run(id)
    return this.#page(query, this.explored)
  }
  explorationRows(id: string): Iterable<ExplorationRow> {
    this.run(id)
    return this.explored
  }
  explorationColumns(): readonly string[] {
    return ['ticker', 'strategy']
  }
  events(_: string, afterSeq = 0): Iterable<RunEvent> {
    return this.eventList.filter(({ seq }) => seq > afterSeq)
  }
  lastSeq(): number {
    return this.eventList.length
  }
  watch(): () => void {
    return () => {}
  }
  async previewPrefilter(request: unknown): Promise<PrefilterPreview> {
    this.#check()
    this.queries.push(request)
    const settings = { minVolume: 1, minPrice: 1, maxPrice: 500, limit: 300, activateAbove: 100, window: 20 }
    return { funnel: { settings, applied: true, in: 2, steps: [{ name: 'volume', removed: 1 }], kept: 1 }, date: '2026-11-20', kept: ['AAPL'] }
  }
  async market(): Promise<MarketReport> {
    this.#check()
    const imports = [{ sha256: 'ab', name: '/secret/place/bars.zip', members: 1, member: 'bars.csv', rowsRead: 1, snapshot: 'ab12', importedAt: '2026-11-20T12:00:00.000Z' }]
    return { sessions: 1260, source: 'simulated', simulated: true, snapshot: 'ab12', symbols: 5_000, bars: 6_300_000, firstDate: '2021-11-19', lastDate: '2026-11-20', newer: null, imports, lastImport: null, chains: null, news: null }
  }
  async symbols(query: PageQuery) {
    return this.#page(query, [{ symbol: 'AAPL', bars: 10, firstDate: '2026-11-02', lastDate: '2026-11-20' }])
  }
  async bars(symbol: string, range: unknown) {
    this.#check()
    this.queries.push({ symbol, range })
    return [{ date: '2026-11-20', open: 1, high: 2, low: 0.5, close: 1.5, volume: 100 }]
  }
  async chain(symbol: string, expiration?: string) {
    this.#check()
    this.queries.push({ symbol, expiration })
    return { source: 'simulated', simulated: true, expirations: ['2026-12-18'], underlying: null, chain: { contracts: [] } }
  }
  recover(): number {
    return 0
  }
  async drain(graceMs: number): Promise<void> {
    this.drained.push(graceMs)
  }
  async close(): Promise<void> {
    this.closed = true
  }

  #check(): void {
    if (this.failure !== null) throw this.failure
  }
  #page<T>(query: PageQuery, items: T[]): Page<T> {
    this.#check()
    this.queries.push(query)
    if (query.cursor !== undefined && query.cursor !== 'next') throw new StrikescanError('cursor_invalid', { cursor: query.cursor })
    return { items: items.slice(0, query.limit), next: items.length > query.limit ? 'next' : null }
  }
  #change(what: string, id: string): Run {
    this.changes.push(what)
    return this.run(id)
  }
}
