import { checkSameLength, toColumn, type NumericColumn } from './input.ts'

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
    output[index] = base[index] === 0 ? Number.NaN : input[index]! / base[index]!
  }
  return output
}
