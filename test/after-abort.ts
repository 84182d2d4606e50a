/**
 * Stands by while the tests run: `node after-abort.ts ROOT`. Once its standard input ends, because the run is over or was killed, it
 * ends what was started below that folder and is still there, and removes the folder.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const ROUNDS = 20
const ROUND_MS = 500

const root = process.argv[2]!
for await (const _ of process.stdin);
// The processes that carry out tests end when the one that started them has; until then they may start more.
for (let round = 0, quiet = 0; round < ROUNDS && quiet < 2; round++) {
  await pause(ROUND_MS)
  const left = processesBelow(root)
  quiet = left.length === 0 ? quiet + 1 : 0
  for (const pid of left) end(pid)
}
rmSync(root, { recursive: true, force: true, maxRetries: 3 })

/** Whatever a file of tests starts is told to keep its temporary files below the folder. None on systems that do not say with what surroundings a process was started. */
function processesBelow(folder: string): number[] {
  if (process.platform !== 'linux') return []
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.filter((pid) => surroundingsOf(pid).some((entry) => entry.startsWith(`TMPDIR=${folder}/`))).map(Number)
}

function surroundingsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    // It has ended, or is another user's.
    return []
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
