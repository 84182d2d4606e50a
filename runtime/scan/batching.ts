export interface BatchSizeInput {
  /** Symbols not handed out yet. */
  remaining: number
  workers: number
  /** Mean wall time of a symbol so far, in milliseconds; null before the first. */
  meanSymbolMs: number | null
  /** Wall time that a batch should take, in milliseconds. */
  targetMs: number
  maxSymbols: number
}

const FIRST_BATCH = 8
/** Milliseconds that a batch is to take at least: handing one out and taking its end costs about a tenth of that. */
const LEAST_MS = 1
/** Parts into which what remains is cut for each worker, so that the last batches are small and none waits for another. */
const PARTS_PER_WORKER = 3

/**
 * How many symbols the next batch takes: as many as fit the target time, never so many that the other workers run dry
 * before it ends (guided self-scheduling, Polychronopoulos and Kuck 1987), and few at first, while nothing is known.
 */
export function nextBatchSize(input: BatchSizeInput): number {
  const { remaining, workers, meanSymbolMs, targetMs, maxSymbols } = input
  const fair = Math.ceil(remaining / (workers * PARTS_PER_WORKER))
  const timely = meanSymbolMs === null ? (targetMs === Number.POSITIVE_INFINITY ? maxSymbols : FIRST_BATCH) : Math.floor(targetMs / Math.max(meanSymbolMs, 0.001))
  const least = meanSymbolMs === null ? 1 : Math.floor(LEAST_MS / Math.max(meanSymbolMs, 0.001))
  return Math.max(1, Math.min(Math.max(fair, least), timely, maxSymbols, remaining))
}
