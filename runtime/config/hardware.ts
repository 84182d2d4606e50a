import { readFileSync, statfsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { cgroupLimits } from './cgroup.ts'

export interface Hardware {
  /** Cores that this process may use, at least 1, and what says so. */
  cores: { count: number; from: string }
  /** Bytes of memory that this process may use, and what says so. */
  memory: { bytes: number; from: string }
  /** Bytes free for this user on the disk of the state folder; null where that cannot be told. */
  disk: { freeBytes: number; path: string } | null
  /** True where a control group (a container, a service manager) grants less than the machine has. */
  confined: boolean
}

/** What the machine is asked. Each may be replaced in a test. */
export interface Machine {
  /** Text of a file, or null where there is none. */
  readText(path: string): string | null
  parallelism(): number
  totalMemory(): number
  /** Free bytes of the disk that holds `path`; throws where `path` does not exist. */
  freeBytes(path: string): number
}

export const thisMachine: Machine = {
  readText(path) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return null
    }
  },
  parallelism: availableParallelism,
  totalMemory: totalmem,
  freeBytes(path) {
    const stats = statfsSync(path)
    return stats.bavail * stats.bsize
  },
}

/**
 * Cores, memory and disk that are truly ours: the smallest of what the machine has, what its scheduler lets us use and
 * what the control groups above us grant. A quota of 1.5 cores counts as 1: more workers than that would be stopped mid-symbol.
 */
export function detectHardware(home: string, machine: Machine = thisMachine): Hardware {
  const limits = cgroupLimits(machine.readText)
  const scheduler = Math.max(1, machine.parallelism())
  const quota = limits.cores === null ? Infinity : Math.max(1, Math.floor(limits.cores.value))
  const total = machine.totalMemory()
  const granted = limits.memory?.value ?? Infinity

  return {
    cores:
      quota < scheduler
        ? { count: quota, from: `control group quota of ${limits.cores!.value} cores (${limits.cores!.file})` }
        : { count: scheduler, from: 'operating system' },
    memory:
      granted < total
        ? { bytes: granted, from: `control group limit (${limits.memory!.file})` }
        : { bytes: total, from: 'operating system' },
    disk: freeDisk(home, machine),
    confined: quota < scheduler || granted < total,
  }
}

/** A state folder that does not exist yet has the disk of its nearest parent that does. */
function freeDisk(home: string, machine: Machine): Hardware['disk'] {
  for (let path = home; ; path = dirname(path)) {
    try {
      return { freeBytes: machine.freeBytes(path), path }
    } catch {
      if (dirname(path) === path) return null
    }
  }
}
