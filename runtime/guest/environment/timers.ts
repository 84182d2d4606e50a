import type { Clock } from './clock.ts'
import {
  callScript,
  enqueueMicrotask,
  listPop,
  listPush,
  MapConstructor,
  mapDelete,
  mapGet,
  mapSet,
  MathTrunc,
  newList,
  PromiseConstructor,
  RangeErrorConstructor,
  SymbolToPrimitive,
  TypeErrorConstructor,
} from '../language/intrinsics.ts'
import { defineGlobal } from '../language/properties.ts'

const LONGEST_DELAY = 2_147_483_647

export interface TimersOptions {
  readonly clock: Clock
  /** Receives what a callback threw; must not throw. */
  readonly onError: (error: unknown) => void
  /** Timers that may wait at one time; the next one throws a RangeError in the script. Default 10,000. */
  readonly maxTimers?: number
}

export interface Timers {
  /**
   * Advances the clock to the earliest due timer and runs it; false where none is left that keeps a script waiting
   * (timers after `unref()` alone do not, as in Node). Microtasks run when the caller's stack is empty, not in here.
   */
  runNext(): boolean
  /** Timers, not counting those after `unref()`, that wait. */
  pending(): number
  /** True where only intervals are left, which by themselves never end. */
  onlyRepeating(): boolean
  /** Forgets every timer, for the next symbol. */
  clear(): void
  setTimeout(callback: unknown, delay?: unknown, ...args: unknown[]): object
  clearTimeout(timer: unknown): void
  setInterval(callback: unknown, delay?: unknown, ...args: unknown[]): object
  setImmediate(callback: unknown, ...args: unknown[]): object
  queueMicrotask(callback: unknown): void
  /** `setTimeout` of `timers/promises`: a promise of `value` after `delay` virtual milliseconds. */
  sleep<T>(delay?: unknown, value?: T): Promise<T>
}

interface Entry {
  readonly id: number
  readonly callback: unknown
  readonly args: readonly unknown[]
  readonly delay: number
  readonly repeat: boolean
  due: number
  order: number
  referenced: boolean
  /** Position in the queue, -1 while not in it. */
  position: number
  cancelled: boolean
  handle: object | null
}

