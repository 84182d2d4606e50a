import { newList, objectHasOwn, stringSlice, SymbolFor } from '../language/intrinsics.ts'
import type { ProxyTracker } from '../environment/proxies.ts'

/** The key under which an object has its own way to be shown, as in Node. */
export const INSPECT_CUSTOM = SymbolFor('nodejs.util.inspect.custom')

/** What one formatting call may still spend; shared by all values of one line. */
export interface Budget {
  /** Characters left; formatting stops where it falls below 1. */
  remaining: number
  /** True once something was left out for lack of characters. */
  cut: boolean
}

/** As much of a text as the budget allows. */
export function take(text: string, budget: Budget): string {
  if (text.length <= budget.remaining) {
    budget.remaining -= text.length
    return text
  }
  const kept = stringSlice(text, 0, budget.remaining > 0 ? budget.remaining : 0)
  budget.remaining = 0
  budget.cut = true
  return kept
}

/** Host hooks that formatting needs. */
export interface InspectHost {
  readonly proxies: ProxyTracker
  /** Makes an error's stack fit to show, by dropping the host's own frames for one. */
  readonly formatStack: (stack: string) => string
}

/** The state of one `inspect` call; the options mean what Node's `util.inspect` means by them. */
export interface InspectContext {
  readonly host: InspectHost
  readonly budget: Budget
  depth: number
  readonly breakLength: number
  readonly maxArrayLength: number
  readonly maxStringLength: number
  /** Levels, from the innermost, whose entries may share a line; 0 gives each a line of its own. */
  readonly compact: number
  readonly showHidden: boolean
  readonly sorted: boolean
  indentation: number
  currentDepth: number
  readonly seen: object[]
  circular: Map<object, number> | null
}

/** Every field must be given: one left out would be looked up on `Object.prototype`. */
export interface InspectOptions {
  readonly depth: number
  readonly breakLength: number
  readonly maxArrayLength: number
  readonly maxStringLength: number
  readonly compact: number
  readonly showHidden: boolean
  readonly sorted: boolean
}

/** What `console.log` uses. */
export const DEFAULT_OPTIONS: InspectOptions = { depth: 2, breakLength: 80, maxArrayLength: 100, maxStringLength: 10_000, compact: 3, showHidden: false, sorted: false }

/**
 * The options that a script gives `util.inspect` or `console.dir`, as far as they are followed: `colors`, `getters`, `showProxy`,
 * `numericSeparator` and an own order for `sorted` are not.
 */
export function optionsGiven(given: unknown): InspectOptions {
  if (typeof given !== 'object' || given === null) return DEFAULT_OPTIONS
  // An option that is not given must not fall to what a script put on `Object.prototype`.
  const own = (name: keyof InspectOptions): unknown => (objectHasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined)
  const compact = own('compact')
  const sorted = own('sorted')
  return {
    depth: limitOf(own('depth'), DEFAULT_OPTIONS.depth),
    breakLength: limitOf(own('breakLength'), DEFAULT_OPTIONS.breakLength),
    maxArrayLength: limitOf(own('maxArrayLength'), DEFAULT_OPTIONS.maxArrayLength),
    maxStringLength: limitOf(own('maxStringLength'), DEFAULT_OPTIONS.maxStringLength),
    compact: compact === false ? 0 : typeof compact === 'number' ? compact : DEFAULT_OPTIONS.compact,
    showHidden: own('showHidden') === true,
    sorted: sorted !== undefined && sorted !== false,
  }
}

/** A limit that a script gave: null is none. */
function limitOf(given: unknown, otherwise: number): number {
  if (given === null) return Infinity
  return typeof given === 'number' ? given : otherwise
}

export function createContext(host: InspectHost, budget: Budget, options: InspectOptions): InspectContext {
  return {
    host,
    budget,
    depth: options.depth,
    breakLength: options.breakLength,
    maxArrayLength: options.maxArrayLength,
    maxStringLength: options.maxStringLength,
    compact: options.compact,
    showHidden: options.showHidden,
    sorted: options.sorted,
    indentation: 0,
    currentDepth: 0,
    seen: newList(),
    circular: null,
  }
}
