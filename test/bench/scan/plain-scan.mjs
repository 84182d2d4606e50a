/*
 * The rule as a careful author writes it for one job: plain loops over the columns of the store, no checks, no rows for
 * misses, no containment. The indicators are those of `hand-written.ts` once more, less what one thread of many would first need to strip its types,
 * and with a Bollinger band that is anchored, since hits are compared.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

export const HEADER = 'symbol,direction,average,strength,upper,lower,gap\n'

/**
 * The symbols of a snapshot in groups of `size`, each with what `scanPart` needs to read them.
 * Without `size`, one group for each of `groups`.
 */
export function partsOf(snapshot, { size, groups }) {
  const index = JSON.parse(readFileSync(`${snapshot}/index.json`, 'utf8'))
  const share = size ?? Math.ceil(index.symbols.length / groups)
  const parts = []
  let offset = 0
  for (let from = 0; from < index.symbols.length; from += share) {
    const counts = index.counts.slice(from, from + share)
    parts.push({ snapshot, day: index.sessions.at(-1), offset, symbols: index.symbols.slice(from, from + share), counts, lastDays: index.lastDays.slice(from, from + share) })
    offset += counts.reduce((sum, count) => sum + blockBytes(count), 0)
  }
  return parts
}

/** Lines of the hits among the symbols of a part that have a bar on its day. */
export function scanPart({ snapshot, day, offset, symbols, counts, lastDays }) {
  const fd = openSync(`${snapshot}/bars.bin`, 'r')
  const most = counts.reduce((sum, count) => Math.max(sum, count), 0)
  const buffer = new ArrayBuffer(blockBytes(most))
  const bytes = new Uint8Array(buffer)
  let lines = ''
  for (let place = 0; place < symbols.length; place++) {
    const count = counts[place]
    const size = blockBytes(count)
    if (lastDays[place] === day) {
      readSync(fd, bytes, 0, size, offset)
      const start = size - 40 * count
      lines += scan(symbols[place], new Float64Array(buffer, start, count), new Float64Array(buffer, start + 24 * count, count))
    }
    offset += size
  }
  closeSync(fd)
  return lines
}

function scan(symbol, open, close) {
  const last = close.length - 1
  if (last < 20) return ''
  const average = sma(close, 20)[last]
  const strength = rsi(close, 14)[last]
  const bands = bollinger(close, 20, 2)
  const upper = bands.upper[last]
  const lower = bands.lower[last]
  const gap = open[last] / close[last - 1] - 1
  const price = close[last]
  if (Math.abs(gap) < 0.01 || !(price > upper || price < lower || strength >= 60 || strength <= 40)) return ''
  return `${symbol},${gap > 0 ? 'bullish' : 'bearish'},${average},${strength},${upper},${lower},${gap}\n`
}

function sma(values, period) {
  const output = new Float64Array(values.length)
  let total = 0
  for (let index = 0; index < values.length; index++) {
    total += values[index]
    if (index >= period) total -= values[index - period]
    output[index] = index >= period - 1 ? total / period : NaN
  }
  return output
}

function rsi(values, period) {
  const output = new Float64Array(values.length).fill(NaN)
  let gain = 0
  let loss = 0
  for (let index = 1; index < values.length; index++) {
    const change = values[index] - values[index - 1]
    const up = change > 0 ? change : 0
    const down = change < 0 ? -change : 0
    if (index <= period) {
      gain += up / period
      loss += down / period
    } else {
      gain = (gain * (period - 1) + up) / period
      loss = (loss * (period - 1) + down) / period
    }
    if (index >= period) output[index] = 100 - 100 / (1 + gain / loss)
  }
  return output
}

function bollinger(values, period, deviations) {
  const middle = new Float64Array(values.length)
  const upper = new Float64Array(values.length)
  const lower = new Float64Array(values.length)
  const anchor = values[0]
  let total = 0
  let squares = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index] - anchor
    total += value
    squares += value * value
    if (index >= period) {
      const old = values[index - period] - anchor
      total -= old
      squares -= old * old
    }
    if (index >= period - 1) {
      const mean = total / period
      const width = deviations * Math.sqrt(Math.max(0, squares / period - mean * mean))
      middle[index] = anchor + mean
      upper[index] = anchor + mean + width
      lower[index] = anchor + mean - width
    } else middle[index] = upper[index] = lower[index] = NaN
  }
  return { middle, upper, lower }
}

/** Days as Int32, padded to 8 bytes, then five columns of doubles. */
function blockBytes(count) {
  return Math.ceil(count / 2) * 8 + 40 * count
}