/** Timers on a virtual clock, run in order of (due, order of setting). */
export function createTimers({ clock, onError, maxTimers = 10_000 }: TimersOptions): Timers {
  const queue = newList<Entry>()
  const byId = new MapConstructor<number, Entry>()
  let lastId = 0
  let lastOrder = 0
  let referencedCount = 0
  let repeatingCount = 0

  // Scripts reach the class through `timer.constructor`; an entry of their own making would upset the counts.
  const permission = {}

  class Timeout {
    readonly #entry: Entry
    constructor(entry: Entry, given: unknown) {
      if (given !== permission) throw new TypeErrorConstructor('Illegal constructor')
      this.#entry = entry
    }
    ref(): this {
      setReferenced(this.#entry, true)
      return this
    }
    unref(): this {
      setReferenced(this.#entry, false)
      return this
    }
    hasRef(): boolean {
      return this.#entry.referenced
    }
    refresh(): this {
      const entry = this.#entry
      if (!entry.cancelled) {
        dequeue(entry)
        schedule(entry)
      }
      return this
    }
    close(): this {
      cancel(this.#entry)
      return this
    }
    [SymbolToPrimitive](): number {
      return this.#entry.id
    }
    static entryOf(value: unknown): Entry | undefined {
      return typeof value === 'object' && value !== null && #entry in value ? value.#entry : undefined
    }
  }
  const entryOf = Timeout.entryOf
  // Reachable through `timer.constructor`, so nothing internal may stay on it.
  delete (Timeout as { entryOf?: unknown }).entryOf

  function add(name: string, callback: unknown, delay: number, repeat: boolean, args: readonly unknown[]): object {
    if (typeof callback !== 'function') {
      const hint = typeof callback === 'string' ? '; code as text is not run' : ''
      throw new TypeErrorConstructor(`${name}: the callback must be a function, not ${callback === null ? 'null' : typeof callback}${hint}`)
    }
    if (queue.length >= maxTimers) {
      throw new RangeErrorConstructor(`${name}: ${maxTimers} timers are waiting already, which is the most a script may have`)
    }
    const entry: Entry = {
      id: ++lastId, callback, args, delay, repeat, due: 0, order: 0, referenced: true,
      position: -1, cancelled: false, handle: null,
    }
    schedule(entry)
    const handle = new Timeout(entry, permission)
    entry.handle = handle
    return handle
  }

  function schedule(entry: Entry): void {
    entry.due = clock.now() + entry.delay
    entry.order = ++lastOrder
    count(entry, 1)
    mapSet(byId, entry.id, entry)
    listPush(queue, entry)
    entry.position = queue.length - 1
    siftUp(queue, entry.position)
  }

  /** Keeps count of the queued timers that a script waits for. */
  function count(entry: Entry, change: 1 | -1): void {
    if (!entry.referenced) return
    referencedCount += change
    if (entry.repeat) repeatingCount += change
  }

  function dequeue(entry: Entry): void {
    const position = entry.position
    if (position === -1) return
    entry.position = -1
    count(entry, -1)
    const last = listPop(queue) as Entry
    if (last === entry) return
    queue[position] = last
    last.position = position
    siftUp(queue, position)
    siftDown(queue, last.position)
  }

  function cancel(entry: Entry): void {
    entry.cancelled = true
    dequeue(entry)
    mapDelete(byId, entry.id)
  }

  function setReferenced(entry: Entry, referenced: boolean): void {
    if (entry.referenced === referenced) return
    const isQueued = entry.position !== -1
    if (isQueued) count(entry, -1)
    entry.referenced = referenced
    if (isQueued) count(entry, 1)
  }

  function find(value: unknown): Entry | undefined {
    if (typeof value === 'number') return mapGet(byId, value)
    if (typeof value === 'string') return mapGet(byId, +value)
    return entryOf(value)
  }

  function clearTimeout(timer: unknown): void {
    const entry = find(timer)
    if (entry !== undefined) cancel(entry)
  }

  return {
    runNext() {
      if (referencedCount === 0) return false // what is left was unref'd
      const entry = queue[0] as Entry
      clock.advanceTo(entry.due)
      dequeue(entry)
      try {
        callScript(entry.callback, entry.handle, entry.args)
      } catch (error) {
        onError(error)
      }
      if (entry.cancelled || entry.position !== -1) return true
      if (entry.repeat) schedule(entry)
      else mapDelete(byId, entry.id)
      return true
    },
    pending: () => referencedCount,
    onlyRepeating: () => referencedCount > 0 && referencedCount === repeatingCount,
    clear() {
      while (queue.length > 0) cancel(queue[queue.length - 1] as Entry)
      lastId = 0
    },
    setTimeout: (callback, delay, ...args) => add('setTimeout', callback, toDelay(delay), false, args),
    setInterval: (callback, delay, ...args) => add('setInterval', callback, toDelay(delay), true, args),
    setImmediate: (callback, ...args) => add('setImmediate', callback, 0, false, args),
    clearTimeout,
    queueMicrotask(callback) {
      if (typeof callback !== 'function') {
        throw new TypeErrorConstructor(`queueMicrotask: the callback must be a function, not ${callback === null ? 'null' : typeof callback}`)
      }
      enqueueMicrotask(() => {
        try {
          callScript(callback, undefined, [])
        } catch (error) {
          onError(error)
        }
      })
    },
    sleep: (delay, value) =>
      new PromiseConstructor((resolve) => {
        add('sleep', () => resolve(value as never), toDelay(delay), false, [])
      }),
  }
}

/** Puts the timer functions on the global object. */
export function installTimers(global: object, timers: Timers): void {
  defineGlobal(global, 'setTimeout', timers.setTimeout)
  defineGlobal(global, 'clearTimeout', timers.clearTimeout)
  defineGlobal(global, 'setInterval', timers.setInterval)
  defineGlobal(global, 'clearInterval', timers.clearTimeout)
  defineGlobal(global, 'setImmediate', timers.setImmediate)
  defineGlobal(global, 'clearImmediate', timers.clearTimeout)
  defineGlobal(global, 'queueMicrotask', timers.queueMicrotask)
}

/** Node's rule: whole milliseconds, 1 for anything below 1, too long or not a number. */
function toDelay(delay: unknown): number {
  const ms = +(delay as number)
  return ms >= 1 && ms <= LONGEST_DELAY ? MathTrunc(ms) : 1
}

const isBefore = (a: Entry, b: Entry) => a.due < b.due || (a.due === b.due && a.order < b.order)

function place(queue: Entry[], entry: Entry, position: number): void {
  queue[position] = entry
  entry.position = position
}

function siftUp(queue: Entry[], from: number): void {
  const entry = queue[from] as Entry
  let position = from
  while (position > 0) {
    const parentPosition = (position - 1) >> 1
    const parent = queue[parentPosition] as Entry
    if (!isBefore(entry, parent)) break
    place(queue, parent, position)
    position = parentPosition
  }
  place(queue, entry, position)
}

function siftDown(queue: Entry[], from: number): void {
  const entry = queue[from] as Entry
  let position = from
  for (;;) {
    let childPosition = 2 * position + 1
    if (childPosition >= queue.length) break
    const right = childPosition + 1
    if (right < queue.length && isBefore(queue[right] as Entry, queue[childPosition] as Entry)) childPosition = right
    const child = queue[childPosition] as Entry
    if (!isBefore(child, entry)) break
    place(queue, child, position)
    position = childPosition
  }
  place(queue, entry, position)
}
