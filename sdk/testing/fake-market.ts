import { barColumn } from '../indicators/input.ts'
import type { Bar, MarketProvider, SymbolBars } from '../market.ts'
import { makeBars, type BarOptions, type BarShape } from './make-bars.ts'

/** Bars by symbol, for a scan to run over; as a provider of the market it is what the runtime takes. */
export interface FakeMarket extends MarketProvider {
  /** In ascending order. */
  readonly symbols: readonly string[]
  barsOf(symbol: string): readonly Bar[] | null
}

/** What a symbol's bars are, or the shape to make them of. */
export type SymbolSource = readonly Bar[] | BarShape | ({ readonly shape: BarShape } & BarOptions)

const DAY_MS = 86_400_000
const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const

/**
 * A market of the symbols given, each with bars or the shape of bars to make: `fakeMarket({ SPY: 'trend', XYZ: bars })`.
 * Shapes are seeded by the symbol's name unless they say a seed. Symbols are trimmed and upper-cased.
 * Throws TypeError or RangeError where a symbol has no bars, a bar lacks a field, or dates do not rise.
 */
export function fakeMarket(symbols: Readonly<Record<string, SymbolSource>>): FakeMarket {
  if (typeof symbols !== 'object' || symbols === null || Array.isArray(symbols)) {
    throw new TypeError(
      `fakeMarket: give its symbols with their bars, such as { XYZ: makeBars("gap") }, not ${Array.isArray(symbols) ? 'a list' : String(symbols)}`,
    )
  }
  const bars = new Map<string, readonly Bar[]>()
  for (const [name, source] of Object.entries(symbols)) {
    const symbol = name.trim().toUpperCase()
    if (symbol === '') throw new TypeError('fakeMarket: a symbol has no name')
    if (bars.has(symbol)) throw new TypeError(`fakeMarket: ${symbol} is there twice`)
    bars.set(symbol, barsFrom(symbol, source))
  }
  if (bars.size === 0) throw new TypeError('fakeMarket: there are no symbols; give at least one, such as { XYZ: makeBars("gap") }')
  const names = [...bars.keys()].sort((one, other) => (one < other ? -1 : 1))
  const columns = names.map((symbol) => columnsOf(symbol, bars.get(symbol)!))
  return Object.freeze({
    name: 'test',
    simulated: true,
    fingerprint: JSON.stringify(names.map((symbol) => [symbol, bars.get(symbol)])),
    symbols: Object.freeze(names),
    barsOf: (symbol: string) => bars.get(symbol.trim().toUpperCase()) ?? null,
    bars: () => columns,
  })
}

function barsFrom(symbol: string, source: SymbolSource): readonly Bar[] {
  if (typeof source === 'string') return makeBars(source, { seed: seedOf(symbol) })
  if (typeof source !== 'object' || source === null) {
    throw new TypeError(`fakeMarket: ${symbol} is ${String(source)}; give its bars, or a shape such as 'trend'`)
  }
  if (!('shape' in source)) return source
  const { shape, ...options } = source
  return makeBars(shape, { seed: seedOf(symbol), ...options })
}

function columnsOf(symbol: string, bars: readonly Bar[]): SymbolBars {
  if (!Array.isArray(bars) || bars.length === 0) throw new TypeError(`fakeMarket: ${symbol} has no bars; give a list of one or more`)
  const day = Int32Array.from(bars, ({ date }, at) => {
    const found = Date.parse(`${date}T00:00:00Z`) / DAY_MS
    // JavaScript takes the 30th of February for the 2nd of March.
    if (typeof date !== 'string' || !Number.isInteger(found) || new Date(found * DAY_MS).toISOString().slice(0, 10) !== date) {
      throw new TypeError(`fakeMarket: bar ${at} of ${symbol} has the date ${String(date)}; write it as 2026-11-20`)
    }
    return found
  })
  for (let at = 1; at < day.length; at++) {
    if (day[at]! <= day[at - 1]!) {
      throw new RangeError(
        `fakeMarket: bar ${at} of ${symbol} (${bars[at]!.date}) is not after the one before it (${bars[at - 1]!.date}); dates must rise`,
      )
    }
  }
  const [open, high, low, close, volume] = COLUMNS.map((name) => barColumn(bars, name, `fakeMarket: ${symbol}`)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  checkPrices(symbol, { open, high, low, close }, volume)
  return { symbol, day, open, high, low, close, volume }
}

/** What no market holds would be refused once it is stored, where its place is no longer known. */
function checkPrices(symbol: string, prices: Record<string, Float64Array>, volume: Float64Array): void {
  const refuse = (at: number, name: string, value: number, wanted: string): never => {
    throw new RangeError(`fakeMarket: bar ${at} of ${symbol} has ${name} ${value}; ${wanted}`)
  }
  for (let at = 0; at < volume.length; at++) {
    for (const [name, column] of Object.entries(prices)) {
      if (!(column[at]! > 0 && column[at]! < Infinity)) refuse(at, name, column[at]!, 'prices are numbers above 0')
    }
    if (!(volume[at]! >= 0 && volume[at]! < Infinity)) refuse(at, 'volume', volume[at]!, 'volumes are numbers from 0 up')
  }
}

/** FNV-1a of the name. */
function seedOf(symbol: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < symbol.length; at++) hash = Math.imul(hash ^ symbol.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
