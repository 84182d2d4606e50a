import * as sdk from '../../../sdk/index.ts'
import { JSONParse, MapConstructor, mapForEach, mapGet, mapSet, objectHasOwn, ReflectApply, TypeErrorConstructor } from '../language/intrinsics.ts'
import { objectKeys } from '../language/kinds.ts'
import type { Timers } from './timers.ts'

export type ModuleObject = Record<string, unknown>

export type FileKind = 'entry' | 'module' | 'commonjs' | 'json'

/** A file of the script: a function that runs it, or the text of its JSON, and the files that its relative specifiers mean. */
interface FileRecord {
  kind: FileKind
  value: unknown
  targets: Record<string, string>
  made: { exports: unknown } | null
}

const FETCH_PACKAGES = ['node-fetch', 'cross-fetch', 'undici']

/** The modules of one context, by specifier without `node:`. */
export class ModuleRegistry {
  readonly #modules = new MapConstructor<string, ModuleObject>()
  readonly #files = new MapConstructor<string, FileRecord>()

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
      this.add(FETCH_PACKAGES[i]!, { default: own, fetch: own, Headers, Request, Response, ...(FETCH_PACKAGES[i] === 'undici' && undiciExtras(own)) })
    }
  }

  /** Keeps a file that came with the script, to be run when it is first asked for; the empty path stands for the script itself. */
  addFile(path: string, file: Omit<FileRecord, 'made'>): void {
    mapSet(this.#files, path, { ...file, made: null })
  }

  #file(path: string): ModuleObject {
    const file = mapGet(this.#files, path)!
    if (file.made !== null) return file.made.exports as ModuleObject
    // Files that import each other see what there is so far, as in Node.
    file.made = { exports: {} }
    if (file.kind === 'json') {
      const value: unknown = JSONParse(file.value as string)
      file.made.exports = typeof value === 'object' && value !== null ? value : { default: value }
    } else if (file.kind === 'module') {
      file.made.exports = ReflectApply(file.value, undefined, [(specifier: string, name: string) => this.import(specifier, name, path)])
    } else {
      const module = file.made
      const require = (specifier: unknown): unknown => this.require(specifier, path)
      ReflectApply(file.value, module.exports, [module.exports, require, module, `/${path}`, `/${path}`])
    }
    return file.made.exports as ModuleObject
  }

  /** The file that a specifier means; names that every object has, such as `constructor`, are none. */
  #target(specifier: string, from: string): string | undefined {
    const targets = mapGet(this.#files, from)?.targets
    return targets !== undefined && objectHasOwn(targets, specifier) ? targets[specifier] : undefined
  }

  #find(specifier: string, from: string): ModuleObject | undefined {
    const target = this.#target(specifier, from)
    return target === undefined ? this.get(specifier) : this.#file(target)
  }

  /** True for a file without exports of its own: what it assigned to `module.exports`, or its JSON, is all there is. */
  #isPlainFile(specifier: string, from: string): boolean {
    const target = this.#target(specifier, from)
    return target !== undefined && mapGet(this.#files, target)?.kind !== 'module'
  }

  /** The global object and every module: all that a script can reach. */
  reachable(scope: object): object[] {
    const found: object[] = [scope]
    mapForEach(this.#modules, (module) => {
      found[found.length] = module
    })
    return found
  }

  addAll(found: Record<string, ModuleObject>): void {
    const names = objectKeys(found)
    for (let i = 0; i < names.length; i++) this.add(names[i]!, found[names[i]!]!)
  }

  add(specifier: string, value: ModuleObject): void {
    mapSet(this.#modules, specifier, value)
  }

  get(specifier: string): ModuleObject | undefined {
    const bare = specifier.startsWith('node:') ? specifier.slice(5) : specifier
    return mapGet(this.#modules, bare)
  }

  /** What `require` gives: for a module that has only a default export worth calling, that function with the rest beside it. */
  require(specifier: unknown, from = ''): unknown {
    const found = typeof specifier === 'string' ? this.#find(specifier, from) : undefined
    if (found === undefined) throw notFound(String(specifier))
    if (this.#isPlainFile(specifier as string, from)) return found
    return typeof found.default === 'function' ? Object.assign(found.default, found) : found
  }

  /** One named export, the default one, or `*` for all; packages made for CommonJS are their own default, as in Node. */
  import(specifier: string, name: string, from = ''): unknown {
    const found = this.#find(specifier, from)
    if (found === undefined) throw notFound(specifier)
    if (name === '*') return this.#target(specifier, from) !== undefined || 'default' in found ? found : { ...found, default: found }
    if (name === 'default' && this.#isPlainFile(specifier, from)) return found
    if (name === 'default') return 'default' in found ? found.default : found
    return found[name]
  }
}

/** What Node throws, with the code by which scripts tell an optional package that is not installed. */
function notFound(specifier: string): Error {
  const error = new TypeErrorConstructor(`Cannot find module '${specifier}': it is not among those that the runtime allows`)
  return Object.assign(error, { code: 'MODULE_NOT_FOUND' })
}

/** undici's own way of asking, over the same answers; its agents and dispatchers have nothing to do here. */
function undiciExtras(fetch: (...args: unknown[]) => unknown): ModuleObject {
  class Agent {}
  const nothing = (): void => {}
  const request = async (url: unknown, options?: unknown): Promise<ModuleObject> => {
    const response = (await fetch(url, options)) as { status: number; headers: Iterable<[string, string]>; json(): unknown; text(): unknown; arrayBuffer(): unknown }
    const headers = Object.fromEntries(response.headers)
    return { statusCode: response.status, headers, trailers: {}, body: { json: () => response.json(), text: () => response.text(), arrayBuffer: () => response.arrayBuffer(), dump: async () => {} } }
  }
  return { request, Agent, Pool: Agent, Client: Agent, ProxyAgent: Agent, setGlobalDispatcher: nothing, getGlobalDispatcher: () => new Agent() }
}
