/*
 * What a script takes of a processor by itself: its function called in a bare loop by one thread, without an isolate, its bars made
 * beforehand. Only some symbols, since a call costs the same for the others.
 *   node bare.ts SNAPSHOT SCRIPT DATES EVERY      the last DATES sessions, one symbol of EVERY
 * prints {"rows": N, "cpuUs": of all calls, "hits": {"AAPL": number of hits, …}} with 0 hits for symbols that had none
 */
import { closeSync, openSync, readFileSync } from 'node:fs'

import { isoFromDay } from '../../../runtime/market/days.ts'
import { parseSnapshotIndex } from '../../../runtime/market/snapshot-index.ts'
import { SnapshotReader } from '../../../runtime/market/snapshot-reader.ts'
import { resolveParams, ta, type Scanner } from '../../../sdk/index.ts'

interface Script {
  default?: Scanner
  scan?: (symbol: string, bars: object[], context: object) => unknown
  lookback?: number
}

const [snapshot = '', file = '', dates, every] = process.argv.slice(2)
const { default: scanner, scan, lookback: ofScan } = (await import(file)) as Script
const index = parseSnapshotIndex(readFileSync(`${snapshot}/index.json`, 'utf8'), snapshot)
const days = index.sessions.slice(-Number(dates))
const lookback = scanner?.lookback ?? ofScan ?? Number.POSITIVE_INFINITY
const params = resolveParams(scanner ?? {})
const barsFd = openSync(`${snapshot}/bars.bin`, 'r')
const reader = new SnapshotReader({ barsFd, index })
const hits: Record<string, number> = {}
let [rows, cpuUs] = [0, 0]
for (let place = 0; place < index.symbols.length; place += Number(every)) {
  const symbol = index.symbols[place]!
  const calls = days.flatMap((day) => callOf(symbol, place, day))
  const before = process.cpuUsage()
  let found = 0
  for (const call of calls) if (call()) found++
  const { user, system } = process.cpuUsage(before)
  cpuUs += user + system
  rows += calls.length
  hits[symbol] = found
}
closeSync(barsFd)
process.stdout.write(`${JSON.stringify({ rows, cpuUs, hits })}\n`)

/** The call for a symbol on a day; none where it has no bar. */
function callOf(symbol: string, place: number, day: number): (() => unknown)[] {
  const window = reader.readWindow(place, day, lookback)
  if (window.day.at(-1) !== day) return []
  const date = isoFromDay(day)
  const { open, high, low, close, volume } = window
  if (scanner !== undefined) {
    const context = { symbol, date, bars: { length: close.length, open, high, low, close, volume }, ta, params, log: () => {} }
    return [() => scanner.scan(context as never)]
  }
  const bars = Array.from(close, (price, at) => ({ date: isoFromDay(window.day[at]!), open: open[at], high: high[at], low: low[at], close: price, volume: volume[at] }))
  return [() => scan!(symbol, bars, { date, ta, params, log: () => {} })]
}
