// Plain JavaScript that any Node since 18 runs, as its launcher does.
import { readFileSync } from 'node:fs'

/*
 * Who starts a server through npm, or on an older Node, knows the process that was started and no other: where that is killed, the
 * server behind it would go on for good, holding its port and its state folder. So a process that stands behind others looks whether they are
 * still there. To ask costs a system call, and no channel between the processes has to be kept open.
 */
const LOOK_MS = 500
/** Set by a launcher for the process that it hands over to. What begins with STRIKESCAN_ is a setting. */
const LAUNCHER = 'LAUNCHER_OF_STRIKESCAN'

/** The environment of a process that this one hands over to. */
export function launchedEnvironment() {
  return { ...process.env, [LAUNCHER]: String(process.pid) }
}

/**
 * Calls `end` once where the processes that this one stands behind are gone: its launcher, or what npm started it through. Gives the way to
 * stop looking, for a process that was interrupted and is ending: what stands before it may end before it does.
 */
export function endWithParent(end) {
  const launcher = Number(process.env[LAUNCHER])
  const parent = process.ppid
  // The variable reaches whatever this process starts as well: only the launcher's own child is meant.
  const isLaunched = launcher > 1 && (parent === launcher || isGone(launcher))
  const isOfNpm = process.env.npm_lifecycle_event !== undefined && parent > 1
  if (!isLaunched && !isOfNpm) return () => {}
  const grandparent = isLaunched ? null : parentOf(parent)
  const timer = setInterval(() => {
    if (process.ppid === (isLaunched ? launcher : parent) && (grandparent === null || parentOf(parent) === grandparent)) return
    clearInterval(timer)
    end()
  }, LOOK_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function isGone(pid) {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}

/** The parent of another process, null where the system does not tell: npm's shell outlives an npm that was killed. */
function parentOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of a program stands in brackets and may hold anything.
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return null
  }
}
