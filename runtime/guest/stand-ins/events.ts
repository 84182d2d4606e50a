type Listener = (...args: unknown[]) => void

interface Entry {
  readonly listener: Listener
  readonly once: boolean
}

/** Node's `EventEmitter`, but for its domains and the capture of rejections. */
export class EventEmitter {
  static defaultMaxListeners = 10
  readonly #entries = new Map<unknown, readonly Entry[]>()

  on(event: unknown, listener: Listener): this {
    return this.#add(event, { listener, once: false }, false)
  }
  addListener(event: unknown, listener: Listener): this {
    return this.on(event, listener)
  }
  once(event: unknown, listener: Listener): this {
    return this.#add(event, { listener, once: true }, false)
  }
  prependListener(event: unknown, listener: Listener): this {
    return this.#add(event, { listener, once: false }, true)
  }
  prependOnceListener(event: unknown, listener: Listener): this {
    return this.#add(event, { listener, once: true }, true)
  }
  off(event: unknown, listener: Listener): this {
    const entries = this.#of(event)
    const at = entries.findLastIndex((entry) => entry.listener === listener)
    if (at !== -1) this.#keep(event, entries.filter((_, i) => i !== at))
    return this
  }
  removeListener(event: unknown, listener: Listener): this {
    return this.off(event, listener)
  }
  removeAllListeners(...events: unknown[]): this {
    if (events.length === 0) this.#entries.clear()
    else this.#entries.delete(events[0])
    return this
  }
  emit(event: unknown, ...args: unknown[]): boolean {
    const entries = this.#of(event)
    if (event === 'error' && entries.length === 0) throw errorOf(args[0])
    for (const entry of entries) {
      if (entry.once) this.#keep(event, this.#of(event).filter((known) => known !== entry))
      entry.listener.apply(this, args)
    }
    return entries.length > 0
  }
  eventNames(): unknown[] {
    return [...this.#entries.keys()]
  }
  listeners(event: unknown): Listener[] {
    return this.#of(event).map(({ listener }) => listener)
  }
  rawListeners(event: unknown): Listener[] {
    return this.listeners(event)
  }
  listenerCount(event: unknown): number {
    return this.#of(event).length
  }
  setMaxListeners(): this {
    return this
  }
  getMaxListeners(): number {
    return EventEmitter.defaultMaxListeners
  }

  #of(event: unknown): readonly Entry[] {
    return this.#entries.get(event) ?? []
  }
  #keep(event: unknown, entries: readonly Entry[]): void {
    if (entries.length === 0) this.#entries.delete(event)
    else this.#entries.set(event, entries)
  }
  #add(event: unknown, entry: Entry, first: boolean): this {
    if (typeof entry.listener !== 'function') throw Object.assign(new TypeError('The "listener" argument must be of type function.'), { code: 'ERR_INVALID_ARG_TYPE' })
    const entries = this.#of(event)
    this.#keep(event, first ? [entry, ...entries] : [...entries, entry])
    return this
  }
}

/** A promise of the arguments of the next event; an `error` before it rejects. */
export function once(emitter: EventEmitter, event: unknown): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown): void => {
      emitter.off(event, came)
      reject(error as Error)
    }
    const came = (...args: unknown[]): void => {
      emitter.off('error', failed)
      resolve(args)
    }
    emitter.once(event, came)
    if (event !== 'error') emitter.once('error', failed)
  })
}

function errorOf(given: unknown): Error {
  if (given instanceof Error) return given
  return Object.assign(new Error(`Unhandled error. (${String(given)})`), { code: 'ERR_UNHANDLED_ERROR', context: given })
}
