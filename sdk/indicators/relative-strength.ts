import { checkSameLength, toColumn, type NumericColumn, type Stream } from './input.ts'

/**
 * Relative strength against a benchmark: `value / benchmark` bar by bar; rising while the series does better.
 * Undefined (NaN) where the benchmark is 0 or either is missing.
 * @param values, benchmark series of one length over the same sessions, oldest first
 */
export function relativeStrength(values: NumericColumn, benchmark: NumericColumn): Float64Array {
  const input = toColumn(values, 'relativeStrength')
  const base = toColumn(benchmark, 'relativeStrength', 'benchmark')
  checkSameLength('relativeStrength', { values: input, benchmark: base })
  const output = new Float64Array(input.length)
  for (let index = 0; index < output.length; index++) {
    output[index] = ratioOf(input[index]!, base[index]!)
  }
  return output
}

/** `relativeStrength` one pair of values at a time. */
export function relativeStrengthStream(): Stream<{ readonly value: number; readonly benchmark: number }> {
  return { next: ({ value, benchmark }) => ratioOf(value, benchmark) }
}

function ratioOf(value: number, benchmark: number): number {
  return benchmark === 0 ? Number.NaN : value / benchmark
}
