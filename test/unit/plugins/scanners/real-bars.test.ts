/**
 * Scanners over a year of the US market against the same rules written out in plain loops over bar objects, with no
 * indicator and no code of the SDK. The recorded bars are not part of the repository.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'

import { columns, load, scan } from './support.ts'

const FOLDER = fileURLToPath(new URL('../../../../../shared/data/daily_bars/pystock/', import.meta.url))
/** One symbol in so many, and the last days of the year: of rules that find much a few, but in the long suite. */
const EVERY = 4
const DAYS = 12
const OFTEN = process.env.TEST_LONG === '1' ? DAYS : 4

interface Bar { open: number; high: number; low: number; close: number; volume: number }
type Verdict = { score: number; direction: string } | null

const market = existsSync(FOLDER) ? readMarket() : []

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Wilder's average true range after each bar, by his own recipe: a mean first, then 13 parts of the old and one of the new. */
function averageRanges(bars: Bar[], period = 14): number[] {
  const ranges = bars.map(({ high, low }, at) => (at === 0 ? NaN : Math.max(high - low, Math.abs(high - bars[at - 1]!.close), Math.abs(low - bars[at - 1]!.close))))
  const output: number[] = []
  for (let at = 0; at < bars.length; at++) {
    if (at < period) output.push(NaN)
    else if (at === period) output.push(mean(ranges.slice(1, period + 1)))
    else output.push((output[at - 1]! * (period - 1) + ranges[at]!) / period)
  }
  return output
}

function strengths(bars: Bar[], period = 14): number[] {
  let [up, down] = [0, 0]
  return bars.map(({ close }, at) => {
    if (at === 0) return NaN
    const change = close - bars[at - 1]!.close
    const [gain, loss] = [Math.max(change, 0), Math.max(-change, 0)]
    if (at <= period) [up, down] = [up + gain / period, down + loss / period]
    else [up, down] = [(up * (period - 1) + gain) / period, (down * (period - 1) + loss) / period]
    return at < period ? NaN : 100 - 100 / (1 + up / down)
  })
}

const RULES: Record<string, { params?: Record<string, unknown>; days?: number; rule: (bars: Bar[]) => Verdict }> = {
  'gap-and-go': {
    rule(all) {
      const bars = all.slice(-60)
      const [today, yesterday] = [bars.at(-1)!, bars.at(-2)!]
      const usual = mean(bars.slice(-21, -1).map(({ volume }) => volume))
      if (bars.length < 21 || today.open / yesterday.close - 1 < 0.03 || !(today.volume / usual >= 1.5)) return null
      if (today.close <= today.open || today.low <= yesterday.close) return null
      const range = averageRanges(bars).at(-2)!
      return { score: ((today.open - yesterday.close) / range) * ((today.close - today.low) / (today.high - today.low)), direction: 'bullish' }
    },
  },
  'rsi-reversal': {
    days: OFTEN,
    rule(all) {
      const rsi = strengths(all.slice(-252))
      const [now, before] = [rsi.at(-1)!, rsi.at(-2)!]
      if (before <= 30 && now > 30) {
        let depth = 0
        for (let at = rsi.length - 2; rsi[at]! <= 30; at--) depth = Math.max(depth, 30 - rsi[at]!)
        return { score: depth, direction: 'bullish' }
      }
      if (before >= 70 && now < 70) {
        let height = 0
        for (let at = rsi.length - 2; rsi[at]! >= 70; at--) height = Math.max(height, rsi[at]! - 70)
        return { score: height, direction: 'bearish' }
      }
      return null
    },
  },
  'moving-average-cross': {
    params: { fast: 20, slow: 50 },
    days: OFTEN,
    rule(bars) {
      const distance = (back: number): number => {
        const closes = bars.slice(0, bars.length - back).map(({ close }) => close)
        return closes.length < 50 ? NaN : mean(closes.slice(-20)) - mean(closes.slice(-50))
      }
      const [now, before, range] = [distance(0), distance(1), averageRanges(bars).at(-1)!]
      // Sums in another order differ in their last digit: a tie is left to chance.
      if (Math.abs(now) < 1e-9 || Math.abs(before) < 1e-9 || !(range > 0)) return null
      if (now > 0 && before < 0) return { score: (now - before) / range, direction: 'bullish' }
      return now < 0 && before > 0 ? { score: (before - now) / range, direction: 'bearish' } : null
    },
  },
  'inside-day': {
    rule(all) {
      const bars = all.slice(-80)
      const [today, mother] = [bars.at(-1)!, bars.at(-2)!]
      const range = today.high - today.low
      if (!(today.high < mother.high && today.low > mother.low) || bars.length < 7) return null
      const share = range / (mother.high - mother.low)
      if (range <= 0 || share > 0.75 || bars.slice(-7).some(({ high, low }) => high - low < range)) return null
      return { score: 1 / share, direction: 'neutral' }
    },
  },
  '52-week-breakout': {
    params: { window: 120 },
    rule(bars) {
      if (bars.length < 121) return null
      const today = bars.at(-1)!
      const year = bars.slice(-121, -1)
      const top = Math.max(...year.map(({ high }) => high))
      const volume = today.volume / mean(bars.slice(-21, -1).map((bar) => bar.volume))
      const base = 120 - year.findLastIndex(({ high }) => high === top)
      if (!(today.close > top && volume >= 1.5) || base < 10) return null
      return { score: ((today.close - top) / averageRanges(bars).at(-2)!) * Math.log2(1 + volume), direction: 'bullish' }
    },
  },
  'second-day-continuation': {
    params: { minTurnover: 1_000_000 },
    rule(all) {
      const bars = all.slice(-60)
      if (bars.length < 22) return null
      const [two, one, zero] = [bars.at(-1)!, bars.at(-2)!, bars.at(-3)!]
      const before = bars.slice(-22, -2)
      const volume = one.volume / mean(before.map((bar) => bar.volume))
      if (one.open / zero.close - 1 < 0.02 || !(volume >= 1.5) || mean(before.map((bar) => bar.close * bar.volume)) < 1_000_000) return null
      if (one.close < (one.high + one.low) / 2 || Math.min(one.low, two.low) <= zero.close || two.close <= one.close) return null
      return { score: (two.close - zero.close) / averageRanges(bars).at(-3)!, direction: 'bullish' }
    },
  },
}

