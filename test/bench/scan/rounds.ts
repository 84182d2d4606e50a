import { rmSync } from 'node:fs'

import type { ProcessCost } from '../measure/process.ts'
import type { Contender } from './contenders.ts'
import { checkSameHits, type Hits } from './hits.ts'

/** A contender with what its rounds took. */
export interface Entry {
  readonly contender: Contender
  readonly costs: ProcessCost[]
  hits: number
  /** Why its figures do not count; null as long as they do. */
  failure: string | null
}

export interface RoundOptions {
  /** Which round; one below 0 is for warming up and leaves no figures. */
  round: number
  /** The file that each contender writes, anew. */
  out: string
  run(command: string[]): Promise<ProcessCost>
  /** Last close of a symbol. */
  priceOf(symbol: string): number
}

export const enter = (contenders: readonly Contender[]): Entry[] => contenders.map((contender) => ({ contender, costs: [], hits: 0, failure: null }))

/**
 * Runs every contender once, then holds their hits against those of the limit, the first. A peer that fails, or finds other hits, is out
 * from then on; where the limit or Strikescan does, this throws. Each round begins with another contender, so that none always
 * comes behind the same one.
 */
export async function playRound(entries: readonly Entry[], { round, out, run, priceOf }: RoundOptions): Promise<void> {
  const found = new Map<Entry, Hits>()
  const first = Math.max(round, 0) % entries.length
  for (const entry of [...entries.slice(first), ...entries.slice(0, first)]) {
    if (entry.failure !== null) continue
    await orOut(entry, async () => {
      // What another has written must not pass for its own.
      rmSync(out, { force: true })
      const cost = await run(entry.contender.command(out))
      found.set(entry, entry.contender.readHits(out))
      if (round >= 0) entry.costs.push(cost)
    })
  }
  const expected = found.get(entries[0]!)!
  for (const [entry, hits] of found) {
    entry.hits = hits.size
    await orOut(entry, () => checkSameHits(entry.contender.name, expected, hits, priceOf))
  }
}

async function orOut(entry: Entry, work: () => void | Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (entry.contender.role !== 'peer') throw error
    entry.failure = (error as Error).message
  }
}
