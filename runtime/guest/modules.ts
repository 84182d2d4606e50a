import * as sdk from '../../sdk/index.ts'
import { MapConstructor, mapGet, mapSet, ReflectApply, TypeErrorConstructor } from './intrinsics.ts'
import type { Timers } from './timers.ts'

export type ModuleObject = Record<string, unknown>

const FETCH_PACKAGES = ['node-fetch', 'cross-fetch', 'undici']

/** The modules of one context, by specifier without `node:`. */
export class ModuleRegistry {
  readonly #modules = new MapConstructor<string, ModuleObject>()

  constructor(scope: ModuleObject, timers: Timers) {
    const config = (): ModuleObject => ({ parsed: {} })
    const sleeper = { setTimeout: timers.sleep, scheduler: { wait: timers.sleep } }
    this.add('strikescan', { ...sdk })
    this.add('dotenv', { config, parse: () => ({}), default: { config } })
    this.add('dotenv/config', {})
    this.add('timers/promises', { ...sleeper, default: sleeper })
    this.add('perf_hooks', { performance: scope.performance, default: { performance: scope.performance } })
  }

  /** Packages that only wrap the host's `fetch`; `scope` holds it and the web's classes as they are before any script text. */
  addFetchPackages({ fetch, Headers, Request, Response }: ModuleObject): void {
    for (let i = 0; i < FETCH_PACKAGES.length; i++) {
      // A function of its own: `require` hangs the rest of the module on it.
      const own = (...args: unknown[]): unknown => ReflectApply(fetch, undefined, args)
      this.add(FETCH_PACKAGES[i]!, { default: own, fetch: own, Headers, Request, Response })
    }
  }

  add(specifier: string, value: ModuleObject): void {
    mapSet(this.#modules, specifier, value)
  }

  get(specifier: string): ModuleObject | undefined {
    const bare = specifier.startsWith('node:') ? specifier.slice(5) : specifier
    return mapGet(this.#modules, bare)
  }

  /** What `require` gives: for a module that has only a default export worth calling, that function with the rest beside it. */
  require(specifier: unknown): unknown {
    const found = typeof specifier === 'string' ? this.get(specifier) : undefined
    if (found === undefined) throw new TypeErrorConstructor(`Cannot find module '${String(specifier)}': it is not among those that the runtime allows`)
    return typeof found.default === 'function' ? Object.assign(found.default, found) : found
  }

  /** One named export, the default one, or `*` for all; packages made for CommonJS are their own default, as in Node. */
  import(specifier: string, name: string): unknown {
    const found = this.get(specifier)
    if (found === undefined) throw new TypeErrorConstructor(`Cannot find module '${specifier}': it is not among those that the runtime allows`)
    if (name === '*') return found
    if (name === 'default') return 'default' in found ? found.default : found
    return found[name]
  }
}
