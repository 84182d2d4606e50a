/** What the server takes from the runtime: implemented by `Host`, faked in the server's own tests. Every method throws errors of the registry. */
import type { ComparedBy, Config, ExplorationRow, HitComparison, IntakeReport, MarketReport, Row, RowStatus, Run, RunComparison, RunEvent, RunRequest } from '../../runtime/host.ts'

/** A stored scanner: its intake report, and when it came. */
export interface ScannerRecord {
  readonly id: string
  /** Counts from 1 among the scanners of one filename, in the order in which they came. */
  readonly version: number
  readonly createdAt: string
  /** Listed and run no more; its runs stay. */
  readonly deleted: boolean
  readonly report: IntakeReport
}

export interface ScannerUpload {
  /** Null where the file can not run: nothing was stored, and `diagnostics` say why. */
  readonly scanner: ScannerRecord | null
  /** False where the same bytes were stored before. */
  readonly isNew: boolean
  readonly diagnostics: IntakeReport['diagnostics']
}

/** As `RunRequest`, with a stored scanner in place of the bytes. */
export type SubmitRunRequest = Omit<RunRequest, 'filename' | 'source'> & { scannerId: string }

/** Symbols and screen that are left out are those of the scanner, where one is named. @throws scanner_unknown */
export type PreviewRequest = Pick<RunRequest, 'symbols' | 'universe' | 'asOf' | 'prefilter'> & { scannerId?: string | undefined }

export interface SubmitExplorationRequest {
  /** Records with the column names of a strategies file, in order. */
  readonly strategies: readonly Readonly<Record<string, string | number | null>>[]
  readonly forceFull?: boolean | undefined
  readonly refresh?: boolean | undefined
}

/** A page of a list; `next` is the cursor of the page behind it, null at the end. */
export interface Page<Item> {
  readonly items: Item[]
  readonly next: string | null
}

export interface PageQuery {
  /** As a page before gave it; none for the first. @throws cursor_invalid where it is none */
  readonly cursor?: string | undefined
  readonly limit: number
}

export interface RowQuery extends PageQuery {
  readonly status?: readonly RowStatus[] | undefined
  readonly date?: string | undefined
  readonly symbol?: string | undefined
}

/** The prefilter's funnel, and the first of the symbols that pass. */
export interface PrefilterPreview {
  readonly funnel: NonNullable<Run['prefilter']>
  readonly date: string
  readonly kept: readonly string[]
}

export interface HostState {
  /** False where no run may be started: the reason says why. */
  readonly ready: boolean
  readonly reason: string | null
  readonly draining: boolean
  readonly queued: number
  readonly running: number
  /** Worker processes alive now. */
  readonly workers: readonly { readonly pid: number; readonly rssBytes: number; readonly runId: string | null }[]
}

/** What has happened since the process began, for metrics. Called synchronously; must not throw. */
export interface HostObserver {
  runQueued?(run: Run): void
  runStarted?(run: Run, queuedMs: number): void
  /** Also called for a run that is paused. */
  runEnded?(run: Run, runMs: number): void
  workerKilled?(cause: 'deadline' | 'memory' | 'lost' | 'outside' | 'stopped'): void
}

export interface ServerHost {
  /** The state folder. */
  readonly home: string
  settings(): Config
  state(): HostState
  /** What an error of any method says to whoever asked; `state` tells of what it shows. */
  explain(error: unknown): unknown
  observe(observer: HostObserver): () => void

  saveScanner(file: { filename: string; source: Uint8Array }): Promise<ScannerUpload>
  /** Newest first, hidden ones left out. */
  scanners(query: PageQuery): Page<ScannerRecord>
  /** Hidden ones included, so that their runs stay readable. */
  scanner(id: string): ScannerRecord
  scannerSource(id: string): { filename: string; source: Uint8Array }
  hideScanner(id: string): void

  /** Registers a run and puts it in the queue. @throws what the request is refused for; scanner_deleted; 503 `host_draining` */
  submitRun(request: SubmitRunRequest): Run
  /** Does again what a run did. @throws run_unknown, replay_…, snapshot_…, queue_full, host_draining */
  submitReplay(id: string): Promise<Run>
  /** Holds the rows of a completed replay against those of the run that it replays. @throws run_unknown, replay_none, replay_not_completed, replay_rows_missing */
  replayComparison(id: string): Promise<RunComparison>
  /** What became of one run's hits in another. @throws run_unknown, compare_no_scan */
  compareHits(before: string, after: string, by: ComparedBy | null, most: number): Promise<HitComparison>
  submitExploration(request: SubmitExplorationRequest): Promise<Run>
  /** Newest first. */
  runs(query: PageQuery & { readonly status?: Run['status'] | undefined; readonly scannerId?: string | undefined }): Page<Run>
  /** The run as it is now; ids may not be shortened. */
  run(id: string): Run
  /** What a scan was asked for, as `submitRun` takes it. @throws run_unknown, run_no_scan */
  requestOf(id: string): SubmitRunRequest
  /** Each takes effect within a second, whatever the script does. @throws run_finished, run_not_paused */
  cancel(id: string): Run
  pause(id: string): Run
  resume(id: string): Run

  rowPage(id: string, query: RowQuery): Promise<Page<Row>>
  /** All rows in order, read as they are taken; undefined stands where others may have a turn. */
  pacedRows(id: string, filter?: { status?: RowStatus }): Iterable<Row | undefined>
  explorationPage(id: string, query: PageQuery & { readonly status?: readonly string[] | undefined; readonly ticker?: string | undefined }): Page<ExplorationRow>
  explorationRows(id: string): Iterable<ExplorationRow>
  explorationColumns(id: string): readonly string[]

  /** Events after a number, as they stand in the journal, read as they are taken. */
  events(id: string, afterSeq?: number): Iterable<RunEvent>
  lastSeq(id: string): number
  /** Events as they happen, in order, from now on, several at a time; nothing for a run that is not under way in this process until it is. */
  watch(id: string, listener: (events: readonly RunEvent[]) => void): () => void

  previewPrefilter(request: PreviewRequest): Promise<PrefilterPreview>
  market(): Promise<MarketReport>
  symbols(query: PageQuery & { readonly prefix?: string | undefined }): Promise<Page<{ symbol: string; bars: number; firstDate: string; lastDate: string }>>
  bars(symbol: string, range: { from?: string | undefined; to?: string | undefined }): Promise<{ date: string; open: number; high: number; low: number; close: number; volume: number }[]>
  /** The expirations of a symbol, and the chain of one of them (the nearest where none is named). */
  chain(symbol: string, expiration?: string): Promise<{ source: string; simulated: boolean; expirations: readonly string[]; underlying: { price: number; source: 'chain' | 'quote' | 'parity' } | null; chain: unknown }>

  /** Goes on with the runs that a death of the process broke off. Gives their number. */
  recover(): number
  /** Takes no further run, lets running batches end for at most `graceMs`, hands the rest back to be resumed, and closes. */
  drain(graceMs: number): Promise<void>
  close(): Promise<void>
}
