import { cpus, availableParallelism, loadavg, release, totalmem } from 'node:os'

/** What the numbers were taken on. */
export interface Machine {
  cpu: string
  cores: number
  /** The machine's, or the container's where that has less. */
  memoryBytes: number
  /** Processes that wanted a processor in the minute before: what is measured beside others is slower than it need be. */
  load: number
  system: string
  node: string
  v8: string
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
    load: loadavg()[0]!,
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
  }
}
