import type { DatabaseSync, StatementSync } from 'node:sqlite'

import type { LiquidityRecord } from './preflight.ts'
import type { ExplorationOutcome, ExplorationRow, ExplorationStatus, StrategyRow } from './row.ts'

/** Tables of explorations, within the journal's own file: rows of a run commit together with its events. */
export const EXPLORATION_TABLES = `
  create table if not exists exploration_rows (
    run integer not null,
    position integer not null,
    ticker text not null,
    date text,
    input text not null,
    status text,
    outcome text,
    -- With a rowid: without, a row of more than a quarter of a page has a page of its own beside it.
    primary key (run, position)
  );
  create table if not exists liquidity_seen (
    run integer not null,
    market text not null,
    ticker text not null,
    -- With the type of contracts behind it, as in 'SHORT put'; alone where it is of both.
    horizon text not null,
    class text not null,
    date text not null,
    seen_at integer not null,
    primary key (run, market, ticker, horizon)
  ) without rowid;
  create table if not exists liquidity_history (
    market text not null,
    ticker text not null,
    -- With the type of contracts behind it, as in 'SHORT put'; alone where it is of both.
    horizon text not null,
    class text not null,
    date text not null,
    seen_at integer not null,
    primary key (market, ticker, horizon)
  ) without rowid;
`

/** Rows of a run without a whole answer, for what can pass or be mended. */
export const RETRYABLE = "run = ? and status not in ('Success', 'Skipped_Compute', 'Cancelled') and outcome ->> 'retryable' = 1"

const DAY_MS = 86_400_000
/** What was seen in the future was seen before the clock was set back: of its age nothing is known. */
const CLOCK_SKEW_MS = 300_000
/** The most that the setting `explore.historyDays` takes. */
const LONGEST_AGE_DAYS = 365

/** What a run has seen of a ticker, at an instant in epoch milliseconds. */
interface Noted {
  readonly run: number
  readonly market: string
  readonly ticker: string
  readonly records: readonly LiquidityRecord[]
  readonly now: number
}

/** Strategy rows of explorations with their outcomes, and what the engine remembers of tickers' liquidity. */
export class ExplorationStore {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()
  /** What was noted of liquidity and is written with the next rows, which spares it a transaction of its own. */
  #noted: Noted[] = []

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Adds strategy rows behind those that are there. `first` is the position of the first. */
  add(run: number, first: number, rows: readonly StrategyRow[]): void {
    const insert = this.#prepare('insert into exploration_rows (run, position, ticker, date, input) values (?, ?, ?, ?, ?)')
    this.#database.exec('begin')
    try {
      rows.forEach((row, index) => insert.run(run, first + index, row.ticker, row.date, JSON.stringify(row)))
      this.#database.exec('commit')
    } catch (error) {
      this.#database.exec('rollback')
      throw error
    }
  }

  /** Takes a run's strategy rows away, and what they showed. */
  clear(run: number): void {
    this.#prepare('delete from exploration_rows where run = ?').run(run)
    this.#prepare('delete from liquidity_seen where run = ?').run(run)
  }

  /** Positions without an outcome, by the date that their chains must not look beyond, then by ticker; all in the order handed over. */
  pending(run: number): Map<string | null, Map<string, number[]>> {
    const byDate = new Map<string | null, Map<string, number[]>>()
    const select = this.#prepare('select position, ticker, date from exploration_rows where run = ? and status is null order by position')
    for (const { position, ticker, date } of select.iterate(run) as Iterable<{ position: number; ticker: string; date: string | null }>) {
      const byTicker = byDate.get(date) ?? new Map<string, number[]>()
      if (byTicker.size === 0) byDate.set(date, byTicker)
      const positions = byTicker.get(ticker)
      if (positions) positions.push(position)
      else byTicker.set(ticker, [position])
    }
    return byDate
  }

  /** Tickers that have a row without an outcome which brings no price, of rows of a date (null for those without one). */
  unpriced(run: number, date: string | null): Set<string> {
    const select = this.#prepare("select distinct ticker from exploration_rows where run = ? and date is ? and status is null and input ->> 'close' is null")
    return new Set((select.all(run, date) as { ticker: string }[]).map(({ ticker }) => ticker))
  }

