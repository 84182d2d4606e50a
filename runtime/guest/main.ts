import { ta } from '../../sdk/indicators/ta.ts'
import { DYNAMIC_IMPORT } from '../intake/plan.ts'
import { createClock, installClock } from './clock.ts'
import { createConsole, installConsole } from './console.ts'
import { createDeadZone } from './dead-zone.ts'
import { Driver } from './driver.ts'
import { ObjectKeys, stringToLowerCase } from './intrinsics.ts'
import { readList } from './lists.ts'
import { lockDown } from './lockdown.ts'
import { createMarket } from './market.ts'
import { ModuleRegistry, type ModuleObject } from './modules.ts'
import { installProcess } from './process.ts'
import { defineGlobal } from './properties.ts'
import { installProxyTracking } from './proxies.ts'
import { createRandom, installRandom } from './random.ts'
import { faultJson } from './result.ts'
import { ScriptExports } from './script-exports.ts'
import { createTimers, installTimers } from './timers.ts'
import type { WebDeps } from './web-main.ts'

interface GuestOptions {
  filename: string
  moduleKind: 'module' | 'commonjs' | 'script'
  seed: string
  rowBytes: number
}

/** Functions that the host calls; all of them take and give text, numbers, or values that stay inside. */
export type Guest = ReturnType<typeof start>

const parse = JSON.parse
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
  const { proxies, clock, random } = furnish(scope, options.seed)
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
  const deadZone = createDeadZone(scope)
  const modules = new ModuleRegistry(scope, timers)
  const commonJs = { exports: {} as unknown, id: '.', filename: options.filename, loaded: false, children: [], paths: [] }
  const require = Object.assign((specifier: unknown) => modules.require(specifier), { main: commonJs, cache: {}, resolve: (specifier: unknown) => specifier })
  if (options.moduleKind !== 'module') installCommonJs(scope, options.filename, commonJs, require)
  defineGlobal(scope, DYNAMIC_IMPORT, async (specifier: unknown) => modules.import(String(specifier), '*'))

  const params: Record<string, unknown> = {}
  const driver = new Driver({ clock, timers, random, seed: options.seed, rowBytes: options.rowBytes, ta, params, log: contextLog(console), note })
  const script = new ScriptExports({ isModule: options.moduleKind === 'module', commonJs, driver, params })

  return {
    scan: (symbol: string, day: number, instantMs: number, buffer: ArrayBuffer, length: number) => driver.scan(symbol, day, instantMs, buffer, length),
    turn: (work: () => void) => work(),
    settle: () => driver.settle(),
    beginWhole: (instantMs: number, seed: string) => driver.beginWhole(instantMs, seed),
    callMain: (symbols: string, dates: string) => driver.callMain(parse(symbols) as string[], parse(dates) as string[]),
    watchWhole: (value: unknown) => driver.watchWhole(value),
    runTimer: () => driver.runTimer(),
    hasExitedWell: () => driver.hasExitedWell(),
    offerExports: () => driver.offer(script.main, true),
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
    setExports: (value: ModuleObject, defaultValue: unknown, hasDefault: boolean) => script.set(value, defaultValue, hasDefault),
    runUnit: (unit: (...args: unknown[]) => unknown) => script.runUnit(unit, [commonJs.exports, require, commonJs, `/${options.filename}`, '/']),
    offerUnitBindings: (listedJson: string) => {
      const listed = parse(listedJson) as string[]
      const names = ObjectKeys(script.bindings)
      for (let i = 0; i < names.length; i++) {
        if (!isAmong(listed, names[i]!)) driver.offer(script.bindings[names[i]!], isHitName(names[i]!))
      }
    },
    resolveEntry: (pattern: string, exported: string | null, local: unknown, member: string | null, paramsJson: string) =>
      script.resolveEntry(pattern, exported, local, member, parse(paramsJson) as Record<string, unknown>),
  }
}

/** What does not hang on the script: no more than limits can hold, one virtual clock, one seeded source of randomness. */
function furnish(scope: ModuleObject, seed: string) {
  lockDown(scope)
  const proxies = installProxyTracking(globalThis)
  const clock = createClock(0)
  installClock(globalThis, clock)
  const random = createRandom(seed)
  installRandom(globalThis, random)
  defineGlobal(scope, 'global', scope)
  defineGlobal(scope, 'self', scope)
  return { proxies, clock, random }
}

function installCommonJs(scope: ModuleObject, filename: string, commonJs: { exports: unknown }, require: unknown): void {
  defineGlobal(scope, 'module', commonJs)
  defineGlobal(scope, 'exports', commonJs.exports)
  defineGlobal(scope, 'require', require)
  defineGlobal(scope, '__filename', `/${filename}`)
  defineGlobal(scope, '__dirname', '/')
}

/** The `log` of a scan's context, in the SDK's shape. */
function contextLog(console: ReturnType<typeof createConsole>) {
  const { debug, info, warn, error } = console
  return Object.assign((...values: unknown[]) => console.log!(...values), { debug: debug!, info: info!, warn: warn!, error: error! })
}

const HIT_NAMES = ['hits', 'results', 'matches', 'signals', 'alerts', 'candidates', 'picks', 'found', 'winners', 'output']

function isHitName(name: string): boolean {
  return isAmong(HIT_NAMES, stringToLowerCase(name))
}

function isAmong(list: readonly string[], name: string): boolean {
  for (let i = 0; i < list.length; i++) if (name === list[i]) return true
  return false
}
