/**
 * All that a script finds on the global object before the host's own functions are put there: the language, and no more. What an engine
 * or one of its flags adds besides (V8's `gc` writes files) goes, and so does what no limit of the isolate can hold:
 * memory that its heap limit does not count (WebAssembly, shared and resizable buffers), callbacks that run outside every
 * timeout (FinalizationRegistry and WeakRef, for which weak.ts has stand-ins), and clocks finer than a scanner needs (Atomics with shared memory).
 */
const LANGUAGE = [
  ...['globalThis', 'Infinity', 'NaN', 'undefined', 'eval', 'isFinite', 'isNaN', 'parseFloat', 'parseInt'],
  ...['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'unescape'],
  ...['Object', 'Function', 'Boolean', 'Symbol', 'Number', 'BigInt', 'Math', 'Date', 'Temporal', 'String', 'RegExp', 'Intl', 'JSON', 'Reflect', 'Proxy'],
  ...['Array', 'Map', 'Set', 'WeakMap', 'WeakSet', 'Iterator', 'Promise', 'DisposableStack', 'AsyncDisposableStack', 'console'],
  ...['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SuppressedError', 'SyntaxError', 'TypeError', 'URIError'],
  ...['ArrayBuffer', 'DataView', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array'],
  ...['Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
]

/** Runs before any script text. */
export function lockDown(scope: Record<string, unknown>): void {
  const names = Object.getOwnPropertyNames(scope)
  for (let i = 0; i < names.length; i++) if (!LANGUAGE.includes(names[i]!)) delete scope[names[i]!]
  const intl = scope.Intl as Record<string, unknown> | undefined
  if (intl !== undefined) delete intl.v8BreakIterator
  replaceArrayBuffer(scope)
}

/** An `ArrayBuffer` that cannot be resizable, also when it is reached through `buffer.constructor`. */
function replaceArrayBuffer(scope: Record<string, unknown>): void {
  const Original = ArrayBuffer
  const construct = Reflect.construct
  const FixedArrayBuffer = function (this: unknown, length?: number) {
    if (new.target === undefined) throw new TypeError("Constructor ArrayBuffer requires 'new'")
    return construct(Original, [length], new.target)
  } as unknown as ArrayBufferConstructor
  const define = Object.defineProperty
  define(FixedArrayBuffer, 'name', { value: 'ArrayBuffer', configurable: true })
  define(FixedArrayBuffer, 'prototype', { value: Original.prototype, writable: false })
  define(FixedArrayBuffer, 'isView', { value: Original.isView, writable: true, configurable: true })
  define(FixedArrayBuffer, Symbol.species, { get: () => FixedArrayBuffer, configurable: true })
  define(Original.prototype, 'constructor', { value: FixedArrayBuffer, writable: true, configurable: true })
  delete (Original.prototype as unknown as Record<string, unknown>).resize
  define(scope, 'ArrayBuffer', { value: FixedArrayBuffer, writable: true, configurable: true, enumerable: false })
}
