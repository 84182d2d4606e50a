import { callScript, listPush, newList } from '../language/intrinsics.ts'

type EndEvent = 'beforeExit' | 'exit'

interface Listener {
  event: unknown
  callback: unknown
  isOnce: boolean
}

const MOST_LISTENERS = 1_000

/** What a script wants to be told of its process: that it is about to end, and that it ends. Nothing else ever happens to it. */
export class ProcessEvents {
  readonly #process: object
  #listeners = newList<Listener>()
  #isOver = false

  /** @param process the script's own, which its listeners are called on */
  constructor(process: object) {
    this.#process = process
  }

  add(event: unknown, callback: unknown, isOnce: boolean): void {
    const isEnd = event === 'beforeExit' || event === 'exit'
    if (isEnd && typeof callback === 'function' && this.#listeners.length < MOST_LISTENERS) listPush(this.#listeners, { event, callback, isOnce })
  }

  /** Takes away the last listener added of an event that is the one given, or where none is given all of them. */
  remove(event: unknown, callback?: unknown): void {
    const kept = newList<Listener>()
    let isFound = false
    for (let i = this.#listeners.length - 1; i >= 0; i--) {
      const listener = this.#listeners[i]!
      const isMeant = (event === undefined || listener.event === event) && (callback === undefined || (!isFound && listener.callback === callback))
      if (isMeant) isFound = true
      else listPush(kept, listener)
    }
    this.#listeners = newList<Listener>()
    for (let i = kept.length - 1; i >= 0; i--) listPush(this.#listeners, kept[i]!)
  }

  /** Forgets what the run before wanted. */
  restart(): void {
    this.#listeners = newList<Listener>()
    this.#isOver = false
  }

  /** Nothing is left to do, unless a listener finds something; true where there was one. */
  beforeExit(code: number): boolean {
    return !this.#isOver && this.#emit('beforeExit', code)
  }

  /** The end, which comes once. */
  exit(code: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#emit('exit', code)
  }

  #emit(event: EndEvent, code: number): boolean {
    const listeners = this.#listeners
    // Those that a listener adds are not for this event.
    const count = listeners.length
    let isHeard = false
    for (let i = 0; i < count; i++) {
      const listener = listeners[i]!
      if (listener.event !== event) continue
      isHeard = true
      if (listener.isOnce) this.remove(event, listener.callback)
      callScript(listener.callback, this.#process, [code])
    }
    return isHeard
  }
}
