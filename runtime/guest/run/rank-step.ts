import { topRanked, type Candidate, type RankRequest } from '../../../sdk/ranking.ts'
import { JSONParse, JSONStringify, listPush, makeArray, MapConstructor, mapGet, mapHas, mapSet, newList, ObjectFreeze } from '../language/intrinsics.ts'
import { isArray, objectKeys } from '../language/kinds.ts'
import { faultText } from '../outcome/fault.ts'
import { UnacceptableValue, type Changes } from '../outcome/plain-json.ts'
import { outcomeText } from '../outcome/result.ts'

const FIELDS = ['symbol', 'score', 'direction', 'data', 'strategies', 'reason']

/** The hits of one date on their way through the scanner's rank step. */
export class RankStepRun {
  readonly #candidates = newList<Candidate>()
  readonly #places = new MapConstructor<string, number>()
  #texts: string[] = newList()

  /** @param json a GuestOutcome of a hit */
  add(symbol: string, json: string): void {
    const { score, direction, data, strategies, reason } = JSONParse(json) as Candidate
    mapSet(this.#places, symbol, this.#candidates.length)
    listPush(this.#candidates, ObjectFreeze({ symbol, score, direction, data, strategies, reason }))
  }

  /** The candidates in the order in which they came, which is the run's: a list as scripts know them. */
  get candidates(): readonly Candidate[] {
    return ObjectFreeze(makeArray(this.#candidates.length, (place) => this.#candidates[place]!))
  }

  /** Applies a declared rank; candidates without a score cannot take part. Throws where there are any. */
  keepBest(request: RankRequest): Candidate[] {
    for (let i = 0; i < this.#candidates.length; i++) {
      const { symbol, score } = this.#candidates[i]!
      if (score === null) throw new UnacceptableValue('rank_without_score', `the hit of ${symbol} has no score, and rank goes by the scores`)
    }
    return topRanked(this.candidates, request)
  }

  /** Takes what the step gave. Throws UnacceptableValue, for the whole date, where that is no list of candidates. */
  take(result: unknown, cap: number, changes: Changes): void {
    const kept = result === null || result === undefined ? [] : result
    if (!isArray(kept)) throw unfit(`rank returned ${kindOf(kept)}, not a list of the hits to keep`)
    const count = this.#candidates.length
    this.#texts = makeArray(count, () => '')
    const seen = new MapConstructor<number, number>()
    for (let i = 0; i < kept.length; i++) {
      const place = this.#placeOf(kept[i], i)
      const other = mapGet(seen, place)
      if (other !== undefined) throw unfit(`rank()[${i}] and rank()[${other}] are both ${this.#candidates[place]!.symbol}`)
      mapSet(seen, place, i)
      this.#texts[place] = this.#textOf(kept[i] as Record<string, unknown>, this.#candidates[place]!, `ranked ${i + 1} of ${count}`, cap, changes)
    }
  }

  /** What the step came to for the candidate at a place: an outcome's text, empty where it was not kept. */
  text(place: number): string {
    return this.#texts[place] ?? ''
  }

  #placeOf(entry: unknown, at: number): number {
    if (typeof entry !== 'object' || entry === null) throw unfit(`rank()[${at}] is ${kindOf(entry)}, not a candidate or an object with its symbol`)
    const { symbol } = entry as Record<string, unknown>
    if (typeof symbol !== 'string') throw unfit(`rank()[${at}] has no symbol`)
    if (!mapHas(this.#places, symbol)) throw unfit(`rank()[${at}].symbol ${JSONStringify(symbol)} is none of the candidates`)
    const keys = objectKeys(entry)
    for (let i = 0; i < keys.length; i++) {
      if (!isField(keys[i]!)) throw unfit(`rank()[${at}] has an unknown key ${JSONStringify(keys[i])}; what a row is to show belongs in its data`)
    }
    return mapGet(this.#places, symbol)!
  }

  /** A value that cannot stand fails its own row, not the others. */
  #textOf(entry: Record<string, unknown>, candidate: Candidate, place: string, cap: number, changes: Changes): string {
    try {
      const chosen = (field: keyof Candidate): unknown => (entry[field] === undefined ? candidate[field] : entry[field])
      const merged = { score: chosen('score'), direction: chosen('direction'), data: chosen('data'), strategies: chosen('strategies'), reason: chosen('reason') ?? place }
      return outcomeText(merged, true, cap, changes)
    } catch (thrown) {
      return faultText(thrown)
    }
  }
}

function isField(key: string): boolean {
  for (let i = 0; i < FIELDS.length; i++) if (FIELDS[i] === key) return true
  return false
}

const unfit = (message: string): UnacceptableValue => new UnacceptableValue('rank_result_invalid', message)

function kindOf(value: unknown): string {
  return value === null ? 'null' : value === undefined ? 'nothing' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
