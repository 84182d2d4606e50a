import { readFileSync } from 'node:fs'

/**
 * A text that tells a process from a later one with the same number: the kernel's start time, where it can be read.
 * Null where the system does not say; a living process of that number then counts as the same.
 */
export function processToken(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces; fields are counted after it, the start time is the 20th.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
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
  const now = processToken(pid)
  return token === null || now === null || now === token
}
