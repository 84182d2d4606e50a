import {
  listFromIterable,
  listPush,
  newList,
  RangeErrorConstructor,
  SymbolToStringTag,
  TypeErrorConstructor,
} from '../language/intrinsics.ts'
import { defineHidden } from '../language/properties.ts'
import type { Timers } from '../environment/timers.ts'
import { DOMException } from './dom-exception.ts'
import type { Events } from './events.ts'
import { showFields } from './shown.ts'

const MOST_SIGNALS = 10_000

/** AbortController and AbortSignal; `AbortSignal.timeout` counts virtual time. */
export function createAbort({ Event, EventTarget, dispatch }: Events, timers: Pick<Timers, 'setTimeout'>) {
  const permission = {}
  let abort: (signal: AbortSignal, reason: unknown) => void
  let follow: (source: AbortSignal, dependent: AbortSignal) => void
  let isSignal: (value: unknown) => value is AbortSignal

  class AbortSignal extends EventTarget {
    #aborted = false
    #reason: unknown = undefined
    #dependents: AbortSignal[] = newList()
    onabort: unknown = null

    constructor(given?: unknown) {
      if (given !== permission) throw new TypeErrorConstructor('Illegal constructor')
      super()
    }
    static {
      abort = (signal, reason) => {
        if (signal.#aborted) return
        signal.#aborted = true
        signal.#reason = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason
        const event = new Event('abort')
        const { onabort } = signal
        if (typeof onabort === 'function') {
          const once = { __proto__: null, once: true }
          signal.addEventListener('abort', onabort, once)
        }
        dispatch(signal, event)
        const dependents = signal.#dependents
        signal.#dependents = newList()
        for (let i = 0; i < dependents.length; i++) abort(dependents[i] as AbortSignal, signal.#reason)
      }
      follow = (source, dependent) => {
        if (source.#aborted) abort(dependent, source.#reason)
        else listPush(source.#dependents, dependent)
      }
      isSignal = (value): value is AbortSignal => typeof value === 'object' && value !== null && #aborted in value
    }
    get aborted(): boolean {
      return this.#aborted
    }
    get reason(): unknown {
      return this.#reason
    }
    throwIfAborted(): void {
      if (this.#aborted) throw this.#reason
    }
    static abort(reason?: unknown): AbortSignal {
      const signal = new AbortSignal(permission)
      abort(signal, reason)
      return signal
    }
    static timeout(delay: unknown): AbortSignal {
      const ms = +(delay as number)
      if (!(ms >= 0)) throw new RangeErrorConstructor('AbortSignal.timeout: the delay must be a number of at least 0')
      const signal = new AbortSignal(permission)
      const timer = timers.setTimeout(() => {
        abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
      }, ms) as { unref(): void }
      timer.unref()
      return signal
    }
    static any(signals: unknown): AbortSignal {
      const dependent = new AbortSignal(permission)
      const list = listFromIterable(signals, MOST_SIGNALS)
      for (let i = 0; i < list.length; i++) {
        const source = list[i]
        if (!isSignal(source)) throw new TypeErrorConstructor('AbortSignal.any: every item must be an AbortSignal')
        follow(source, dependent)
      }
      return dependent
    }
  }
  defineHidden(AbortSignal.prototype, SymbolToStringTag, 'AbortSignal')
  showFields(AbortSignal, 'AbortSignal', ({ aborted }) => ({ aborted }))

  class AbortController {
    readonly #signal = new AbortSignal(permission)
    get signal(): AbortSignal {
      return this.#signal
    }
    abort(reason?: unknown): void {
      abort(this.#signal, reason)
    }
  }
  defineHidden(AbortController.prototype, SymbolToStringTag, 'AbortController')
  showFields(AbortController, 'AbortController', ({ signal }) => ({ signal }))

  return { AbortController, AbortSignal }
}

export type Abort = ReturnType<typeof createAbort>