  /** Tickers of a run by date, with how many rows each has, finished ones included. */
  tickers(run: number): Map<string | null, Map<string, number>> {
    const byDate = new Map<string | null, Map<string, number>>()
    const select = this.#prepare('select date, ticker, count(*) as count from exploration_rows where run = ? group by date, ticker')
    for (const { date, ticker, count } of select.iterate(run) as Iterable<{ date: string | null; ticker: string; count: number }>) {
      const byTicker = byDate.get(date) ?? new Map<string, number>()
      if (byTicker.size === 0) byDate.set(date, byTicker)
      byTicker.set(ticker, count)
    }
    return byDate
  }

  /** Positions of a ticker's rows of a date, finished ones included, in order. */
  positions(run: number, date: string | null, ticker: string): number[] {
    const found = this.#prepare('select position from exploration_rows where run = ? and date is ? and ticker = ? order by position').all(run, date, ticker)
    return (found as { position: number }[]).map(({ position }) => position)
  }

  inputs(run: number, positions: readonly number[]): StrategyRow[] {
    const select = this.#prepare('select input from exploration_rows where run = ? and position = ?')
    return positions.map((position) => JSON.parse((select.get(run, position) as { input: string }).input) as StrategyRow)
  }

  /**
   * Writes outcomes; a row that has one already keeps it, and one that was opened again has its former one back where it is given up. Gives those
   * rows, by position, as they stand. Called within the caller's transaction.
   */
  settle(run: number, rows: readonly ExplorationRow[]): ReadonlyMap<number, ExplorationRow> {
    const standing = new Map<number, ExplorationRow>()
    if (rows.length === 0) return standing
    this.#writeNoted()
    const update = this.#prepare('update exploration_rows set status = ?, outcome = ? where run = ? and position = ? and status is null')
    const restore = "update exploration_rows set status = outcome ->> 'explorationStatus' where run = ? and position = ? and status is null and outcome is not null"
    for (const { position, outcome } of rows) {
      const isRestored = outcome.explorationStatus === 'Cancelled' && this.#prepare(restore).run(run, position).changes > 0
      const isWritten = !isRestored && update.run(outcome.explorationStatus, JSON.stringify(outcome), run, position).changes > 0
      if (!isWritten) standing.set(position, this.told(run, { position }))
    }
    return standing
  }

  /** A row as an event told of it: with the outcome that the event keeps, else, since it was not tried again, with the one it has. */
  told(run: number, { position, outcome: kept }: { readonly position: number; readonly outcome?: ExplorationOutcome }): ExplorationRow {
    const { input, outcome } = this.#prepare('select input, outcome from exploration_rows where run = ? and position = ?').get(run, position) as { input: string; outcome: string }
    return { position, input: JSON.parse(input) as StrategyRow, outcome: kept ?? (JSON.parse(outcome) as ExplorationOutcome) }
  }

