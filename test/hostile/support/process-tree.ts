import { readdirSync, readFileSync } from 'node:fs'

const PAGE_BYTES = 4_096
const MEGABYTE = 2 ** 20

/** Resident MB of a process and all that descend from it; null where the system does not tell. */
export function treeMb(root: number): number | null {
  const parents = new Map<number, number>()
  try {
    for (const name of readdirSync('/proc')) {
      const pid = Number(name)
      const parent = pid > 0 ? parentOf(pid) : null
      if (parent !== null) parents.set(pid, parent)
    }
  } catch {
    return null
  }
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined; at = parents.get(at)) if (at === root) return true
    return false
  }
  return [...parents.keys()].filter(isBelow).reduce((sum, pid) => sum + residentBytes(pid), 0) / MEGABYTE
}

function parentOf(pid: number): number | null {
  try {
    // The name of the program stands in brackets, and may hold anything.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}

function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES
  } catch {
    return 0
  }
}
