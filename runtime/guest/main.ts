import { ta } from '../../sdk/indicators/ta.ts'
import { DYNAMIC_IMPORT, IMPORT_META, KEEP_VALUE } from '../intake/plan.ts'
import type { BarColumns } from '../../sdk/market.ts'
import { blockOf, columnsOf, lengthOfBlock } from './market/bars.ts'
import { createClock, installClock, type Clock } from './environment/clock.ts'
import { createConsole, formatText, inspectText, installConsole, newConsoleState, resetConsoleState } from './console/console.ts'
import { createDeadZone } from './run/dead-zone.ts'
import { Driver, PENDING } from './run/driver.ts'
import { stringIncludes, stringToUpperCase, stringTrim } from './language/intrinsics.ts'
import { createFunctionTexts } from './run/function-text.ts'
import type { HitPlace } from '../isolate/hit-places.ts'
import { HitSearch } from './hits/hit-search.ts'
import { readList } from './run/lists.ts'
import { lockDown } from './environment/lockdown.ts'
import type { BarSource } from './market/kept-bars.ts'
import { createMarket, type AskChain } from './market/market.ts'
import { ModuleRegistry, type FileKind, type ModuleObject } from './environment/modules.ts'
import { installProcess, type ProcessHandle } from './environment/process.ts'
import { defineGlobal, defineHidden } from './language/properties.ts'
import { installProxyTracking, type ProxyTracker } from './environment/proxies.ts'
import { Repeatable } from './run/repeatable.ts'
import { createRandom, installRandom } from './environment/random.ts'
import { faultJson } from './outcome/fault.ts'
import { ScriptExports } from './run/script-exports.ts'
import { StandardOutput } from './console/standard-output.ts'
import { splitText } from './language/text.ts'
import { createTimers, installTimers, type Timers } from './environment/timers.ts'
import { base64Of } from './web/base64.ts'
import type { StandInDeps } from './stand-ins/types.ts'
import type { WebDeps } from './web-main.ts'
import { installWeak } from './environment/weak.ts'
import { Written } from './hits/written.ts'

interface GuestOptions {
  filename: string
  moduleKind: 'module' | 'commonjs' | 'script'
  seed: string
  /** The close of the date as of which the script is loaded, in epoch milliseconds. */
  instantMs: number
  rowBytes: number
  mostKeptBytes: number
  /** Symbols of the script's own list, where a scan is called for each of the run's. */
  ownSymbols: string[]
  /** Fields of vendors' answers that daily bars do not hold, and that the script reads. */
  fieldsRead: string[]
}

/** Functions that the host calls; all of them take and give text, numbers, or values that stay inside. */
export type Guest = ReturnType<typeof start>

const parse = JSON.parse
const stringify = JSON.stringify

// Once this is read, so that what is read after it, ahead of any script, puts its own on a global object that is bare already.
lockDown(globalThis as unknown as ModuleObject)

