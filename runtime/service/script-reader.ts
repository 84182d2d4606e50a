import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

import type { Settings } from '../config/schema.ts'
import type { Analysis } from '../intake/analyze.ts'
import { inspectScript, type InspectOptions } from '../intake/inspect.ts'
import type { ModuleTable } from '../intake/modules.ts'
import { codeKey } from '../pool/worker-code.ts'
import { KeptAnalyses } from './kept-analyses.ts'

const KEPT_BYTES = 32 * 2 ** 20

/**
 * Reads scripts in processes of their own, and remembers what it made of them: a run of an upload, or of yesterday's
 * script, need not read it again.
 */
export class ScriptReader {
  readonly #settings: Settings
  readonly #modules: ModuleTable
  readonly #spares: Pick<InspectOptions, 'takeSpare' | 'takeCompiler'>
  readonly #onDisk: KeptAnalyses
  readonly #circumstances: string
  readonly #kept = new LRUCache<string, Analysis>({ maxSize: KEPT_BYTES })

  /** @param options.folder of analyses that outlive the process */
  constructor(options: { settings: Settings; modules: ModuleTable; spares: Pick<InspectOptions, 'takeSpare' | 'takeCompiler'>; folder: string }) {
    this.#settings = options.settings
    this.#modules = options.modules
    this.#spares = options.spares
    this.#onDisk = new KeptAnalyses(options.folder)
    this.#circumstances = JSON.stringify([codeKey(), options.modules, options.settings['intake.maxBytes']])
  }

  /** The analysis of a script, the caller's own to change. One that was ended by `signal` is of no use. */
  async read({ filename, source }: { filename: string; source: Uint8Array }, signal?: AbortSignal): Promise<Analysis> {
    const key = `${createHash('sha256').update(source).digest('hex')} ${filename}`
    const kept = this.#kept.get(key)
    if (kept !== undefined) return structuredClone(kept)
    const keptOnDisk = this.#onDisk.read(`${this.#circumstances} ${key}`)
    if (keptOnDisk !== null) {
      this.#keep(key, keptOnDisk, source)
      return keptOnDisk
    }
    const analysis = await inspectScript({
      filename,
      bytes: source,
      modules: this.#modules,
      maxBytes: this.#settings['intake.maxBytes'],
      deadlineMs: this.#settings['intake.deadlineMs'],
      ...this.#spares,
      signal,
    })
    // What was refused may have been so for a passing reason, such as a machine too busy to be in time.
    if (analysis.plan !== null && analysis.report !== null) {
      this.#keep(key, analysis, source)
      this.#onDisk.write(`${this.#circumstances} ${key}`, analysis)
    }
    return analysis
  }

  #keep(key: string, analysis: Analysis, source: Uint8Array): void {
    this.#kept.set(key, structuredClone(analysis), { size: 4 * source.byteLength + 4_096 })
  }
}
