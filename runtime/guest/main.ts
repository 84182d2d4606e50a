import { describeParams, isScanner, resolveParams } from '../../sdk/scanner.ts'
import { describeDefinitions, resolveValues } from '../../sdk/parameters.ts'
import { ta } from '../../sdk/indicators/ta.ts'
import { blockOf } from './bars.ts'
import { createClock, installClock, type Clock } from './clock.ts'
import { createConsole, installConsole } from './console.ts'
import type { GuestMarket } from './fetch/types.ts'
import type { WebDeps } from './web-main.ts'
import { isSession } from '../../sdk/calendar.ts'
import { DYNAMIC_IMPORT } from '../intake/plan.ts'
import { createDeadZone } from './dead-zone.ts'
import { Driver, type ScannerEntry } from './driver.ts'
import { NumberIsInteger, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectKeys, ReflectApply, stringToLowerCase } from './intrinsics.ts'
import { readList } from './lists.ts'
import { lockDown } from './lockdown.ts'
import { ModuleRegistry, type ModuleObject } from './modules.ts'
import { installProcess } from './process.ts'
import { defineGlobal, defineVisible } from './properties.ts'
import { installProxyTracking } from './proxies.ts'
import { createRandom, installRandom } from './random.ts'
import { faultJson, UnacceptableValue } from './result.ts'
import { createTimers, installTimers } from './timers.ts'

interface GuestOptions {
  filename: string
  moduleKind: 'module' | 'commonjs' | 'script'
  seed: string
  rowBytes: number
}

/** Functions that the host calls; all of them take and give text, numbers, or values that stay inside. */
export type Guest = ReturnType<typeof start>

const parse = JSON.parse
const DAY_MS = 86_400_000
const stringify = JSON.stringify

