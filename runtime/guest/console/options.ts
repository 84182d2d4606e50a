import { newList } from '../intrinsics.ts'
import type { ProxyTracker } from '../proxies.ts'

/** What one formatting call may still spend; shared by all values of one line. */
export interface Budget {
  /** Characters left; formatting stops where it falls below 1. */
  remaining: number
  /** True once something was left out for lack of characters. */
  cut: boolean
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
  readonly showHidden: boolean
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
  readonly showHidden: boolean
}

/** What `console.log` uses. */
export const DEFAULT_OPTIONS: InspectOptions = { depth: 2, breakLength: 80, maxArrayLength: 100, showHidden: false }

export function createContext(host: InspectHost, budget: Budget, options: InspectOptions): InspectContext {
  return {
    host,
    budget,
    depth: options.depth,
    breakLength: options.breakLength,
    maxArrayLength: options.maxArrayLength,
    maxStringLength: 10_000,
    showHidden: options.showHidden,
    indentation: 0,
    currentDepth: 0,
    seen: newList(),
    circular: null,
  }
}
