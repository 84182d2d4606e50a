import { createHash } from 'node:crypto'
import { join } from 'node:path'

import type { Settings } from '../config/schema.ts'
import { StrikescanError } from '../errors/strikescan-error.ts'
import type { Analysis } from '../intake/analyze.ts'
import { allSymbols } from '../intake/lists/list-shares.ts'
import type { InjectionPlan } from '../intake/plan.ts'
import { OPTIONS_MODULE } from '../intake/stand-ins.ts'
import { guestBundle, optionsBundle, packageBundle } from '../isolate/guest-bundle.ts'
import type { StoredScanner } from '../journal/scanner-table.ts'
import { dayFromIso } from '../market/days.ts'
import type { LoadedScanner, LoadRequest, ScriptFault } from '../worker/protocol.ts'
import { definitionPlace } from './definition-place.ts'
import type { Executor } from './executor.ts'
import { rowError, type LocateFault } from './outcome.ts'

export interface LoadSettings {
  settings: Settings
  inspect(file: { filename: string; source: Uint8Array }, signal: AbortSignal): Promise<Analysis>
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

/** What the isolate's own limit is where a worker may hold so much: the rest is the process's own and what that limit does not count. */
export const isolateMbOf = (memoryMb: number): number => Math.max(MIN_ISOLATE_MB, Math.round(memoryMb / 2))

/** Brings one stored script from bytes to scanners loaded in workers; every problem is an error that names the author's line. */
export class ScriptLoader {
  readonly #scanner: StoredScanner
  readonly #options: LoadSettings

  constructor(scanner: StoredScanner, options: LoadSettings) {
    this.#scanner = scanner
    this.#options = options
  }

  /** How the script is to be run. Throws `script_refused` with the first error of the intake report. */
  async inspect(signal: AbortSignal): Promise<InjectionPlan> {
    const { filename, source } = this.#scanner
    const { plan, diagnostics } = await this.#options.inspect({ filename, source }, signal)
    const problem = diagnostics.find(({ severity }) => severity === 'error')
    if (plan !== null && problem === undefined) return plan
    const place = problem?.line == null ? '' : `${filename}:${problem.line}:${problem.column} `
    const message = `${place}${problem?.message ?? 'the script can not be run'}`
    throw new StrikescanError('script_refused', { message, hint: problem?.hint ?? '' })
  }

  /**
   * Loads the script into the executor's workers: its top level sees the market up to `asOf`, an ISO date. Throws
   * `load_failed`, `load_timeout`, `param_invalid` and the like.
   */
  async load(executor: Executor, plan: InjectionPlan, locate: LocateFault, asOf: string): Promise<LoadedScanner> {
    const { params } = this.#options
    if (plan.pattern === 'script' && Object.keys(params).length > 0) {
      throw new StrikescanError('params_not_declared', { file: this.#scanner.filename, names: Object.keys(params).join(', ') })
    }
    const reply = await executor.load(await this.#request(plan, asOf))
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
    return {
      symbols: allSymbols(plan, probed.symbols?.values ?? plan.symbols?.staticValue ?? null),
      dates: probed.dates?.values ?? plan.dates?.staticValue ?? null,
    }
  }

  async #request(plan: InjectionPlan, asOf: string): Promise<LoadRequest> {
    const { settings, home, memoryMb, params, seed } = this.#options
    const cache = join(home, 'cache')
    const bundle = await guestBundle(cache)
    const packages: Record<string, string> = {}
    for (const { specifier, resolution } of [...plan.imports, ...plan.requires, ...plan.dynamicImports]) {
      if (resolution === 'bundled' && specifier !== null) packages[specifier] = await packageBundle(specifier, cache)
      if (resolution === 'sdk' && specifier === OPTIONS_MODULE) packages[specifier] = await optionsBundle(cache)
    }
    const asksWeb = needsWeb(plan)
    return {
      plan,
      filename: this.#scanner.filename,
      guest: { core: bundle.core, web: asksWeb ? bundle.web : null },
      needsWeb: asksWeb,
      guestStandIns: needsStandIns(plan) ? bundle.standIns : null,
      packages,
      params,
      seed,
      asOfDay: dayFromIso(asOf),
      isolateMb: isolateMbOf(memoryMb),
      limits: { rowBytes: settings['row.maxBytes'], logLines: settings['log.maxLines'], logBytes: settings['log.maxBytes'] },
    }
  }

  #problem(fault: ScriptFault, locate: LocateFault): StrikescanError {
    const { filename } = this.#scanner
    if (fault.code === 'load_timeout') {
      return new StrikescanError('load_timeout', { file: filename, seconds: this.#options.loadTimeoutMs / 1000 })
    }
    const error = rowError(fault, locate)
    if (error.code === 'param_invalid' || error.code === 'definition_invalid') {
      return new StrikescanError(error.code, { message: error.message })
    }
    if (fault.name === 'ScannerDefinitionError' && error.line !== null) {
      const text = new TextDecoder().decode(this.#scanner.source)
      const { line, column } = definitionPlace(text, { line: error.line, column: error.column! }, fault.message)
      return new StrikescanError('definition_invalid', { message: `${filename}:${line}:${column} ${fault.message}` })
    }
    const place = error.line === null ? ':' : `:${error.line}:${error.column}`
    return new StrikescanError('load_failed', { file: filename, place, message: error.message })
  }
}

/** Names that only the web part of the guest offers; it costs time to load, so scripts that never say one go without. */
const WEB_NAMES = /\b(fetch|axios|undici|URL|URLSearchParams|TextEncoder|TextDecoder|structuredClone|atob|btoa|Abort(Controller|Signal)|Headers|Request|Response|Event|EventTarget|DOMException|Blob)\b/

function needsWeb(plan: InjectionPlan): boolean {
  return textsOf(plan).some((text) => WEB_NAMES.test(text)) || needsStandIns(plan)
}

/** The texts of all files of a script. */
function textsOf(plan: InjectionPlan): string[] {
  return [plan.code, ...(plan.companions ?? []).map(({ code }) => code)]
}

/** Modules that the core of the guest holds; all others wait in a part of its own. */
const CORE_MODULES = new Set(['node-fetch', 'cross-fetch', 'undici', 'dotenv', 'dotenv/config', 'timers/promises', 'perf_hooks'])

function needsStandIns(plan: InjectionPlan): boolean {
  const asked = [...plan.imports, ...plan.requires, ...plan.dynamicImports]
  const isBeyondCore = (specifier: string): boolean => !CORE_MODULES.has(specifier.replace(/^node:/, ''))
  if (textsOf(plan).some((text) => /\bBuffer\b/.test(text))) return true
  return asked.some(({ specifier, resolution }) => resolution === 'standin' && specifier !== null && isBeyondCore(specifier))
}

/** @throws scanner_damaged where the bytes are not those that were stored */
export function checkIntegrity({ filename, sha256, source }: StoredScanner): void {
  if (createHash('sha256').update(source).digest('hex') !== sha256) throw new StrikescanError('scanner_damaged', { file: filename })
}
