import { scratchColumn } from './scratch.ts'

/**
 * One pass over all windows for the statistics that are linear in `weight × value`, weights 1 (oldest) to `period` (newest):
 * `result = base × anchor + (weighted × weightedScale + sum × sumScale)`, sums relative to the anchor (see window-sums.ts).
 */
export interface WeightedForm {
  readonly base: 0 | 1
  readonly weightedScale: number
  readonly sumScale: number
}

export function weightedWindows(input: Float64Array, period: number, form: WeightedForm): Float64Array {
  const { base, weightedScale, sumScale } = form
  const length = input.length
  const output = new Float64Array(length)
  const suffixSums = scratchColumn(0, Math.min(period, length))
  for (let start = 0; start < length; start += period) {
    const anchor = input[start]!
    const end = Math.min(start + period, length)
    if (start > 0) {
      let sum = 0
      let weighted = 0
      for (let oldest = start - 1, windowEnd = start + period - 2; windowEnd >= start; oldest--, windowEnd--) {
        sum += input[oldest]! - anchor
        weighted += sum
        if (windowEnd < end) {
          output[windowEnd] = weighted
          suffixSums[windowEnd - start] = sum
        }
      }
    }
    let prefix = 0
    let prefixWeighted = 0
    for (let index = start; index < end; index++) {
      const size = index - start + 1
      const delta = input[index]! - anchor
      prefix += delta
      prefixWeighted += size * delta
      if (index < period - 1) {
        output[index] = Number.NaN
        continue
      }
      const weighted = output[index]! + (period - size) * prefix + prefixWeighted
      const sum = suffixSums[index - start]! + prefix
      output[index] = base * anchor + (weighted * weightedScale + sum * sumScale)
    }
  }
  return output
}
