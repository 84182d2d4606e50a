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

const WHOLE = new Intl.NumberFormat('en-US')

/**
 * `Processing symbols 1-50 of 300`, counted among the rows that are scanned, or `Processing 300 symbols` before the first of them went to a
 * worker. Over several dates a symbol is scanned once for each, so rows are counted: `Processing rows 1-50 of 4,500 on 15 dates`.
 * @param settled number of rows that have an outcome @param dispatched number of rows that went to a worker just now
 */
export function progressMessage({ detected, rejected, noData }: Run['ledger'], dates: number, settled: number, dispatched: number): string {
  const scanned = detected - rejected - noData
  const done = settled - rejected - noData
  const [one, many, where] = dates === 1 ? ['symbol', 'symbols', ''] : ['row', 'rows', ` on ${WHOLE.format(dates)} dates`]
  if (scanned === 0) return `no ${one} is left to scan`
  if (done + dispatched === 0) return `Processing ${WHOLE.format(scanned)} ${scanned === 1 ? one : many}${where}`
  const [first, last] = [Math.min(done + 1, scanned), Math.min(done + Math.max(1, dispatched), scanned)]
  return `Processing ${many} ${WHOLE.format(first)}-${WHOLE.format(last)} of ${WHOLE.format(scanned)}${where}`
}
