import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'

import type { Settings } from '../config/schema.ts'
import type { Analysis } from '../intake/analyze.ts'
import { inspectScript } from '../intake/inspect.ts'
import type { ModuleTable } from '../intake/modules.ts'
import type { Spare } from '../pool/spares.ts'

const KEPT_BYTES = 32 * 2 ** 20

/** Reads scripts in processes of their own, and remembers what it made of the latest: a run of an upload need not read it again. */
export class ScriptReader {
  readonly #settings: Settings
  readonly #modules: ModuleTable
  readonly #takeSpare: () => Spare | null
  readonly #kept = new LRUCache<string, Analysis>({ maxSize: KEPT_BYTES })

  constructor(options: { settings: Settings; modules: ModuleTable; takeSpare: () => Spare | null }) {
    this.#settings = options.settings
    this.#modules = options.modules
    this.#takeSpare = options.takeSpare
  }

  /** The analysis of a script, the caller's own to change. One that was ended by `signal` is of no use. */
  async read({ filename, source }: { filename: string; source: Uint8Array }, signal?: AbortSignal): Promise<Analysis> {
    const key = `${createHash('sha256').update(source).digest('hex')} ${filename}`
    const kept = this.#kept.get(key)
    if (kept !== undefined) return structuredClone(kept)
    const analysis = await inspectScript({
      filename,
      bytes: source,
      modules: this.#modules,
      maxBytes: this.#settings['intake.maxBytes'],
      deadlineMs: this.#settings['intake.deadlineMs'],
      takeSpare: this.#takeSpare,
      signal,
    })
    // What was refused may have been so for a passing reason, such as a machine too busy to be in time.
    if (analysis.plan !== null && analysis.report !== null) this.#kept.set(key, structuredClone(analysis), { size: 4 * source.byteLength + 4_096 })
    return analysis
  }
}
