import { newYorkDay } from '../../sdk/options/time.ts'
import type { Snapshot } from '../market/snapshot.ts'

/** Last closes of imported bars, to hold against what vendors quote: looked up for few tickers, so each time in the file. */
export class LastCloses {
  readonly #open: () => Promise<Snapshot>
  #snapshot: Promise<Snapshot> | null = null

  constructor(open: () => Promise<Snapshot>) {
    this.#open = open
  }

  /** Dollars per share on the last session up to `now` (epoch milliseconds), null for a symbol without bars. @throws what opening the snapshot does */
  async of(ticker: string, now: number): Promise<number | null> {
    const snapshot = await (this.#snapshot ??= this.#open())
    const index = snapshot.indexOf(ticker)
    if (index < 0) return null
    const reader = snapshot.openReader()
    try {
      const { lastClose } = reader.recent(index, newYorkDay(now), 1)
      return lastClose > 0 ? lastClose : null
    } finally {
      reader.close()
    }
  }
}
