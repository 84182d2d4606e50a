import type { Settings } from '../config/schema.ts'
import { SpareCompiler, type CompilerProcess, type Loader } from '../intake/compiler-process.ts'
import { startInspector, warmUpInspector } from '../intake/inspect.ts'
import { openSnapshotFiles } from '../market/snapshot-files.ts'
import type { Snapshot } from '../market/snapshot.ts'
import { residentBytes } from '../pool/samples.ts'
import { Spares, type PreparedSpare, type Spare } from '../pool/spares.ts'
import { WorkerProcess } from '../pool/worker-process.ts'
import { dataLimitOf } from '../scan/run-limits.ts'
import { isolateMbOf } from '../scan/script-loader.ts'
import { REQUEST, type GuestCode, type PrepareRequest } from '../worker/protocol.ts'

/** Processes that stand by for uploads and runs. None are kept until `warm`: a command line has no use for them. */
export class Warmth {
  readonly #settings: Settings
  readonly #intakes: Spares
  readonly #compiler = new SpareCompiler()
  #workers: { snapshot: string; guest: GuestCode | null; spares: Spares } | null = null
  #isOn = false

  constructor(settings: Settings) {
    this.#settings = settings
    this.#intakes = new Spares(settings['spare.intakes'], { start: startInspector, warmUp: warmUpIntake, mayBeTakenEarly: false })
  }

  /** Keeps processes ready from now on, workers for runs over `snapshot`, with the guest's code in them where it is at hand. */
  warm(snapshot: Snapshot, guest: GuestCode | null): void {
    if (!this.#isOn) {
      this.#intakes.fill()
      if (this.#settings['spare.intakes'] > 0) this.#compiler.open()
    }
    this.#isOn = true
    if (this.#workers?.snapshot === snapshot.id) return
    this.#workers?.spares.close()
    const memoryMb = this.#settings['limits.memoryMb']
    const prepare: PrepareRequest | null = guest === null ? null : { guest: { core: guest.core, web: guest.web }, isolateMb: isolateMbOf(memoryMb) }
    const spares = new Spares(this.#settings['spare.workers'], {
      start: (listener) => {
        // The child has its own copies of the descriptors once it is started.
        const files = openSnapshotFiles(snapshot)
        try {
          return new WorkerProcess(0, 'scan', dataLimitOf(memoryMb), files.all, listener)
        } finally {
          files.close()
        }
      },
      warmUp: (process, answers) => {
        if (answers === 1 && prepare !== null) process.send(REQUEST.prepare, prepare)
        return answers === (prepare === null ? 1 : 2)
      },
      // Whatever it says next, it says that it waits for requests.
      mayBeTakenEarly: true,
    })
    this.#workers = { snapshot: snapshot.id, guest, spares }
    spares.fill()
  }

  takeIntake(): Spare | null {
    return this.#isOn ? this.#intakes.take() : null
  }

  takeCompiler(loader: Loader): CompilerProcess | null {
    return this.#compiler.take(loader)
  }

  /** A worker that has the files of the snapshot open, and this limit; null where there is none. */
  takeWorker(snapshot: Snapshot, dataLimitMb: number): PreparedSpare | null {
    const workers = this.#workers
    if (!this.#isOn || workers?.snapshot !== snapshot.id || dataLimitMb !== dataLimitOf(this.#settings['limits.memoryMb'])) return null
    const spare = workers.spares.take()
    // It is sent the guest's code at its first answer.
    return spare === null ? null : { process: spare.process, isReady: spare.isReady, guest: spare.answers > 0 ? workers.guest : null }
  }

  processes(): { pid: number; rssBytes: number }[] {
    return [...this.#intakes.pids, ...(this.#workers?.spares.pids ?? [])].map((pid) => ({ pid, rssBytes: residentBytes(pid) }))
  }

  close(): void {
    this.#isOn = false
    this.#intakes.close()
    this.#compiler.close()
    this.#workers?.spares.close()
  }
}

function warmUpIntake(process: WorkerProcess, answers: number): boolean {
  if (answers === 0) warmUpInspector(process)
  return answers > 0
}