/** Furnishes the isolate: takes out what no limit holds, puts in what scripts expect, and gives the host its handles. */
export function start(
  log: (level: string, text: string) => void,
  note: (code: string, text: string) => void,
  readBars: (symbol: string) => ArrayBuffer | undefined,
  readMarket: () => string,
  optionsJson: string,
) {
  const options = parse(optionsJson) as GuestOptions
  const scope = globalThis as unknown as ModuleObject
  lockDown(scope)
  const proxies = installProxyTracking(globalThis)

  const clock = createClock(0)
  installClock(globalThis, clock)
  const random = createRandom(options.seed)
  installRandom(globalThis, random)
  const uncaught = (error: unknown): void => log('error', `Uncaught: ${(parse(faultJson(error)) as { message: string }).message}`)
  const timers = createTimers({ clock, onError: uncaught })
  installTimers(globalThis, timers)

  const say = (level: string, text: string): void => {
    if (!driver.hasExited) log(level, text)
  }
  const printed: unknown[] = []
  const console = createConsole({ clock, proxies, sink: say, onTable: (rows) => void (printed.length < 100 && (printed[printed.length] = rows)) })
  installConsole(globalThis, console)
  installProcess(scope, { write: (text) => say('info', text), queueMicrotask: timers.queueMicrotask as (callback: () => void) => void, filename: options.filename, elapsedMs: () => clock.elapsed(), onExit: (code) => driver.exited(code) })
  defineGlobal(scope, 'global', scope)
  defineGlobal(scope, 'self', scope)

  const deadZone = createDeadZone(scope)
  const modules = new ModuleRegistry(scope, timers)
  const commonJs = { exports: {} as unknown, id: '.', filename: options.filename, loaded: false, children: [], paths: [] }
  const require = Object.assign((specifier: unknown) => modules.require(specifier), { main: commonJs, cache: {}, resolve: (specifier: unknown) => specifier })
  if (options.moduleKind !== 'module') {
    defineGlobal(scope, 'module', commonJs)
    defineGlobal(scope, 'exports', commonJs.exports)
    defineGlobal(scope, 'require', require)
    defineGlobal(scope, '__filename', `/${options.filename}`)
    defineGlobal(scope, '__dirname', '/')
  }

  defineGlobal(scope, DYNAMIC_IMPORT, async (specifier: unknown) => modules.import(String(specifier), '*'))

  const contextLog = Object.assign((...values: unknown[]) => console.log!(...values), {
    debug: console.debug!,
    info: console.info!,
    warn: console.warn!,
    error: console.error!,
  })
  const params: Record<string, unknown> = {}
  const driver = new Driver({ clock, timers, random, seed: options.seed, rowBytes: options.rowBytes, ta, params, log: contextLog, note })
  let unitBindings: ModuleObject = { __proto__: null } as unknown as ModuleObject
  let moduleExports: ModuleObject = { __proto__: null } as unknown as ModuleObject

  /** What the file exports, whichever module system it is written for. */
  const exportsOf = (): unknown => (options.moduleKind === 'module' ? moduleExports : commonJs.exports)

  const exportNamed = (name: string): unknown => {
    const all = exportsOf()
    if (name === 'default' && options.moduleKind !== 'module') {
      return typeof all === 'object' && all !== null && 'default' in all ? all.default : all
    }
    return typeof all === 'object' || typeof all === 'function' ? (all as ModuleObject | null)?.[name] : undefined
  }

  const resolveEntry = (pattern: string, exported: string | null, local: unknown, member: string | null, paramsJson: string): string => {
    try {
      let value = exported === null ? local : exportNamed(exported)
      const self = member === null ? undefined : value
      if (member !== null) value = (value as ModuleObject | null | undefined)?.[member]
      const given = parse(paramsJson) as Record<string, unknown>
      return stringify({ ok: true, scanner: pattern === 'defineScanner' ? useScanner(value, given) : useFunction(pattern, value, self, given) })
    } catch (thrown) {
      return `{"ok":false,"error":${faultJson(thrown, codeOf(thrown))}}`
    }
  }

  function takeParams(values: Record<string, unknown>): void {
    const names = ObjectKeys(values)
    for (let i = 0; i < names.length; i++) defineVisible(params, names[i]!, values[names[i]!])
  }

  function useScanner(value: unknown, given: Record<string, unknown>) {
    if (!isScanner(value)) throw new UnacceptableValue('no_entry_value', 'the default export is not what defineScanner returned')
    takeParams(resolveParams(value, given))
    driver.use({ kind: 'defineScanner', call: value.scan as ScannerEntry['call'], self: value, lookback: value.lookback })
    return { name: value.name, lookback: value.lookback, universe: value.universe, params: describeParams(value) }
  }

  function useFunction(pattern: string, value: unknown, self: unknown, given: Record<string, unknown>) {
    if (isScanner(value)) return useScanner(value, given)
    if (typeof value !== 'function') {
      throw new UnacceptableValue('no_entry_value', `the entry found in the text is ${value === undefined ? 'undefined' : `a ${typeof value}`} once the file has run, not a function`)
    }
    const declared = exportNamed('params')
    takeParams(declared === undefined ? given : resolveValues(describeDefinitions(declared), given))
    const lookback = exportNamed('lookback')
    const bars = typeof lookback === 'number' && lookback >= 1 && NumberIsInteger(lookback) ? lookback : null
    driver.use({ kind: pattern === 'main' ? 'main' : 'plain', call: value as ScannerEntry['call'], self, lookback: bars })
    const name = exportNamed('name')
    return { name: typeof name === 'string' ? name : null, lookback: bars, universe: null, params: declared === undefined ? [] : describeDefinitions(declared) }
  }


  return {
    scan: (symbol: string, day: number, instantMs: number, buffer: ArrayBuffer, length: number) => driver.scan(symbol, day, instantMs, buffer, length),
    settle: () => driver.settle(),
    beginWhole: (instantMs: number, seed: string) => driver.beginWhole(instantMs, seed),
    callMain: (symbols: string, dates: string) => driver.callMain(parse(symbols) as string[], parse(dates) as string[]),
    watchWhole: (value: unknown) => driver.watchWhole(value),
    runTimer: () => driver.runTimer(),
    hasExitedWell: () => driver.hasExitedWell(),
    offerExports: () => {
      const all = exportsOf()
      driver.offer(typeof all === 'object' && all !== null && 'default' in all ? all.default : all, true)
    },
    offerBinding: (value: unknown, name: string) => driver.offer(value, isHitName(name)),
    offerPrinted: () => {
      for (let i = 0; i < printed.length; i++) driver.offer(printed[i], false)
    },
    collectHits: () => driver.collectHits(),
    readList: (value: unknown, separator: string | null) => stringify(readList(value, separator)),
    bindImports: (specifier: string, namesJson: string) => {
      const names = parse(namesJson) as { imported: string; local: string }[]
      for (const { imported, local } of names) defineGlobal(scope, local, modules.import(specifier, imported))
    },
    addPackage: (specifier: string, value: ModuleObject) => modules.add(specifier, value),
    addWeb: (install: (scope: ModuleObject, deps: WebDeps) => void) => {
      install(scope, { market: createMarket(clock, readBars, readMarket, note), clock, timers, proxies, onError: uncaught })
      modules.addFetchPackages(scope)
    },
    enterDeadZone: (namesJson: string) => deadZone.enter(parse(namesJson) as string[]),
    leaveDeadZone: (namesJson: string) => deadZone.leave(parse(namesJson) as string[]),
    moduleNames: (specifier: string) => stringify(modules.names(specifier)),
    module: (specifier: string) => modules.get(specifier),
    setExports: (value: ModuleObject, defaultValue: unknown, hasDefault: boolean) => {
      moduleExports = value
      if (hasDefault) moduleExports.default = defaultValue
    },
    runUnit: (unit: (...args: unknown[]) => unknown) => {
      const isModule = options.moduleKind === 'module'
      const args = isModule ? [] : [commonJs.exports, require, commonJs, `/${options.filename}`, '/']
      return driver.watchUnit(() => ReflectApply(unit, isModule ? undefined : commonJs.exports, args), (result) => {
        if (!isModule) return
        const { exports, bindings, returned } = result as { exports: ModuleObject; bindings: ModuleObject; returned: unknown }
        nameDefault(exports.default)
        moduleExports = exports
        unitBindings = bindings
        return returned
      })
    },
    offerUnitBindings: (listedJson: string) => {
      const listed = parse(listedJson) as string[]
      const names = ObjectKeys(unitBindings)
      for (let i = 0; i < names.length; i++) {
        if (!isAmong(listed, names[i]!)) driver.offer(unitBindings[names[i]!], isHitName(names[i]!))
      }
    },
    resolveEntry,
  }
}

