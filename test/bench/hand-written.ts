/*
 * The loops that a careful author writes by hand for one job: running totals, no checks, no care for NaN or drift.
 * They are the limit that the kernels are measured against.
 */

export function sma(values: Float64Array, period: number): Float64Array {
  const output = new Float64Array(values.length)
  let total = 0
  for (let index = 0; index < values.length; index++) {
    total += values[index]!
    if (index >= period) total -= values[index - period]!
    output[index] = index >= period - 1 ? total / period : Number.NaN
  }
  return output
}

/** The same with the warm-up in a loop of its own. */
export function smaSplit(values: Float64Array, period: number): Float64Array {
  const output = new Float64Array(values.length)
  let total = 0
  let index = 0
  for (; index < period - 1 && index < values.length; index++) {
    total += values[index]!
    output[index] = Number.NaN
  }
  for (; index < values.length; index++) {
    total += values[index]!
    output[index] = total / period
    total -= values[index - period + 1]!
  }
  return output
}

export function ema(values: Float64Array, period: number): Float64Array {
  const output = new Float64Array(values.length).fill(Number.NaN)
  const factor = 2 / (period + 1)
  let average = 0
  for (let index = 0; index < values.length; index++) {
    if (index < period) average += values[index]! / period
    else average += (values[index]! - average) * factor
    if (index >= period - 1) output[index] = average
  }
  return output
}

export function rsi(values: Float64Array, period: number): Float64Array {
  const output = new Float64Array(values.length).fill(Number.NaN)
  let gain = 0
  let loss = 0
  for (let index = 1; index < values.length; index++) {
    const change = values[index]! - values[index - 1]!
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

export function bollinger(values: Float64Array, period: number, deviations: number): { middle: Float64Array; upper: Float64Array; lower: Float64Array } {
  const middle = new Float64Array(values.length)
  const upper = new Float64Array(values.length)
  const lower = new Float64Array(values.length)
  let total = 0
  let squares = 0
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!
    total += value
    squares += value * value
    if (index >= period) {
      const old = values[index - period]!
      total -= old
      squares -= old * old
    }
    if (index >= period - 1) {
      const mean = total / period
      const width = deviations * Math.sqrt(Math.max(0, squares / period - mean * mean))
      middle[index] = mean
      upper[index] = mean + width
      lower[index] = mean - width
    } else middle[index] = upper[index] = lower[index] = Number.NaN
  }
  return { middle, upper, lower }
}

export interface HandBars {
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}

export function atr({ high, low, close }: HandBars, period: number): Float64Array {
  const output = new Float64Array(close.length).fill(Number.NaN)
  let average = 0
  for (let index = 1; index < close.length; index++) {
    const before = close[index - 1]!
    const range = Math.max(high[index]! - low[index]!, Math.abs(high[index]! - before), Math.abs(low[index]! - before))
    if (index <= period) average += range / period
    else average = (average * (period - 1) + range) / period
    if (index >= period) output[index] = average
  }
  return output
}

/** Sliding maximum over a queue of falling candidates. */
export function highest(values: Float64Array, period: number): Float64Array {
  const output = new Float64Array(values.length)
  const queue = new Int32Array(values.length)
  let head = 0
  let tail = 0
  for (let index = 0; index < values.length; index++) {
    while (tail > head && values[queue[tail - 1]!]! <= values[index]!) tail--
    queue[tail++] = index
    if (queue[head]! <= index - period) head++
    output[index] = index >= period - 1 ? values[queue[head]!]! : Number.NaN
  }
  return output
}
