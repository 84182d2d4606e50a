import { Buffer } from './buffer.ts'
import { EventEmitter, once } from './events.ts'
import { createCrypto } from './crypto.ts'
import { createHttp } from './http.ts'
import { resolve } from './path.ts'
import { createReadline } from './readline.ts'
import { createStreams } from './stream.ts'
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
      stringify: (values: Record<string, unknown>) => Object.entries(values).flatMap(([name, value]) => [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`)).join('&'),
      parse: parseQuery,
      escape: encodeURIComponent,
      unescape: decodeURIComponent,
    },
    os: { EOL: '\n', platform: () => 'linux', type: () => 'Linux', hostname: () => 'strikescan', homedir: () => '/', tmpdir: () => '/tmp', cpus: () => [{ model: '', speed: 0 }], availableParallelism: () => 1, totalmem: () => 0, freemem: () => 0 },
    module: { createRequire: () => deps.require },
    assert: createAssert(),
    events: { EventEmitter, once, defaultMaxListeners: 10, default: EventEmitter },
    http: createHttp(deps, 'http:'),
    https: createHttp(deps, 'https:'),
    process: scope.process as ModuleObject,
    crypto: createCrypto(),
    ...createStreams(),
    ...createReadline(),
  }
}

/** Node's `querystring.parse`: a name that comes again has a list of values. */
function parseQuery(text: string): Record<string, string | string[]> {
  const values = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of new URLSearchParams(text)) values[name] = name in values ? [values[name]!, value].flat() : value
  return values
}

function createAssert(): ModuleObject {
  const fail = (message: unknown, otherwise: string): never => {
    if (message instanceof Error) throw message
    throw Object.assign(new Error(message === undefined ? otherwise : String(message)), { name: 'AssertionError', code: 'ERR_ASSERTION' })
  }
  const ok = (value: unknown, message?: unknown): void => void (value || fail(message, 'The expression evaluated to a falsy value'))
  const equal = (a: unknown, b: unknown, message?: unknown): void => void (Object.is(a, b) || fail(message, 'Expected values to be strictly equal'))
  const deepEqual = (a: unknown, b: unknown, message?: unknown): void => void (isEqual(a, b) || fail(message, 'Expected values to be strictly deep-equal'))
  const notEqual = (a: unknown, b: unknown, message?: unknown): void => void (!Object.is(a, b) || fail(message, 'Expected "actual" to be strictly unequal to the other'))
  const throws = (work: () => unknown): void => {
    try {
      work()
    } catch {
      return
    }
    fail(undefined, 'Missing expected exception.')
  }
  const rejects = async (work: Promise<unknown> | (() => Promise<unknown>)): Promise<void> => {
    try {
      await (typeof work === 'function' ? work() : work)
    } catch {
      return
    }
    fail(undefined, 'Missing expected rejection.')
  }
  const assert = Object.assign(ok, { notEqual, notStrictEqual: notEqual, throws, rejects, ok, equal, strictEqual: equal, deepEqual, deepStrictEqual: deepEqual, fail: (message?: unknown) => fail(message, 'Failed') }) as unknown as ModuleObject
  assert.strict = assert
  return { ...assert, default: assert }
}
