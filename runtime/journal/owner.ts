import { readFileSync } from 'node:fs'

/**
 * A text that tells a process from a later one with the same number: the kernel's start time, where it can be read.
 * Null where the system does not say; a living process of that number then counts as the same.
 */
export function processToken(pid: number): string | null {
  return kernelFields(pid)?.[19] ?? null
}

/** What the kernel states of a process behind its name, which may hold spaces: first its state, as the 20th its start time. */
function kernelFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return null
  }
}

/** Whether the process that had this number and token still runs; without a token, whether any of that number does. */
export function isProcessAlive(pid: number, token: string | null): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  const fields = kernelFields(pid)
  // One that nobody has asked yet how it ended is listed on, in some containers for good.
  if (fields?.[0] === 'Z' || fields?.[0] === 'X') return false
  const now = fields?.[19] ?? null
  return token === null || now === null || now === token
}
