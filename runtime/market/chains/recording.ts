import type { ChainFormat } from './report.ts'
import { quoteTime } from './quote-time.ts'

/** One recording of a ticker's chains as its files state it; instants in epoch milliseconds, days since 1970-01-01. */
export interface StatedRecording {
  readonly ticker: string
  readonly source: ChainFormat
  /** When it was recorded by its own word, null where it states only the day. Part of its identity. */
  readonly capturedAt: number | null
  /** The session or day that it names. Part of its identity. */
  readonly day: number
  readonly delayMinutes: number
  /** When it was recorded by the word of a file beside it. */
  recordedAt: number | null
  newestTrade: number | null
  /** The underlying's price in its rows. */
  statedPrice: number | null
  /** The underlying's price at the time of recording, by the word of a file beside it. */
  livePrice: number | null
}

/** What a recording stands for, worked out from what it states. */
export interface RecordingTime {
  readonly day: number
  readonly asOf: number
  readonly underlyingPrice: number | null
}

/** Tells recordings of one ticker apart. */
export function recordingKey({ source, capturedAt, day }: Pick<StatedRecording, 'source' | 'capturedAt' | 'day'>): string {
  return `${source}|${capturedAt === null ? `day ${day}` : capturedAt}`
}

/** Two parts of one recording as one: the same whichever comes first. */
export function combined(a: StatedRecording, b: StatedRecording): StatedRecording {
  return {
    ...a,
    recordedAt: larger(a.recordedAt, b.recordedAt),
    newestTrade: larger(a.newestTrade, b.newestTrade),
    statedPrice: larger(a.statedPrice, b.statedPrice),
    livePrice: larger(a.livePrice, b.livePrice),
  }
}

/** The time and the underlying's price of the quotes. A price of another session than the quotes' is not theirs: it is left out. */
export function timeOf(stated: StatedRecording): RecordingTime {
  const { day, asOf, afterSession } = quoteTime({ ...stated, capturedAt: stated.capturedAt ?? stated.recordedAt })
  return { day, asOf, underlyingPrice: afterSession ? stated.livePrice : (stated.statedPrice ?? stated.livePrice) }
}

export function larger(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : Math.max(a, b)
}
