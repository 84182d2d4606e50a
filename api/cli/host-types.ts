import type { runDoctor } from '../../runtime/config/doctor.ts'
import type { resolveHome } from '../../runtime/config/home.ts'
import type { Config, writeSettingsFile } from '../../runtime/config/load.ts'
import type { parseSettingText } from '../../runtime/config/parse.ts'
import type { settingInfo, SettingKey } from '../../runtime/config/schema.ts'
import type { checkRowFile, writeRowFile } from '../../runtime/output/row-file.ts'
import type { Row, RowStatus } from '../../runtime/scan/row.ts'
import type { IntakeReport, Run, RunEvent, RunRequest as BaseRequest } from '../../runtime/scan/run.ts'

export type { Config, IntakeReport, Row, RowStatus, Run, RunEvent, SettingKey }

/** What the command line asks of a run; `universe: 'all'` replaces the script's own list by every symbol of the market. */
export type RunRequest = BaseRequest & { universe?: 'all' | undefined }

export interface ImportReport {
  rowsRead: number
  rowsKept: number
  rowsRejected: number
  /** Rows rejected, by reason. */
  reasons: Record<string, number>
  /** The first rejected rows of each reason, in words. */
  samples: unknown[]
  /** Rows kept although something is odd about them, by reason. */
  flagged: Record<string, number>
  duplicates: number
  conflicts: number
  symbols: number
  firstDate: string | null
  lastDate: string | null
  snapshot: string
  /** True where the store already held every row. */
  unchanged: boolean
}

export interface ImportOptions {
  format?: string
  map?: Record<string, string>
  replace?: boolean
  onProgress?: (progress: { rowsRead: number; file?: string }) => void
}

export interface MarketReport {
  source: string
  simulated: boolean
  snapshot: string
  symbols: number
  bars: number
  firstDate: string | null
  lastDate: string | null
  imports: unknown[]
}

export interface RunHandle {
  id: string
  run(): Run
  /** Events after `afterSeq` (default: from the start), then each as it happens, in order of `seq`. Returns the way to stop. */
  subscribe(listener: (event: RunEvent) => void, afterSeq?: number): unknown
  done: Promise<Run>
  cancel(): void
}

export interface Host {
  settings(): Config
  importBars(paths: string[], options: ImportOptions): Promise<ImportReport>
  market(): MarketReport | Promise<MarketReport>
  resetMarket(): unknown
  inspect(file: { filename: string; source: Uint8Array }): IntakeReport | Promise<IntakeReport>
  startRun(request: RunRequest): RunHandle | Promise<RunHandle>
  resumeRun(id: string): RunHandle | Promise<RunHandle>
  rows(runId: string, filter?: { status?: RowStatus }): Iterable<Row>
  events(runId: string, afterSeq: number): Iterable<RunEvent>
  close(): unknown
}

export interface HostOptions {
  home: string
  /** Settings from the command line by dotted key. */
  overrides: Record<string, unknown>
  env: Record<string, string | undefined>
}

/** Everything that the commands take from the runtime. */
export interface Runtime {
  openHost(options: HostOptions): Promise<Host>
  /** Settings in force, without opening or creating anything. */
  loadSettings(options: HostOptions): Config
  settingKeys: SettingKey[]
  settingInfo: typeof settingInfo
  parseSettingText: typeof parseSettingText
  writeSettingsFile: typeof writeSettingsFile
  resolveHome: typeof resolveHome
  runDoctor: typeof runDoctor
  checkRowFile: typeof checkRowFile
  writeRowFile: typeof writeRowFile
  /** Days since 1970 of an ISO date, NaN where it is none. */
  dayFromIso(date: string): number
}
