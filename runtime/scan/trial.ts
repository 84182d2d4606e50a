import type { Outcome } from './outcome.ts'
import { isCutOff } from './split-check.ts'
import { rowsOf, unitPositions, type Unit } from './units.ts'
import type { RowOrigin } from './work-queue.ts'

/** A row that was scanned in a trial alike both ways, as it counts for the run. */
export interface TriedRow {
  position: number
  outcome: Outcome
  origin: RowOrigin
}

/** What a worker said in a trial: to be said again where the rows of it count. */
interface Said {
  /** The row that it is about, null where it is about the whole unit. */
  position: number | null
  say: () => void
}

/** Things said and their characters, beyond which nothing is kept: the rows are then scanned again. */
const MOST_SAID = 10_000
const MOST_CHARACTERS = 8 * 2 ** 20

/**
 * One comparison of two ways to go about the same rows. The symbols of the second way stand behind all those of the run, so a row of it is
 * as many places further on as the run has rows. What the first way comes to is kept: where the second agrees, it is the run's.
 */
export class Trial {
  readonly tried: [Map<number, string>, Map<number, string>] = [new Map(), new Map()]
  readonly #rows: number
  readonly #dateCount: number
  readonly #first = new Map<number, TriedRow>()
  readonly #items = new Map<number, number>()
  #said: Said[] = []
  #characters = 0
  #isSpoilt = false

  /** @param rows rows of the whole run */
  constructor(rows: number, dateCount: number) {
    this.#rows = rows
    this.#dateCount = dateCount
  }

  settled(position: number, outcome: Outcome, origin: RowOrigin, text: string): void {
    const isFirst = position < this.#rows
    this.tried[isFirst ? 0 : 1].set(position % this.#rows, text)
    if (isFirst) this.#first.set(position, { position, outcome, origin })
  }

  /** Notes how far a worker is with a unit. */
  reached(unit: Unit, item: number): void {
    this.#items.set(unit.id, Math.min(item, rowsOf(unit)))
  }

  /** Rows of both ways that are scanned, with those in the midst of a unit whose rows come at its end. */
  get done(): number {
    const settled = this.tried[0].size + this.tried[1].size
    return Math.max(settled, [...this.#items.values()].reduce((sum, items) => sum + items, 0))
  }

  /** Keeps what is said of the first way until it is known whether its rows count. @param item place within the unit, -1 for none */
  hear(unit: Unit | null, item: number, characters: number, say: () => void): void {
    const positions = unit === null || this.#isSpoilt ? [] : unitPositions(unit, this.#dateCount)
    // What is said between units is that of a worker that loads the script, and told by the first of them.
    if (positions.length === 0 || positions[0]! >= this.#rows) return
    this.#characters += characters
    if (this.#said.length >= MOST_SAID || this.#characters > MOST_CHARACTERS) return this.spoil()
    this.#said.push({ position: positions[item] ?? null, say })
  }

  /** Something that was said is lost: then the rows are to be scanned again, and say it again. */
  spoil(): void {
    this.#isSpoilt = true
    this.#said = []
  }

  /**
   * Hands on the rows on which both ways agree, but those that `isTaken` has elsewhere, and says again what was said of them. Nothing where
   * what was said is lost, or was said of all rows at once and not all of them count.
   */
  count(isTaken: (position: number) => boolean, take: (row: TriedRow) => void): void {
    const rows = [...this.#first.values()].filter(({ position }) => !isTaken(position) && this.#isAgreed(position))
    const counts = new Set(rows.map(({ position }) => position))
    const isWhole = counts.size === this.#first.size
    if (this.#isSpoilt || (!isWhole && this.#said.some(({ position }) => position === null))) return
    for (const { position, say } of this.#said) if (position === null || counts.has(position)) say()
    rows.forEach(take)
  }

  /** Whether both ways are through, and agree on every row. */
  get isAgreed(): boolean {
    return this.#first.size > 0 && [...this.#first.keys()].every((position) => this.#isAgreed(position))
  }

  /** Whether a row came out otherwise the second way, as far as that is known. */
  get differs(): boolean {
    return [...this.tried[1]].some(([position, text]) => this.tried[0].has(position) && text !== this.tried[0].get(position))
  }

  /** Rows of the first way. */
  get size(): number {
    return this.#first.size
  }

  #isAgreed(position: number): boolean {
    const text = this.tried[0].get(position)!
    return text === this.tried[1].get(position) && !isCutOff(text)
  }
}
