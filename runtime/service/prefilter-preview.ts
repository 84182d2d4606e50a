import { LRUCache } from 'lru-cache'
import { setImmediate as breathe } from 'node:timers/promises'

import type { PrefilterCandidate } from '../prefilter/candidate.ts'
import { prefilter } from '../prefilter/prefilter.ts'
import type { Snapshot } from '../market/snapshot.ts'
import { isoFromDay } from '../market/days.ts'
import type { Funnel, PrefilterSettings } from '../scan/run.ts'
import { candidateOf, dateOf } from '../scan/screen.ts'

/** The prefilter's funnel, and the first of the symbols that pass. */
export interface PrefilterPreview {
  readonly funnel: Funnel
  readonly date: string
  readonly kept: readonly string[]
}

const KEPT_VIEWS = 4
const SYMBOLS_PER_TURN = 500
const SHOWN = 100

/** Shows what the prefilter would keep. What it reads of the market is kept, so that a slider is answered at once. */
export class PrefilterPreviews {
  readonly #views = new LRUCache<string, Promise<readonly PrefilterCandidate[]>>({ max: KEPT_VIEWS })

  /** @param symbols distinct names, null for the whole market; @throws prefilter_… */
  async preview(snapshot: Snapshot, day: number, symbols: readonly string[] | null, settings: PrefilterSettings): Promise<PrefilterPreview> {
    const all = await this.#view(snapshot, day, settings.window)
    const candidates = symbols === null ? all : symbols.map((symbol) => all[snapshot.indexOf(symbol)] ?? unknownSymbol(symbol))
    const { funnel, verdicts } = prefilter(candidates, settings, dateOf(snapshot, day))
    const kept = verdicts.flatMap((verdict) => (verdict.outcome === 'kept' ? [verdict] : []))
    kept.sort((one, other) => (one.rank ?? 0) - (other.rank ?? 0))
    return { funnel: funnel!, date: isoFromDay(day), kept: kept.slice(0, SHOWN).map(({ symbol }) => symbol) }
  }

  /** Every symbol of the market as of a day, in the order of the snapshot. */
  #view(snapshot: Snapshot, day: number, window: number): Promise<readonly PrefilterCandidate[]> {
    const key = `${snapshot.id} ${day} ${window}`
    const known = this.#views.get(key)
    if (known !== undefined) return known
    const view = readView(snapshot, day, window)
    this.#views.set(key, view)
    view.catch(() => this.#views.delete(key))
    return view
  }
}

async function readView(snapshot: Snapshot, day: number, window: number): Promise<PrefilterCandidate[]> {
  const reader = snapshot.openReader()
  try {
    const candidates: PrefilterCandidate[] = []
    for (const [index, symbol] of snapshot.symbols.entries()) {
      candidates.push(candidateOf(snapshot, reader, symbol, index, day, window))
      if (index % SYMBOLS_PER_TURN === SYMBOLS_PER_TURN - 1) await breathe()
    }
    return candidates
  } finally {
    reader.close()
  }
}

function unknownSymbol(symbol: string): PrefilterCandidate {
  const nothing = Number.NaN
  return { symbol, barOnDate: false, bars: 0, meanVolume: nothing, meanDollarVolume: nothing, lastClose: nothing, firstBar: null, lastBar: null }
}
