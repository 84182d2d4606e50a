/** A bucket that refills with time: what a peer may spend at once, and then per second. */
export class Allowance {
  readonly #most: number
  readonly #perSecond: number
  readonly #now: () => number
  #left: number
  #at: number

  /** @param now milliseconds that never go back */
  constructor(most: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#most = most
    this.#perSecond = perSecond
    this.#now = now
    this.#left = most
    this.#at = now()
  }

  /** Spends `amount`. False where that is more than is left; nothing is left then. */
  spend(amount: number): boolean {
    const now = this.#now()
    this.#left = Math.min(this.#most, this.#left + ((now - this.#at) / 1000) * this.#perSecond) - amount
    this.#at = now
    if (this.#left >= 0) return true
    this.#left = 0
    return false
  }
}
