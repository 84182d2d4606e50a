import { formatArguments } from './format.ts'
import { inspect } from './inspect.ts'
import { optionsGiven, take, type Budget, type InspectHost } from './options.ts'
import { formatTable } from './table.ts'
import type { Clock } from '../environment/clock.ts'
import {
  ArrayIsArray,
  errorStackGetter,
  callScript,
  ErrorConstructor,
  MapConstructor,
  mapDelete,
  mapForEach,
  mapGet,
  mapSet,
  mapSize,
  MathFloor,
  numberToFixed,
  ObjectGetOwnPropertyDescriptor,
  StringConstructor,
  stringIndexOf,
  stringPadStart,
  stringRepeat,
  stringSlice,
} from '../language/intrinsics.ts'
import { noProxies, type ProxyTracker } from '../environment/proxies.ts'
import { defineGlobal, defineHidden } from '../language/properties.ts'
import { replaceText } from '../language/text.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface ConsoleOptions {
  readonly clock: Clock
  /** Receives each finished record; `cut` where something was left out for length, which the text says as well. */
  readonly sink: (level: LogLevel, text: string, cut: boolean) => void
  /** Receives the raw first argument of `console.table`, so that hits printed as a table can be read as data, and whether that is a list. */
  readonly onTable?: (table: unknown, isList: boolean) => void
  /** Receives a text that is all that `console.log` or `console.info` was given, whole. */
  readonly onText?: (text: string) => void
  /** Told each list that `console.log` or `info` is given. */
  readonly onList?: (list: unknown[]) => void
  /** Told each object, no list, that is all that `console.log` or `info` is given. */
  readonly onObject?: (object: object) => void
  /** Drops the host's own frames from a stack. */
  readonly formatStack?: (stack: string) => string
  readonly proxies?: ProxyTracker
  readonly state?: ConsoleState
  /** Characters of one record; the formatter stops there. Default 8,192. */
  readonly maxLineLength?: number
}

/** What a console keeps from one call to the next: its labels of time and count, and how far it indents. */
export interface ConsoleState {
  readonly startedAt: Map<string, number>
  readonly counts: Map<string, number>
  groups: number
}

/** The state of a console that nothing was said to. */
export function newConsoleState(): ConsoleState {
  return { startedAt: new MapConstructor<string, number>(), counts: new MapConstructor<string, number>(), groups: 0 }
}

/** Makes a console forget what was said to it. */
export function resetConsoleState(state: ConsoleState): void {
  mapForEach(state.startedAt, (_, label) => mapDelete(state.startedAt, label))
  mapForEach(state.counts, (_, label) => mapDelete(state.counts, label))
  state.groups = 0
}

const MOST_LABELS = 1_000
const MAX_LINE = 8_192
const DEEPEST_GROUP = 20

