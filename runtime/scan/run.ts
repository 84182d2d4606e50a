import type { Ledger, RowError, RowStatus } from './row.ts'

export const RUN_STATUSES = ['queued', 'running', 'paused', 'completed', 'failed', 'cancelled'] as const
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
}

/** How many symbols each step of the prefilter removed. `applied` is false at or below `settings.activateAbove` symbols. */
export interface Funnel {
  settings: PrefilterSettings
  applied: boolean
  in: number
  steps: { name: 'no_data' | 'volume' | 'price' | 'limit'; removed: number }[]
  kept: number
}

export interface Run {
  id: string
  scannerId: string
  filename: string
  status: RunStatus
  stage: Stage
  percent: number
  message: string
  etaMs: number | null
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  market: { source: string; simulated: boolean; snapshot: string; asOf: string | null }
  /** Summed over the run's dates. */
  prefilter: Funnel | null
  split: { mode: 'batch' | 'whole'; reason: string } | null
  ledger: Ledger
  warnings: { code: string; message: string; count: number; samples: string[] }[]
  /** Milliseconds per part of the run. */
  timings: Record<string, number>
  explore: null
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
    | { type: 'run'; status: RunStatus; stage: Stage; percent: number; message: string; ledger: Ledger; etaMs: number | null }
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
    | { type: 'end'; run: Run }
  )

/** The host's view of a scanner file before its first run. */
export interface IntakeReport {
  sha256: string
  filename: string
  bytes: number
  language: 'javascript' | 'typescript'
  moduleKind: 'module' | 'commonjs' | 'script'
  pattern: 'defineScanner' | 'default' | 'scan' | 'main' | 'script'
  name: string | null
  symbols: { count: number; sample: string[]; declaredAs: string | null }
  dates: { values: string[]; declaredAs: string | null }
  params: { name: string; default: unknown; min?: number; max?: number; options?: string[]; help?: string }[]
  imports: { specifier: string; resolution: string }[]
  split: { mode: 'batch' | 'whole'; reason: string }
  diagnostics: Diagnostic[]
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
