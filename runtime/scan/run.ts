import type { ExplorationReport } from '../explore/report.ts'
import type { ExplorationRow } from '../explore/row.ts'
import type { Ledger, RowError, RowStatus } from './row.ts'

/** `interrupted` is how a run is shown whose process died, and is never written down. */
export const RUN_STATUSES = ['queued', 'running', 'paused', 'interrupted', 'completed', 'failed', 'cancelled'] as const
export type RunStatus = (typeof RUN_STATUSES)[number]

/** The stages of a run in order, each with the percent at which it starts. */
export const STAGE_PERCENT = {
  integrity: 5,
  isolation: 10,
  syntax: 15,
  loading: 30,
  prefilter: 55,
  dispatch: 60,
  executing: 68,
  results: 90,
  exploring: 92,
  done: 100,
} as const
export type Stage = keyof typeof STAGE_PERCENT

export type SplitRequest = 'auto' | 'always' | 'never'

/** Volume in shares a day, prices in dollars, `window` in bars of the symbol. */
export interface PrefilterSettings {
  minVolume: number
  minPrice: number
  maxPrice: number
  limit: number
  activateAbove: number
  window: number
}

/** What the caller asks for; what is left out comes from the script, then from the settings. */
export interface RunRequest {
  /** Path of the script, for messages, and its bytes. */
  filename: string
  source: Uint8Array
  symbols?: string[] | undefined
  /** Every symbol of the market, in place of any list. */
  universe?: 'all' | undefined
  dates?: string[] | undefined
  from?: string | undefined
  to?: string | undefined
  asOf?: string | undefined
  params?: Record<string, unknown> | undefined
  prefilter?: false | Partial<PrefilterSettings> | undefined
  split?: SplitRequest | undefined
  limits?: { timeoutMs?: number; symbolTimeoutMs?: number; memoryMb?: number; workers?: number } | undefined
  /** Whether the hits go on into the exploration engine, and how. */
  explore?: boolean | ExploreOptions | undefined
}

export interface ExploreOptions {
  /** Computes rows that tier 0 would skip. */
  forceFull?: boolean | undefined
  /** Fetches every chain anew. */
  refresh?: boolean | undefined
}

/**
 * How many symbols each step of the prefilter removed, summed over the dates that were screened; `applied` is false at or below
 * `settings.activateAbove` symbols.
 */
export interface Funnel {
  settings: PrefilterSettings
  applied: boolean
  /** How many dates were screened, each with the same symbols: 1 where one decides for all. Left out by versions before. */
  dates?: number | undefined
  in: number
  steps: { name: 'no_data' | 'volume' | 'price' | 'limit'; removed: number }[]
  kept: number
}

export interface Run {
  id: string
  /** `exploration`: of the engine alone, over a strategies file; its ledger stays empty. */
  kind: 'scan' | 'exploration'
  /** Null for an exploration. */
  scannerId: string | null
  filename: string
  /** The run that this one does again; left out where it is none such. */
  replayOf?: string
  status: RunStatus
  stage: Stage
  percent: number
  message: string
  etaMs: number | null
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  /** Until the run has begun: the market that it would see then, its snapshot '' and its date null. */
  market: { source: string; simulated: boolean; snapshot: string; asOf: string | null }
  /** Summed over the run's dates. */
  prefilter: Funnel | null
  /** `dates`: of a run over several dates that takes them by itself, whether they are scanned at once. */
  split: { mode: 'batch' | 'whole'; reason: string; dates?: 'together' | 'apart' } | null
  /** Sessions up to each date that the script is shown, where it names a number; left out where it is shown all. */
  lookback?: number
  ledger: Ledger
  warnings: { code: string; message: string; count: number; samples: string[] }[]
  /** What the script wrote to files, by name within `artifacts/RUN` of the state folder; left out where it wrote none. */
  files?: { path: string; bytes: number }[]
  /** Milliseconds per part of the run. */
  timings: Record<string, number>
  /** What the exploration of the hits came to, null where none was asked for. */
  explore: ExplorationReport | null
  error: { code: string; message: string; hint: string } | null
}

interface EventHead {
  /** Rises by one without a gap from 1 within a run. */
  seq: number
  /** ISO instant with zone. */
  at: string
  runId: string
}

export type RunEvent = EventHead &
  (
    | { type: 'run'; status: RunStatus; stage: Stage; percent: number; message: string; ledger: Ledger; etaMs: number | null; market: Run['market'] }
    | { type: 'symbols'; symbols: { symbol: string; date: string; status: RowStatus | 'running' }[] }
    | {
        type: 'worker'
        id: number
        pid: number
        rssBytes: number
        cpuPercent: number
        symbol: string | null
        /** Limit crossings and replacements in plain words, or null for a plain sample. */
        note: string | null
      }
    | { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; symbol: string | null; text: string }
    | { type: 'explore'; row: ExplorationRow }
    | { type: 'end'; run: Run }
  )

/** The host's view of a scanner file before its first run. */
export interface IntakeReport {
  sha256: string
  filename: string
  bytes: number
  /** Where files came along with the script, and `sha256` and `bytes` are those of all of them: each by itself, the script first. */
  files?: { path: string; bytes: number; sha256: string }[]
  language: 'javascript' | 'typescript'
  moduleKind: 'module' | 'commonjs' | 'script'
  pattern: 'defineScanner' | 'default' | 'scan' | 'main' | 'script'
  name: string | null
  symbols: { count: number; sample: string[]; declaredAs: string | null }
  dates: { values: string[]; declaredAs: string | null }
  params: { name: string; default: unknown; min?: number; max?: number; options?: string[]; help?: string }[]
  /** The scanner's own screen, as far as its text tells; left out where it names none. */
  universe?: Partial<PrefilterSettings>
  imports: { specifier: string; resolution: string }[]
  split: { mode: 'batch' | 'whole'; reason: string }
  uses: ScriptUses
  diagnostics: Diagnostic[]
}

/** What a script takes from the world around it, as its text shows, with line numbers. */
export interface ScriptUses {
  /** Hosts of web addresses in the text, and whether requests to them are answered from the market. */
  hosts: { host: string; served: boolean; lines: number[] }[]
  environment: { name: string; lines: number[] }[]
  filesRead: number[]
  filesWritten: number[]
  random: number[]
  clock: number[]
  /** `ms` is null where only running tells. */
  sleeps: { line: number; ms: number | null }[]
}

export interface Diagnostic {
  severity: 'error' | 'warning' | 'info'
  code: string
  message: string
  hint: string
  line: number | null
  column: number | null
}

export type { Ledger, RowError }
