import { Buffer } from './buffer.ts'
import { resolve } from './path.ts'
import { isEqual } from './util.ts'
import type { ModuleObject, StandInDeps } from './types.ts'

/** Small modules of Node that scripts import beside the large ones. */
export function createNodeModules(deps: StandInDeps): Record<string, ModuleObject> {
  const scope = globalThis as ModuleObject
  return {
    buffer: { Buffer, atob: scope.atob, btoa: scope.btoa },
    url: {
      URL: scope.URL,
      URLSearchParams: scope.URLSearchParams,
      fileURLToPath: (url: unknown) => decodeURIComponent(String(url).replace(/^file:\/\//, '')),
      pathToFileURL: (path: string) => new (scope.URL as typeof URL)(`file://${encodeURI(resolve(path))}`),
    },
    querystring: {
      stringify: (values: Record<string, unknown>) => Object.entries(values).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`).join('&'),
      escape: encodeURIComponent,
      unescape: decodeURIComponent,
    },
    os: { EOL: '\n', platform: () => 'linux', type: () => 'Linux', hostname: () => 'strikescan', homedir: () => '/', tmpdir: () => '/tmp', cpus: () => [{ model: '', speed: 0 }], availableParallelism: () => 1, totalmem: () => 0, freemem: () => 0 },
    module: { createRequire: () => deps.require },
    assert: createAssert(),
    events: { EventEmitter, default: EventEmitter },
  }
}

class EventEmitter {
  readonly #listeners = new Map<unknown, ((...args: unknown[]) => void)[]>()

  on(event: unknown, listener: (...args: unknown[]) => void): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
    return this
  }
  addListener(event: unknown, listener: (...args: unknown[]) => void): this {
    return this.on(event, listener)
  }
  once(event: unknown, listener: (...args: unknown[]) => void): this {
    const wrapped = (...args: unknown[]): void => {
      this.off(event, wrapped)
      listener.apply(this, args)
    }
    return this.on(event, wrapped)
  }
  off(event: unknown, listener: (...args: unknown[]) => void): this {
    this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter((known) => known !== listener))
    return this
  }
  removeListener(event: unknown, listener: (...args: unknown[]) => void): this {
    return this.off(event, listener)
  }
  emit(event: unknown, ...args: unknown[]): boolean {
    const listeners = this.#listeners.get(event) ?? []
    if (event === 'error' && listeners.length === 0) throw args[0]
    for (const listener of listeners) listener.apply(this, args)
    return listeners.length > 0
  }
  listenerCount(event: unknown): number {
    return this.#listeners.get(event)?.length ?? 0
  }
  setMaxListeners(): this {
    return this
  }
}

function createAssert(): ModuleObject {
  const fail = (message: unknown, otherwise: string): never => {
    if (message instanceof Error) throw message
    throw Object.assign(new Error(message === undefined ? otherwise : String(message)), { name: 'AssertionError', code: 'ERR_ASSERTION' })
  }
  const ok = (value: unknown, message?: unknown): void => void (value || fail(message, 'The expression evaluated to a falsy value'))
  const equal = (a: unknown, b: unknown, message?: unknown): void => void (Object.is(a, b) || fail(message, 'Expected values to be strictly equal'))
  const deepEqual = (a: unknown, b: unknown, message?: unknown): void => void (isEqual(a, b) || fail(message, 'Expected values to be strictly deep-equal'))
  const assert = Object.assign(ok, { ok, equal, strictEqual: equal, deepEqual, deepStrictEqual: deepEqual, fail: (message?: unknown) => fail(message, 'Failed') }) as unknown as ModuleObject
  assert.strict = assert
  return { ...assert, default: assert }
}
