import { cpus, availableParallelism, release, totalmem } from 'node:os'

/** What the numbers were taken on. */
export interface Machine {
  cpu: string
  cores: number
  memoryBytes: number
  system: string
  node: string
  v8: string
}

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
  }
}
