import { mkdtempSync, rmSync } from 'node:fs'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { loadStrategies, type StrategyBook } from '../../../runtime/explore/strategies.ts'
import { guestBundle } from '../../../runtime/isolate/guest-bundle.ts'
import { dayFromIso, isoFromDay } from '../../../runtime/market/days.ts'
import type { Snapshot } from '../../../runtime/market/snapshot.ts'
import { BarStore } from '../../../runtime/market/store.ts'

/** What all schedules share, since none of them changes it. */
export interface Fixtures {
  readonly home: string
  readonly snapshot: Snapshot
  readonly book: StrategyBook
  close(): void
}

/** Symbols that a run may ask for, and the market has. */
const SYMBOLS = 16
const LAST_DAY = dayFromIso('2026-11-20')
const SESSIONS = 30
/** Of these the last bars are missing. */
export const isWithoutData = (symbol: string): boolean => symbol === 'SF'
/** Of these too few shares change hands for the prefilter. */
export const isThin = (symbol: string): boolean => symbol === 'SD' || symbol === 'SJ'

export const symbolAt = (place: number): string => `S${String.fromCharCode(65 + place)}`
export const placeOf = (symbol: string): number => symbol.charCodeAt(1) - 65

/** The last sessions of the market, oldest first. */
export const lastDates = (count: number): string[] => SESSION_DAYS.slice(-count).map(isoFromDay)

const SESSION_DAYS = Array.from({ length: 2 * SESSIONS }, (_, back) => LAST_DAY - back)
  .filter((day) => ![0, 6].includes(new Date(day * 86_400_000).getUTCDay()))
  .slice(0, SESSIONS)
  .reverse()

function* bars() {
  for (let place = 0; place < SYMBOLS; place++) {
    const symbol = symbolAt(place)
    const days = isWithoutData(symbol) ? SESSION_DAYS.slice(0, -5) : SESSION_DAYS
    const column = (value: number) => new Float64Array(days.length).fill(value)
    yield { symbol, day: Int32Array.from(days), open: column(100), high: column(101), low: column(99), close: column(100), volume: column(isThin(symbol) ? 1_000 : 5_000_000) }
  }
}

/** In memory where the system has a folder for that. */
export function newFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'strikescan-simulation-'))
}

export async function makeFixtures(): Promise<Fixtures> {
  const home = newFolder()
  const store = BarStore.open(home)
  const snapshot = await store.buildFromProvider({ name: 'simulation', simulated: true, fingerprint: '1', bars })
  // What is loaded once must not be waited for within a schedule: there only virtual time passes.
  await guestBundle(join(home, 'cache'))
  const book = await loadStrategies()
  return {
    home,
    snapshot,
    book,
    close: () => {
      store.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
