/*
 * Sums over a sliding window without drift, used by the streaming forms; the column forms inline the same arithmetic.
 *
 * Time is cut into blocks of `period` values. A window that ends inside a block is a suffix of the block before it plus a
 * prefix of the block itself (van Herk, 1992; Gil and Werman, 1993), so nothing is ever subtracted again: no error outlives
 * its window, and a NaN is in the sums of exactly the windows that contain it. Values are taken relative to the first value
 * of the block (the anchor), which every window that ends in the block contains: sums of squares then lose no digits to
 * the price level, and a flat series has a mean of exactly its value and a deviation of exactly 0.
 */
export class WindowSums {
  /** True once `period` values were seen. */
  full = false
  anchor = Number.NaN
  /** Sum of `value - anchor` over the window. */
  sum = Number.NaN
  /** Sum of `(value - anchor)²`. */
  squares = Number.NaN
  /** Sum of `weight × (value - anchor)` with weights 1 (oldest) to `period` (newest). */
  weighted = Number.NaN

  readonly #period: number
  readonly #block: Float64Array
  readonly #suffixSum: Float64Array
  readonly #suffixSquares: Float64Array
  readonly #suffixWeighted: Float64Array
  #offset = 0
  #prefixSum = 0
  #prefixSquares = 0
  #prefixWeighted = 0

  constructor(period: number) {
    this.#period = period
    this.#block = new Float64Array(period)
    this.#suffixSum = new Float64Array(period)
    this.#suffixSquares = new Float64Array(period)
    this.#suffixWeighted = new Float64Array(period)
  }

  push(value: number): void {
    if (this.#offset === this.#period) this.#offset = 0
    if (this.#offset === 0) this.#startBlock(value)
    const offset = this.#offset++
    const size = offset + 1
    const delta = value - this.anchor
    this.#block[offset] = value
    this.#prefixSum += delta
    this.#prefixSquares += delta * delta
    this.#prefixWeighted += size * delta
    if (size === this.#period) this.full = true
    if (!this.full) return
    this.sum = this.#suffixSum[offset]! + this.#prefixSum
    this.squares = this.#suffixSquares[offset]! + this.#prefixSquares
    this.weighted = this.#suffixWeighted[offset]! + (this.#period - size) * this.#prefixSum + this.#prefixWeighted
  }

  #startBlock(anchor: number): void {
    this.anchor = anchor
    this.#prefixSum = this.#prefixSquares = this.#prefixWeighted = 0
    if (!this.full) return
    let sum = 0
    let squares = 0
    let weighted = 0
    for (let offset = this.#period - 1; offset > 0; offset--) {
      const delta = this.#block[offset]! - anchor
      sum += delta
      squares += delta * delta
      weighted += sum
      this.#suffixSum[offset - 1] = sum
      this.#suffixSquares[offset - 1] = squares
      this.#suffixWeighted[offset - 1] = weighted
    }
  }
}