describe.skipIf(market.length === 0)(`a quarter of a year's US stocks, the last days of each`, () => {
  it.each(Object.entries(RULES))('%s agrees with its rule', async (name, { params, days = DAYS, rule }) => {
    const scanner = await load(name)
    let hits = 0
    for (const { symbol, bars } of market) {
      for (let back = 0; back < days; back++) {
        const seen = bars.slice(0, bars.length - back)
        const expected = rule(seen)
        const found = scan(scanner, columns(seen.slice(-scanner.lookback!).map(({ open, high, low, close, volume }) => [open, high, low, close, volume])), params)
        if (expected !== null) hits++
        if (found?.direction !== expected?.direction) throw new Error(`${symbol} ${back} days before the end: ${JSON.stringify(found)} and not ${JSON.stringify(expected)}`)
        if (expected !== null) expect(Math.abs(found!.score - expected.score)).toBeLessThan(1e-9 * Math.max(1, expected.score))
      }
    }
    expect(hits).toBeGreaterThan(5)
  })
})

/** Stocks that traded every day and never jumped as a split would make them: what splits do is tested on bars made for it. */
function readMarket(): { symbol: string; bars: Bar[] }[] {
  const bySymbol = new Map<string, { date: string; bar: Bar }[]>()
  for (const name of readdirSync(FOLDER).sort()) {
    for (const line of gunzipSync(readFileSync(FOLDER + name)).toString().split('\n').slice(1)) {
      const [symbol, date, open, high, low, close, volume] = line.split(',')
      // By a hash of the name, so that the sample is spread over the alphabet.
      if (!symbol || [...symbol].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % EVERY !== 0) continue
      const rows = bySymbol.get(symbol) ?? []
      bySymbol.set(symbol, rows)
      rows.push({ date: date!, bar: { open: Number(open), high: Number(high), low: Number(low), close: Number(close), volume: Number(volume) } })
    }
  }
  return [...bySymbol].flatMap(([symbol, rows]) => {
    const bars = rows.sort((one, other) => (one.date < other.date ? -1 : 1)).map(({ bar }) => bar)
    const isWhole = bars.length >= 200 && bars.every((bar, at) => bar.volume > 100_000 && bar.low > 2 && (at === 0 || Math.abs(Math.log(bar.open / bars[at - 1]!.close)) < 0.3))
    return isWhole ? [{ symbol, bars }] : []
  })
}
