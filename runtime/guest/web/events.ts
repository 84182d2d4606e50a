import type { Clock } from '../environment/clock.ts'
import { callScript, listPush, newList, SymbolToStringTag, TypeErrorConstructor } from '../language/intrinsics.ts'
import { defineHidden } from '../language/properties.ts'

interface Listener {
  readonly type: string
  readonly callback: unknown
  readonly once: boolean
  removed: boolean
}

/** Where events take their time from, and where errors of listeners go. */
export interface EventHost {
  readonly clock: Clock
  readonly onError: (error: unknown) => void
}

/** The web's Event and EventTarget, without capture and bubbling, which a script has no tree for. */
export function createEvents(host: EventHost) {
  let beginDispatch: (event: Event, target: object) => boolean
  let isStopped: (event: Event) => boolean

  class Event {
    readonly type: string
    readonly cancelable: boolean
    readonly bubbles = false
    readonly timeStamp = host.clock.elapsed()
    #target: object | null = null
    #prevented = false
    #stopped = false
    constructor(type: unknown, init?: { cancelable?: boolean }) {
      this.type = `${type as string}`
      this.cancelable = init !== undefined && init !== null && init.cancelable === true
    }
    static {
      beginDispatch = (event, target) => {
        if (!(typeof event === 'object' && event !== null && #target in event)) return false
        event.#target = target
        event.#stopped = false
        return true
      }
      isStopped = (event) => event.#stopped
    }
    get target(): object | null {
      return this.#target
    }
    get currentTarget(): object | null {
      return this.#target
    }
    get defaultPrevented(): boolean {
      return this.#prevented
    }
    preventDefault(): void {
      if (this.cancelable) this.#prevented = true
    }
    stopPropagation(): void {}
    stopImmediatePropagation(): void {
      this.#stopped = true
    }
  }
  defineHidden(Event.prototype, SymbolToStringTag, 'Event')

  class CustomEvent extends Event {
    readonly detail: unknown
    constructor(type: unknown, init?: { cancelable?: boolean; detail?: unknown }) {
      super(type, init)
      this.detail = init === undefined || init === null || init.detail === undefined ? null : init.detail
    }
  }
  defineHidden(CustomEvent.prototype, SymbolToStringTag, 'CustomEvent')

  class EventTarget {
    #listeners: Listener[] = newList()

    addEventListener(type: unknown, callback: unknown, options?: unknown): void {
      if (callback === null || callback === undefined) return
      if (typeof callback !== 'function' && typeof callback !== 'object') {
        throw new TypeErrorConstructor('addEventListener: the listener must be a function or an object with handleEvent')
      }
      const name = `${type as string}`
      for (let i = 0; i < this.#listeners.length; i++) {
        const known = this.#listeners[i] as Listener
        if (known.type === name && known.callback === callback) return
      }
      const once = typeof options === 'object' && options !== null && (options as { once?: unknown }).once === true
      listPush(this.#listeners, { type: name, callback, once, removed: false })
    }

    removeEventListener(type: unknown, callback: unknown): void {
      const name = `${type as string}`
      const kept = newList<Listener>()
      for (let i = 0; i < this.#listeners.length; i++) {
        const known = this.#listeners[i] as Listener
        if (known.type === name && known.callback === callback) known.removed = true
        else listPush(kept, known)
      }
      this.#listeners = kept
    }

    dispatchEvent(event: Event): boolean {
      if (!beginDispatch(event, this)) throw new TypeErrorConstructor('dispatchEvent: the argument must be an Event')
      const listeners = this.#listeners
      const count = listeners.length
      const kept = newList<Listener>()
      for (let i = 0; i < listeners.length; i++) {
        const listener = listeners[i] as Listener
        if (!(listener.once && listener.type === event.type)) listPush(kept, listener)
      }
      if (kept.length !== count) this.#listeners = kept
      for (let i = 0; i < count && !isStopped(event); i++) {
        const listener = listeners[i] as Listener
        if (listener.removed || listener.type !== event.type) continue
        try {
          const { callback } = listener
          if (typeof callback === 'function') callScript(callback, this, [event])
          else callScript((callback as { handleEvent: unknown }).handleEvent, callback, [event])
        } catch (error) {
          host.onError(error)
        }
      }
      return !event.defaultPrevented
    }
  }
  defineHidden(EventTarget.prototype, SymbolToStringTag, 'EventTarget')

  const dispatch = EventTarget.prototype.dispatchEvent
  return {
    Event,
    CustomEvent,
    EventTarget,
    /** `target.dispatchEvent`, whatever the script did to the prototype. */
    dispatch: (target: object, event: object): unknown => callScript(dispatch, target, [event]),
  }
}

export type Events = ReturnType<typeof createEvents>
