/** Node's `EventEmitter`, as far as scripts use it. */
export class EventEmitter {
  readonly #listeners = new Map<unknown, ((...args: unknown[]) => void)[]>()

  on(event: unknown, listener: (...args: unknown[]) => void): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
    return this
  }
  addListener(event: unknown, listener: (...args: unknown[]) => void): this {
    return this.on(event, listener)
  }
  once(event: unknown, listener: (...args: unknown[]) => void): this {
    const wrapped = (...args: unknown[]): void => {
      this.off(event, wrapped)
      listener.apply(this, args)
    }
    return this.on(event, wrapped)
  }
  off(event: unknown, listener: (...args: unknown[]) => void): this {
    this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter((known) => known !== listener))
    return this
  }
  removeListener(event: unknown, listener: (...args: unknown[]) => void): this {
    return this.off(event, listener)
  }
  emit(event: unknown, ...args: unknown[]): boolean {
    const listeners = this.#listeners.get(event) ?? []
    if (event === 'error' && listeners.length === 0) throw args[0]
    for (const listener of listeners) listener.apply(this, args)
    return listeners.length > 0
  }
  listenerCount(event: unknown): number {
    return this.#listeners.get(event)?.length ?? 0
  }
  setMaxListeners(): this {
    return this
  }
}
