import vm from 'node:vm'
import { build } from 'esbuild'
import ivm from 'isolated-vm'

/** The host side of a test: the guest code bundled as the runtime bundles it, in a bare context. */
const ENTRY = `
import { createClock, installClock } from './runtime/guest/environment/clock.ts'
import { createTimers, installTimers } from './runtime/guest/environment/timers.ts'
import { createRandom, installRandom } from './runtime/guest/environment/random.ts'
import { createConsole, installConsole } from './runtime/guest/console/console.ts'
import { installProxyTracking } from './runtime/guest/environment/proxies.ts'
import { installWeb } from './runtime/guest/web/web.ts'
import { createFetch, installFetch } from './runtime/guest/fetch/fetch.ts'
const stringify = JSON.stringify
const records = Object.setPrototypeOf([], null)
const add = (kind, text) => { records[records.length] = kind + ' ' + text }
const proxies = installProxyTracking(globalThis)
const clock = createClock(Date.parse('2026-03-13T20:00:00Z'))
const timers = createTimers({ clock, onError: (error) => add('error', (error && error.message) + ''), maxTimers: 100 })
const day0 = Date.parse('2026-03-13') / 86400000
const symbols = ['AAPL', 'BRK.B', 'MSFT']
const length = 300
const columns = (seed) => {
  const make = (f) => Float64Array.from({ length }, (_, i) => f(i))
  const day = new Int32Array(length)
  for (let i = length - 1, d = day0; i >= 0; d--) if (![0, 6].includes((d + 4) % 7)) day[i--] = d
  const close = make((i) => seed + i / 10)
  return { length, day, open: make((i) => seed + i / 10 - 0.5), high: make((i) => seed + i / 10 + 1), low: make((i) => seed + i / 10 - 1), close, volume: make((i) => 1000 + i) }
}
const store = new Map(symbols.map((symbol, i) => [symbol, columns(100 * (i + 1))]))
const { get } = Map.prototype
const apply = Reflect.apply
const market = {
  bars: (symbol) => apply(get, store, [symbol]) ?? null,
  symbols: () => symbols, asOfDay: day0, sessions: () => store.get('AAPL').day, note: (code, text) => add('note', code + ': ' + text),
}
installClock(globalThis, clock)
installTimers(globalThis, timers)
installRandom(globalThis, createRandom('AAPL', 1))
installConsole(globalThis, createConsole({ clock, proxies, sink: (level, text) => add(level, text), maxLineLength: 2000, onTable: (rows) => add('table', typeof rows) }))
installWeb(globalThis, { clock, timers, proxies, onError: (error) => add('error', error.message) })
installFetch(globalThis, createFetch({ market, clock }))
const hidden = { __proto__: null, configurable: false, writable: false, enumerable: false }
Object.defineProperty(globalThis, '__step', { ...hidden, value: () => timers.runNext() })
Object.defineProperty(globalThis, '__records', { ...hidden, value: () => { let s = ''; for (let i = 0; i < records.length; i++) s += (i ? '\\u0000' : '') + records[i]; return s } })
`

const bundles = new Map<string, Promise<string>>()

/** An entry of guest code as one script. */
export function bundle(contents: string): Promise<string> {
  let made = bundles.get(contents)
  if (!made) {
    made = build({
      stdin: { contents, resolveDir: process.cwd(), loader: 'ts', sourcefile: 'entry.ts' },
      bundle: true, format: 'iife', target: 'esnext', minify: true, write: false, logLevel: 'silent',
    }).then((result) => result.outputFiles[0]!.text)
    bundles.set(contents, made)
  }
  return made
}

export interface Outcome {
  /** What the script left in `globalThis.out`, as text. */
  out: string
  /** Console records, notes and errors, each as `kind text`. */
  records: string[]
}

export type Realm = 'vm context' | 'isolate'
export const REALMS: readonly Realm[] = ['vm context', 'isolate']

/** Runs a script in a bare context with the guest installed, until no timer is left; `before` runs ahead of the guest. */
export async function runGuest(realm: Realm, script: string, { extra = '' } = {}): Promise<Outcome> {
  const guest = await bundle(ENTRY + extra)
  return realm === 'isolate' ? runInIsolate(guest, script) : runInContext(guest, script)
}

function drive(evaluate: (code: string) => unknown): Outcome {
  for (let i = 0; i < 10_000 && evaluate('__step()'); i++);
  return { out: String(evaluate('`${globalThis.out}`')), records: String(evaluate('__records()')).split('\0').filter((text) => text !== '') }
}

function runInContext(guest: string, script: string): Outcome {
  const context = vm.createContext(Object.create(null), { microtaskMode: 'afterEvaluate' })
  const evaluate = (code: string): unknown => vm.runInContext(code, context, { timeout: 5_000 })
  evaluate(guest)
  evaluate(script)
  return drive(evaluate)
}

function runInIsolate(guest: string, script: string): Outcome {
  const isolate = new ivm.Isolate({ memoryLimit: 64 })
  try {
    const context = isolate.createContextSync()
    const evaluate = (code: string): unknown => context.evalSync(code, { timeout: 5_000 })
    evaluate(`${guest};undefined`)
    evaluate(`${script};undefined`)
    return drive(evaluate)
  } finally {
    isolate.dispose()
  }
}
