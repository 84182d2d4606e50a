import { describeDefinitions, resolveValues, type ParamDescription } from '../../../sdk/parameters.ts'
import { describeParams, isScanner, resolveParams } from '../../../sdk/scanner.ts'
import type { Driver, ScannerEntry } from './driver.ts'
import { JSONStringify, NumberIsInteger, ObjectDefineProperty, ObjectFreeze, ObjectGetOwnPropertyDescriptor, ObjectKeys, ReflectApply, stringSlice } from '../language/intrinsics.ts'
import type { ModuleObject } from '../environment/modules.ts'
import { defineVisible } from '../language/properties.ts'
import { faultJson } from '../outcome/fault.ts'
import { kindName, UnacceptableValue } from '../outcome/plain-json.ts'

/** What a scanner says of itself; see LoadedScanner in worker/protocol.ts. */
interface Described {
  name: string | null
  lookback: number | null
  universe: unknown
  params: readonly ParamDescription[]
  hasHooks: boolean
  ranks: boolean
}

/** Where an entry is, in the words of the injection plan. */
interface EntryPlace {
  exported: string | null
  local: unknown
  member: string | null
  isClass: boolean
}

const emptyModule = (): ModuleObject => ({ __proto__: null }) as unknown as ModuleObject

/** What a script's file exports, whichever module system it is written for, and the entry that is called among it. */
export class ScriptExports {
  readonly #isModule: boolean
  readonly #commonJs: { exports: unknown }
  readonly #driver: Driver
  readonly #params: Record<string, unknown>
  #exports = emptyModule()
  /** Top-level values of a file that ran as one function. */
  bindings = emptyModule()

  /** @param options.params the object that scans get as their parameters, filled when the entry is known */
  constructor(options: { isModule: boolean; commonJs: { exports: unknown }; driver: Driver; params: Record<string, unknown> }) {
    this.#isModule = options.isModule
    this.#commonJs = options.commonJs
    this.#driver = options.driver
    this.#params = options.params
  }

  /** The default export where there is one, else all exports. */
  get main(): unknown {
    const all = this.#all
    return typeof all === 'object' && all !== null && 'default' in all ? all.default : all
  }

  set(value: ModuleObject, defaultValue: unknown, hasDefault: boolean): void {
    this.#exports = value
    if (hasDefault) this.#exports.default = defaultValue
  }

  /** Runs a file that stands as one function: the body of a module, or a CommonJS wrapper that takes `commonJsArguments`. */
  runUnit(unit: (...args: unknown[]) => unknown, commonJsArguments: unknown[]): string {
    const run = () => ReflectApply(unit, this.#isModule ? undefined : this.#commonJs.exports, this.#isModule ? [] : commonJsArguments)
    return this.#driver.watchUnit(run, (result) => {
      if (!this.#isModule) return
      const { exports, bindings, returned } = result as { exports: ModuleObject; bindings: ModuleObject; returned: unknown }
      nameDefault(exports.default)
      this.#exports = exports
      this.bindings = bindings
      return returned
    })
  }

  /** Finds what is to be called and tells the driver: JSON of a LoadReply. */
  resolveEntry(pattern: string, { exported, local, member, isClass }: EntryPlace, given: Record<string, unknown>): string {
    try {
      let value = exported === null ? local : this.#named(exported)
      if (isClass) value = made(value)
      const self = member === null ? undefined : value
      if (member !== null) value = (value as ModuleObject | null | undefined)?.[member]
      return JSONStringify({ ok: true, scanner: pattern === 'defineScanner' ? this.#useScanner(value, given) : this.#useFunction(pattern, value, self, given) })
    } catch (thrown) {
      return `{"ok":false,"error":${faultJson(thrown, codeOf(thrown))}}`
    }
  }

  get #all(): unknown {
    return this.#isModule ? this.#exports : this.#commonJs.exports
  }

  #named(name: string): unknown {
    const all = this.#all
    if (name === 'default' && !this.#isModule) return this.main
    return typeof all === 'object' || typeof all === 'function' ? (all as ModuleObject | null)?.[name] : undefined
  }

  #useScanner(value: unknown, given: Record<string, unknown>): Described {
    if (!isScanner(value)) throw new UnacceptableValue('no_entry_value', 'the default export is not what defineScanner returned')
    this.#takeParams(resolveParams(value, given))
    const { lookback, before, after, rank } = value as unknown as ScannerEntry
    this.#driver.use({ kind: 'defineScanner', call: value.scan as ScannerEntry['call'], self: value, lookback, before, after, rank })
    // A scanner that an older SDK made has none of these.
    const hasHooks = typeof before === 'function' || typeof after === 'function'
    return { name: value.name, lookback, universe: value.universe, params: describeParams(value), hasHooks, ranks: rank !== null && rank !== undefined }
  }

  #useFunction(pattern: string, value: unknown, self: unknown, given: Record<string, unknown>): Described {
    if (isScanner(value)) return this.#useScanner(value, given)
    if (typeof value !== 'function') {
      const seen = value === undefined ? 'undefined' : kindName(value)
      throw new UnacceptableValue('no_entry_value', `the entry found in the text is ${seen} once the file has run, not a function`)
    }
    const declared = this.#named('params')
    const descriptions = declared === undefined ? [] : describeDefinitions(declared)
    this.#takeParams(declared === undefined ? given : resolveValues(descriptions, given))
    const bars = pattern === 'main' ? null : lookbackOf(this.#named('lookback'))
    this.#driver.use({ kind: pattern === 'main' ? 'main' : 'plain', call: value as ScannerEntry['call'], self, lookback: bars })
    const name = this.#named('name')
    return { name: typeof name === 'string' ? name : null, lookback: bars, universe: null, params: descriptions, hasHooks: false, ranks: false }
  }

  #takeParams(values: Record<string, unknown>): void {
    const names = ObjectKeys(values)
    for (let i = 0; i < names.length; i++) defineVisible(this.#params, names[i]!, values[names[i]!])
    // What one symbol's scan changed would be another's value, in this batch alone.
    ObjectFreeze(this.#params)
  }
}

/** Bars that a plain scan wants at most; null for all, which is said by leaving it out. */
function lookbackOf(declared: unknown): number | null {
  if (declared === undefined || declared === null || declared === Infinity) return null
  if (typeof declared === 'number' && declared >= 1 && NumberIsInteger(declared)) return declared
  const shown = typeof declared === 'number' ? `${declared}` : typeof declared === 'string' ? `the text ${JSONStringify(stringSlice(declared, 0, 40))}` : kindName(declared)
  throw new UnacceptableValue('definition_invalid', `the exported lookback is ${shown}, not a whole number of sessions from 1 up`)
}

/** An object of the class that a script exports. */
function made(value: unknown): unknown {
  if (typeof value !== 'function') throw new UnacceptableValue('no_entry_value', `the class found in the text is ${kindName(value)} once the file has run`)
  return new (value as new () => unknown)()
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