  /** Finished rows in the order handed over, read as they are taken. */
  *rows(run: number, filter: { status?: readonly ExplorationStatus[]; ticker?: string | undefined; after?: number } = {}): Generator<ExplorationRow> {
    const statuses = filter.status ?? null
    const tickers = filter.ticker === undefined ? [] : [filter.ticker]
    const select = this.#database.prepare(
      `select position, input, outcome from exploration_rows where run = ? and position > ? and status is not null${
        statuses === null ? '' : ` and status in (${statuses.map(() => '?').join(', ')})`
      }${tickers.length === 0 ? '' : " and input ->> 'ticker' = ?"} order by position`,
    )
    for (const row of select.iterate(run, filter.after ?? -1, ...(statuses ?? []), ...tickers) as Iterable<{ position: number; input: string; outcome: string }>) {
      yield { position: row.position, input: JSON.parse(row.input) as StrategyRow, outcome: JSON.parse(row.outcome) as ExplorationOutcome }
    }
  }

  /** Opens again the rows of a run without a whole answer, for what can pass or be mended, and gives how many these are. Their outcomes stay until there are others. */
  reopen(run: number): number {
    return Number(this.#prepare(`update exploration_rows set status = null where ${RETRYABLE}`).run(run).changes)
  }

  /** Rows by status; `pending` counts those without an outcome, `retryable` those that `reopen` would open. */
  counts(run: number): { rows: number; pending: number; retryable: number; byStatus: Partial<Record<ExplorationStatus, number>> } {
    const select = this.#prepare('select status, count(*) as count from exploration_rows where run = ? group by status')
    const byStatus: Partial<Record<ExplorationStatus, number>> = {}
    let rows = 0
    let pending = 0
    for (const { status, count } of select.iterate(run) as Iterable<{ status: ExplorationStatus | null; count: number }>) {
      rows += count
      if (status === null) pending = count
      else byStatus[status] = count
    }
    const { retryable } = this.#prepare(`select count(*) as retryable from exploration_rows where ${RETRYABLE}`).get(run) as { retryable: number }
    return { rows, pending, retryable, byStatus }
  }

  /**
   * The newest that runs which are over have seen of a ticker in `market` by horizon, nothing older than `maxAgeDays`. For
   * a hit's date nothing that was seen in chains of later days, nor in those of more days before. `now` in epoch milliseconds.
   */
  liquidity(market: string, ticker: string, { maxAgeDays, now, date }: { maxAgeDays: number; now: number; date: string | null }): LiquidityRecord[] {
    const select = this.#prepare(
      "select horizon, class, date from liquidity_history where market = ? and ticker = ? and seen_at between ? and ? and (? is null or date between date(?, '-' || ? || ' days') and ?) order by horizon",
    )
    const found = select.all(market, ticker, now - maxAgeDays * DAY_MS, now + CLOCK_SKEW_MS, date, date, maxAgeDays, date) as { horizon: string; class: string; date: string }[]
    return found.map(({ horizon: looked, class: seen, date }) => {
      const [horizon, right = 'any'] = looked.split(' ')
      return { class: seen, horizon, right, date } as LiquidityRecord
    })
  }

  /** Whether anything is known of a market, as `liquidity` tells it. */
  knowsLiquidity(market: string): boolean {
    return this.#prepare('select 1 from liquidity_history where market = ? limit 1').get(market) !== undefined
  }

  /**
   * Notes what a run has seen of a ticker. Its own rows do not go by it, so that an interrupted run ends as it would have
   * without the interruption; `learn` makes it known. Of a horizon the newest counts, and a chain that can be traded before one that can not.
   */
  remember(run: number, market: string, ticker: string, records: readonly LiquidityRecord[], now: number): void {
    this.#noted.push({ run, market, ticker, records, now })
  }

  /** Where the caller's transaction comes to nothing so does this: the rows that showed it are then explored again. */
  #writeNoted(): void {
    const insert = this.#prepare(
      `insert into liquidity_seen (run, market, ticker, horizon, class, date, seen_at) values (?, ?, ?, ?, ?, ?, ?)
      on conflict do update set class = excluded.class, date = excluded.date, seen_at = excluded.seen_at
      where excluded.date > date or (excluded.date = date and (excluded.class <> 'Illiquid' or class = 'Illiquid'))`,
    )
    for (const { run, market, ticker, records, now } of this.#noted.splice(0)) {
      for (const { horizon, right, class: seen, date } of records) insert.run(run, market, ticker, right === 'any' ? horizon : `${horizon} ${right}`, seen, date, now)
    }
  }

  /**
   * Makes known to later runs what a run that is over has seen, in place of what was known before for the same horizon, or is older
   * than `maxAgeDays`. What nobody can ask for any more is forgotten; what is too old for this run alone is not: the next may look further back.
   */
  learn(run: number, maxAgeDays: number, now: number): void {
    this.#database.exec('begin immediate')
    try {
      this.#writeNoted()
      this.#prepare(
        `insert into liquidity_history (market, ticker, horizon, class, date, seen_at) select market, ticker, horizon, class, date, seen_at from liquidity_seen where run = ?
        on conflict do update set class = excluded.class, date = excluded.date, seen_at = excluded.seen_at where excluded.date >= date or seen_at not between ? and ?`,
      ).run(run, now - maxAgeDays * DAY_MS, now + CLOCK_SKEW_MS)
      this.#prepare("delete from liquidity_history where class = 'none' and (market, ticker) in (select market, ticker from liquidity_seen where run = ? and class <> 'none')").run(run)
      this.#prepare('delete from liquidity_seen where run = ?').run(run)
      this.#prepare('delete from liquidity_history where seen_at < ?').run(now - LONGEST_AGE_DAYS * DAY_MS)
      this.#database.exec('commit')
    } catch (error) {
      this.#database.exec('rollback')
      throw error
    }
  }

  #prepare(text: string): StatementSync {
    let statement = this.#statements.get(text)
    if (statement === undefined) this.#statements.set(text, (statement = this.#database.prepare(text)))
    return statement
  }
}
