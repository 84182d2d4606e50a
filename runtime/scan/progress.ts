import type { Run } from './run.ts'

/** Tells how far a run is and how long it will take, from the rate so far; settles as the run goes on. */
export class ProgressEstimate {
  readonly #first: number
  readonly #total: number
  readonly #startedAt: number

  /** @param done rows settled before the scan began; @param now milliseconds */
  constructor(done: number, total: number, now: number) {
    this.#first = done
    this.#total = total
    this.#startedAt = now
  }

  look(done: number, now: number): { share: number; etaMs: number | null } {
    const all = this.#total - this.#first
    const scanned = done - this.#first
    if (all <= 0) return { share: 1, etaMs: 0 }
    if (scanned <= 0) return { share: 0, etaMs: null }
    return { share: Math.min(1, scanned / all), etaMs: Math.round(((now - this.#startedAt) / scanned) * (all - scanned)) }
  }
}

/**
 * `Processing symbols 1-50 of 300`, counted among the rows that are scanned, or `Processing 300 symbols` before the first of them went to a
 * worker; `settled` and `dispatched` are numbers of rows.
 */
export function progressMessage({ detected, rejected, noData }: Run['ledger'], settled: number, dispatched: number): string {
  const scanned = detected - rejected - noData
  const done = settled - rejected - noData
  if (scanned === 0) return 'no symbol is left to scan'
  if (done + dispatched === 0) return `Processing ${scanned} ${scanned === 1 ? 'symbol' : 'symbols'}`
  return `Processing symbols ${Math.min(done + 1, scanned)}-${Math.min(done + Math.max(1, dispatched), scanned)} of ${scanned}`
}
