import { readFileSync } from 'node:fs'
import pidusage from 'pidusage'

/** Resident memory of a process, and its share of one core since the last look (100 is one core fully used). */
export interface ProcessSample {
  rssBytes: number
  cpuPercent: number
}

/** Samples of those of the processes that are alive, by process id. */
export async function sampleProcesses(pids: number[]): Promise<Map<number, ProcessSample>> {
  const alive = pids.filter((pid) => pid > 0)
  return process.platform === 'linux' ? sampleLinux(alive) : sampleElsewhere(alive)
}

/** Resident bytes of a process; 0 for one that is gone, and where the system does not say at once. */
export function residentBytes(pid: number): number {
  const stat = process.platform === 'linux' ? readStat(pid) : null
  return stat === null ? 0 : stat.pages * pageSize()
}

interface Look {
  cpuMs: number
  /** Milliseconds of the monotonic clock. */
  at: number
}

/** Of one second; the same on every machine that Node runs on. */
const TICKS = 100
/** Looks that are kept; then those are forgotten whose process nobody asked for lately. */
const MOST_LOOKS = 256
const FORGET_MS = 10_000

const looks = new Map<number, Look>()
let pageBytes = 0

/**
 * What the kernel says. pidusage, which does the same, keeps a descriptor open for a minute for each process that there was, and
 * for good for one that dies while it is read: a server that starts some every second runs out of them.
 */
function sampleLinux(pids: readonly number[]): Map<number, ProcessSample> {
  const samples = new Map<number, ProcessSample>()
  const at = performance.now()
  if (looks.size > MOST_LOOKS) for (const [pid, look] of looks) if (at - look.at > FORGET_MS) looks.delete(pid)
  for (const pid of pids) {
    const stat = readStat(pid)
    if (stat === null) {
      looks.delete(pid)
      continue
    }
    const last = looks.get(pid)
    const elapsed = last === undefined ? 0 : at - last.at
    const cpuPercent = elapsed <= 0 ? 0 : Math.max(0, (100 * (stat.cpuMs - last!.cpuMs)) / elapsed)
    looks.set(pid, { cpuMs: stat.cpuMs, at })
    samples.set(pid, { rssBytes: stat.pages * pageSize(), cpuPercent })
  }
  return samples
}

/** From `/proc/PID/stat`, see proc(5); null for a process that is gone. */
function readStat(pid: number | 'self'): { cpuMs: number; pages: number } | null {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return null
  }
  // The name in parentheses may hold anything; the fields are counted after it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { cpuMs: ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS, pages: Number(fields[21]) }
}

/** Bytes of a page of memory, a power of two: from what this process holds, in pages and in bytes. */
function pageSize(): number {
  if (pageBytes === 0) pageBytes = 2 ** Math.round(Math.log2(process.memoryUsage.rss() / (readStat('self')?.pages ?? 1)))
  return pageBytes
}

async function sampleElsewhere(pids: number[]): Promise<Map<number, ProcessSample>> {
  const samples = new Map<number, ProcessSample>()
  if (pids.length === 0) return samples
  const found = await pidusage(pids).catch(() => null)
  // One process that is gone makes pidusage refuse them all, so the rest are asked one by one.
  const stats =
    found ?? Object.fromEntries(await Promise.all(pids.map(async (pid) => [pid, await pidusage(pid).catch(() => null)] as const)))
  for (const [pid, stat] of Object.entries(stats)) {
    if (stat) samples.set(Number(pid), { rssBytes: stat.memory, cpuPercent: stat.cpu })
  }
  return samples
}
