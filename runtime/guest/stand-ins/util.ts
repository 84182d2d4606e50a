import type { ModuleObject, StandInDeps } from './types.ts'

const CUSTOM = Symbol.for('nodejs.util.promisify.custom')
const INSPECT = Symbol.for('nodejs.util.inspect.custom')

type AnyFunction = (...args: unknown[]) => unknown

/** Node's `util` as scripts use it. */
export function createUtil({ format, inspect, sleep }: StandInDeps): ModuleObject {
  const tag = (name: string) => (value: unknown) => Object.prototype.toString.call(value) === `[object ${name}]`
  return {
    format,
    inspect: Object.assign((value: unknown, ...given: unknown[]) => inspect(value, optionsOf(given)), { custom: INSPECT, defaultOptions: {} }),
    promisify: Object.assign((original: AnyFunction) => promisify(original, sleep), { custom: CUSTOM }),
    callbackify: (original: AnyFunction) => (...args: unknown[]) => {
      const callback = args.pop() as AnyFunction
      Promise.resolve(original(...args)).then((value) => callback(null, value), (error: unknown) => callback(error))
    },
    deprecate: (original: unknown) => original,
    inherits: (constructor: { prototype: object; super_?: unknown }, parent: { prototype: object }) => {
      constructor.super_ = parent
      Object.setPrototypeOf(constructor.prototype, parent.prototype)
    },
    isDeepStrictEqual: (a: unknown, b: unknown) => isEqual(a, b),
    isArray: Array.isArray,
    styleText: (_: unknown, text: unknown) => String(text),
    stripVTControlCharacters: (text: string) => text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, ''),
    parseArgs: ({ options = {} }: { options?: Record<string, { default?: unknown }> } = {}) => ({
      values: Object.fromEntries(Object.entries(options).filter(([, option]) => option.default !== undefined).map(([name, option]) => [name, option.default])),
      positionals: [],
    }),
    TextEncoder: (globalThis as ModuleObject).TextEncoder,
    TextDecoder: (globalThis as ModuleObject).TextDecoder,
    types: { isDate: tag('Date'), isRegExp: tag('RegExp'), isMap: tag('Map'), isSet: tag('Set'), isPromise: tag('Promise'), isNativeError: (value: unknown) => value instanceof Error, isTypedArray: ArrayBuffer.isView },
  }
}

/** The options of `inspect`, which older scripts give one by one: whether to show what is hidden, then the depth. */
function optionsOf(given: unknown[]): unknown {
  const [first, depth] = given
  if (typeof first === 'object' && first !== null) return first
  return { ...(first !== undefined && { showHidden: first }), ...(depth !== undefined && { depth }) }
}

/** `promisify(setTimeout)` takes the time first and no callback, and so gives a sleep. */
function promisify(original: AnyFunction, sleep: StandInDeps['sleep']): AnyFunction {
  if (typeof original !== 'function') throw Object.assign(new TypeError('The "original" argument must be of type function'), { code: 'ERR_INVALID_ARG_TYPE' })
  const custom = (original as unknown as Record<symbol, unknown>)[CUSTOM]
  if (typeof custom === 'function') return custom as AnyFunction
  if (original === (globalThis as ModuleObject).setTimeout) return (ms?: unknown, value?: unknown) => sleep(ms, value)
  return function (this: unknown, ...args: unknown[]) {
    return new Promise((resolve, reject) => {
      original.call(this, ...args, (error: unknown, value: unknown) => (error === null || error === undefined ? resolve(value) : reject(error)))
    })
  }
}

export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (a instanceof Date) return a.getTime() === (b as Date).getTime()
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && isEqual((a as ModuleObject)[key], (b as ModuleObject)[key]))
}