/** Furnishes the isolate with what scripts expect, and gives the host its handles. */
export function start(
  log: (level: string, text: string) => void, unfinished: (text: string) => void,
  note: (code: string, text: string) => void,
  readBars: BarSource['readBars'], keep: BarSource['keep'], readNewer: BarSource['readNewer'], reading: BarSource['reading'],
  readMarket: () => string,
  askChain: AskChain, askNews: (wish: string) => string,
  optionsJson: string,
) {
  const options = parse(optionsJson) as GuestOptions
  const scope = globalThis as unknown as ModuleObject
  const { proxies, clock, random } = furnish(scope, options)
  const uncaught = (error: unknown): void => log('error', `Uncaught: ${(parse(faultJson(error)) as { message: string }).message}`)
  const timers = createTimers({ clock, onError: uncaught })
  installTimers(globalThis, timers)

  const say = (level: string, text: string): void => {
    if (!driver.hasExited) log(level, text)
  }
  const output = new StandardOutput(say, unfinished)
  const written = new Written(note)
  const consoleState = newConsoleState()
  const console = createConsole({ clock, proxies, state: consoleState, formatStack: scriptFrames, sink: (level, text) => output.record(level, text), onText: (text) => written.print(text), onTable: (table, isList) => search.table(table, isList), onList: (list) => search.list(list), onObject: (object) => search.object(object) })
  installConsole(globalThis, console)
  const process = installProcess(scope, { write: (text) => (written.print(text), output.write(text)), queueMicrotask: timers.queueMicrotask as (callback: () => void) => void, filename: options.filename, elapsedMs: () => clock.elapsed(), onExit: (code) => (output.flush(), driver.exited(code)) })
  const deadZone = createDeadZone(scope)
  const modules = new ModuleRegistry(scope, timers)
  const { commonJs, require } = installModules(scope, modules, options)

  const params: Record<string, unknown> = {}
  const driver = new Driver({ clock, timers, random, seed: options.seed, rowBytes: options.rowBytes, ta, params, log: contextLog(console), history: historyOf(readBars), ownSymbols: new Set(options.ownSymbols), note })
  defineGlobal(scope, KEEP_VALUE, (find: (self: unknown) => unknown, owner?: object, alias?: string) => (owner === undefined ? driver.keeping(find) : defineHidden(owner, alias!, driver.keeping(find))))
  const search = new HitSearch(driver, written, note)
  let request: StandInDeps['request'] | null = null
  const script = new ScriptExports({ isModule: options.moduleKind === 'module', commonJs, driver, params })
  const repeatable = new Repeatable({ driver, search, roots: () => modules.reachable(scope), arguments: () => [commonJs.exports, require, commonJs, `/${options.filename}`, '/'] })

  /** What a step comes to; one that is over leaves no line unfinished. */
  const ended = (text: string): string => {
    if (text !== PENDING) output.flush()
    return text
  }
  return {
    scan: (symbol: string, day: number, instantMs: number, buffer: ArrayBuffer, length: number) => ended(driver.scan(symbol, day, instantMs, buffer, length)),
    hook: (which: 'before' | 'after', day: number, instantMs: number, symbols: string) => ended(driver.hook(which, day, instantMs, parse(symbols) as string[])),
    addCandidate: (symbol: string, json: string) => driver.addCandidate(symbol, json),
    rank: (day: number, instantMs: number) => ended(driver.rank(day, instantMs)),
    ranked: (place: number) => driver.ranked(place),
    endRank: () => driver.endRank(),
    turn: (work: () => void) => work(),
    settle: () => ended(driver.settle()),
    beginWhole: (instantMs: number, seed: string, universeJson: string) => {
      search.restart()
      process.events.restart()
      output.clear()
      resetConsoleState(consoleState)
      driver.beginWhole(instantMs, seed, universeJson === '' ? null : (parse(universeJson) as string[]))
    },
    callMain: (given: string) => driver.callMain(parse(given) as (string[] | null)[]),
    watchWhole: (value: unknown) => driver.watchWhole(value),
    ...hitHandles(driver, search, script, repeatable),
    keepFunctionText: createFunctionTexts(),
    ...endHandles(driver, output, process, note),
    takeFiles: () => written.takeFiles(),
    readList: (value: unknown, separator: string | null, unitName?: string) => stringify(readList(unitName === undefined ? value : script.bindings[unitName], separator)),
    bindImports: (specifier: string, namesJson: string) => {
      const names = parse(namesJson) as { imported: string; local: string }[]
      for (const { imported, local } of names) defineGlobal(scope, local, modules.import(specifier, imported))
    },
    addFile: (path: string, kind: FileKind, value: unknown, targetsJson: string) => modules.addFile(path, { kind, value, targets: parse(targetsJson) as Record<string, string> }),
    addPackage: (specifier: string, value: ModuleObject) => modules.add(specifier, value),
    addWeb: (install: (scope: ModuleObject, deps: WebDeps) => StandInDeps['request']) => {
      request = install(scope, { market: createMarket({ clock, bars: { readBars, keep, readNewer, reading }, mostKeptBytes: options.mostKeptBytes, readMarket, universe: () => driver.universe, askChain, askNews, fieldsRead: options.fieldsRead, note }), clock, timers, proxies, onError: uncaught })
      modules.addFetchPackages(scope)
    },
    addStandIns: (install: (scope: ModuleObject, deps: StandInDeps) => Record<string, ModuleObject>, filesJson: string) => {
      modules.addAll(install(scope, standInDeps({ request: request!, clock, timers, proxies, note, written, filename: options.filename, require, files: parse(filesJson) as StandInDeps['files'] })))
    },
    enterDeadZone: (namesJson: string) => deadZone.enter(parse(namesJson) as string[]),
    leaveDeadZone: (namesJson: string) => deadZone.leave(parse(namesJson) as string[]),
    setExports: (value: ModuleObject, defaultValue: unknown, hasDefault: boolean) => script.set(value, defaultValue, hasDefault),
    runUnit: (unit: (...args: unknown[]) => unknown) => script.runUnit(unit, [commonJs.exports, require, commonJs, `/${options.filename}`, '/']),
    keepRepeatable: (unit: (...args: unknown[]) => unknown, mayRunAgain: boolean, onlyAssigns: boolean) => repeatable.keep(unit, mayRunAgain, onlyAssigns),
    isPristine: () => repeatable.isPristine(),
    runRepeatable: (symbols: string, dates: string) => repeatable.run(parse(symbols) as string[], parse(dates) as string[]),
    resolveEntry: (pattern: string, exported: string | null, local: unknown, member: string | null, isClass: boolean, paramsJson: string) =>
      script.resolveEntry(pattern, { exported, local, member, isClass }, parse(paramsJson) as Record<string, unknown>),
  }
}

/** How the host has a script end. */
function endHandles(driver: Driver, output: StandardOutput, { events, exitCode }: ProcessHandle, note: (code: string, text: string) => void) {
  return {
    runTimer: () => driver.runTimer(),
    hasExitedWell: () => driver.hasExitedWell(),
    beforeExit: () => driver.atEnd(() => events.beforeExit(exitCode())),
    /** @param code that of a failure; 0 where the script says by itself how it went */
    exit: (code: number) => {
      const text = driver.atEnd(() => events.exit(code === 0 ? exitCode() : code))
      output.flush()
      // What was still to come, plain Node would not have come to.
      driver.exited(exitCode())
      return text
    },
    endLine: () => output.flush(),
    collectHits: () => {
      noteExitCode(exitCode(), note)
      return driver.collectHits()
    },
  }
}