/** A console whose records read as Node's do, delivered to `sink`; getters and proxy traps never run. */
export function createConsole(options: ConsoleOptions): Record<string, (...args: unknown[]) => void> {
  const { clock, sink, onTable, onText, onList, onObject, maxLineLength = MAX_LINE } = options
  const host: InspectHost = {
    proxies: options.proxies ?? noProxies,
    formatStack: options.formatStack ?? ((stack) => stack),
  }
  const state = options.state ?? newConsoleState()
  const { startedAt, counts } = state

  function newBudget(): Budget {
    return { remaining: maxLineLength, cut: false }
  }

  function deliver(level: LogLevel, text: string, budget: Budget): void {
    const indentation = stringRepeat('  ', state.groups)
    const indented = state.groups === 0 ? text : indentation + replaceText(text, '\n', `\n${indentation}`)
    const isLong = indented.length > maxLineLength * 2
    const kept = isLong ? stringSlice(indented, 0, maxLineLength) : indented
    const cut = isLong || budget.cut
    sink(level, cut ? `${kept}… [cut at ${maxLineLength} characters]` : kept, cut)
  }

  function write(level: LogLevel, args: readonly unknown[]): void {
    const budget = newBudget()
    deliver(level, formatArguments(args, host, budget), budget)
  }

  /** A revoked proxy has its say in the text alone. */
  function isArray(value: unknown): boolean {
    return typeof value === 'object' && value !== null && !host.proxies.isProxy(value) && ArrayIsArray(value)
  }

  function isPlain(value: unknown): value is object {
    return typeof value === 'object' && value !== null && !host.proxies.isProxy(value) && !ArrayIsArray(value)
  }

  function say(args: readonly unknown[]): void {
    if (onText !== undefined && args.length === 1 && typeof args[0] === 'string') onText(args[0])
    for (let i = 0; onList !== undefined && i < args.length; i++) if (isArray(args[i])) onList(args[i] as unknown[])
    if (onObject !== undefined && args.length === 1 && isPlain(args[0])) onObject(args[0])
    write('info', args)
  }

  function writeText(level: LogLevel, text: string): void {
    const budget = newBudget()
    deliver(level, take(text, budget), budget)
  }

  function writeWithPrefix(level: LogLevel, prefix: string, args: readonly unknown[]): void {
    const budget = newBudget()
    const start = take(prefix, budget)
    const rest = args.length === 0 ? '' : formatArguments(args, host, budget)
    deliver(level, rest === '' ? start : `${start} ${rest}`, budget)
  }

  function elapsed(name: string, label: string): number | null {
    const start = mapGet(startedAt, label)
    if (start === undefined) {
      writeText('warn', `Warning: No such label '${label}' for console.${name}()`)
      return null
    }
    return clock.elapsed() - start
  }

  const methods: Record<string, (...args: unknown[]) => void> = {
    log: (...args) => say(args),
    info: (...args) => say(args),
    debug: (...args) => write('debug', args),
    warn: (...args) => write('warn', args),
    error: (...args) => write('error', args),
    dirxml: (...args) => write('info', args),
    dir(value, given) {
      const budget = newBudget()
      deliver('info', inspect(value, host, budget, optionsGiven(given)), budget)
    },
    trace(...args) {
      const stack = ownStack(new ErrorConstructor())
      const framesAt = stringIndexOf(stack, '\n')
      writeWithPrefix('info', 'Trace:', args)
      if (framesAt !== -1) writeText('info', host.formatStack(stringSlice(stack, framesAt + 1)))
    },
    assert(condition, ...args) {
      if (condition) return
      if (typeof args[0] === 'string') {
        args[0] = `Assertion failed: ${args[0]}`
        write('warn', args)
      } else writeWithPrefix('warn', 'Assertion failed', args)
    },
    table(value, properties) {
      const budget = newBudget()
      const text = formatTable(value, properties, host, budget)
      if (text === null) write('info', [value])
      else deliver('info', text, budget)
      if (onTable !== undefined) onTable(value, isArray(value))
    },
    group(...args) {
      if (args.length > 0) write('info', args)
      if (state.groups < DEEPEST_GROUP) state.groups++
    },
    groupEnd() {
      if (state.groups > 0) state.groups--
    },
    time(label) {
      const name = labelOf(label)
      if (mapGet(startedAt, name) !== undefined) writeText('warn', `Warning: Label '${name}' already exists for console.time()`)
      else if (mapSize(startedAt) < MOST_LABELS) mapSet(startedAt, name, clock.elapsed())
    },
    timeLog(label, ...args) {
      const name = labelOf(label)
      const ms = elapsed('timeLog', name)
      if (ms !== null) writeWithPrefix('info', `${name}: ${formatDuration(ms)}`, args)
    },
    timeEnd(label) {
      const name = labelOf(label)
      const ms = elapsed('timeEnd', name)
      mapDelete(startedAt, name)
      if (ms !== null) writeText('info', `${name}: ${formatDuration(ms)}`)
    },
    count(label) {
      const name = labelOf(label)
      const count = (mapGet(counts, name) ?? 0) + 1
      if (count > 1 || mapSize(counts) < MOST_LABELS) mapSet(counts, name, count)
      writeText('info', `${name}: ${count}`)
    },
    countReset(label) {
      const name = labelOf(label)
      if (!mapDelete(counts, name)) writeText('warn', `Warning: Count for '${name}' does not exist`)
    },
  }
  const silent = ['clear', 'profile', 'profileEnd', 'timeStamp']
  for (let i = 0; i < silent.length; i++) defineHidden(methods, silent[i]!, () => {})
  defineHidden(methods, 'groupCollapsed', methods['group'])
  return methods
}

/** A text as one record of the log holds it: nothing large ever leaves the isolate. */
export function cutLine(text: string): string {
  return text.length > 2 * MAX_LINE ? `${stringSlice(text, 0, MAX_LINE)}… [cut at ${MAX_LINE} characters]` : text
}

const UTILITY_TEXT = 1_000_000

/** Text of values as `console.log` writes them, for `util.format`. */
export function formatText(values: readonly unknown[], proxies: ProxyTracker): string {
  return formatArguments(values, { proxies, formatStack: (stack) => stack }, { remaining: UTILITY_TEXT, cut: false })
}

/** Text of one value, for `util.inspect`. */
export function inspectText(value: unknown, given: unknown, proxies: ProxyTracker): string {
  return inspect(value, { proxies, formatStack: (stack) => stack }, { remaining: UTILITY_TEXT, cut: false }, optionsGiven(given))
}

/** Puts a console on the global object, in place of the engine's own. */
export function installConsole(global: object, console: object): void {
  defineGlobal(global, 'console', console)
}

function labelOf(label: unknown): string {
  const text = label === undefined ? 'default' : StringConstructor(label)
  return text.length > 200 ? stringSlice(text, 0, 200) : text
}

function ownStack(error: Error): string {
  const descriptor = ObjectGetOwnPropertyDescriptor(error, 'stack')
  if (descriptor === undefined) return ''
  const stack: unknown = errorStackGetter === null ? descriptor.value : callScript(errorStackGetter, error, [])
  return typeof stack === 'string' ? stack : ''
}

/** Durations as Node's `console.timeEnd` writes them. */
function formatDuration(ms: number): string {
  if (ms < 1_000) return `${ms}ms`
  if (ms < 60_000) return `${numberToFixed(ms / 1_000, 3)}s`
  const hours = MathFloor(ms / 3_600_000)
  const minutes = MathFloor(ms / 60_000) % 60
  const seconds = (ms % 60_000) / 1_000
  if (hours > 0) {
    return `${hours}:${stringPadStart(`${minutes}`, 2, '0')}:${stringPadStart(`${MathFloor(seconds)}`, 2, '0')} (h:mm:ss)`
  }
  return `${minutes}:${stringPadStart(numberToFixed(seconds, 3), 6, '0')} (m:ss.mmm)`
}