function codeOf(thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null ? (thrown as { code?: unknown }).code : undefined
  return code === 'scanner_definition' ? 'definition_invalid' : code === 'scanner_parameter' ? 'param_invalid' : 'script_threw'
}

/** A file that runs as one function keeps its anonymous default export in a variable, which gave it its name; a module calls it `default`. */
function nameDefault(value: unknown): void {
  if (typeof value !== 'function') return
  const name = ObjectGetOwnPropertyDescriptor(value, 'name')
  if (name?.value === 'default$') ObjectDefineProperty(value, 'name', { __proto__: null, value: 'default', configurable: true } as PropertyDescriptor)
}

const HIT_NAMES = ['hits', 'results', 'matches', 'signals', 'alerts', 'candidates', 'picks', 'found', 'winners', 'output']

function isHitName(name: string): boolean {
  return isAmong(HIT_NAMES, stringToLowerCase(name))
}

function isAmong(list: readonly string[], name: string): boolean {
  for (let i = 0; i < list.length; i++) if (name === list[i]) return true
  return false
}

function createMarket(
  clock: Clock,
  readBars: (symbol: string) => ArrayBuffer | undefined,
  readMarket: () => string,
  note: (code: string, text: string) => void,
): GuestMarket {
  let known: { symbols: string[]; sessions: Int32Array } | null = null
  const whole = (): { symbols: string[]; sessions: Int32Array } => {
    if (known !== null) return known
    const { symbols, sessions } = parse(readMarket()) as { symbols: string[]; sessions: number[] }
    known = { symbols, sessions: new Int32Array(sessions) }
    return known
  }
  // The clock starts at the close of the as-of day, in UTC on the same date.
  const asOfDay = (): number => Math.floor((clock.now() - clock.elapsed()) / DAY_MS)
  const pastSessions = (): Int32Array => {
    const { sessions } = whole()
    let count = sessions.length
    while (count > 0 && sessions[count - 1]! > asOfDay()) count--
    return sessions.subarray(0, count)
  }
  return {
    bars: (symbol) => {
      const found = readBars(symbol)
      // 44 bytes a bar, and 4 more for an odd number of them.
      return found === undefined ? null : blockOf(found, Math.floor(found.byteLength / 44))
    },
    symbols: () => whole().symbols,
    get asOfDay() {
      return asOfDay()
    },
    sessions: pastSessions,
    isSession: (day) => (day > asOfDay() ? isSession(day) : pastSessions().includes(day)),
    note,
  }
}
