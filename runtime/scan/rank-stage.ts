import type { RankRequest } from '../worker/protocol.ts'
import { hostOutcome, type Outcome } from './outcome.ts'
import type { RankUnit } from './units.ts'

/** What the parent may say to a worker in one frame, less what goes around the hits. */
const MAX_REQUEST_BYTES = 15 * 2 ** 20
/** Bytes around one hit in a request. */
const ENTRY_BYTES = 16
/** Attempts of a step whose worker was lost by chance. */
const MAX_ATTEMPTS = 2
const MEGABYTE = 2 ** 20

const NOT_KEPT: Outcome = { status: 'miss', reason: 'the rank step did not keep it', score: null, direction: null, data: null, strategies: [], error: null }

/** What is known of a row once its symbol is scanned, beside the text of its outcome. */
interface HeldHit<Origin> {
  text: string
  origin: Origin
}

interface DateHits<Origin> {
  /** Rows of the date that are still to be scanned. */
  owed: number
  hits: Map<number, HeldHit<Origin>>
  attempts: number
}

interface StagePlan {
  symbols: readonly string[]
  dates: readonly string[]
  days: readonly number[]
}

/** Holds the hits of each date back until all its symbols are scanned, then hands them out to be ranked at once. */
export class RankStage<Origin> {
  readonly #plan: StagePlan
  readonly #dates = new Map<number, DateHits<Origin>>()
  readonly #due: number[] = []

  /** @param scans the rows that will be scanned, by date */
  constructor(plan: StagePlan, scans: readonly { dateIndex: number; positions: readonly number[] }[]) {
    this.#plan = plan
    for (const { dateIndex, positions } of scans) {
      if (positions.length > 0) this.#dates.set(dateIndex, { owed: positions.length, hits: new Map(), attempts: 0 })
    }
  }

  /** True where a date waits to be handed out. */
  get isDue(): boolean {
    return this.#due.length > 0
  }

  /** Takes note of a scanned row: a hit is held, anything else is only counted. */
  scanned(position: number, hit: HeldHit<Origin> | null): void {
    const dateIndex = position % this.#plan.dates.length
    const date = this.#dates.get(dateIndex)!
    if (hit !== null) date.hits.set(position, hit)
    if (--date.owed > 0) return
    if (date.hits.size > 0) this.#due.push(dateIndex)
    else this.#dates.delete(dateIndex)
  }

  /** Where a hit came from; undefined for a row that is not held. */
  originOf(position: number): Origin | undefined {
    return this.#dates.get(position % this.#plan.dates.length)?.hits.get(position)?.origin
  }

  /**
   * The next date to rank, its hits in the order of the run, whichever came first; null where none is due. `refused` is the
   * outcome of all of them where they are more than a worker takes at once.
   */
  next(id: number): { unit: RankUnit; request: RankRequest; refused: Outcome | null } | null {
    const dateIndex = this.#due.shift()
    if (dateIndex === undefined) return null
    const { hits } = this.#dates.get(dateIndex)!
    const positions = [...hits.keys()].sort((one, other) => one - other)
    const candidates = positions.map((position): [string, string] => [this.#symbolOf(position), hits.get(position)!.text])
    // A text is quoted once more on its way.
    const bytes = candidates.reduce((sum, [, text]) => sum + ENTRY_BYTES + Buffer.byteLength(JSON.stringify(text)), 0)
    const refused =
      bytes <= MAX_REQUEST_BYTES
        ? null
        : hostOutcome('failed', 'rank_too_large', {
            date: this.#plan.dates[dateIndex]!,
            size: Math.ceil(bytes / MEGABYTE),
            most: MAX_REQUEST_BYTES / MEGABYTE,
          })
    return { unit: { kind: 'rank', id, dateIndex, positions }, request: { unit: id, day: this.#plan.days[dateIndex]!, candidates }, refused }
  }

  /** Has a date ranked again whose worker is gone; false where that was by chance for the last time. */
  again(unit: RankUnit, wasChance: boolean): boolean {
    const date = this.#dates.get(unit.dateIndex)!
    if (wasChance && ++date.attempts >= MAX_ATTEMPTS) return false
    this.#due.push(unit.dateIndex)
    return true
  }

  /** Forgets a date whose rows are all settled. */
  done(unit: RankUnit): void {
    this.#dates.delete(unit.dateIndex)
  }

  /** Every row that is held, handed out or not. */
  *held(): Generator<number> {
    for (const { hits } of this.#dates.values()) yield* hits.keys()
  }

  timeout(unit: RankUnit, seconds: number): Outcome {
    return hostOutcome('timed_out', 'rank_timeout', { date: this.#plan.dates[unit.dateIndex]!, seconds, count: unit.positions.length })
  }

  #symbolOf(position: number): string {
    return this.#plan.symbols[Math.floor(position / this.#plan.dates.length)]!
  }
}

/** The outcome of a hit after the rank step: as that says, and a miss where it says nothing. */
export function rankedOutcome(text: string, read: (text: string) => Outcome): Outcome {
  return text === '' ? NOT_KEPT : read(text)
}
