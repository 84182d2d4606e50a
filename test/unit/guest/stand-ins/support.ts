import { createFetch } from '../../../../runtime/guest/fetch/fetch.ts'
import { createClock } from '../../../../runtime/guest/environment/clock.ts'
import type { StandInDeps } from '../../../../runtime/guest/stand-ins/types.ts'

const DAY_MS = 86_400_000
const LAST_DAY = Date.parse('2026-03-13') / DAY_MS

/** What stand-ins get in an isolate, over a market of AAPL (closes 100, 101, … up to 2026-03-13) and MSFT (200, 201, …). */
export function standInWorld() {
  const notes: string[] = []
  const files = new Map<string, string | Uint8Array>()
  const clock = createClock(LAST_DAY * DAY_MS + 20 * 3_600_000)
  const days: number[] = []
  for (let day = LAST_DAY; days.length < 30; day--) if (![0, 6].includes((day + 4) % 7)) days.unshift(day)
  const barsOf = (base: number) => {
    const column = (shift: number) => Float64Array.from(days, (_, i) => base + i + shift)
    return { length: days.length, day: Int32Array.from(days), open: column(-0.5), high: column(1), low: column(-1), close: column(0), volume: Float64Array.from(days, (_, i) => 1000 + i) }
  }
  const store = new Map([['AAPL', barsOf(100)], ['MSFT', barsOf(200)]])
  const note = (code: string, text: string): void => void notes.push(`${code}: ${text}`)
  const market = { bars: (symbol: string) => store.get(symbol) ?? null, symbols: () => [...store.keys()], asOfDay: LAST_DAY, sessions: () => Int32Array.from(days), note }
  const { request } = createFetch({ market, clock })
  const deps: StandInDeps = {
    request,
    now: () => clock.now(),
    sleep: async (_, value) => value,
    format: (...values) => values.map(String).join(' '),
    inspect: (value) => JSON.stringify(value),
    note,
    writeFile: (path, content) => void files.set(path, content),
    removeFile: (path) => void files.delete(path),
    files: [],
    filename: 'scan.js',
    require: () => undefined,
  }
  return { deps, notes, files }
}
