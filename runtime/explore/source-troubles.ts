import type { ExplorationOutcome, ExplorationStatus } from './row.ts'

type Log = (level: 'info' | 'warn', ticker: string, text: string) => void

/** Of a list of tickers in one line. */
const NAMED = 8
/** What rows are that no answer came for. */
const UNANSWERED: readonly ExplorationStatus[] = ['API_Error', 'Chain_Fetch_Failed', 'Timed_Out']

/**
 * Keeps the log short where the source of chains is down: of tickers that go without an answer one after the other the first is told of as
 * any, all others in one line with their count, once one is answered again or at the end. Rows have their reasons anyway.
 */
export class SourceTroubles {
  readonly #log: Log
  #first: string | null = null
  readonly #others = new Set<string>()

  constructor(log: Log) {
    this.#log = log
  }

  /** True for what needs no line of its own. To be told of every row as it finishes. */
  covers(ticker: string, { explorationStatus, retryable, apiCalls }: ExplorationOutcome): boolean {
    if (retryable !== true || !UNANSWERED.includes(explorationStatus)) {
      if (apiCalls > 0) this.#close(`${ticker} was answered; before it`)
      return false
    }
    this.#first ??= ticker
    if (this.#first === ticker) return false
    this.#others.add(ticker)
    return true
  }

  /** No row is to come. */
  end(): void {
    this.#close('no further ticker was answered:')
  }

  #close(how: string): void {
    const names = [...this.#others]
    this.#first = null
    this.#others.clear()
    if (names.length === 0) return
    const unnamed = names.length - NAMED
    const named = `${names.slice(0, NAMED).join(', ')}${unnamed > 0 ? ` and ${unnamed} ${unnamed === 1 ? 'other' : 'others'}` : ''}`
    this.#log('warn', '', `${how} ${names.length} more ${names.length === 1 ? 'ticker' : 'tickers'} went without an answer (${named}); their rows say why`)
  }
}
