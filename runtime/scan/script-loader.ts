import { join } from 'node:path'

import type { Settings } from '../config/schema.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { inspectScript } from '../intake/inspect.ts'
import type { ModuleTable } from '../intake/modules.ts'
import type { InjectionPlan } from '../intake/plan.ts'
import { guestBundle, packageBundle } from '../isolate/guest-bundle.ts'
import type { StoredScanner } from '../journal/journal.ts'
import type { LoadedScanner, LoadRequest, ScriptFault } from '../worker/protocol.ts'
import type { Executor } from './executor.ts'
import { rowError, type LocateFault } from './outcome.ts'

export interface LoadSettings {
  settings: Settings
  modules: ModuleTable
  home: string
  memoryMb: number
  loadTimeoutMs: number
  params: Record<string, unknown>
  seed: string
}

/** Symbols and dates that a script declares; null where it declares none. */
export interface DeclaredLists {
  symbols: string[] | null
  dates: string[] | null
}

const MIN_ISOLATE_MB = 64

/** Brings one stored script from bytes to scanners loaded in workers; every problem is an error that names the author's line. */
export class ScriptLoader {
  readonly #scanner: StoredScanner
  readonly #options: LoadSettings

  constructor(scanner: StoredScanner, options: LoadSettings) {
    this.#scanner = scanner
    this.#options = options
  }

  /** How the script is to be run. Throws `script_refused` with the first error of the intake report. */
  async inspect(): Promise<InjectionPlan> {
    const { settings, modules } = this.#options
    const { filename, source } = this.#scanner
    const { plan, diagnostics } = await inspectScript({ filename, bytes: source, modules, maxBytes: settings['intake.maxBytes'], deadlineMs: settings['intake.deadlineMs'] })
    const problem = diagnostics.find(({ severity }) => severity === 'error')
    if (plan !== null && problem === undefined) return plan
    const place = problem?.line == null ? '' : `${filename}:${problem.line}:${problem.column} `
    throw new StrikescanError('script_refused', { message: `${place}${problem?.message ?? 'the script can not be run'}`, hint: problem?.hint ?? '' })
  }

  /** Loads the script into the executor's workers. Throws `load_failed`, `load_timeout`, `param_invalid` and the like. */
  async load(executor: Executor, plan: InjectionPlan, locate: LocateFault): Promise<LoadedScanner> {
    const { params } = this.#options
    if (plan.pattern === 'script' && Object.keys(params).length > 0) {
      throw new StrikescanError('params_not_declared', { file: this.#scanner.filename, names: Object.keys(params).join(', ') })
    }
    const reply = await executor.load(await this.#request(plan))
    if (reply.ok) return reply.scanner
    throw this.#problem(reply.error, locate)
  }

  /** The lists as the script holds them; the plan learns the shape of those that only running could show. */
  async declaredLists(executor: Executor, plan: InjectionPlan, locate: LocateFault): Promise<DeclaredLists> {
    if (plan.symbols === null && plan.dates === null) return { symbols: null, dates: null }
    const probed = await executor.probe()
    if (probed.error !== null) throw this.#problem(probed.error, locate)
    for (const role of ['symbols', 'dates'] as const) {
      const list = plan[role]
      const found = probed[role]
      if (list === null || found === null || list.form !== 'unknown') continue
      Object.assign(list, { form: found.form, field: found.field })
      executor.reload()
    }
    return { symbols: probed.symbols?.values ?? plan.symbols?.staticValue ?? null, dates: probed.dates?.values ?? plan.dates?.staticValue ?? null }
  }

  async #request(plan: InjectionPlan): Promise<LoadRequest> {
    const { settings, home, memoryMb, params, seed } = this.#options
    const cache = join(home, 'cache')
    const bundle = await guestBundle(cache)
    const packages: Record<string, string> = {}
    for (const { specifier, resolution } of [...plan.imports, ...plan.requires, ...plan.dynamicImports]) {
      if (resolution === 'bundled' && specifier !== null) packages[specifier] = await packageBundle(specifier, cache)
    }
    return {
      plan,
      filename: this.#scanner.filename,
      guestCore: bundle.core,
      guestWeb: needsWeb(plan) ? bundle.web : null,
      packages,
      params,
      seed,
      // The rest is the process's own and what the isolate's limit does not count.
      isolateMb: Math.max(MIN_ISOLATE_MB, Math.round(memoryMb / 2)),
      limits: { rowBytes: settings['row.maxBytes'], logLines: settings['log.maxLines'], logBytes: settings['log.maxBytes'] },
    }
  }

  #problem(fault: ScriptFault, locate: LocateFault): StrikescanError {
    const { filename } = this.#scanner
    if (fault.code === 'load_timeout') return new StrikescanError('load_timeout', { file: filename, seconds: this.#options.loadTimeoutMs / 1000 })
    const error = rowError(fault, locate)
    if (error.code === 'param_invalid' || error.code === 'definition_invalid') return new StrikescanError(error.code, { message: error.message })
    const place = error.line === null ? ':' : `:${error.line}:${error.column}`
    return new StrikescanError('load_failed', { file: filename, place, message: error.message })
  }
}

/** Names that only the web part of the guest offers; it costs time to load, so scripts that never say one go without. */
const WEB_NAMES = /\b(fetch|axios|undici|URL|URLSearchParams|TextEncoder|TextDecoder|structuredClone|atob|btoa|Abort(Controller|Signal)|Headers|Request|Response|Event|EventTarget|DOMException|Blob)\b/

function needsWeb(plan: InjectionPlan): boolean {
  return WEB_NAMES.test(plan.code)
}