/** Where the host has hits looked for, one place after the other. */
function hitHandles(driver: Driver, search: HitSearch, script: ScriptExports, repeatable: Repeatable) {
  return {
    beginSearch: (symbolsJson: string) => search.begin(parse(symbolsJson) as string[]),
    takeStarted: () => driver.takeStarted(),
    offerExports: () => driver.offer(script.main, true),
    offerBinding: (value: unknown, placeJson: string) => search.binding(value, parse(placeJson) as HitPlace),
    offerPrinted: () => search.printed(),
    offerPrintedOnes: () => search.printedOnes(),
    offerRepeatableBindings: (placesJson: string) => repeatable.offerBindings(parse(placesJson) as HitPlace[]),
    offerUnitBindings: (placesJson: string) => search.bindings(parse(placesJson) as HitPlace[], script.bindings),
  }
}

/** What does not hang on the script: one virtual clock, one seeded source of randomness. */
function furnish(scope: ModuleObject, { seed, instantMs }: GuestOptions) {
  const proxies = installProxyTracking(globalThis)
  const clock = createClock(instantMs)
  installClock(globalThis, clock)
  const random = createRandom(seed)
  installRandom(globalThis, random)
  installWeak(scope)
  defineGlobal(scope, 'global', scope)
  defineGlobal(scope, 'self', scope)
  return { proxies, clock, random }
}

/** What stands for the file's own module, whichever system it is written for. */
function installModules(scope: ModuleObject, modules: ModuleRegistry, { filename, moduleKind }: GuestOptions) {
  const commonJs = { exports: {} as unknown, id: '.', filename, loaded: false, children: [], paths: [] }
  const require = Object.assign((specifier: unknown) => modules.require(specifier), { main: commonJs, cache: {}, resolve: (specifier: unknown) => specifier })
  if (moduleKind !== 'module') installCommonJs(scope, filename, commonJs, require)
  defineGlobal(scope, IMPORT_META, importMeta(filename))
  defineGlobal(scope, DYNAMIC_IMPORT, async (specifier: unknown) => modules.import(String(specifier), '*'))
  return { commonJs, require }
}

function installCommonJs(scope: ModuleObject, filename: string, commonJs: { exports: unknown }, require: unknown): void {
  defineGlobal(scope, 'module', commonJs)
  defineGlobal(scope, 'exports', commonJs.exports)
  defineGlobal(scope, 'require', require)
  defineGlobal(scope, '__filename', `/${filename}`)
  defineGlobal(scope, '__dirname', '/')
}

/** The `history` of a scan's context. */
function historyOf(readBars: BarSource['readBars']) {
  return (symbol: unknown): BarColumns | null => {
    const found = readBars(stringToUpperCase(stringTrim(`${symbol as string}`)), 0)
    return found === undefined ? null : columnsOf(blockOf(found, lengthOfBlock(found)))
  }
}

/** What a module reads of itself: it stands alone in `/`, and is what was started. */
function importMeta(filename: string): object {
  return { __proto__: null, dirname: '/', filename: `/${filename}`, url: `file:///${filename}`, main: true, resolve: (specifier: unknown) => specifier }
}

/** A stack as its author sees it: without the frames of the runtime. */
function scriptFrames(stack: string): string {
  const lines = splitText(stack, '\n')
  let kept = ''
  for (let i = 0; i < lines.length; i++) if (!stringIncludes(lines[i]!, 'strikescan:')) kept += (i === 0 ? '' : '\n') + lines[i]!
  return kept
}

/** A script that ends with a code by which plain Node tells a failure, but left hits, is done all the same; its user is told. */
function noteExitCode(code: number, note: (code: string, text: string) => void): void {
  if (code !== 0) note('exit_code', `the script set process.exitCode to ${code}, by which programs say that they failed`)
}

/** The `log` of a scan's context, in the SDK's shape. */
function contextLog(console: ReturnType<typeof createConsole>) {
  const { debug, info, warn, error } = console
  return Object.assign((...values: unknown[]) => console.log!(...values), { debug: debug!, info: info!, warn: warn!, error: error! })
}

function standInDeps(parts: {
  request: StandInDeps['request']
  clock: Clock
  timers: Timers
  proxies: ProxyTracker
  note: StandInDeps['note']
  written: Written
  filename: string
  require: StandInDeps['require']
  files: StandInDeps['files']
}): StandInDeps {
  const { request, clock, timers, proxies, note, written, filename, require, files } = parts
  return {
    request,
    now: () => clock.now(),
    sleep: (ms, value) => timers.sleep(ms, value),
    format: (...values) => formatText(values, proxies),
    inspect: (value, given) => inspectText(value, given, proxies),
    note,
    writeFile: (path, content) => (typeof content === 'string' ? written.write(path, content, false) : written.write(path, base64Of(content), true)),
    removeFile: (path) => written.remove(path),
    filename,
    require,
    files,
  }
}
