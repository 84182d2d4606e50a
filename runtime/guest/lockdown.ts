/**
 * Takes out of the isolate's global object what no limit of the isolate can hold: memory that its heap limit does not
 * count (WebAssembly, shared and resizable buffers), callbacks that run outside every timeout (FinalizationRegistry),
 * and clocks finer than a scanner needs (Atomics with shared memory). Runs before any script text.
 */
const UNCOUNTED = ['WebAssembly', 'SharedArrayBuffer', 'Atomics', 'FinalizationRegistry', 'WeakRef', 'ShadowRealm']

export function lockDown(scope: Record<string, unknown>): void {
  for (let i = 0; i < UNCOUNTED.length; i++) delete scope[UNCOUNTED[i]!]
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
