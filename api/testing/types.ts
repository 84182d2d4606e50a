import type { Bar } from '../../sdk/market.ts'
import type { FakeMarket, SymbolSource } from '../../sdk/testing/fake-market.ts'

/** One row of a run, without what differs from run to run: batch, worker and times. */
export interface TestRow {
  readonly symbol: string
  /** ISO. */
  readonly date: string
  readonly status: 'hit' | 'miss' | 'rejected' | 'failed' | 'timed_out' | 'out_of_memory' | 'no_data' | 'cancelled'
  readonly reason: string
  readonly score: number | null
  readonly direction: 'bullish' | 'bearish' | 'neutral' | null
  /** What the scan returned, as plain JSON. */
  readonly data: unknown
  readonly strategies: readonly string[]
  /** Why a row failed; `line` and `column` count from 1 in the scanner's file, `frame` shows the line. */
  readonly error: {
    readonly code: string
    readonly message: string
    readonly hint: string
    readonly line: number | null
    readonly column: number | null
    readonly frame: string | null
  } | null
}

/** A line that the scanner logged. */
export interface TestLog {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Null for what was not said at a symbol. */
  readonly symbol: string | null
  readonly text: string
}

/** Something about the run that its author should know. */
export interface TestWarning {
  readonly code: string
  readonly message: string
  readonly count: number
}

/** What `runScanner` gives. */
export interface TestRun {
  /** One for each symbol and date, in the order asked for. */
  readonly rows: readonly TestRow[]
  /** The rows whose status is `hit`. */
  readonly hits: readonly TestRow[]
  readonly logs: readonly TestLog[]
  readonly warnings: readonly TestWarning[]
  /** Where the scanner ran: in the isolate of a worker process, as on the server, or in this process. */
  readonly engine: 'isolate' | 'process'
}

/** What `runScanner` runs over, and how. */
export interface RunScannerOptions {
  /** Bars of one symbol, which is then `symbol`. */
  readonly bars?: readonly Bar[] | undefined
  /** Name of the one symbol of `bars`; `TEST` where it is left out. */
  readonly symbol?: string | undefined
  /** A market, or its symbols with their bars or shapes. */
  readonly market?: FakeMarket | Readonly<Record<string, SymbolSource>> | undefined
  /** Symbols to scan; the scanner's own list, else all of the market. */
  readonly symbols?: readonly string[] | undefined
  /** Dates to scan, ISO; the scanner's own, else the last session of the market. */
  readonly dates?: readonly string[] | undefined
  /** All sessions from this date on, ISO, in place of `dates`. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly params?: Readonly<Record<string, unknown>> | undefined
  /** False leaves the prefilter out; it is also left out for 100 symbols and fewer unless the scanner says otherwise. */
  readonly prefilter?:
    | false
    | {
        readonly minVolume?: number
        readonly minPrice?: number
        readonly maxPrice?: number
        readonly limit?: number
        readonly activateAbove?: number
        readonly window?: number
      }
    | undefined
  /** The limits of a run, the server's where they are left out: 5,000 ms a symbol, 180,000 ms in all, 512 MB. */
  readonly limits?: { readonly symbolTimeoutMs?: number; readonly timeoutMs?: number; readonly memoryMb?: number } | undefined
}
