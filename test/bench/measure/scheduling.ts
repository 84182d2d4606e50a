import { readdirSync, readFileSync } from 'node:fs'

/** Time of a process's threads on a processor, and time that they could have run and had none. Milliseconds. */
export interface Scheduling {
  readonly runMs: number
  readonly waitMs: number
}

/** What the system counted for all threads of a process, which are alive; null where it does not tell, or the process is gone. */
export function schedulingOf(pid: number): Scheduling | null {
  try {
    let [runMs, waitMs] = [0, 0]
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [run, wait] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number)
      runMs += run! / 1e6
      waitMs += wait! / 1e6
    }
    return { runMs, waitMs }
  } catch {
    return null
  }
}

/** The processes that a process has started and that are alive. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number))
  } catch {
    return []
  }
}
