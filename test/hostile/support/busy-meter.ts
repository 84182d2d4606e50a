const EVERY_MS = 2

/**
 * The longest that one turn of this process's event loop kept it from the next. It goes by the processor time of the one thread, so a machine
 * that is busy with other things does not count.
 */
export class BusyMeter {
  #longest = 0
  #last = threadMs()

  constructor() {
    setInterval(() => this.#look(), EVERY_MS).unref()
  }

  restart(): void {
    this.#last = threadMs()
    this.#longest = 0
  }

  longestMs(): number {
    return this.#longest
  }

  #look(): void {
    const now = threadMs()
    this.#longest = Math.max(this.#longest, now - this.#last)
    this.#last = now
  }
}

function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
