import type { RandomStream } from '../random.ts'

/** What is wrong with a contract's data, as with some of every vendor's. */
export type DataFault = 'stale' | 'crossed' | 'empty' | null

/** Chance of each fault where much is traded, and where little is. */
const CHANCES: readonly (readonly [Exclude<DataFault, null>, number, number])[] = [
  ['crossed', 0.0001, 0.0006],
  ['stale', 0.0015, 0.015],
  ['empty', 0.0003, 0.004],
]

/** Draws a fault for one contract; `thinness` 0 for the most traded names to 1 for the least. */
export function drawFault(random: RandomStream, thinness: number): DataFault {
  let left = random.uniform()
  for (const [fault, liquid, thin] of CHANCES) {
    left -= liquid + (thin - liquid) * thinness
    if (left < 0) return fault
  }
  return null
}
