import type { Diagnostic, IntakeReport, RunRequest } from '../scan/run.ts'

/** What is asked for with a strategies file. */
export interface ExplorationRequest {
  /** Path of the strategies file. */
  file: string
  /** Computes rows that tier 0 would skip. */
  forceFull: boolean
  /** Fetches every chain anew. */
  refresh: boolean
}

/** What intake says of a file: `report` is null where it is refused, and `diagnostics` then say why. */
export interface Inspection {
  report: IntakeReport | null
  diagnostics: Diagnostic[]
}

/** As `RunRequest`, with a stored scanner in place of the bytes. */
export type SubmitRunRequest = Omit<RunRequest, 'filename' | 'source'> & { scannerId: string }

/** What is asked for with strategies that are at hand. */
export interface SubmitExplorationRequest {
  /** Records with the column names of a strategies file, in order. */
  readonly strategies: readonly Readonly<Record<string, unknown>>[]
  readonly forceFull?: boolean | undefined
  readonly refresh?: boolean | undefined
}

/** Which symbols are screened, as of which date (ISO) and by what; those of a stored scanner where one is named. */
export type PreviewRequest = Pick<RunRequest, 'symbols' | 'universe' | 'asOf' | 'prefilter'> & { scannerId?: string | undefined }

/** What a host is at. */
export interface HostState {
  /** False where no run may be started: the reason says why. */
  readonly ready: boolean
  readonly reason: string | null
  readonly draining: boolean
  readonly queued: number
  readonly running: number
  /** Worker processes alive now; those that stand by are of no run. */
  readonly workers: readonly { readonly pid: number; readonly rssBytes: number; readonly runId: string | null }[]
}
