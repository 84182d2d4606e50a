import type { BegunSettings } from '../explore/begun-settings.ts'
import type { RunRequest } from './run.ts'
import type { RunScope } from './scope.ts'

/** A run's request as it is kept for a resume; the script's bytes are kept with the scanner. */
export type StoredRequest = Omit<RunRequest, 'source'>

/** What is fixed once a run has been planned, so that a resume does the same. */
export interface StoredPlan {
  request: StoredRequest
  seed: string
  snapshot: string | null
  /** State of the store of news that the run began with, null for none; left out while it is not known. */
  news?: number | null
  scope: RunScope | null
  /** The hits' strategy rows are stored: a resume goes on exploring them. */
  hitsStored?: boolean
  /** What their exploration began with, set together with it. */
  begun?: BegunSettings
  /** How often its process died, at how many settled rows. */
  recovery?: { deaths: number; settled: number }
}
