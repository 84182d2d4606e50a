import pidusage from 'pidusage'

/** Resident memory of a process, and its share of one core since the last look (100 is one core fully used). */
export interface ProcessSample {
  rssBytes: number
  cpuPercent: number
}

/** Samples of those of the processes that are alive, by process id. */
export async function sampleProcesses(pids: number[]): Promise<Map<number, ProcessSample>> {
  const samples = new Map<number, ProcessSample>()
  const alive = pids.filter((pid) => pid > 0)
  if (alive.length === 0) return samples
  const found = await pidusage(alive).catch(() => null)
  // One process that is gone makes pidusage refuse them all, so the rest are asked one by one.
  const stats = found ?? Object.fromEntries(await Promise.all(alive.map(async (pid) => [pid, await pidusage(pid).catch(() => null)] as const)))
  for (const [pid, stat] of Object.entries(stats)) {
    if (stat) samples.set(Number(pid), { rssBytes: stat.memory, cpuPercent: stat.cpu })
  }
  return samples
}
