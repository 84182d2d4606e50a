import type { Direction, Row } from '../scan/row.ts'
import { horizonNamed } from './read-strategies/cells.ts'
import type { Horizon, StrategyRow } from './row.ts'

/** Columns of strategy rows that hits become, in order. */
export const HIT_COLUMNS = ['Ticker', 'Date', 'Close', 'Strategy', 'Trade_Bias', 'Horizon', 'Score'] as const

/** Strategies by direction, for hits that name none: the settings `explore.directions.…`. */
export type DirectionTable = Readonly<Record<Direction, readonly string[]>>

/** A warning as runs carry it. */
export interface HitWarning {
  readonly code: string
  readonly message: string
  readonly count: number
  readonly samples: readonly string[]
}

const MAX_SAMPLES = 5

/**
 * Makes strategy rows of hits and keeps count of what it could not use.
 *
 * A hit becomes one row for each of its `strategies`; one that names none, for each strategy that the table has for its
 * direction. A hit with neither becomes no row: what to trade on it is nobody's guess, and the warnings count it. The
 * horizon is the hit's `data.horizon` where that is one; else the row has none, and the engine takes what suits the strategy.
 */
export class HitStrategies {
  readonly #directions: DirectionTable
  readonly #unmapped = new Tally()
  readonly #foreignHorizons = new Tally()

  constructor(directions: DirectionTable) {
    this.#directions = directions
  }

  /** The strategy rows of a hit; none where the row is no hit. `close` is its last close, in dollars, null where unknown. */
  of(hit: Row, close: number | null): StrategyRow[] {
    if (hit.status !== 'hit') return []
    const mapped = hit.direction === null ? [] : this.#directions[hit.direction]
    const strategies = hit.strategies.length > 0 ? hit.strategies : mapped
    if (strategies.length === 0) {
      this.#unmapped.add(`${hit.symbol} ${hit.date}${hit.direction === null ? '' : ` (${hit.direction})`}`)
      return []
    }
    const horizon = this.#horizonOf(hit)
    return strategies.map((strategy) => strategyRow(hit, close, strategy, horizon))
  }

  /** What the hits so far had that could not be used, each kind once. */
  warnings(): HitWarning[] {
    const kinds: [string, string, Tally][] = [
      ['hits_without_strategy', 'hits that name no strategy, and whose direction the table of directions has none for, were not explored', this.#unmapped],
      ['hits_with_foreign_horizon', 'hits whose data.horizon is none of SHORT, MEDIUM, LEAP were explored as if they had none', this.#foreignHorizons],
    ]
    return kinds.filter(([, , { count }]) => count > 0).map(([code, message, { count, samples }]) => ({ code, message, count, samples }))
  }

  #horizonOf({ symbol, date, data }: Row): Horizon | null {
    const stated = typeof data === 'object' && data !== null && Object.hasOwn(data, 'horizon') ? (data as { horizon: unknown }).horizon : undefined
    if (stated === undefined || stated === null) return null
    const horizon = typeof stated === 'string' ? horizonNamed(stated) : null
    if (horizon === null) this.#foreignHorizons.add(`${symbol} ${date} (${JSON.stringify(stated).slice(0, 40)})`)
    return horizon
  }
}

class Tally {
  count = 0
  readonly samples: string[] = []

  add(sample: string): void {
    this.count++
    if (this.samples.length < MAX_SAMPLES) this.samples.push(sample)
  }
}

function strategyRow({ symbol, date, direction, score }: Row, close: number | null, strategy: string, horizon: Horizon | null): StrategyRow {
  const cells: Record<(typeof HIT_COLUMNS)[number], string | number | null> = {
    Ticker: symbol, Date: date, Close: close, Strategy: strategy, Trade_Bias: direction, Horizon: horizon, Score: score,
  }
  return {
    ticker: symbol, date, close, strategy, tradeBias: direction, horizon, dteMin: null, dteMax: null, marketCap: null, optionVolume: null,
    columns: Object.fromEntries(Object.entries(cells).map(([name, value]) => [name, value === null ? '' : String(value)])),
    problems: [],
  }
}
